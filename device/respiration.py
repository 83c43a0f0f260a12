"""The mother's breaths from the slow tilt of the belt, or from the strain on it. No I/O, no clock.

A probe on the abdomen rises and sinks with each breath: some milli-g of the accelerometer's axis,
or some counts of the toco, four a second. Told once it has been clear for 40 s; speaking, turning
and walking make it a GAP.
"""

from array import array

from device.rhythm import Rhythm, Ring
from device.spoken import GAP_16

RATE_HZ = 4
WINDOW = 40 * RATE_HZ
SMOOTH = 1  # mean of 3 samples
SLOW = 20  # less the mean of 41, 10 s: the contraction under it, the mother turning
FIRST, LAST = 3, 41  # lags: up to 60 a minute, so that what is too fast does not come out as half
LOWEST, HIGHEST = 60, 450  # tenths a minute
CLEAR = 717  # likeness x 1024 of the breaths: 0.7


class Respiration:
    """add() each sample; measure() when it is wanted."""

    def __init__(self) -> None:
        self._ring = Ring(WINDOW, "i")
        self._rhythm = Rhythm(WINDOW - 2 * SLOW, FIRST, LAST)
        self._flat = array("i", [0] * (WINDOW - 2 * SLOW))

    def add(self, value: int, moving: bool) -> None:
        """value: milli-g or counts / 64 of one sample. Movement begins the 40 s anew."""
        if moving:
            self._ring.clear()
        else:
            self._ring.add(value)

    def measure(self) -> int:
        """Tenths of a breath a minute as on the wire; GAP_16 when it is not clear."""
        if not self._ring.is_full:
            return GAP_16
        self._ring.flatten(SMOOTH, SLOW, self._flat)
        self._rhythm.find(self._flat)
        if self._rhythm.likeness < CLEAR:
            return GAP_16
        tenths = (RATE_HZ * 600 * 256 + self._rhythm.period // 2) // self._rhythm.period
        return tenths if LOWEST <= tenths <= HIGHEST else GAP_16
