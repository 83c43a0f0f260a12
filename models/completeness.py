"""What is there and what is missing: of frames by number, of samples by time."""

from bisect import bisect_right
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from models.trace import FS_HZ


class Tally:
    """The numbers stored of one session, as sorted disjoint ranges: small while little is missing.

    >>> tally = Tally([(0, 2), (5, 6)])
    >>> tally.add(3), tally.add(3)
    (True, False)
    >>> tally.stored, tally.seen, tally.missing(), tally.count
    (4, 7, ((4, 4),), 6)
    """

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        self._first: list[int] = []
        self._last: list[int] = []
        self.count = 0  # numbers stored
        for first, last in ranges:
            self.add_range(first, last)

    @property
    def stored(self) -> int:
        """How many are stored without a hole from 0: 0..stored-1 are there."""
        return self._last[0] + 1 if self._first and self._first[0] == 0 else 0

    @property
    def seen(self) -> int:
        """One more than the highest number stored."""
        return self._last[-1] + 1 if self._last else 0

    def add(self, seq: int) -> bool:
        """Store one number. True when it is new."""
        if self._last and seq == self._last[-1] + 1:  # in order: nearly always
            self._last[-1] = seq
            self.count += 1
            return True
        return self.add_range(seq, seq) == 1

    def add_range(self, first: int, last: int) -> int:
        """Store first..last, both included. How many of them are new."""
        if not 0 <= first <= last:
            raise ValueError(f"range {first}..{last}")
        begin = bisect_right(self._last, first - 2)  # first range that touches or follows
        end = bisect_right(self._first, last + 1)  # one after the last range that touches
        known = sum(
            min(last, self._last[i]) - max(first, self._first[i]) + 1
            for i in range(begin, end)
            if self._last[i] >= first and self._first[i] <= last
        )
        if begin < end:
            low, high = min(first, self._first[begin]), max(last, self._last[end - 1])
        else:
            low, high = first, last
        self._first[begin:end] = [low]
        self._last[begin:end] = [high]
        self.count += last - first + 1 - known
        return last - first + 1 - known

    def ranges(self) -> tuple[tuple[int, int], ...]:
        """The stored numbers as (first, last), both included."""
        return tuple(zip(self._first, self._last, strict=True))

    def missing(self) -> tuple[tuple[int, int], ...]:
        """The holes below `seen` as (first, last), both included."""
        before = [-1, *self._last[:-1]]
        return tuple(
            (last + 1, first - 1)
            for last, first in zip(before, self._first, strict=False)
            if first > last + 1
        )

    def __contains__(self, seq: int) -> bool:
        at = bisect_right(self._first, seq) - 1
        return at >= 0 and seq <= self._last[at]


def gaps(
    values: NDArray[np.float32], fs_hz: float = FS_HZ, start_s: float = 0.0
) -> list[tuple[float, float]]:
    """Runs of NaN in `values` (n,) as (start_s, end_s) in recorded seconds."""
    return [
        (start_s + int(first) / fs_hz, start_s + int(stop) / fs_hz)
        for first, stop in runs(np.isnan(values))
    ]


def runs(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Where `mask` (n,) is true: (k, 2) of first and one-after-last index."""
    padded = np.zeros(len(mask) + 2, bool)
    padded[1:-1] = mask
    return np.flatnonzero(padded[1:] != padded[:-1]).reshape(-1, 2)
