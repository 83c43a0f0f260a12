"""What became of the recordings that began in some months, by who measured: queries in one pass.

A recording counts for the member whose gateway it came through, else for the mother's own
hospital; recordings of nobody do not count. Each query joins what it counts to these recordings
and groups by member and month, so that rows of single recordings never leave the database.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import CTE, Connection, Select, func, select

from cloud.store.counting import (
    TENTH_MS,
    Histograms,
    Key,
    Span,
    histograms,
    how_many,
    number_of,
    within,
)
from cloud.store.hidden import shown
from cloud.store.recordings import HOME
from cloud.store.tables import (
    alert_steps,
    alerts,
    gateways,
    mothers,
    readings,
    recording_signal,
    recordings,
    referrals,
)
from models.referrals import VOID

PATIENT = "patient"
_VOID = [phase.value for phase in VOID]
_NEWS = {"time up": "escalated", "decline": "declined", "nobody left": "to_centre"}


class Measured(NamedTuple):
    recordings: int
    ended: int  # of these the signal is known
    recorded_s: float
    good_s: float


class Read(NamedTuple):
    wanted: int
    signed: int
    overdue: int
    raised: int


class Alerts(NamedTuple):
    """Of one rule."""

    kind: str
    raised: int
    in_ended: int  # of them in recordings whose hours are known
    useful: int
    useless: int


def cohort(spans: Sequence[Span]) -> CTE:
    """The recordings: recording_id, organisation_id, month."""
    r = recordings.c
    by = func.coalesce(gateways.c.organisation_id, mothers.c.organisation_id)
    columns = (r.id.label("recording_id"), by.label("organisation_id"))
    query: Select[Any] = select(*columns, number_of(r.opened_ms, spans).label("month"))
    query = query.join(mothers, mothers.c.id == r.mother_id)
    query = query.outerjoin(gateways, gateways.c.id == r.gateway_id)
    counts = (within(r.opened_ms, spans), r.gateway_id != HOME, shown(r.mother_id))
    return query.where(*counts).cte("cohort")


def measured(conn: Connection, spans: Sequence[Span]) -> dict[Key, Measured]:
    all_of, s = cohort(spans), recording_signal.c
    sums = (func.coalesce(func.sum(column), 0.0) for column in (s.recorded_s, s.good_s))
    query = select(
        all_of.c.organisation_id, all_of.c.month, func.count(), func.count(s.recording_id), *sums
    ).outerjoin(recording_signal, s.recording_id == all_of.c.recording_id)
    return {(row[0], row[1]): Measured(*row[2:]) for row in conn.execute(_grouped(query, all_of))}


def read(conn: Connection, spans: Sequence[Span]) -> dict[Key, Read]:
    all_of, r = cohort(spans), readings.c
    counts = (func.count(column) for column in (r.id, r.signed_ms, r.overdue_ms, r.raised_ms))
    query = select(all_of.c.organisation_id, all_of.c.month, *counts)
    query = query.join(readings, r.recording_id == all_of.c.recording_id)
    return {(row[0], row[1]): Read(*row[2:]) for row in conn.execute(_grouped(query, all_of))}


def turnaround_tenths(conn: Connection, spans: Sequence[Span]) -> Histograms:
    """Whole tenths of a minute from the asking to the signature."""
    all_of, r = cohort(spans), readings.c
    tenths = ((r.signed_ms - r.wanted_ms) // TENTH_MS).label("tenths")
    query = select(all_of.c.organisation_id, all_of.c.month, tenths, func.count())
    query = query.join(readings, r.recording_id == all_of.c.recording_id)
    query = query.where(r.signed_ms.is_not(None))
    return histograms(conn.execute(_grouped(query, all_of, tenths)))


def alerts_by_rule(conn: Connection, spans: Sequence[Span]) -> dict[tuple[Key, str], Alerts]:
    all_of, a, s = cohort(spans), alerts.c, recording_signal.c
    counts = (func.count(), func.count(s.recording_id), how_many(a.useful), how_many(~a.useful))
    query = select(all_of.c.organisation_id, all_of.c.month, a.rule, a.kind, *counts)
    query = query.join(alerts, a.recording_id == all_of.c.recording_id)
    query = query.outerjoin(recording_signal, s.recording_id == a.recording_id)
    rows = conn.execute(_grouped(query, all_of, a.rule, a.kind))
    return {((row[0], row[1]), row[2]): Alerts(*row[3:]) for row in rows}


def accept_s(conn: Connection, spans: Sequence[Span]) -> Histograms:
    """Whole seconds from a patient alert until somebody accepted it, as urgent as it was last:
    there is one "accept" since then."""
    all_of, a, t = cohort(spans), alerts.c, alert_steps.c
    seconds = ((t.at_ms - a.raised_ms) // 1000).label("seconds")
    query = select(all_of.c.organisation_id, all_of.c.month, seconds, func.count())
    query = query.join(alerts, a.recording_id == all_of.c.recording_id)
    query = query.join(alert_steps, t.alert_id == a.id)
    query = query.where(a.kind == PATIENT, t.event == "accept", t.at_ms >= a.raised_ms)
    return histograms(conn.execute(_grouped(query, all_of, seconds)))


def steps(conn: Connection, spans: Sequence[Span]) -> dict[tuple[Key, str], int]:
    """How often patient alerts were escalated, declined, or left to the centre."""
    all_of, a, t = cohort(spans), alerts.c, alert_steps.c
    query = select(all_of.c.organisation_id, all_of.c.month, t.event, func.count())
    query = query.join(alerts, a.recording_id == all_of.c.recording_id)
    query = query.join(alert_steps, t.alert_id == a.id)
    query = query.where(a.kind == PATIENT, t.event.in_(_NEWS))
    rows = conn.execute(_grouped(query, all_of, t.event))
    return {((row[0], row[1]), _NEWS[row[2]]): row[3] for row in rows}


def referred(conn: Connection, spans: Sequence[Span]) -> dict[tuple[Key, str], int]:
    """sent_up, sent_down, came_up, came_down by month of the request; what was declined or
    withdrawn does not count."""
    r, found = referrals.c, {}
    for how, place in (("sent", r.from_id), ("came", r.to_id)):
        month = number_of(r.requested_ms, spans).label("month")
        query = select(place, month, r.direction, func.count())
        query = query.where(within(r.requested_ms, spans), r.phase.not_in(_VOID))
        for row in conn.execute(query.group_by(place, month, r.direction)):
            found[(row[0], row[1]), f"{how}_{row[2]}"] = row[3]
    return found


def _grouped(query: Select[Any], all_of: CTE, *more: Any) -> Select[Any]:
    return query.select_from(all_of).group_by(all_of.c.organisation_id, all_of.c.month, *more)
