"""Alerts and their steps: all the SQL about them. What may happen to one says models.alerts."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from cloud.store import sight, steps
from cloud.store.hidden import shown
from cloud.store.tables import alert_steps, alerts, mothers
from models.alerts import WAITING, NotAllowed, Phase

WORSENED, FOLLOW = "worsened", "follow"  # steps
ANEW = (WORSENED, FOLLOW)  # after these steps everybody may be asked again
OVER = (Phase.HANDLED, Phase.CLOSED)  # what the rule says after these is a new alert

# Built once: a tick asks these four times a second
_TOLD = select(alerts).where(alerts.c.phase == Phase.TOLD.value).order_by(alerts.c.id)


def _is_due(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(column <= bindparam("now_ms"), column > bindparam("latest_ms"))


_DUE = (
    select(alerts.c.id)
    .where(alerts.c.phase.in_([p.value for p in WAITING]), _is_due(alerts.c.deadline_ms))
    .order_by(alerts.c.deadline_ms)
)
_TO_REMIND = select(alerts.c.id).where(_is_due(alerts.c.remind_ms)).order_by(alerts.c.remind_ms)


@dataclass(frozen=True)
class Alert:
    """A row of `alerts`; see cloud.store.tables for each field."""

    id: int
    recording_id: int
    mother_id: int | None
    rule: str
    kind: str  # patient, technical
    priority: str  # high, medium, low
    onset_s: float
    at_s: float
    cleared_s: float | None
    reason: Mapping[str, Any]  # {"text": msgid, "args": {...}}
    raised_ms: int
    phase: Phase
    organisation_id: int | None
    person_id: int | None
    told_ms: int | None
    deadline_ms: int | None
    mother_answer: str | None
    mother_answer_ms: int | None
    remind_ms: int | None = None
    useful: bool | None = None
    catalogue: str | None = None


@dataclass(frozen=True)
class Step:
    """One thing that happened to an alert. `text` is a dict with "text" (msgid) and "args",
    and whatever else belongs to the event, or a person's own words."""

    alert_id: int
    at_ms: int
    event: str
    phase: Phase  # after it
    organisation_id: int | None
    person_id: int | None
    text: Mapping[str, Any] | str


def get(conn: Connection, alert_id: int) -> Alert | None:
    row = conn.execute(select(alerts).where(alerts.c.id == alert_id)).first()
    return None if row is None else _alert(row)


def get_locked(conn: Connection, alert_id: int) -> Alert | None:
    """The same, and nobody else changes it before this transaction ends."""
    row = conn.execute(select(alerts).where(alerts.c.id == alert_id).with_for_update()).first()
    return None if row is None else _alert(row)


def lock_hers(conn: Connection, alert_id: int) -> None:
    """The open alerts of this one's mother, in the order of their ids: whoever locks several does
    so, or two might wait for each other."""
    a = alerts.c
    mother = select(a.mother_id).where(a.id == alert_id).scalar_subquery()
    query = select(a.id).where(a.mother_id == mother, ~_is_over()).order_by(a.id)
    conn.execute(query.with_for_update()).all()


def of_rule(conn: Connection, recording_id: int, rule: str) -> list[Alert]:
    """All that this rule raised for this recording, by onset."""
    query = select(alerts).where(alerts.c.recording_id == recording_id, alerts.c.rule == rule)
    return [_alert(row) for row in conn.execute(query.order_by(alerts.c.onset_s))]


def open_of_mother(conn: Connection, mother_id: int) -> list[Alert]:
    """Those of a mother that are not over, oldest first."""
    query = select(alerts).where(alerts.c.mother_id == mother_id, ~_is_over())
    return [_alert(row) for row in conn.execute(query.order_by(alerts.c.id))]


def open_of(conn: Connection, recording_id: int) -> list[Alert]:
    """Those of a recording that are not over, oldest first."""
    query = select(alerts).where(alerts.c.recording_id == recording_id, ~_is_over())
    return [_alert(row) for row in conn.execute(query.order_by(alerts.c.id))]


def open_locked(conn: Connection, recording_id: int) -> list[Alert]:
    """The same, and nobody else changes them before this transaction ends."""
    query = select(alerts).where(alerts.c.recording_id == recording_id, ~_is_over())
    rows = conn.execute(query.order_by(alerts.c.id).with_for_update())
    return [_alert(row) for row in rows]


def of_recordings(conn: Connection, recording_ids: Collection[int]) -> list[Alert]:
    """All of these recordings, by onset."""
    query = select(alerts).where(alerts.c.recording_id.in_(recording_ids))
    return [_alert(row) for row in conn.execute(query.order_by(alerts.c.onset_s))]


