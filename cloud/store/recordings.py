"""Recordings: one session of one device, and what is known about it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, insert, or_, select, update

from cloud.store.hidden import shown
from cloud.store.tables import devices, mothers, recordings
from device.payloads import REPLAYED, SYNTHETIC, Start

CUT_OFF_AFTER_MS = 24 * 3600 * 1000  # silent without a stop: longest outage a device spools over
SUCCEEDED_AFTER_MS = 10 * 60 * 1000  # the same, when its device has begun another session
NAME_CHARS = 120
HOME_BEGAN_MS = 7 * 24 * 3600 * 1000  # values of the days before are entered too
HOME = "home"  # the "gateway" of what is entered by hand: no trace, one of each mother


@dataclass(frozen=True)
class Recording:
    """A row of `recordings`; see cloud.store.tables for each field."""

    id: int
    device_id: str
    session: int
    gateway_id: str
    mother_id: int | None
    name: str
    boot_id: int | None
    speed: int
    replayed: bool
    synthetic: bool
    start_ms: int
    clock_offset_ms: int | None
    frames_made: int | None
    resent: int
    damaged: int
    opened_ms: int
    last_frame_ms: int
    closed_ms: int | None
    removed_ms: int | None = None


# Built once: building a statement costs more than running it, and these run for each session
_MOTHER = select(devices.c.mother_id).where(devices.c.id == bindparam("device"))
_OPEN = insert(recordings).returning(*recordings.c)


def open_recording(
    conn: Connection, *, device_id: str, session: int, gateway_id: str, start_ms: int, now_ms: int
) -> Recording:
    """The recording of this session, made when it is new.

    It is bound to the mother whose device this is now. An unknown device, or one bound to nobody,
    leaves it pending (mother_id None). What only the start event knows has defaults until then.
    """
    known = find(conn, device_id, session)
    if known is not None:
        return known
    mother_id = conn.scalar(_MOTHER, {"device": device_id})
    values = {
        "device_id": device_id,
        "session": session,
        "gateway_id": gateway_id,
        "mother_id": mother_id,
        "name": "",
        "speed": 1,
        "replayed": False,
        "synthetic": False,
        "start_ms": start_ms,
        "resent": 0,
        "damaged": 0,
        "opened_ms": now_ms,
        "last_frame_ms": now_ms,
    }
    return _recording(conn.execute(_OPEN, values).one())


def started(recording: Recording, start: Start) -> Recording:
    """With what its start event tells. PostgreSQL takes neither NUL nor more than its column."""
    return replace(
        recording,
        name=start.name.replace("\0", "")[:NAME_CHARS],
        boot_id=start.boot_id,
        speed=start.speed,
        replayed=bool(start.flags & REPLAYED),
        synthetic=bool(start.flags & SYNTHETIC),
    )


_FIXED = {"id", "device_id", "session", "mother_id", "opened_ms", "removed_ms"}
_CHANGING = [c.name for c in recordings.c if c.name not in _FIXED]
_SAVE = (
    update(recordings)
    .where(recordings.c.id == bindparam("of_id"))
    .values({name: bindparam("new_" + name) for name in _CHANGING})
)


def save(conn: Connection, changed: Collection[Recording]) -> None:
    """Keep what has become known of these. Whose they are is not among it."""
    rows = [
        {"of_id": one.id, **{"new_" + name: getattr(one, name) for name in _CHANGING}}
        for one in changed
    ]
    if rows:
        conn.execute(_SAVE, rows)


_later = recordings.alias()
_SUCCEEDED = (
    select(_later.c.id)
    .where(
        _later.c.device_id == recordings.c.device_id, _later.c.opened_ms > recordings.c.opened_ms
    )
    .exists()
)
_CLOSE_SILENT = (
    update(recordings)
    .where(
        recordings.c.closed_ms.is_(None),
        or_(
            recordings.c.last_frame_ms < bindparam("cut_ms"),
            and_(recordings.c.last_frame_ms < bindparam("next_ms"), _SUCCEEDED),
        ),
    )
    .values(closed_ms=bindparam("now_ms"))
    .returning(recordings.c.id)
)


def close_silent(conn: Connection, now_ms: int) -> list[int]:
    """Close the open recordings that will not go on, and say which.

    A frame that comes later opens one again: closing loses nothing.
    """
    limits = {"cut_ms": now_ms - CUT_OFF_AFTER_MS, "next_ms": now_ms - SUCCEEDED_AFTER_MS}
    return list(conn.scalars(_CLOSE_SILENT, {"now_ms": now_ms, **limits}))


def get(conn: Connection, recording_id: int) -> Recording | None:
    row = conn.execute(select(recordings).where(recordings.c.id == recording_id)).first()
    return None if row is None else _recording(row)


def get_all(conn: Connection, recording_ids: Collection[int]) -> list[Recording]:
    """Those of these that there are."""
    found = conn.execute(select(recordings).where(recordings.c.id.in_(recording_ids)))
    return [_recording(row) for row in found]


_FIND = select(recordings).where(
    recordings.c.device_id == bindparam("device"), recordings.c.session == bindparam("number")
)


def find(conn: Connection, device_id: str, session: int) -> Recording | None:
    row = conn.execute(_FIND, {"device": device_id, "number": session}).first()
    return None if row is None else _recording(row)


def open_now(conn: Connection) -> list[Recording]:
    """All that have not ended, oldest first."""
    query = select(recordings).where(recordings.c.closed_ms.is_(None)).order_by(recordings.c.id)
    return [_recording(row) for row in conn.execute(query)]


def latest(
    conn: Connection,
    *,
    mother_ids: Collection[int] | None = None,
    organisation_id: int | None = None,
    limit: int = 100,
) -> list[Recording]:
    """Newest first: of everybody, of these mothers, or of one hospital's own mothers."""
    query = select(recordings).order_by(recordings.c.opened_ms.desc(), recordings.c.id.desc())
    if mother_ids is not None:
        query = query.where(recordings.c.mother_id.in_(mother_ids))
    elif organisation_id is None:
        query = query.where(shown(recordings.c.mother_id))
    if organisation_id is not None:
        hers = select(mothers.c.id).where(mothers.c.organisation_id == organisation_id)
        query = query.where(recordings.c.mother_id.in_(hers))
    return [_recording(row) for row in conn.execute(query.limit(limit))]


