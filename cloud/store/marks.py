"""Buttons that a mother pressed during a recording: all the SQL about them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from cloud.store.tables import marks


@dataclass(frozen=True)
class Mark:
    """A row of `marks`; see cloud.store.mother_tables for each field."""

    id: int
    recording_id: int
    kind: str
    at_s: float
    at_ms: int
    made_ms: int
    person_id: int
    undone_ms: int | None


def add(conn: Connection, **values: Any) -> Mark:
    return Mark(*conn.execute(insert(marks).values(values).returning(*marks.c)).one())


def of_recording(conn: Connection, recording_id: int) -> list[Mark]:
    """Those that count, in the order of the recording."""
    query = select(marks).where(marks.c.recording_id == recording_id, marks.c.undone_ms.is_(None))
    return [Mark(*row) for row in conn.execute(query.order_by(marks.c.at_s, marks.c.id))]


def undo(conn: Connection, recording_id: int, mark_id: int, now_ms: int) -> bool:
    """Whether there was such a mark; taking it back twice is harmless."""
    which = (marks.c.id == mark_id) & (marks.c.recording_id == recording_id)
    if conn.scalar(select(marks.c.id).where(which)) is None:
        return False
    conn.execute(update(marks).where(which, marks.c.undone_ms.is_(None)).values(undone_ms=now_ms))
    return True
