"""The rhythm of a slow wave: pulse in light, breathing in a tilt. Integers, once a second.

A wave is made from the newest samples of a ring: smoothed, and rid of what is slower.
"""

from array import array

from device import autocorrelation as ac

CENTRE = 1024
SPAN = 1000  # a wave lies within CENTRE +- SPAN
SHORTEST = 870  # 0.85 of the best: the shortest such lag is the beat, not every second beat
FAINTER = 614  # 0.6: multiples of the beat that are less alike than this are not used


class Ring:
    """The newest samples of one channel."""

    def __init__(self, size: int, typecode: str) -> None:
        self._kept = array(typecode, [0] * size)
        self._at = 0
        self.count = 0

    def add(self, value: int) -> None:
        self._kept[self._at] = value
        self._at = (self._at + 1) % len(self._kept)
        self.count = min(self.count + 1, len(self._kept))

    @property
    def is_full(self) -> bool:
        return self.count == len(self._kept)

    def clear(self) -> None:
        self.count = 0

    def mean(self) -> int:
        return sum(self._kept) // len(self._kept)

    def least(self) -> int:
        return min(self._kept)

    def most(self) -> int:
        return max(self._kept)

    def flatten(self, smooth: int, slow: int, out) -> None:
        """out[n]: mean of 2 * smooth + 1 samples less that of 2 * slow + 1 around them, x 16.
        Its len is 2 * slow less than the ring's, which must be full."""
        kept, size, first = self._kept, len(self._kept), self._at
        wide = 0
        near = 0
        for n in range(2 * slow):
            wide += kept[(first + n) % size]
        for n in range(slow - smooth, slow + smooth):
            near += kept[(first + n) % size]
        for n in range(len(out)):
            middle = first + n + slow
            wide += kept[(middle + slow) % size]
            near += kept[(middle + smooth) % size]
            out[n] = (near << 4) // (2 * smooth + 1) - (wide << 4) // (2 * slow + 1)
            wide -= kept[(middle - slow) % size]
            near -= kept[(middle - smooth) % size]


class Rhythm:
    """find() leaves what it found in `period` (samples x 256, 0: none) and `likeness` (0..1024)."""

    def __init__(self, count: int, first: int, last: int) -> None:
        self.period = 0
        self.likeness = 0
        self._first, self._last = first, last
        self._wave = array("H", [CENTRE] * count)
        self._energy = array("I", [0] * (count + 1))
        self._like = array("H", [0] * (last - first + 1))

    def find(self, flat) -> None:
        """flat: as Ring.flatten makes it."""
        most = max(max(flat), -min(flat), 1)
        for n in range(len(flat)):
            self._wave[n] = CENTRE + flat[n] * SPAN // most
        count = len(self._wave)
        middle = ac.mean(self._wave, count)
        ac.energies(self._wave, count, middle, self._energy)
        ac.likenesses(self._wave, count, middle, self._energy, self._first, self._last, self._like)
        self.period = self.likeness = 0
        lag = self._choose()
        if lag:
            self.likeness = min(self._like[lag - self._first], ac.ONE)
            self._refine(lag)

    def _is_peak(self, lag: int) -> bool:
        at = lag - self._first
        like = self._like
        return 0 < at < len(like) - 1 and like[at - 1] <= like[at] > like[at + 1]

    def _choose(self) -> int:
        peaks = [lag for lag in range(self._first + 1, self._last) if self._is_peak(lag)]
        if not peaks:
            return 0
        best = max([self._like[lag - self._first] for lag in peaks])
        for lag in peaks:
            if self._like[lag - self._first] << 10 >= best * SHORTEST:
                return lag
        return 0

    def _refine(self, lag: int) -> None:
        """Between the samples, and by the multiples of the beat that are inside the range."""
        self.period = self._top(lag)
        for times in (2, 3, 4):
            expected = (self.period * times + 128) >> 8
            near = [n for n in range(expected - 2, expected + 3) if self._is_peak(n)]
            if not near or self._like[near[0] - self._first] << 10 < self.likeness * FAINTER:
                return
            self.period = self._top(near[0]) // times

    def _top(self, lag: int) -> int:
        """Where the parabola through a peak and its neighbours is highest, samples x 256."""
        at = lag - self._first
        left, here, right = self._like[at - 1], self._like[at], self._like[at + 1]
        return (lag << 8) + ((left - right) << 7) // (left - 2 * here + right)
