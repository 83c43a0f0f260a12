"""The frames of recordings: kept as received, each once, never changed."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from cloud.store.tables import frames
from cloud.traces import trace_from
from device import wire
from models.completeness import Tally
from models.trace import Trace

log = logging.getLogger(__name__)
_PAGE = 1000  # rows fetched at a time


@dataclass(frozen=True)
class NewFrame:
    recording_id: int
    seq: int
    data: bytes  # the whole frame as received
    received_ms: int


_KEY = (frames.c.recording_id, frames.c.seq)
_ADD_SQLITE = sqlite.insert(frames).on_conflict_do_nothing().returning(*_KEY)
_ADD_POSTGRESQL = postgresql.insert(frames).on_conflict_do_nothing().returning(*_KEY)


def add_all(conn: Connection, new: Sequence[NewFrame]) -> set[tuple[int, int]]:
    """Keep these frames, of any recordings. (recording_id, seq) of those not kept before.

    Of two frames with one identity the first that came stays.
    """
    if not new:
        return set()
    statement = _ADD_SQLITE if conn.dialect.name == "sqlite" else _ADD_POSTGRESQL
    rows = conn.execute(statement, [vars(frame) for frame in new])
    return {(row.recording_id, row.seq) for row in rows}


def add_frames(
    conn: Connection, recording_id: int, new: Iterable[tuple[int, bytes]], received_ms: int
) -> list[int]:
    """Keep (seq, whole frame) of one recording; the seqs that were not kept before, in order."""
    rows = [NewFrame(recording_id, seq, data, received_ms) for seq, data in new]
    return sorted(seq for _, seq in add_all(conn, rows))


def read_frames(conn: Connection, recording_id: int, from_seq: int = 0) -> Iterator[wire.Frame]:
    """Its frames in order of seq. One that rotted on the disk is left out and logged."""
    query = select(frames.c.seq, frames.c.data).where(
        frames.c.recording_id == recording_id, frames.c.seq >= from_seq
    )
    for row in _stream(conn, query.order_by(frames.c.seq)):
        frame = _whole(recording_id, row)
        if frame is not None:
            yield frame


def read_back(conn: Connection, recording_id: int) -> Iterator[tuple[wire.Frame, int]]:
    """(frame, received_ms), the newest seq first."""
    query = select(frames.c.seq, frames.c.data, frames.c.received_ms).where(
        frames.c.recording_id == recording_id
    )
    for row in _stream(conn, query.order_by(frames.c.seq.desc())):
        frame = _whole(recording_id, row)
        if frame is not None:
            yield frame, row.received_ms


def trace_of(conn: Connection, recording_id: int, from_s: float, to_s: float) -> Trace:
    """The stored samples between two recorded seconds.

    One TRACE a second makes its seq at least its second, so reading starts at seq from_s - 1.
    """

    def until() -> Iterator[wire.Frame]:
        for frame in read_frames(conn, recording_id, max(0, int(from_s) - 1)):
            if frame.kind == wire.TRACE and frame.t_ms >= to_s * 1000:
                return
            yield frame

    return trace_from(until(), from_s, to_s)


_ISLANDS = (
    select(
        frames.c.seq,
        (frames.c.seq - func.row_number().over(order_by=frames.c.seq)).label("island"),
    )
    .where(frames.c.recording_id == bindparam("recording"))
    .subquery()
)
_RANGES = select(func.min(_ISLANDS.c.seq), func.max(_ISLANDS.c.seq)).group_by(_ISLANDS.c.island)


def tally_of(conn: Connection, recording_id: int) -> Tally:
    """The numbers stored, as ranges: what a receipt and the completeness report are made of."""
    rows = conn.execute(_RANGES, {"recording": recording_id})
    return Tally(sorted((first, last) for first, last in rows))


def _stream(conn: Connection, query: Any) -> Iterator[Any]:
    yield from conn.execute(query.execution_options(yield_per=_PAGE))


def _whole(recording_id: int, row: Any) -> wire.Frame | None:
    try:
        return wire.decode(bytes(row.data))
    except wire.WireError as error:
        log.error(
            "recording %d: frame %d is damaged in the store: %s", recording_id, row.seq, error
        )
        return None
