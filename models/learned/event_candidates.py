"""Stretches that may be an acceleration or a deceleration: generous, for a model to choose from.

Around each of several lines that could be the baseline (ALGORITHMS 3.5), the runs of the smoothed
rate beyond several offsets, and neighbouring runs together. Works on seconds: cost grows with the
length of the record only.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import percentile_filter, uniform_filter1d

from models.clean import filled
from models.completeness import runs
from models.filters import low_pass
from models.trace import FS_HZ

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
STEP_S = 10  # of the points that the lines are made of
SHAPE_CYCLES = 8.0  # a minute: the rate whose crossings bound a candidate
POINT_CYCLES = 4.0
PERCENTILES = ((50, 5), (50, 10), (50, 30), (20, 10), (80, 10), (10, 20), (90, 20))  # %, minutes
MODE_MIN, MODE_BIN_BPM = 20, 2.0
TRIM_CYCLES, TRIM_BPM = 0.15, (15.0, 8.0)  # low-pass, and what leaves it by so much is cut
OFFSETS_BPM = (1.0, 4.0, 8.0, 13.0)
LEAST_HEIGHT_BPM = 7.0  # beyond the line
LEAST_OVER_END_BPM = 9.0  # beyond the lower of its ends
LASTS_S = (10, 900)
MERGE_GAP_S = 25
ALIKE = 0.25  # of its length: candidates that differ by less are one


class Seconds(NamedTuple):
    """A record by seconds: all are (n,) or, the lines, (k, n)."""

    rate: Floats  # gaps interpolated
    shape: Floats  # rate without its fast changes
    valid: Floats  # share of samples that are there
    lines: Floats  # possible baselines; the first is the weighted median


class Candidates(NamedTuple):
    """Sorted by end; seconds first <= t < stop."""

    sign: Ints  # (m,) 1: acceleration, -1: deceleration
    first: Ints
    stop: Ints


def seconds(fhr_bpm: Floats, baseline_bpm: Floats) -> Seconds:
    """The cleaned rate, not all NaN, and its baseline (n,) at FS_HZ, by whole seconds."""
    whole = filled(fhr_bpm)
    count = len(whole) // FS_HZ
    cut = slice(0, count * FS_HZ)
    rate = whole[cut].reshape(count, FS_HZ).mean(axis=1)
    valid = np.isfinite(fhr_bpm[cut]).reshape(count, FS_HZ).mean(axis=1)
    shape = low_pass(whole, SHAPE_CYCLES)[cut].reshape(count, FS_HZ).mean(axis=1)
    line = baseline_bpm[cut].reshape(count, FS_HZ).mean(axis=1)
    points = low_pass(whole, POINT_CYCLES)[: count * FS_HZ : STEP_S * FS_HZ]
    others = [*_percentiles(points), _mode(points), _trimmed(points)]
    at, places = np.arange(count), np.arange(len(points)) * STEP_S
    lines = np.stack([line, *(np.interp(at, places, other) for other in others)])
    return Seconds(rate, shape, valid, lines)


def _percentiles(points: Floats) -> list[Floats]:
    found = []
    for percent, minutes in PERCENTILES:
        width = minutes * 60 // STEP_S + 1
        line = centile_line(points, percent, width)
        found.append(uniform_filter1d(line, width // 5, mode="nearest"))
    return found


def centile_line(points: Floats, percent: float, width: int) -> Floats:
    """That centile of the odd `width` points around each of `points`, mirrored at both ends.

    The mirror is made here: SciPy (1.17) reads beyond points that are few for so wide a window.
    """
    half = width // 2
    whole = np.pad(points, half, mode="symmetric")
    line: Floats = percentile_filter(whole, percent, width, mode="nearest")
    return line[half : half + len(points)]


def _mode(points: Floats) -> Floats:
    """The most frequent value around each point."""
    low = np.floor(points.min() / MODE_BIN_BPM)
    bins = (points / MODE_BIN_BPM - low).astype(int)
    hits = np.zeros((len(points), bins.max() + 1))
    hits[np.arange(len(points)), bins] = 1
    half = MODE_MIN * 30 // STEP_S
    near = uniform_filter1d(hits, 2 * half + 1, axis=0, mode="constant")
    near = uniform_filter1d(near, 3, axis=1, mode="constant")
    line = (near.argmax(axis=1) + low + 0.5) * MODE_BIN_BPM
    smooth: Floats = uniform_filter1d(line, half // 3, mode="nearest")
    return smooth


def _trimmed(points: Floats) -> Floats:
    """Low-passed, and again without what lay far from it (a trimmed low-pass)."""
    width = max(round(60 / STEP_S / TRIM_CYCLES / 2), 1)
    line = _smooth(points, np.ones(len(points)), width)
    for limit in TRIM_BPM:
        line = _smooth(points, np.where(np.abs(points - line) < limit, 1.0, 1e-3), width)
    return line


def _smooth(points: Floats, weights: Floats, width: int) -> Floats:
    total, mass = points * weights, weights
    for _ in range(2):
        total = uniform_filter1d(total, width, mode="nearest")
        mass = uniform_filter1d(mass, width, mode="nearest")
    line: Floats = total / mass
    return line


def candidates(record: Seconds) -> Candidates:
    """Every stretch that may be an event."""
    found = []
    for sign in (1, -1):
        above = [sign * (record.shape - line) for line in record.lines]
        spans = _distinct(np.concatenate([_spans(one) for one in above]))
        spans = spans[_over_end(sign * record.shape, spans) > LEAST_OVER_END_BPM]
        found.append(np.column_stack([np.full(len(spans), sign), spans]))
    table = np.concatenate(found)
    table = table[np.lexsort(table.T)]  # by end, then start, then sign
    return Candidates(table[:, 0], table[:, 1], table[:, 2])


def _spans(above: Floats) -> Ints:
    """(m, 2) runs of `above` (n,) beyond each offset, and neighbours together."""
    found = []
    for offset in OFFSETS_BPM:
        spans = runs(above > offset).astype(np.int64)
        pairs = np.column_stack([spans[:-1, 0], spans[1:, 1]])[
            spans[1:, 0] - spans[:-1, 1] <= MERGE_GAP_S
        ]
        found += [spans, pairs]
    spans = np.concatenate(found).reshape(-1, 2)
    lasts = spans[:, 1] - spans[:, 0]
    spans = spans[(lasts >= LASTS_S[0]) & (lasts <= LASTS_S[1])]
    return spans[_highest(above, spans) >= LEAST_HEIGHT_BPM]


def _highest(values: Floats, spans: Ints) -> Floats:
    if not len(spans):
        return np.empty(0)
    highest: Floats = np.maximum.reduceat(np.append(values, -np.inf), spans.ravel())[::2]
    return highest


def _over_end(values: Floats, spans: Ints) -> Floats:
    ends = np.minimum(spans, len(values) - 1)
    height: Floats = _highest(values, spans) - values[ends].min(axis=1)
    return height


def _distinct(spans: Ints) -> Ints:
    """One of those that are nearly alike: of like length, and with middles close to each other."""
    lasts = spans[:, 1] - spans[:, 0]
    length = np.round(np.log(lasts) / np.log(1 + ALIKE))
    middle = np.round(spans.sum(axis=1) / 2 / (ALIKE * (1 + ALIKE) ** length))
    _, kept = np.unique(np.stack([length, middle]), axis=1, return_index=True)
    return spans[np.sort(kept)]
