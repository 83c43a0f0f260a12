"""The team of each mother and the tasks between the three of it: all the SQL about them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from cloud.store.tables import care_tasks, care_team

ROLES = ("specialist", "family doctor", "health manager")


@dataclass(frozen=True)
class Task:
    """A row of `care_tasks`; see cloud.store.pregnancy_tables for each field."""

    id: int
    mother_id: int
    text: str
    role: str
    due: date | None
    made_ms: int
    person_id: int | None
    done_ms: int | None
    done_by: int | None
    note: str


def team_of(conn: Connection, mother_id: int) -> dict[str, int]:
    """{role: person}, of the roles that somebody has."""
    query = select(care_team.c.role, care_team.c.person_id)
    rows = conn.execute(query.where(care_team.c.mother_id == mother_id))
    return {row.role: row.person_id for row in rows}


def set_team(conn: Connection, mother_id: int, team: dict[str, int]) -> None:
    conn.execute(delete(care_team).where(care_team.c.mother_id == mother_id))
    rows = [{"mother_id": mother_id, "role": r, "person_id": p} for r, p in team.items()]
    if rows:
        conn.execute(insert(care_team), rows)


def add_task(conn: Connection, **values: Any) -> Task:
    query = insert(care_tasks).values(note="", **values).returning(*care_tasks.c)
    return Task(**conn.execute(query).one()._mapping)


def finish_task(
    conn: Connection, mother_id: int, task_id: int, person_id: int | None, note: str, now_ms: int
) -> Task | None:
    """None: there is no such open one of hers."""
    t = care_tasks.c
    which = (t.id == task_id) & (t.mother_id == mother_id) & t.done_ms.is_(None)
    values = {"done_ms": now_ms, "done_by": person_id, "note": note}
    query = update(care_tasks).where(which).values(values).returning(*care_tasks.c)
    row = conn.execute(query).first()
    return None if row is None else Task(**row._mapping)


def tasks_of(conn: Connection, mother_id: int, done: int = 10) -> list[Task]:
    """The open ones by their day, those without one last; then so many of those done last."""
    t = care_tasks.c
    query = select(care_tasks).where(t.mother_id == mother_id)
    first = query.where(t.done_ms.is_(None)).order_by(t.due.is_(None), t.due, t.id)
    then = query.where(t.done_ms.is_not(None)).order_by(t.done_ms.desc()).limit(done)
    return [Task(**row._mapping) for row in (*conn.execute(first), *conn.execute(then))]


def overdue(conn: Connection, mother_ids: Collection[int], today: date) -> dict[int, int]:
    """{mother: how many of her team's tasks are past their day}."""
    t = care_tasks.c
    which = t.mother_id.in_(mother_ids) & t.done_ms.is_(None) & (t.due < today)
    found: dict[int, int] = {}
    for mother_id in conn.scalars(select(t.mother_id).where(which)):
        found[mother_id] = found.get(mother_id, 0) + 1
    return found