def started_since(conn: Connection, from_ms: int) -> list[int]:
    """The ids of those that began since then and have ended, oldest first."""
    r = recordings.c
    query = select(r.id).where(
        r.start_ms >= from_ms,
        r.closed_ms.is_not(None),
        r.removed_ms.is_(None),
        r.gateway_id != HOME,
        shown(r.mother_id),
    )
    return list(conn.scalars(query.order_by(r.id)))


def home_of(conn: Connection, mother_id: int, now_ms: int) -> Recording:
    """What alerts on values that she entered by hand are about; made when it is needed first. It
    is over since it began, has no frames, and no gateway may be called as its own is."""
    conn.execute(select(mothers.c.id).where(mothers.c.id == mother_id).with_for_update())
    device_id = f"{HOME}/{mother_id}"  # a device has no stroke in its name: it is in topics
    known = find(conn, device_id, 0)
    if known is not None:
        return known
    values = {"device_id": device_id, "session": 0, "gateway_id": HOME, "mother_id": mother_id}
    values |= {"name": "", "speed": 1, "replayed": False, "synthetic": False}
    values |= {"resent": 0, "damaged": 0, "opened_ms": now_ms, "last_frame_ms": now_ms}
    values["start_ms"] = now_ms - HOME_BEGAN_MS
    return _recording(conn.execute(_OPEN, {**values, "closed_ms": now_ms}).one())


def newest_of(conn: Connection, mother_ids: Collection[int]) -> dict[int, int]:
    """{mother: the id of her newest recording}, of these mothers that have one."""
    r = recordings.c
    query = select(r.mother_id, func.max(r.id).label("newest")).where(
        r.mother_id.in_(mother_ids), r.gateway_id != HOME
    )
    return {row.mother_id: row.newest for row in conn.execute(query.group_by(r.mother_id))}


def _recording(row: Any) -> Recording:
    return Recording(**row._mapping)
