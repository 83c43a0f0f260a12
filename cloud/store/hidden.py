"""What is hidden: the organisation, the mother and the recordings of the canary (cloud.canary).

The flag is one column, organisations.hidden; a mother is hidden when her own hospital is. Queries
over everybody leave out what is hidden with `shown` and `shown_place`.
"""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, delete, select, tuple_

from cloud.store.tables import (
    alarm_log,
    alert_steps,
    alerts,
    assessments,
    changes,
    commands,
    devices,
    frames,
    mothers,
    organisations,
    people,
    recording_signal,
    recordings,
)

CANARY = "lucina-canary"  # its account and its device: all that may be here
KEPT_MS = 24 * 3600 * 1000  # recordings of the canary, with their alerts
AT_ONCE = 100  # recordings removed in one transaction
_place, _mother = organisations.alias(), mothers.alias()
_HERS = (
    select(_mother.c.id)
    .join(_place, _place.c.id == _mother.c.organisation_id)
    .where(_place.c.hidden)
)
_IS_HIDDEN = _HERS.where(_mother.c.id == bindparam("mother"))
_PLACES = select(_place.c.id).where(_place.c.hidden).order_by(_place.c.id)


class Canary(NamedTuple):
    """An alert of it that was accepted."""

    at_ms: int
    late_s: float  # since the sample that made its rule true, by the clock of the cloud


def shown(mother_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether this column names no hidden mother: another one, or nobody."""
    hers = _HERS.where(_mother.c.id == mother_id)
    return ~hers.correlate_except(_mother, _place).exists()


def shown_place(organisation_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether this column names no hidden organisation."""
    place = select(_place.c.id).where(_place.c.id == organisation_id, _place.c.hidden)
    return ~place.correlate_except(_place).exists()


def is_hidden(conn: Connection, mother_id: int | None) -> bool:
    return mother_id is not None and conn.scalar(_IS_HIDDEN, {"mother": mother_id}) is not None


def mothers_hidden(conn: Connection) -> frozenset[int]:
    return frozenset(conn.scalars(_HERS))


def places(conn: Connection) -> list[int]:
    """The hidden organisations; none: there is no canary."""
    return list(conn.scalars(_PLACES))


def strangers(conn: Connection) -> list[tuple[str, int | str]]:
    """(table, id) of what is hidden and not the canary's: a real alert could go unseen there, and
    without the audit. An organisation is the canary's if its setting up is in the audit."""
    setting_up = select(changes.c.id).where(
        changes.c.what == "canary", changes.c.organisation_id == _place.c.id
    )
    mother = _HERS.order_by(_mother.c.id).limit(1).scalar_subquery()
    queries = {
        "organisations": _PLACES.where(~setting_up.correlate(_place).exists()),
        "mothers": _HERS.where(_mother.c.id != mother),
        "people": select(people.c.id).where(
            ~shown_place(people.c.organisation_id), people.c.username != CANARY
        ),
        "devices": select(devices.c.id).where(~shown(devices.c.mother_id), devices.c.id != CANARY),
        "recordings": select(recordings.c.id).where(
            ~shown(recordings.c.mother_id), recordings.c.device_id != CANARY
        ),
    }
    found = {table: conn.scalar(query.limit(1)) for table, query in queries.items()}
    return [(table, key) for table, key in found.items() if key is not None]


def newest(conn: Connection, now_ms: int) -> Canary | None:
    """The last canary of the last day."""
    s, a, r = alert_steps.c, alerts.c, recordings.c
    query = (
        select(s.at_ms, a.at_s, r.start_ms, r.clock_offset_ms, r.speed)
        .join(alerts, a.id == s.alert_id)
        .join(recordings, r.id == a.recording_id)
        .where(s.event == "accept", s.at_ms >= now_ms - KEPT_MS)
        .where(~shown_place(s.organisation_id), ~shown(a.mother_id))
    )
    row = conn.execute(query.order_by(s.at_ms.desc()).limit(1)).first()
    if row is None:
        return None
    sample_ms = row.start_ms + (row.clock_offset_ms or 0) + 1000 * row.at_s / row.speed
    return Canary(row.at_ms, (row.at_ms - sample_ms) / 1000)


def remove_old(conn: Connection, now_ms: int) -> list[int]:
    """Recordings of hidden mothers that ended a day ago go, with all that is about them."""
    r = recordings.c
    old = select(r.id, r.device_id, r.session).where(r.closed_ms < now_ms - KEPT_MS)
    rows = conn.execute(old.where(~shown(r.mother_id)).order_by(r.id).limit(AT_ONCE)).all()
    if not rows:
        return []
    ids = [row.id for row in rows]
    told = select(alerts.c.id).where(alerts.c.recording_id.in_(ids))
    conn.execute(delete(alert_steps).where(alert_steps.c.alert_id.in_(told)))
    for table in (alerts, alarm_log, assessments, recording_signal, frames):
        conn.execute(delete(table).where(table.c.recording_id.in_(ids)))
    sent = tuple_(commands.c.device_id, commands.c.session)
    conn.execute(delete(commands).where(sent.in_([(row.device_id, row.session) for row in rows])))
    conn.execute(delete(recordings).where(r.id.in_(ids)))
    return ids
