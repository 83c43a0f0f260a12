"""The frames of recordings: kept as received, each once, never changed."""

import logging
from binascii import crc32
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from cloud.messages import SOUND
from cloud.store.tables import frames
from cloud.traces import is_trace, t_ms_of, trace_in
from device import wire
from models.completeness import Tally
from models.trace import Trace

log = logging.getLogger(__name__)
_PAGE = 1000  # rows fetched at a time
Read = tuple[bytes, int]  # a whole frame as received, received_ms
NewFrame = tuple[int, int, bytes, int]  # recording, seq, the whole frame as received, received_ms

_NAMES = [c.name for c in frames.c if c.name != "id"]
_ADD = {
    "sqlite": sqlite.insert(frames).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(frames).on_conflict_do_nothing(),
}


def add_all(conn: Connection, new: Sequence[NewFrame]) -> None:
    """Keep these frames, of any recordings. Of two with one identity the first stays."""
    if new:
        rows = [dict(zip(_NAMES, frame, strict=True)) for frame in new]
        conn.execute(_ADD[conn.dialect.name], rows)


def add_frames(
    conn: Connection, recording_id: int, new: Iterable[tuple[int, bytes]], received_ms: int
) -> None:
    """Keep (seq, whole frame) of one recording."""
    add_all(conn, [(recording_id, seq, data, received_ms) for seq, data in new])


def read_frames(conn: Connection, recording_id: int, from_seq: int = 0) -> Iterator[wire.Frame]:
    """Its frames in order of seq. One that rotted on the disk is left out and logged."""
    query = _of(recording_id).where(frames.c.seq >= from_seq).order_by(frames.c.seq)
    return (wire.decode(data) for page in _pages(conn, query) for data, _ in page)


def read_back(conn: Connection, recording_id: int) -> Iterator[tuple[wire.Frame, int]]:
    """(frame, received_ms), the newest seq first."""
    query = _of(recording_id).order_by(frames.c.seq.desc())
    return ((wire.decode(data), ms) for page in _pages(conn, query) for data, ms in page)


def read_all(conn: Connection, recording_id: int) -> list[Read]:
    """Its frames as received, in order of seq, without those that rotted, and when they came."""
    query = _of(recording_id).order_by(frames.c.seq)
    return [one for page in _pages(conn, query) for one in page]


def read_whole(conn: Connection, recording_id: int) -> list[bytes]:
    """The frames of read_all()."""
    return [data for data, _ in read_all(conn, recording_id)]


def read_newest(
    conn: Connection, recording_id: int, seconds: float
) -> tuple[list[bytes], list[int]]:
    """At least its last `seconds` recorded: frames as received, and received_ms of each."""
    kept: list[Read] = []
    end_ms: int | None = None
    for page in _pages(conn, _of(recording_id).order_by(frames.c.seq.desc())):
        kept += page
        end_ms = _first_ms(page) if end_ms is None else end_ms
        oldest_ms = _first_ms(reversed(page))
        if end_ms and oldest_ms and oldest_ms < end_ms - 1000 * seconds:
            break
    return [data for data, _ in kept], [received_ms for _, received_ms in kept]


def trace_of(conn: Connection, recording_id: int, from_s: float, to_s: float) -> Trace:
    """The stored samples between two recorded seconds.

    One TRACE a second makes its seq at least its second, so reading starts at seq from_s - 1.
    """
    kept: list[bytes] = []
    first = frames.c.seq >= max(0, int(from_s) - 1)
    for page in _pages(conn, _of(recording_id).where(first).order_by(frames.c.seq)):
        kept += [data for data, _ in page]
        if (_first_ms(reversed(page)) or 0) >= to_s * 1000:
            break
    return trace_in(kept, from_s, to_s)


_ISLANDS = (
    select(
        frames.c.seq,
        (frames.c.seq - func.row_number().over(order_by=frames.c.seq)).label("island"),
    )
    .where(frames.c.recording_id == bindparam("recording"))
    .subquery()
)
_RANGES = select(func.min(_ISLANDS.c.seq), func.max(_ISLANDS.c.seq)).group_by(_ISLANDS.c.island)


_COUNT = select(func.count(), func.max(frames.c.seq)).where(
    frames.c.recording_id == bindparam("recording")
)


def tally_of(conn: Connection, recording_id: int) -> Tally:
    """The numbers stored, as ranges: what a receipt and the completeness report are made of."""
    of = {"recording": recording_id}
    count, last = conn.execute(_COUNT, of).one()
    if not count:
        return Tally()
    if count == last + 1:  # nothing is missing: no need to look for where
        return Tally([(0, last)])
    return Tally(sorted((first, last) for first, last in conn.execute(_RANGES, of)))


def _of(recording_id: int) -> Select[Any]:
    columns = frames.c.seq, frames.c.data, frames.c.received_ms
    return select(*columns).where(frames.c.recording_id == recording_id)


def _first_ms(read: Iterable[Read]) -> int | None:
    """t_ms of the first TRACE of these."""
    return next((t_ms_of(data) for data, _ in read if is_trace(data)), None)


def _pages(conn: Connection, query: Select[Any]) -> Iterator[list[Read]]:
    """What the query finds, page by page: (frame as received, received_ms)."""
    for page in conn.execute(query.execution_options(yield_per=_PAGE)).partitions():
        sound = [(data, received_ms) for _, data, received_ms in page if crc32(data) == SOUND]
        if len(sound) < len(page):
            log.error(
                "%d frames are damaged in the store: seq %s",
                len(page) - len(sound),
                [seq for seq, data, _ in page if crc32(data) != SOUND],
            )
        yield sound