def told(conn: Connection) -> list[Alert]:
    """Those whose hospital has been asked but whose page has not got them yet."""
    return [_alert(row) for row in conn.execute(_TOLD)]


def due(conn: Connection, now_ms: int, latest_ms: int) -> list[int]:
    """The ids of those whose hospital has not answered in time, or whose deadline lies
    beyond `latest_ms`, which only a clock that went back can explain."""
    return list(conn.scalars(_DUE, {"now_ms": now_ms, "latest_ms": latest_ms}))


def to_remind(conn: Connection, now_ms: int, latest_ms: int) -> list[int]:
    """The ids of those whose reminder is due, or lies beyond `latest_ms`: the clock went back."""
    return list(conn.scalars(_TO_REMIND, {"now_ms": now_ms, "latest_ms": latest_ms}))


def visible(
    conn: Connection,
    *,
    organisation_id: int | None = None,
    mother_id: int | None = None,
    recent: int = 100,
) -> list[Alert]:
    """Those that are not over and the `recent` newest of the others, newest first: of everybody,
    of one mother, or of what one hospital may see (the rule of cloud.store.sight)."""
    may = shown(alerts.c.mother_id)
    if mother_id is not None:
        may = alerts.c.mother_id == mother_id
    if organisation_id is not None:
        hers = select(mothers.c.id).where(mothers.c.organisation_id == organisation_id)
        asked_about = (
            select(alerts.c.recording_id)
            .join(alert_steps, alert_steps.c.alert_id == alerts.c.id)
            .where(alert_steps.c.event == "tell", alert_steps.c.organisation_id == organisation_id)
        )
        may = or_(alerts.c.mother_id.in_(hers), alerts.c.recording_id.in_(asked_about))
    query = select(alerts).where(may).order_by(alerts.c.raised_ms.desc(), alerts.c.id.desc())
    rows = [*conn.execute(query.where(~_is_over()))]
    rows += conn.execute(query.where(_is_over()).limit(recent))
    found = [_alert(row) for row in rows]
    if organisation_id is None:
        return found
    seen = sight.organisations_of_all(conn, {alert.recording_id for alert in found})
    return [alert for alert in found if organisation_id in seen[alert.recording_id]]


def asked(conn: Connection, alert_id: int) -> frozenset[int]:
    """The hospitals that have been asked to take this alert since it was asked anew."""
    s = alert_steps.c
    anew = select(func.max(s.id)).where(s.alert_id == alert_id, s.event.in_(ANEW))
    since = s.id > func.coalesce(anew.scalar_subquery(), 0)
    query = select(s.organisation_id).where(s.alert_id == alert_id, s.event == "tell", since)
    return frozenset(conn.scalars(query))


def last_answers(conn: Connection) -> dict[int, int]:
    """When somebody of each hospital last accepted or declined an alert."""
    query = (
        select(alert_steps.c.organisation_id, func.max(alert_steps.c.at_ms))
        .where(alert_steps.c.event.in_(("accept", "decline")))
        .group_by(alert_steps.c.organisation_id)
    )
    return {place: at_ms for place, at_ms in conn.execute(query) if place is not None}


def add(conn: Connection, **values: Any) -> Alert:
    """A new alert, in the phase RAISED."""
    row = {**values, "reason": json.dumps(values["reason"]), "phase": Phase.RAISED.value}
    return _alert(conn.execute(insert(alerts).values(row).returning(*alerts.c)).one())


def change(conn: Connection, alert: Alert, values: Mapping[str, Any]) -> Alert:
    """Write these fields if the alert is still in the phase that was read; NotAllowed if not."""
    if "phase" in values:
        values = {**values, "phase": values["phase"].value}
    if "reason" in values:
        values = {**values, "reason": json.dumps(values["reason"])}
    still = (alerts.c.id == alert.id) & (alerts.c.phase == alert.phase.value)
    row = conn.execute(update(alerts).where(still).values(values).returning(*alerts.c)).first()
    if row is None:
        raise NotAllowed(f"alert {alert.id} is not {alert.phase.value} any more")
    return _alert(row)


def add_step(conn: Connection, step: Step, audited: bool = True) -> None:
    steps.add(conn, alert_steps, step, audited)


def steps_of(conn: Connection, alert_ids: Collection[int]) -> dict[int, list[Step]]:
    """The steps of each of these, in the order in which they happened."""
    return steps.by_owner(conn, alert_steps, "alert_id", alert_ids, Step, Phase)


def _is_over() -> ColumnElement[bool]:
    return alerts.c.phase.in_([phase.value for phase in OVER])


def _alert(row: Any) -> Alert:
    values = {**row._mapping, "reason": json.loads(row.reason), "phase": Phase(row.phase)}
    return Alert(**values)
