"""The period of a beating wave: coarse lags first, then exact ones; guards against half and double.

The wave is that of device/envelope.py: 600 places at 200 Hz. Lags are searched from 300 down to
30 a minute, so that a rate at the edge of the range is a maximum inside it. The three thresholds
of `_choose` are from the project's notes on Doppler: docs/device-signal.md.
"""

from array import array

from device import autocorrelation as ac
from device.emitter import const
from device.envelope import WINDOW

COARSE = const(150)  # places at 50 Hz
FIRST, LAST = 10, 101  # coarse lags, 20 ms each
PEAK = const(256)  # likeness x 1024 that makes a maximum a candidate: 0.25
SHORTEST = const(870)  # 0.85 of the best: the shortest such is the beat, not every second beat
LONGER = const(1208)  # 1.18: only a likeness so much greater makes the double period the beat
KNOWN = const(768)  # 0.75 of the best is enough near the period that was known
SAME = const(942)  # 0.92 of a known period: its half or third is the beat
FAINTER = const(614)  # 0.6: multiples of the period that are less alike than this are not used
MULTIPLES = const(5)  # of the period that make it exact: over most of the window
REACH = const(5)  # exact lags (5 ms each) around the expected one
STEPS_PER_MINUTE = const(12000)  # 200 Hz


class Period:
    """find() leaves what it found in `rate` (quarter bpm, 0: none) and `likeness` (0..1024)."""

    def __init__(self) -> None:
        self.rate = 0
        self.likeness = 0
        self._coarse = array("H", bytes(2 * COARSE))
        self._energy = array("I", bytes(4 * WINDOW + 4))
        self._like = array("H", bytes(2 * (LAST - FIRST + 1)))
        self._middle = 0
        self._left = self._here = self._right = 0  # products around the lag looked at

    def find(self, wave, known_rate: int) -> None:
        """known_rate: the rate before, quarter bpm; 0: not known."""
        ac.thin(wave, COARSE, self._coarse)
        middle = ac.mean(self._coarse, COARSE)
        ac.energies(self._coarse, COARSE, middle, self._energy)
        ac.likenesses(self._coarse, COARSE, middle, self._energy, FIRST, LAST, self._like)
        self.rate = self.likeness = 0
        lag = self._choose(known_rate)
        if lag:
            self._refine(wave, 4 * lag)

    def _choose(self, known_rate: int) -> int:
        """The coarse lag of the beat; 0: none."""
        like = self._like
        best = self._best(FIRST + 1, LAST - 1)
        if not best:
            return 0
        top = like[best - FIRST]
        if known_rate:
            expected = STEPS_PER_MINUTE // known_rate  # coarse lags: a quarter of the exact ones
            near = self._best(expected - expected // 8, expected + expected // 8 + 1)
            if near and like[near - FIRST] << 10 >= top * KNOWN:
                return self._part(near, 2) or self._part(near, 3) or near
        lag = FIRST + 1
        while not self._peak(lag) or like[lag - FIRST] << 10 < top * SHORTEST:
            lag += 1
        double = self._best(2 * lag - lag // 8, 2 * lag + lag // 8)
        if double and like[double - FIRST] << 10 > like[lag - FIRST] * LONGER:
            return double
        return lag

    def _part(self, lag: int, part: int) -> int:
        """The candidate at a half or a third of a known lag if that is as alike; 0: there is none.

        A heart that went from 70 to 120 bpm while it was not heard would be told as 60 for ever.
        """
        short = self._best(lag // part - 1, lag // part + 2)
        as_alike = short and self._like[short - FIRST] << 10 >= self._like[lag - FIRST] * SAME
        return short if as_alike else 0

    def _peak(self, lag: int) -> bool:
        like = self._like
        at = lag - FIRST
        here: int = like[at]
        return here > PEAK and like[at - 1] <= here > like[at + 1]

    def _best(self, low: int, high: int) -> int:
        """The candidate of low..high with the greatest likeness; 0: none."""
        best = top = 0
        lag = max(low, FIRST + 1)
        while lag <= high and lag < LAST:
            if self._like[lag - FIRST] > top and self._peak(lag):
                best = lag
                top = self._like[lag - FIRST]
            lag += 1
        return best

    def _refine(self, wave, lag: int) -> None:
        """The exact period from the beat and, where they are alike too, its multiples."""
        self._middle = ac.mean(wave, WINDOW)
        ac.energies(wave, WINDOW, self._middle, self._energy)
        period = 0  # exact lags x 256
        times = 1
        while times <= MULTIPLES and lag < WINDOW - 100:
            lag = self._climb(wave, lag)
            if not lag:
                break
            alike = ac.likeness(self._here, self._energy, WINDOW, lag)
            if times == 1:
                self.likeness = min(alike, ac.ONE)
            elif alike << 10 < self.likeness * FAINTER:
                break
            period = ((lag << 8) + self._between(lag)) // times
            times += 1
            lag = (period * times + 128) >> 8
        if period:
            self.rate = ((STEPS_PER_MINUTE << 10) + period // 2) // period

    def _product(self, wave, lag: int) -> int:
        total: int = ac.product(wave, WINDOW, self._middle, lag)
        return total

    def _climb(self, wave, lag: int) -> int:
        """The lag of the maximum at most REACH from `lag`, its product in _here; 0: none inside."""
        self._left = self._product(wave, lag - 1)
        self._here = self._product(wave, lag)
        self._right = self._product(wave, lag + 1)
        moved = 0
        while moved <= REACH:
            if self._right > self._here:
                lag += 1
                self._left = self._here
                self._here = self._right
                self._right = self._product(wave, lag + 1)
            elif self._left > self._here:
                lag -= 1
                self._right = self._here
                self._here = self._left
                self._left = self._product(wave, lag - 1)
            else:
                return lag
            moved += 1
        return 0

    def _between(self, lag: int) -> int:
        """Where the maximum is between the lags, x 256: the top of a parabola through three."""
        per_lag = self._here // (WINDOW - lag)  # a longer lag has fewer products
        left = self._left - per_lag
        right = self._right + per_lag
        bend = left - 2 * self._here + right
        slope = left - right
        while bend < -(1 << 20):
            bend >>= 1
            slope >>= 1
        if bend >= 0:
            return 0
        return max(-128, min(128, (slope << 7) // bend))
