"""From frames to a trace. Pure: used on frames just received and on frames read back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from struct import Struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from device import payloads, wire
from models.completeness import gaps
from models.trace import FS_HZ, Trace

Samples = NDArray[np.float32]  # (5, n), rows as payloads.CHANNELS, NaN = missing
CHANNELS = len(payloads.CHANNELS)
BLOCK = payloads.RATE_HZ  # samples of one TRACE frame
_PER_UNIT = np.array(
    [payloads.PER_BPM, payloads.PER_BPM, payloads.PER_BPM, payloads.PER_TOCO, 1], np.float32
)[:, None]
_GAPS = np.array([gap for _, _, gap in payloads.CHANNELS], np.float32)[:, None]
_LOST = np.full((CHANNELS, BLOCK), np.nan, np.float32)
_KIND, _T_MS = 3, slice(12, 16)  # where they are in a frame: device.wire.HEAD
FHR, FHR2 = 0, 1


class Blocks(NamedTuple):
    """The TRACE frames among some frames, in no particular order."""

    which: NDArray[np.int64]  # (n,) their places among those given
    firsts: NDArray[np.int64]  # (n,) the number of the first sample of each
    values: Samples  # (n, 5, 4)


def samples_of(frame: wire.Frame) -> tuple[int, Samples] | None:
    """(number of its first sample, (5, 4) values in bpm, toco units, %) of a TRACE frame.

    None for the other kinds, and for a TRACE whose payload is none.
    """
    body = frame.payload
    if frame.kind != wire.TRACE or not body or body[0] >> CHANNELS:
        return None
    layout, rows = _layout(body[0])
    if len(body) != layout.size:
        return None
    values = _LOST.copy()
    values[rows] = np.array(layout.unpack(body), np.float32).reshape(-1, BLOCK)
    values[values == _GAPS] = np.nan
    values /= _PER_UNIT
    return round(frame.t_ms * FS_HZ / 1000), values


@cache
def _layout(mask: int) -> tuple[Struct, list[int]]:
    """How a TRACE with these channels is laid out (device.payloads.pack_trace), and their rows."""
    rows = [row for row in range(CHANNELS) if mask >> row & 1]
    kinds = "".join(f"{BLOCK}{payloads.CHANNELS[row][1]}" for row in rows)
    return Struct("<x" + kinds), rows


def blocks_in(frames: Sequence[bytes]) -> Blocks:
    """samples_of() many at once: of whole frames as received, whose CRC is right."""
    by_layout: dict[tuple[int, int], list[int]] = {}
    for index, data in enumerate(frames):
        if data[_KIND] == wire.TRACE:  # without a payload a byte of its CRC stands for the mask
            by_layout.setdefault((data[wire.HEAD_SIZE], len(data)), []).append(index)
    which: list[int] = []
    t_ms = [np.empty(0, np.uint32)]
    values = [np.empty((0, CHANNELS, BLOCK), np.float32)]
    for (mask, size), group in by_layout.items():
        layout = _whole_layout(mask)
        if mask >> CHANNELS == 0 and layout.itemsize == size:
            found = np.frombuffer(b"".join([frames[index] for index in group]), layout)
            which += group
            t_ms.append(found["t_ms"])
            values.append(_values(found))
    firsts = np.rint(np.concatenate(t_ms) * (FS_HZ / 1000)).astype(np.int64)
    return Blocks(np.array(which, np.int64), firsts, np.concatenate(values))


@cache
def _whole_layout(mask: int) -> np.dtype[np.void]:
    """The same for a whole frame, with device.wire.HEAD before it and the CRC behind."""
    sizes = {"H": "<u2", "B": "u1"}
    head = [("", f"V{_T_MS.start}"), ("t_ms", "<u4"), ("", f"V{wire.HEAD_SIZE - _T_MS.stop}")]
    body = [
        (name, sizes[kind], (BLOCK,))
        for row, (name, kind, _) in enumerate(payloads.CHANNELS)
        if mask >> row & 1
    ]
    return np.dtype([*head, ("mask", "u1"), *body, ("crc", "<u4")])


def _values(found: NDArray[np.void]) -> Samples:
    values = np.full((len(found), CHANNELS, BLOCK), np.nan, np.float32)
    for row, (name, _, _) in enumerate(payloads.CHANNELS):
        if name in (found.dtype.names or ()):
            values[:, row] = found[name]
    values[values == _GAPS] = np.nan
    values /= _PER_UNIT
    return values


def places(firsts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers (n, 4) of the samples of the blocks that begin there."""
    return firsts[:, None] + np.arange(BLOCK)


