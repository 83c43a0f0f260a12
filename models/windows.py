"""Sums over the last seconds, in two forms that must agree: all at once, and second by second."""

import numpy as np
from numpy.typing import NDArray

from models.trace import FS_HZ

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]


def by_second(mask: Mask) -> Counts:
    """How many samples are true in each whole second of `mask` (n,) at FS_HZ."""
    seconds = len(mask) // FS_HZ
    counts: Counts = mask[: seconds * FS_HZ].reshape(seconds, FS_HZ).sum(axis=1)
    return counts


def trailing(counts: NDArray[np.int64] | Mask, window_s: int) -> Counts:
    """For each second of `counts` (n,) the sum of the last `window_s`, this one included."""
    total = np.concatenate(([0], np.cumsum(counts)))
    first = np.maximum(np.arange(len(counts)) + 1 - window_s, 0)
    return total[1:] - total[first]


def latch(on: Mask, off: Mask) -> Mask:
    """True from where `on` (n,) is true until where `off` is; they are never true together."""
    at = np.maximum.accumulate(np.where(on | off, np.arange(len(on)), -1))
    state: Mask = on[at] & (at >= 0)
    return state


class Trailing:
    """trailing() of one series, fed with one count (0..255) a second."""

    def __init__(self, window_s: int) -> None:
        self._ring = bytearray(window_s)
        self._at = 0
        self.total = 0

    def add(self, count: int) -> int:
        self.total += count - self._ring[self._at]
        self._ring[self._at] = count
        self._at = (self._at + 1) % len(self._ring)
        return self.total

    def counts(self) -> bytes:
        """The window's counts, oldest first."""
        return bytes(self._ring[self._at :] + self._ring[: self._at])
