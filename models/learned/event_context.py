"""What lies around a candidate event: see models/learned/event_features.py for the conventions.

Nothing here tells one record from another (its level, how many events it has): with 44 recordings
to learn from, trees would remember them by it.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from models.completeness import runs
from models.contractions import contractions
from models.learned.event_candidates import STEP_S, Candidates, Ints, Seconds, centile_line
from models.trace import FS_HZ
from models.windows import Mask

Floats = NDArray[np.float64]
Table = dict[str, Floats]
AROUND_S = (10, 30, 60, 120, 300)  # before and after
EXTREMES_S = (60, 180)
CENTILES = (5, 25, 50, 75, 95)
CONTEXT_S = 1200
RULE_BPM, RULE_S = 13.0, 15  # nearly the plain rule's size of an event
SIDES = (0, 2, 8)  # lines whose neighbouring runs are described
BESIDE_S = 4  # a neighbouring run is the one so far outside
FAR_S = 600.0  # further is as far


class Means:
    """Means of `values` (n,) over stretches; those beyond the ends are cut, empty ones NaN."""

    def __init__(self, values: Floats) -> None:
        self._total = np.concatenate(([0.0], np.cumsum(values)))

    def __call__(self, first: Ints, stop: Ints) -> Floats:
        last = len(self._total) - 1
        first, stop = np.clip(first, 0, last), np.clip(stop, 0, last)
        count = np.where(stop > first, stop - first, np.nan)
        mean: Floats = (self._total[stop] - self._total[first]) / count
        return mean


def around(record: Seconds, found: Candidates) -> Table:
    """The rate before and after, from the level inside."""
    sign, first, stop = found
    mean = Means(record.shape)
    inside = mean(first, stop)
    table: Table = {}
    for width in AROUND_S:
        table[f"over_before{width}"] = sign * (inside - mean(first - width, first))
        table[f"over_after{width}"] = sign * (inside - mean(stop, stop + width))
    last = len(record.shape) - 1
    for width in EXTREMES_S:
        high = maximum_filter1d(record.shape, width)
        low = minimum_filter1d(record.shape, width)
        for name, middle in (("before", first - width // 2), ("after", stop + width // 2)):
            at = np.clip(middle, 0, last)
            table[f"top_{name}{width}"] = sign * inside - np.where(sign > 0, high[at], -low[at])
            table[f"bottom_{name}{width}"] = sign * inside - np.where(sign > 0, low[at], -high[at])
    return table


def context(record: Seconds, found: Candidates) -> Table:
    """Where the candidate lies among the rates of the twenty minutes around it."""
    sign, first, stop = found
    inside = sign * Means(record.shape)(first, stop)
    points = record.shape[::STEP_S]
    places = (first + stop) // 2 // STEP_S
    width = CONTEXT_S // STEP_S + 1
    lines = [centile_line(points, q, width)[places] for q in CENTILES]
    turned = [np.where(sign > 0, a, -b) for a, b in zip(lines, lines[::-1], strict=True)]
    return {f"over{q}": inside - line for q, line in zip(CENTILES, turned, strict=True)}


def rule(record: Seconds, found: Candidates) -> Table:
    """How much of it the plain rule takes for an event of the same and of the other kind."""
    sign, first, stop = found
    above = record.shape - record.lines[0]
    up, down = (Means(_excursions(side * above).astype(float))(first, stop) for side in (1, -1))
    return {"rule_same": np.where(sign > 0, up, down), "rule_other": np.where(sign > 0, down, up)}


def _excursions(above: Floats) -> Mask:
    mask = np.zeros(len(above), bool)
    for first, stop in runs(above > 0).tolist():
        mask[first:stop] = stop - first >= RULE_S and above[first:stop].max() >= RULE_BPM
    return mask


def sides(record: Seconds, found: Candidates) -> Table:
    """The runs next to it on the other side of a line: how far and how long."""
    sign, first, stop = found
    last = len(record.rate) - 1
    table: Table = {}
    for k in SIDES:
        above = record.shape - record.lines[k]
        bounds = np.concatenate(([0], np.flatnonzero(np.diff(above > 0)) + 1, [len(above)]))
        side = np.where(above[bounds[:-1]] > 0, 1, -1)
        far = side * np.maximum.reduceat(np.abs(above), bounds[:-1])
        lasts = side * np.minimum(np.diff(bounds), FAR_S)
        for name, at in (("before", first - BESIDE_S), ("after", stop + BESIDE_S - 1)):
            run = np.searchsorted(bounds, np.clip(at, 0, last), side="right") - 1
            table[f"side_{name}{k}"] = -sign * far[run]
            table[f"side_{name}_lasts{k}"] = -sign * lasts[run]
    return table


def squeezed(toco: Floats, record: Seconds, found: Candidates, peak: Ints) -> Table:
    """Where it lies beside contractions, its peak at `peak` (m,); NaN where none was measured."""
    sign, first, stop = found
    count = len(record.rate)
    squeezes = contractions(toco[: count * FS_HZ])
    if not squeezes:
        names = ("after_onset", "after_peak", "until_peak", "squeezed")
        return {name: np.full(len(sign), np.nan) for name in names}
    onsets = np.array([one.start_s for one in squeezes])
    peaks = np.array([one.peak_s for one in squeezes])
    inside = np.zeros(count)
    for one in squeezes:
        inside[round(one.start_s) : round(one.end_s)] = 1
    return {
        "after_onset": _since(onsets, first),
        "after_peak": _since(peaks, peak),
        "until_peak": _since(-peaks[::-1], -peak),
        "squeezed": Means(inside)(first, stop),
    }


def _since(times: Floats, at: Ints) -> Floats:
    """Seconds from the last of the sorted `times` before each of `at`, at most FAR_S."""
    padded = np.concatenate(([-np.inf], times))
    return np.minimum(at - padded[np.searchsorted(times, at, side="right")], FAR_S)