def to_trace(samples: Samples, first: int) -> Trace:
    """samples (5, n), the first of them number `first` of the recording."""
    fhr, fhr2, mhr, toco, quality = samples
    return Trace(fhr, fhr2, mhr, toco, quality, start_s=first / FS_HZ)


def trace_from(frames: Iterable[wire.Frame], from_s: float, to_s: float) -> Trace:
    """The samples between two recorded seconds; NaN where no frame has them."""
    return trace_in([wire.encode(frame) for frame in frames], from_s, to_s)


def trace_in(frames: Sequence[bytes], from_s: float, to_s: float) -> Trace:
    """trace_from() whole frames as received, whose CRC is right."""
    first, last = round(from_s * FS_HZ), round(to_s * FS_HZ)
    samples = np.full((CHANNELS, max(0, last - first)), np.nan, np.float32)
    found = blocks_in(frames)
    at = places(found.firsts)
    inside = (at >= first) & (at < last)
    samples[:, at[inside] - first] = found.values.transpose(1, 0, 2)[:, inside]
    return to_trace(samples, first)


@dataclass(frozen=True)
class Gap:
    """A stretch without a fetal heart rate, and whose it is."""

    from_s: float
    to_s: float
    cause: str  # a key of CAUSES


CAUSES = ("not received", "probe off", "no signal")
SHORTEST_GAP_S = 1.0  # shorter ones are drop-outs of the signal, counted as loss by assess


def signal_gaps(frames: Sequence[bytes]) -> list[Gap]:
    """Where the fetal heart rate is missing between the first and the last second heard of.

    frames  whole ones of one recording as received, in order of seq
    """
    end_s = max((t_ms_of(data) / 1000 + (data[_KIND] == wire.TRACE) for data in frames), default=0)
    cause = np.zeros(round(end_s * FS_HZ), np.int8)  # index into CAUSES, -1: there is a rate
    found = blocks_in(frames)
    lost = np.isnan(found.values[:, FHR]) & np.isnan(found.values[:, FHR2])
    cause[places(found.firsts)] = np.where(lost, 2, -1)
    events = [wire.decode(data) for data in frames if data[_KIND] == wire.EVENT]
    for first, last in _probe_off(events, len(cause)):
        stretch = cause[first:last]
        stretch[stretch == 2] = 1
    return _runs(cause)


def t_ms_of(frame: bytes) -> int:
    return int.from_bytes(frame[_T_MS], "little")


def is_trace(frame: bytes) -> bool:
    return frame[_KIND] == wire.TRACE


def _probe_off(events: Iterable[wire.Frame], end: int) -> list[tuple[int, int]]:
    """(first, last) samples between each probe-off event and the next probe-on."""
    found, since = [], None
    for event in events:
        if not event.payload:
            continue
        at = round(event.t_ms * FS_HZ / 1000)
        if event.payload[0] == payloads.PROBE_OFF and since is None:
            since = at
        elif event.payload[0] == payloads.PROBE_ON and since is not None:
            found.append((since, at))
            since = None
    return found if since is None else [*found, (since, end)]


def _runs(cause: NDArray[np.int8]) -> list[Gap]:
    found = []
    for index, name in enumerate(CAUSES):
        alone = np.where(cause == index, np.nan, np.float32(0))
        for from_s, to_s in gaps(alone, FS_HZ, 0.0):
            if index == 0 or to_s - from_s >= SHORTEST_GAP_S:
                found.append(Gap(float(from_s), float(to_s), name))
    return sorted(found, key=lambda gap: gap.from_s)
