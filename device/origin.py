"""Whose heart is it? The rate that is told beats in the low band too when it is a vessel's.

The mother's vessels sound below 200 Hz, her child's heart mostly above. Both bands are kept for
3 s at 40 Hz; the likeness of each to itself one told period earlier, as power and not as a share
of its energy, says how loud that rhythm is there. A noise that does not beat cancels out.
"""

from array import array

from device import autocorrelation as ac
from device import emitter as micropython
from device.emitter import const, ptr16

WINDOW = const(120)  # places: 3 s at 40 Hz
PER_PLACE = const(5)  # strengths
LAGS_PER_MINUTE = const(9600)  # 40 Hz, for a rate in quarter bpm
LOUDER = const(2)  # times as loud in the low band: hers
FAINT = const(64)  # mean product below which a band does not beat


@micropython.viper
def append(strengths: ptr16, steps: int, wave: ptr16):
    """Move `wave` to older times and put means of PER_PLACE strengths, / 16, at its end."""
    fresh = steps // PER_PLACE
    place = 0
    while place < WINDOW - fresh:
        wave[place] = wave[place + fresh]
        place += 1
    at = 0
    while place < WINDOW:
        total = 0
        end = at + PER_PLACE
        while at < end:
            total += strengths[at]
            at += 1
        wave[place] = total // 80
        place += 1


class Origin:
    def __init__(self) -> None:
        self._heart = array("H", bytes(2 * WINDOW))
        self._vessel = array("H", bytes(2 * WINDOW))

    def hear(self, heart, vessel, steps: int) -> None:
        """The next strengths of device/bandpass.py in both bands."""
        append(heart, steps, self._heart)
        append(vessel, steps, self._vessel)

    def is_vessel(self, rate: int) -> bool:
        """Whether this rhythm, quarter bpm, is the mother's by its sound."""
        lag = (LAGS_PER_MINUTE + rate // 2) // rate
        low = _beating(self._vessel, lag)
        return low > max(FAINT, LOUDER * _beating(self._heart, lag))


def _beating(wave, lag: int) -> int:
    """Mean product of what the wave does around its mean, one lag apart."""
    total: int = ac.product(wave, WINDOW, ac.mean(wave, WINDOW), lag) // (WINDOW - lag)
    return total
