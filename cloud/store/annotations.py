"""Words that staff put on a stretch of a strip: all the SQL about them. Rows are only added."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from cloud.store import audit
from cloud.store.tables import annotations, recordings


@dataclass(frozen=True)
class Annotation:
    """A row of `annotations`; see cloud.store.reading_tables for each field."""

    id: int
    at_ms: int
    recording_id: int
    person_id: int
    organisation_id: int | None
    from_s: float
    to_s: float
    text: str
    replaces_id: int | None


def add(conn: Connection, **values: Any) -> Annotation:
    return Annotation(**audit.add(conn, annotations, values)._mapping)


def of_recording(conn: Connection, recording_id: int) -> list[Annotation]:
    """All that was ever said, in the order of the saying."""
    query = select(annotations).where(annotations.c.recording_id == recording_id)
    return [Annotation(*row) for row in conn.execute(query.order_by(annotations.c.id))]


def of_recording_locked(conn: Connection, recording_id: int) -> list[Annotation]:
    """The same, and nobody else adds to it before this transaction ends."""
    conn.execute(select(recordings.c.id).where(recordings.c.id == recording_id).with_for_update())
    return of_recording(conn, recording_id)
