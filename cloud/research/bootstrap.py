"""Bootstrap over recordings: percentile 95 % intervals, single and paired (ALGORITHMS 9.2).

Recordings are drawn with replacement. One `Draws` serves all figures of a table, so differences
between methods are paired: both are taken over the same recordings.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import nan
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RESAMPLES = 2000
CENTILES = (2.5, 97.5)
SEED = 20190


@dataclass(frozen=True)
class Interval:
    """A value and its 95 % interval; NaN: not known."""

    value: float
    low: float = nan
    high: float = nan


@dataclass(frozen=True, eq=False)
class Draws:
    """Which recordings are in each resample: (resamples, n) of indices below n."""

    index: NDArray[np.intp]

    @classmethod
    def of(cls, recordings: int, resamples: int = RESAMPLES, seed: int = SEED) -> Self:
        rng = np.random.default_rng(seed)
        return cls(rng.integers(0, max(recordings, 1), (resamples, recordings)))

    def pooled(self, counts: Floats, figure: Callable[[Floats], Floats]) -> Interval:
        """`figure` of the summed `counts` (n, k); it maps (..., k) to (...)."""
        return _interval(*self._pooled(counts, figure))

    def pooled_difference(
        self, ours: Floats, theirs: Floats, figure: Callable[[Floats], Floats]
    ) -> Interval:
        """`figure` of the sums of `ours` (n, k) minus that of `theirs` (n, k), paired."""
        pairs = zip(self._pooled(ours, figure), self._pooled(theirs, figure), strict=True)
        value, drawn = (one - other for one, other in pairs)
        return _interval(value, drawn)

    def median(self, values: Floats) -> Interval:
        """The median of `values` (n,), those that are NaN left out."""
        with np.errstate(all="ignore"):
            return _interval(_nanmedian(values[None])[0], _nanmedian(values[self.index]))

    def _pooled(self, counts: Floats, figure: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
        rows = len(counts)
        times = np.array([np.bincount(drawn, minlength=rows) for drawn in self.index])
        with np.errstate(all="ignore"):
            return figure(counts.sum(axis=0)), figure(times @ counts)


def _nanmedian(values: Floats) -> Floats:
    """Along the last axis; NaN where all are, without a warning."""
    order = np.sort(values, axis=-1)  # NaN last
    count = np.isfinite(values).sum(axis=-1)
    rows = np.arange(len(values))
    low, high = (count - 1) // 2, count // 2
    found: Floats = (order[rows, low] + order[rows, np.maximum(high, 0)]) / 2
    return np.where(count > 0, found, nan)


def _interval(value: Floats, drawn: Floats) -> Interval:
    """Resamples in which the figure is not defined are left out."""
    drawn = drawn[np.isfinite(drawn)]
    if not np.isfinite(value) or not len(drawn):
        return Interval(nan)
    low, high = np.percentile(drawn, CENTILES)
    return Interval(float(value), float(low), float(high))
