"""What a learned detector of false signal looks at, first part: a piece of rate by itself.

A rate is cut into segments where it jumps or is lost, for the mother's rate comes and goes in
jumps; long segments into pieces. A row is one piece (whole recording), or SLOT_S of a segment with
what is known AHEAD_S after the slot began (live).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.trace import FS_HZ

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

JUMP_BPM = 6.0  # between neighbouring samples: a new segment
GAP = 2 * FS_HZ  # samples lost: a new segment
PIECE = 30 * FS_HZ  # samples
AHEAD_S = 5  # seconds after a sample that live may use
SLOT_S = 2  # seconds of a segment that are judged together live
TRAIL = 25 * FS_HZ  # samples of a segment before a slot that live looks at closely
EDGE = 5 * FS_HZ  # samples of a level at an edge


@dataclass(frozen=True, eq=False)
class Cut:
    """Samples with a fetal rate (v,), their segments and pieces."""

    n: int  # samples of the trace
    at: Ints  # (v,) samples of the trace
    bpm: Floats  # (v,)
    segment: Ints  # (v,) counted from 0
    piece: Ints  # (v,) counted from 0
    segment_first: Ints  # (segments + 1,) index into `at`
    piece_first: Ints  # (pieces + 1,) index into `at`


@dataclass(frozen=True, eq=False)
class Rows:
    """What is judged together (r,): `first` <= index into Cut.at < `stop` is looked at closely."""

    row: Ints  # (v,) the row of each sample
    piece: Ints  # (r,)
    first: Ints
    stop: Ints
    segment_first: Ints
    segment_stop: Ints  # as far as known
    horizon: Ints  # (r,) samples of the trace that may be used


def cut(fhr_bpm: Floats) -> Cut:
    """The segments and pieces of a rate (n,), NaN where lost."""
    at = np.flatnonzero(np.isfinite(fhr_bpm))
    bpm = fhr_bpm[at]
    new = np.ones(len(at), bool)
    new[1:] = (np.abs(np.diff(bpm)) > JUMP_BPM) | (np.diff(at) > GAP)
    segment = np.cumsum(new) - 1
    first = np.append(np.flatnonzero(new), len(at))
    nth = (at - at[first[:-1]][segment]) // PIECE if len(at) else at
    fresh = new.copy()
    fresh[1:] |= np.diff(nth) > 0
    pieces = np.append(np.flatnonzero(fresh), len(at))
    return Cut(len(fhr_bpm), at, bpm, segment, np.cumsum(fresh) - 1, first, pieces)


def whole_rows(parts: Cut) -> Rows:
    """A row is a piece; everything is known."""
    first, stop = parts.piece_first[:-1], parts.piece_first[1:]
    segment = parts.segment[first]
    return Rows(
        row=parts.piece,
        piece=np.arange(len(first)),
        first=first,
        stop=stop,
        segment_first=parts.segment_first[segment],
        segment_stop=parts.segment_first[segment + 1],
        horizon=np.full(len(first), parts.n),
    )


def live_rows(parts: Cut) -> Rows:
    """A row is a slot of a segment; AHEAD_S after the slot began are known."""
    slot = parts.at // (SLOT_S * FS_HZ)
    new = np.ones(len(parts.at), bool)
    new[1:] = (np.diff(slot) > 0) | (np.diff(parts.segment) > 0)
    first = np.flatnonzero(new)
    segment, start = parts.segment[first], slot[first] * SLOT_S * FS_HZ
    horizon = np.minimum(start + AHEAD_S * FS_HZ, parts.n)
    stop = np.minimum(np.searchsorted(parts.at, horizon), parts.segment_first[segment + 1])
    begin = parts.segment_first[segment]
    return Rows(
        row=np.cumsum(new) - 1,
        piece=parts.piece[first],
        first=np.maximum(np.searchsorted(parts.at, start - TRAIL), begin),
        stop=stop,
        segment_first=begin,
        segment_stop=stop,
        horizon=horizon,
    )


def running(values: Floats) -> Floats:
    """Running sums (..., n + 1) that skip NaN."""
    sums = np.zeros((*values.shape[:-1], values.shape[-1] + 1))
    np.cumsum(np.where(np.isnan(values), 0.0, values), axis=-1, out=sums[..., 1:])
    return sums


def share_of(part: Floats, of: Floats) -> Floats:
    """part / of, NaN where `of` is nothing."""
    share: Floats = np.divide(part, of, out=np.full(np.shape(part), np.nan), where=of > 0)
    return share


def spread_of(mean: Floats, square: Floats) -> Floats:
    spread: Floats = np.sqrt(np.maximum(square - mean**2, 0))
    return spread


def shape(parts: Cut, rows: Rows) -> dict[str, Floats]:
    step = np.abs(np.diff(parts.bpm, prepend=np.nan))
    step[parts.segment_first[:-1]] = np.nan
    slow = np.full(len(step), np.nan)
    slow[FS_HZ:] = np.abs(parts.bpm[FS_HZ:] - parts.bpm[:-FS_HZ])
    slow[FS_HZ:][parts.segment[FS_HZ:] != parts.segment[:-FS_HZ]] = np.nan
    held = np.where(step == 0, 1.0, 0.0)
    sums = running(np.stack([parts.bpm, parts.bpm**2, step, slow, np.isfinite(slow), held]))
    found: dict[str, Floats] = {}
    for name, first, stop in (
        ("own", rows.first, rows.stop),
        ("segment", rows.segment_first, rows.segment_stop),
    ):
        count = (stop - first).astype(float)
        total = sums[:, stop] - sums[:, first]
        lasts = (parts.at[stop - 1] - parts.at[first] + 1) / FS_HZ
        mean = total[0] / count
        found |= {
            f"{name}_s": lasts,
            f"{name}_bpm": mean,
            f"{name}_sd": spread_of(mean, total[1] / count),
            f"{name}_step": total[2] / count,
            f"{name}_slow": share_of(total[3], total[4]),
            f"{name}_held": total[5] / count,
            f"{name}_filled": count / (lasts * FS_HZ),
        }
    begin = np.minimum(rows.first + EDGE, rows.stop)
    end = np.maximum(rows.stop - EDGE, rows.first)
    head = (sums[0, begin] - sums[0, rows.first]) / (begin - rows.first)
    tail = (sums[0, rows.stop] - sums[0, end]) / (rows.stop - end)
    return found | {"own_rise": tail - head, "into_s": _into(parts, rows)}


def _into(parts: Cut, rows: Rows) -> Floats:
    return (parts.at[rows.first] - parts.at[rows.segment_first]) / FS_HZ


def edges(parts: Cut, rows: Rows) -> dict[str, Floats]:
    """How the segment begins and ends: by which jump, after which gap, from and to which level."""
    sums = running(parts.bpm)
    last = len(parts.bpm) - 1
    first, stop = rows.segment_first, rows.segment_stop
    known = np.searchsorted(parts.at, rows.horizon)  # samples that may be used
    before, after = first > 0, stop < known
    back, on = np.maximum(first - EDGE, 0), np.minimum(stop + EDGE, np.maximum(known, stop))
    level_before = share_of(sums[first] - sums[back], (first - back).astype(float))
    level_after = share_of(sums[on] - sums[stop], (on - stop).astype(float))
    next_at = np.where(after, parts.at[np.minimum(stop, last)], rows.horizon)
    own = (sums[stop] - sums[first]) / (stop - first)
    begins, ends = parts.bpm[first], parts.bpm[stop - 1]
    return {
        "jump_in": np.where(before, begins - parts.bpm[np.maximum(first - 1, 0)], np.nan),
        "jump_out": np.where(after, parts.bpm[np.minimum(stop, last)] - ends, np.nan),
        "gap_in": (parts.at[first] - np.where(before, parts.at[np.maximum(first - 1, 0)], -1))
        / FS_HZ,
        "gap_out": (next_at - parts.at[stop - 1]) / FS_HZ,
        "from_level": own - level_before,
        "to_level": own - level_after,
        "return": level_after - level_before,
        "from_ratio": own / level_before,
        "to_ratio": own / level_after,
    }
