"""How much of each recording has a signal: a table that is derived from the frames."""

from collections.abc import Collection

from sqlalchemy import Connection, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from cloud.store.hidden import shown
from cloud.store.recordings import HOME
from cloud.store.tables import recording_signal, recordings

_FOUND = ("recorded_s", "good_s", "frames_ms")
_KEEP = {  # the newest stays
    name: new.on_conflict_do_update(
        index_elements=["recording_id"], set_={field: new.excluded[field] for field in _FOUND}
    )
    for name, new in (
        ("sqlite", sqlite.insert(recording_signal)),
        ("postgresql", postgresql.insert(recording_signal)),
    )
}


def unmeasured(conn: Connection, since_ms: int, limit: int) -> list[tuple[int, int]]:
    """(id, last_frame_ms) of recordings that ended since then and were not measured after their
    last frame: one may go on after its end."""
    r, s = recordings.c, recording_signal.c
    query = (
        select(r.id, r.last_frame_ms)
        .outerjoin(recording_signal, s.recording_id == r.id)
        .where(
            r.closed_ms >= since_ms,
            r.gateway_id != HOME,
            or_(s.recording_id.is_(None), s.frames_ms != r.last_frame_ms),
            shown(r.mother_id),
        )
    )
    return [(row[0], row[1]) for row in conn.execute(query.order_by(r.id).limit(limit))]


def keep(
    conn: Connection, recording_id: int, recorded_s: float, good_s: float, frames_ms: int
) -> None:
    found = dict(zip(_FOUND, (recorded_s, good_s, frames_ms), strict=True))
    conn.execute(_KEEP[conn.dialect.name], {"recording_id": recording_id, **found})


def of_recordings(conn: Connection, ids: Collection[int]) -> dict[int, tuple[float, float]]:
    """{recording: (recorded_s, good_s)} of those that have been measured."""
    s = recording_signal.c
    query = select(s.recording_id, s.recorded_s, s.good_s).where(s.recording_id.in_(ids))
    return {row[0]: (row[1], row[2]) for row in conn.execute(query)}
