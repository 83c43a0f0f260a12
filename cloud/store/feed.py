"""What the time-series feed reads, and how far it has got."""

from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from cloud.store.hidden import shown
from cloud.store.tables import feed_cursors, frames, mothers, recordings


@dataclass(frozen=True)
class FeedRow:
    """A stored frame and whose it is."""

    id: int
    data: bytes
    recording_id: int
    device_id: str
    start_ms: int
    organisation_id: int | None  # her own hospital; None: bound to nobody


def frames_after(conn: Connection, frame_id: int, limit: int) -> list[FeedRow]:
    """The next frames in order of commit, of all recordings."""
    query = (
        select(
            frames.c.id,
            frames.c.data,
            frames.c.recording_id,
            recordings.c.device_id,
            recordings.c.start_ms,
            mothers.c.organisation_id,
        )
        .join(recordings, recordings.c.id == frames.c.recording_id)
        .join(mothers, mothers.c.id == recordings.c.mother_id, isouter=True)
        .where(frames.c.id > frame_id, shown(recordings.c.mother_id))
        .order_by(frames.c.id)
        .limit(limit)
    )
    return [FeedRow(**row._mapping) for row in conn.execute(query)]


def cursor(conn: Connection, name: str) -> int:
    """All frames up to this id are safe at that server."""
    query = select(feed_cursors.c.frame_id).where(feed_cursors.c.name == name)
    return conn.scalar(query) or 0


def set_cursor(conn: Connection, name: str, frame_id: int) -> None:
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    new = insert(feed_cursors).values(name=name, frame_id=frame_id)
    conn.execute(new.on_conflict_do_update(index_elements=["name"], set_={"frame_id": frame_id}))
