"""From frames to a trace. Pure: used on frames just received and on frames read back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
)
_GAPS = tuple(gap for _, _, gap in payloads.CHANNELS)
_NOT_THERE = tuple((gap,) * BLOCK for gap in _GAPS)
_GAP_COLUMN = np.array(_GAPS, np.int64)[:, None]
FHR, FHR2 = 0, 1


def samples_of(frame: wire.Frame) -> tuple[int, Samples] | None:
    """(number of its first sample, (5, 4) values in bpm, toco units, %) of a TRACE frame.

    None for the other kinds, and for a TRACE whose payload is none.
    """
    if frame.kind != wire.TRACE:
        return None
    try:
        channels = payloads.unpack_trace(frame.payload)
    except wire.WireError:
        return None
    counts = np.array(
        [there or missing for there, missing in zip(channels, _NOT_THERE, strict=True)], np.int64
    )
    values = np.where(counts == _GAP_COLUMN, np.nan, counts / _PER_UNIT[:, None])
    return round(frame.t_ms * FS_HZ / 1000), values.astype(np.float32)


def blocks_of(
    frames: Sequence[wire.Frame],
) -> tuple[NDArray[np.int64], NDArray[np.int64], Samples]:
    """samples_of() many at once.

    returns  which of the frames (n,), in no particular order; the numbers of their first
             samples (n,); their values (n, 5, 4)
    """
    by_mask: dict[int, list[int]] = {}
    for index, frame in enumerate(frames):
        if frame.kind == wire.TRACE and frame.payload and not frame.payload[0] >> CHANNELS:
            by_mask.setdefault(frame.payload[0], []).append(index)
    which: list[int] = []
    values = [np.empty((0, CHANNELS, BLOCK), np.float32)]
    for mask, group in by_mask.items():
        layout = _layout(mask)
        whole = [index for index in group if len(frames[index].payload) == layout.itemsize]
        values.append(_values(b"".join(frames[index].payload for index in whole), mask, layout))
        which += whole
    firsts = [round(frames[index].t_ms * FS_HZ / 1000) for index in which]
    return np.array(which, np.int64), np.array(firsts, np.int64), np.concatenate(values)


def _values(bodies: bytes, mask: int, layout: np.dtype[np.void]) -> Samples:
    counts = np.frombuffer(bodies, layout)
    values = np.full((len(counts), CHANNELS, BLOCK), np.nan, np.float32)
    for channel, (name, _, gap) in enumerate(payloads.CHANNELS):
        if mask >> channel & 1:
            measured = np.where(counts[name] == gap, np.nan, counts[name])
            values[:, channel] = measured / _PER_UNIT[channel]
    return values


def _layout(mask: int) -> np.dtype[np.void]:
    """How a TRACE with these channels is laid out: device.payloads.pack_trace."""
    fields = [
        (name, {"H": "<u2", "B": "u1"}[kind], (BLOCK,))
        for channel, (name, kind, _) in enumerate(payloads.CHANNELS)
        if mask >> channel & 1
    ]
    return np.dtype([("mask", "u1"), *fields])


def places(firsts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers (n, 4) of the samples of the blocks that begin there."""
    return firsts[:, None] + np.arange(BLOCK)


def to_trace(samples: Samples, first: int) -> Trace:
    """samples (5, n), the first of them number `first` of the recording."""
    fhr, fhr2, mhr, toco, quality = samples
    return Trace(fhr, fhr2, mhr, toco, quality, start_s=first / FS_HZ)


def trace_from(frames: Iterable[wire.Frame], from_s: float, to_s: float) -> Trace:
    """The samples between two recorded seconds; NaN where no frame has them."""
    first, last = round(from_s * FS_HZ), round(to_s * FS_HZ)
    samples = np.full((CHANNELS, max(0, last - first)), np.nan, np.float32)
    _, firsts, values = blocks_of(list(frames))
    at = places(firsts)
    inside = (at >= first) & (at < last)
    samples[:, at[inside] - first] = values.transpose(1, 0, 2)[:, inside]
    return to_trace(samples, first)


@dataclass(frozen=True)
class Gap:
    """A stretch without a fetal heart rate, and whose it is."""

    from_s: float
    to_s: float
    cause: str  # a key of CAUSES


CAUSES = ("not received", "probe off", "no signal")
SHORTEST_GAP_S = 1.0  # shorter ones are drop-outs of the signal, counted as loss by assess


def signal_gaps(frames: Iterable[wire.Frame]) -> list[Gap]:
    """Where the fetal heart rate is missing between the first and the last second heard of.

    frames  of one recording in order of seq
    """
    kept = list(frames)
    end_s = max((frame.t_ms / 1000 + (frame.kind == wire.TRACE) for frame in kept), default=0.0)
    cause = np.zeros(round(end_s * FS_HZ), np.int8)  # index into CAUSES, -1: there is a rate
    _, firsts, values = blocks_of(kept)
    lost = np.isnan(values[:, FHR]) & np.isnan(values[:, FHR2])
    cause[places(firsts)] = np.where(lost, 2, -1)
    for first, last in _probe_off(kept, len(cause)):
        stretch = cause[first:last]
        stretch[stretch == 2] = 1
    return _runs(cause)


def _probe_off(frames: Iterable[wire.Frame], end: int) -> list[tuple[int, int]]:
    """(first, last) samples between each probe-off event and the next probe-on."""
    found, since = [], None
    for frame in frames:
        if frame.kind != wire.EVENT or not frame.payload:
            continue
        at = round(frame.t_ms * FS_HZ / 1000)
        if frame.payload[0] == payloads.PROBE_OFF and since is None:
            since = at
        elif frame.payload[0] == payloads.PROBE_ON and since is not None:
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
