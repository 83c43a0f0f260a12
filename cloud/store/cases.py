"""Teaching cases, who has read them, and the consents: all the SQL about them."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from cloud.store import audit
from cloud.store.tables import case_reads, cases, teaching_consents
from models.readings import Class

STUB: Mapping[str, Any] = {  # what is left of the content of a withdrawn case
    "title": "", "text": "", "patterns": [], "weeks": None, "age_years": None, "said": "",
    "features": {}, "machine": None,
}  # fmt: skip
_SHOWN = {  # the first time stays
    "sqlite": sqlite.insert(case_reads).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(case_reads).on_conflict_do_nothing(),
}
_JSON = ("patterns", "features", "machine")


@dataclass(frozen=True)
class Case:
    """A row of `cases`; see cloud.store.case_tables for each field."""

    id: int
    reading_id: int
    recording_id: int
    mother_id: int
    made_ms: int
    person_id: int
    withdrawn_ms: int | None
    title: str
    text: str
    patterns: list[str]
    weeks: int | None
    age_years: int | None
    start_s: float
    end_s: float
    said: str
    features: Mapping[str, Any]
    machine: Mapping[str, Any] | None


@dataclass(frozen=True)
class Read:
    """A row of `case_reads`."""

    case_id: int
    done_ms: int | None
    said: Class | None
    patterns: list[str]
    points: int | None


def allows(conn: Connection, mother_id: int) -> bool:
    """Whether she agrees to teaching use now. Nothing said is no."""
    c = teaching_consents.c
    query = select(c.allowed).where(c.mother_id == mother_id).order_by(c.id.desc()).limit(1)
    return conn.scalar(query) is True


def decide(conn: Connection, mother_id: int, allowed: bool, person_id: int, at_ms: int) -> None:
    row = {"mother_id": mother_id, "allowed": allowed, "at_ms": at_ms, "person_id": person_id}
    audit.add(conn, teaching_consents, row)


def add(conn: Connection, values: Mapping[str, Any]) -> Case:
    query = insert(cases).values(_plain(values)).returning(*cases.c)
    return _case(conn.execute(query).one())


def get(conn: Connection, case_id: int) -> Case | None:
    row = conn.execute(select(cases).where(cases.c.id == case_id)).first()
    return None if row is None else _case(row)


def shown(conn: Connection) -> list[Case]:
    """All that are not withdrawn, newest first."""
    query = select(cases).where(cases.c.withdrawn_ms.is_(None)).order_by(cases.c.id.desc())
    return [_case(row) for row in conn.execute(query)]


def of_mother(conn: Connection, mother_id: int) -> list[Case]:
    """Hers that are not withdrawn."""
    query = select(cases).where(cases.c.mother_id == mother_id, cases.c.withdrawn_ms.is_(None))
    return [_case(row) for row in conn.execute(query.order_by(cases.c.id))]


def withdraw(conn: Connection, case_id: int, at_ms: int) -> bool:
    """Nothing but the stub is left of it. False: it was withdrawn before."""
    mine = (cases.c.id == case_id) & cases.c.withdrawn_ms.is_(None)
    query = update(cases).where(mine).values(withdrawn_ms=at_ms, **_plain(STUB))
    return conn.execute(query).rowcount == 1


def show(conn: Connection, case_id: int, person_id: int, at_ms: int) -> None:
    row = {"case_id": case_id, "person_id": person_id, "shown_ms": at_ms}
    conn.execute(_SHOWN[conn.dialect.name], row)


def answer(
    conn: Connection, case_id: int, person_id: int, at_ms: int, said: Class | None,
    patterns: Collection[str], points: int | None,
) -> bool:  # fmt: skip
    """The first answer stays. False: there was one, or the case was opened without one."""
    mine = (case_reads.c.case_id == case_id) & (case_reads.c.person_id == person_id)
    values = {
        "done_ms": at_ms,
        "said": said.value if said else None,
        "patterns": json.dumps(list(patterns)),
        "points": points,
    }
    query = update(case_reads).where(mine, case_reads.c.done_ms.is_(None)).values(values)
    return conn.execute(query).rowcount == 1


def reads_of(conn: Connection, person_id: int) -> dict[int, Read]:
    """What this learner did, by case."""
    query = select(case_reads).where(case_reads.c.person_id == person_id)
    return {row.case_id: _read(row) for row in conn.execute(query.order_by(case_reads.c.id))}


def used(conn: Connection) -> dict[int, tuple[int, int]]:
    """By case: to how many people it was shown, and how many answered."""
    c = case_reads.c
    query = select(c.case_id, func.count(), func.count(c.said)).group_by(c.case_id)
    return {row[0]: (row[1], row[2]) for row in conn.execute(query)}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    row = dict(values)
    return row | {name: json.dumps(row[name], ensure_ascii=False) for name in _JSON if name in row}


def _case(row: Any) -> Case:
    return Case(**{**row._mapping, **{name: json.loads(getattr(row, name)) for name in _JSON}})


def _read(row: Any) -> Read:
    said = Class(row.said) if row.said else None
    named = json.loads(row.patterns) if row.patterns else []
    return Read(row.case_id, row.done_ms, said, named, row.points)
