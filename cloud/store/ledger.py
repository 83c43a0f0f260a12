"""Who contributed what in some months: counted from what is recorded anyway, never written down.

Each query counts events by their own time, for the member that did the work. `raw` counts the same
events once more without members and joins: what the sums over members have to come to.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, func, null, select

from cloud.store import figures
from cloud.store.counting import TENTH_MS, Histograms, Key, Span, histograms, number_of, within
from cloud.store.hidden import shown, shown_place
from cloud.store.recordings import HOME
from cloud.store.tables import (
    alert_steps,
    green_channels,
    green_steps,
    leases,
    reading_opinions,
    readings,
    recordings,
    referrals,
    resource_requests,
)
from cloud.store.tables import recording_signal as signal
from models.referrals import VOID
from models.resources import BED, MINUTES, PROBE, Phase

Cells = dict[Key, dict[str, float]]
_VOID = [phase.value for phase in VOID]
_LENT = [phase.value for phase in (Phase.OUT, Phase.RETURNED, Phase.LOST)]
_OPINIONS = {"first": "first_opinions", "expert": "expert_opinions"}
_KINDS = {PROBE: "lent_probes", MINUTES: "lent_minutes", BED: "lent_beds"}
_ANSWERS = ("accept", "decline")


def counted(conn: Connection, spans: Sequence[Span]) -> Cells:
    """{(organisation, month): {column: count}}; what is missing is none. Hours are in seconds."""
    cells: Cells = {}
    for key, one in figures.measured(conn, spans).items():
        values = {"recordings": one.recordings, "recorded_s": one.recorded_s, "good_s": one.good_s}
        cells.setdefault(key, {}).update(values)
    for name, found in _queries(spans):
        for organisation_id, month, which, count in conn.execute(found):
            column = name if which is None else _column(name, which)
            cells.setdefault((organisation_id, month), {})[column] = count
    for (key, column), count in figures.referred(conn, spans).items():
        cells.setdefault(key, {})[column] = count
    return cells


def turnaround_tenths(conn: Connection, spans: Sequence[Span]) -> Histograms:
    """Whole tenths of a minute from the asking to the signature, by who signed."""
    r = readings.c
    tenths = ((r.signed_ms - r.wanted_ms) // TENTH_MS).label("tenths")
    month = number_of(r.signed_ms, spans).label("month")
    query = select(r.holder_id, month, tenths, func.count()).where(within(r.signed_ms, spans))
    return histograms(conn.execute(query.group_by(r.holder_id, month, tenths)))


def answer_s(conn: Connection, spans: Sequence[Span]) -> Histograms:
    """Whole seconds from asking a member to its own yes or no; what it left open is at None."""
    t, a = alert_steps.alias("asked"), alert_steps.alias("answer")
    same = (a.c.alert_id == t.c.alert_id) & (a.c.organisation_id == t.c.organisation_id)
    later = same & a.c.event.in_(_ANSWERS) & (a.c.id > t.c.id)
    first = select(
        t.c.organisation_id,
        number_of(t.c.at_ms, spans).label("month"),
        ((func.min(a.c.at_ms) - t.c.at_ms) // 1000).label("seconds"),
    ).outerjoin(a, later)
    first = first.where(t.c.event == "tell", within(t.c.at_ms, spans))
    first = first.where(shown_place(t.c.organisation_id))
    each = first.group_by(t.c.id, t.c.organisation_id, t.c.at_ms).subquery()
    query = select(each.c.organisation_id, each.c.month, each.c.seconds, func.count())
    return histograms(
        conn.execute(query.group_by(each.c.organisation_id, each.c.month, each.c.seconds))
    )


def raw(conn: Connection, span: Span) -> dict[str, float]:
    """All events of one month, counted without asking whose they are."""
    spans, r = [span], recordings.c
    known = [within(r.opened_ms, spans), r.mother_id.is_not(None), r.gateway_id != HOME]
    known.append(shown(r.mother_id))
    sums = (func.coalesce(func.sum(s), 0.0) for s in (signal.c.recorded_s, signal.c.good_s))
    query = select(func.count(), *sums).select_from(recordings)
    query = query.outerjoin(signal, signal.c.recording_id == r.id).where(*known)
    total = dict(
        zip(("recordings", "recorded_s", "good_s"), conn.execute(query).one(), strict=True)
    )
    for rank, column in _OPINIONS.items():
        o = reading_opinions.c
        total[column] = _count(conn, reading_opinions, within(o.at_ms, spans), o.rank == rank)
    total["signed"] = _count(conn, readings, within(readings.c.signed_ms, spans))
    for event, column in (("accept", "accepted"), ("tell", "asked")):
        s = alert_steps.c
        theirs = (s.event == event, shown_place(s.organisation_id))
        total[column] = _count(conn, alert_steps, within(s.at_ms, spans), *theirs)
    g = green_steps.c
    total["admitted"] = _count(conn, green_steps, within(g.at_ms, spans), g.event == "admit")
    for direction in ("up", "down"):
        f = referrals.c
        counts = (within(f.requested_ms, spans), f.phase.not_in(_VOID), f.direction == direction)
        total[f"sent_{direction}"] = _count(conn, referrals, *counts)
        total[f"came_{direction}"] = total[f"sent_{direction}"]
    for kind, column in _KINDS.items():
        q = resource_requests.c
        lent = (within(q.out_ms, spans), q.phase.in_(_LENT), q.kind == kind)
        total[column] = conn.scalar(select(func.coalesce(func.sum(q.amount), 0)).where(*lent)) or 0
    total["boxes"] = _count(conn, leases, within(leases.c.from_ms, spans))
    return total


def _queries(spans: Sequence[Span]) -> list[tuple[str, Select[Any]]]:
    """(column, query of (organisation, month, which, count)); `which` chooses among columns."""
    o, r, s, q = reading_opinions.c, readings.c, alert_steps.c, resource_requests.c
    accepts = _by(s.organisation_id, s.at_ms, spans)
    accepts = accepts.where(s.event == "accept", shown_place(s.organisation_id))
    admits = _by(green_channels.c.organisation_id, green_steps.c.at_ms, spans)
    admits = admits.join(green_channels, green_channels.c.id == green_steps.c.green_id)
    lent = _by(q.lender_id, q.out_ms, spans, q.kind, func.sum(q.amount))
    return [
        ("opinions", _by(o.organisation_id, o.at_ms, spans, o.rank)),
        ("signed", _by(r.holder_id, r.signed_ms, spans)),
        ("accepted", accepts),
        ("admitted", admits.where(green_steps.c.event == "admit")),
        ("lent", lent.where(q.phase.in_(_LENT))),
        ("boxes", _by(leases.c.lender_id, leases.c.from_ms, spans)),
    ]


def _by(
    organisation_id: ColumnElement[Any],
    at_ms: Column[Any],
    spans: Sequence[Span],
    which: ColumnElement[Any] | None = None,
    count: ColumnElement[Any] | None = None,
) -> Select[Any]:
    month = number_of(at_ms, spans).label("month")
    chosen = (null() if which is None else which).label("which")
    counts = func.count() if count is None else count
    query: Select[Any] = select(organisation_id, month, chosen, counts)
    query = query.select_from(at_ms.table).where(within(at_ms, spans))
    return query.group_by(organisation_id, month, *(() if which is None else (which,)))


def _column(name: str, which: str) -> str:
    return _OPINIONS[which] if name == "opinions" else _KINDS[which]


def _count(conn: Connection, table: Table, *where: ColumnElement[bool]) -> int:
    return conn.scalar(select(func.count()).select_from(table).where(*where)) or 0
