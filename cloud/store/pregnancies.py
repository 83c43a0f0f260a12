"""The pregnancy record: dates, history, relatives, risk, plans. All the SQL about them."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from cloud.store import steps
from cloud.store.recordings import HOME
from cloud.store.tables import (
    missed_days,
    monitoring_plans,
    mothers,
    pregnancies,
    recordings,
    relatives,
    risk_assessments,
)


@dataclass(frozen=True)
class Pregnancy:
    """A row of `pregnancies`; see cloud.store.pregnancy_tables for each field."""

    mother_id: int
    dated_by: str | None = None
    dated_on: date | None = None
    dated_days: int | None = None
    birth_date: date | None = None
    height_cm: float | None = None
    weight_kg: float | None = None
    gravida: int | None = None
    para: int | None = None
    history: str = ""
    allergies: str = ""


@dataclass(frozen=True)
class Relative:
    id: int
    mother_id: int
    name: str
    phone: str
    relation: str


@dataclass(frozen=True)
class RiskAssessment:
    """A row of `risk_assessments`."""

    id: int
    mother_id: int
    at_ms: int
    person_id: int | None
    organisation_id: int | None
    age: int | None
    bmi: float | None
    met: list[str]
    computed: str
    colour: str
    purple: bool
    reason: str
    version: str


@dataclass(frozen=True)
class MonitoringPlan:
    """A row of `monitoring_plans`."""

    id: int
    mother_id: int
    per_week: int
    minutes: int
    from_week: int | None
    from_day: date
    made_ms: int
    person_id: int | None


def get(conn: Connection, mother_id: int) -> Pregnancy:
    """What is known; nothing yet: all of it empty."""
    query = select(pregnancies).where(pregnancies.c.mother_id == mother_id)
    row = conn.execute(query).first()
    return Pregnancy(mother_id) if row is None else Pregnancy(**row._mapping)


def put(conn: Connection, mother_id: int, **values: Any) -> None:
    """Write these fields. She is locked: nobody makes a second row meanwhile."""
    conn.execute(select(mothers.c.id).where(mothers.c.id == mother_id).with_for_update())
    which = pregnancies.c.mother_id == mother_id
    if conn.execute(update(pregnancies).where(which).values(values)).rowcount == 0:
        row = {**vars(Pregnancy(mother_id)), **values}
        conn.execute(insert(pregnancies).values(row))


def set_mother(conn: Connection, mother_id: int, **values: Any) -> None:
    """Fields of the row of `mothers` itself: phone, address, due_date, risk, purple."""
    conn.execute(update(mothers).where(mothers.c.id == mother_id).values(values))


# -- relatives


def relatives_of(conn: Connection, mother_id: int) -> list[Relative]:
    query = select(relatives).where(relatives.c.mother_id == mother_id).order_by(relatives.c.id)
    return [Relative(**row._mapping) for row in conn.execute(query)]


def add_relative(conn: Connection, mother_id: int, **values: str) -> Relative:
    query = insert(relatives).values(mother_id=mother_id, **values).returning(*relatives.c)
    return Relative(**conn.execute(query).one()._mapping)


def remove_relative(conn: Connection, mother_id: int, relative_id: int) -> Relative | None:
    """The one that was removed; None: there is no such one of hers."""
    which = (relatives.c.id == relative_id) & (relatives.c.mother_id == mother_id)
    row = conn.execute(delete(relatives).where(which).returning(*relatives.c)).first()
    return None if row is None else Relative(**row._mapping)


# -- risk


def add_risk(conn: Connection, **values: Any) -> RiskAssessment:
    row = {**values, "met": steps.as_json(values["met"])}
    query = insert(risk_assessments).values(row).returning(*risk_assessments.c)
    return _risk(conn.execute(query).one())


def risks_of(conn: Connection, mother_id: int, limit: int = 10) -> list[RiskAssessment]:
    """Newest first."""
    r = risk_assessments.c
    query = select(risk_assessments).where(r.mother_id == mother_id).order_by(r.id.desc())
    return [_risk(row) for row in conn.execute(query.limit(limit))]


def newest_risks(conn: Connection, mother_ids: Collection[int]) -> dict[int, RiskAssessment]:
    """Of each of these that was ever assessed."""
    r = risk_assessments.c
    newest = select(func.max(r.id)).where(r.mother_id.in_(mother_ids)).group_by(r.mother_id)
    rows = conn.execute(select(risk_assessments).where(r.id.in_(newest)))
    return {row.mother_id: _risk(row) for row in rows}


def _risk(row: Any) -> RiskAssessment:
    values: Mapping[str, Any] = {**row._mapping, "met": json.loads(row.met)}
    return RiskAssessment(**values)


# -- the plan of monitoring


class Recorded(NamedTuple):
    mother_id: int
    start_ms: int
    seconds: float  # recorded; as many as frames were made: one TRACE a second and little else


def recorded(conn: Connection, mother_ids: Collection[int], since_ms: int) -> list[Recorded]:
    """The recordings of these mothers, oldest first; of one that is cut off, what has come."""
    r = recordings.c
    came = (r.last_frame_ms - r.opened_ms) * r.speed / 1000.0
    seconds = func.coalesce(r.frames_made, came)
    query = select(r.mother_id, r.start_ms, seconds).where(
        r.mother_id.in_(mother_ids), r.start_ms >= since_ms, r.gateway_id != HOME
    )
    return [Recorded(row[0], row[1], float(row[2])) for row in conn.execute(query.order_by(r.id))]


def add_plan(conn: Connection, **values: Any) -> MonitoringPlan:
    query = insert(monitoring_plans).values(values).returning(*monitoring_plans.c)
    return MonitoringPlan(**conn.execute(query).one()._mapping)


def plans_of(conn: Connection, mother_ids: Collection[int]) -> dict[int, list[MonitoringPlan]]:
    """Of each of these, in the order in which they were made."""
    found: dict[int, list[MonitoringPlan]] = {mother_id: [] for mother_id in mother_ids}
    p = monitoring_plans.c
    query = select(monitoring_plans).where(p.mother_id.in_(mother_ids)).order_by(p.id)
    for row in conn.execute(query):
        found[row.mother_id].append(MonitoringPlan(**row._mapping))
    return found


def missed_of(conn: Connection, mother_ids: Collection[int]) -> dict[int, dict[date, str]]:
    """{mother: {day: why}}."""
    found: dict[int, dict[date, str]] = {mother_id: {} for mother_id in mother_ids}
    m = missed_days.c
    query = select(missed_days).where(m.mother_id.in_(mother_ids)).order_by(m.day)
    for row in conn.execute(query):
        found[row.mother_id][row.day] = row.reason
    return found


def put_missed(
    conn: Connection, mother_id: int, day: date, reason: str, person_id: int | None
) -> None:
    """Why she could not record on this day; the words that were there before are replaced."""
    which = (missed_days.c.mother_id == mother_id) & (missed_days.c.day == day)
    values = {"reason": reason, "person_id": person_id}
    if conn.execute(update(missed_days).where(which).values(values)).rowcount == 0:
        conn.execute(insert(missed_days).values(mother_id=mother_id, day=day, **values))
