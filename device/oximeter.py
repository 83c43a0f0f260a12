"""The mother's pulse and oxygen saturation from red and infrared light. No I/O and no clock.

Fed with what a MAX30102 gives, 50 samples a second of 18 bit. The pulse is the rhythm of the
infrared light over 6 s; the saturation follows from how much red light pulsates with it. What is
doubtful is a GAP: no finger, too much light, movement, no clear rhythm, red and infrared that do
not move together, a result outside of what the curve was made for.

CURVE is the straight line that Maxim's user guide UG6409 gives for trying out its sensors, as
known: it was calibrated on no person with this probe. A saturation by it is not a medical
measurement; docs/sensors.md says what is needed for one.
"""

from array import array

from device.rhythm import Rhythm, Ring
from device.spoken import GAP_16

RATE_HZ = 50
WINDOW = 6 * RATE_HZ
SMOOTH = 2  # mean of 5 samples, 0.1 s
SLOW = 37  # less the mean of 75, 1.5 s: breathing and pressure
FIRST, LAST = 8, 102  # lags: 375 down to 29 a minute: what is too fast must not come out as half
LOWEST_BPM, HIGHEST_BPM = 30, 240
FINGER = 30_000  # counts of infrared light: less comes back when there is no skin
TOP = (1 << 18) - 1
CLEAR = 768  # likeness x 1024 of the beats: 0.75
STEP = 0.15  # a pulse is told when the second before had the same, as far as this
TOGETHER = 0.9  # square of the correlation of red and infrared: 0.95
FAINTEST, STRONGEST = 0.0002, 0.1  # pulsating part of the light (standard deviation over mean)
CURVE = (104.0, -17.0)  # saturation % = 104 - 17 R
LOWEST_PERCENT, HIGHEST_PERCENT = 70.0, 102.0  # beyond: not believed; 100..102 is told as 100

MEASURING, FILLING, NO_FINGER, DAZZLED, MOVING, UNCLEAR = 0, 1, 2, 3, 4, 5


class Oximeter:
    """add() each sample, measure() once a second."""

    def __init__(self) -> None:
        self.state = FILLING
        self.pulse = GAP_16  # quarter beats a minute, as on the wire
        self.spo2 = GAP_16  # tenths of a per cent, as on the wire
        self._before = 0  # what the second before had found, quarter bpm; 0: nothing
        self._red = Ring(WINDOW, "I")
        self._infrared = Ring(WINDOW, "I")
        self._rhythm = Rhythm(WINDOW - 2 * SLOW, FIRST, LAST)
        self._red_flat = array("i", [0] * (WINDOW - 2 * SLOW))
        self._infrared_flat = array("i", [0] * (WINDOW - 2 * SLOW))

    def add(self, red: int, infrared: int) -> None:
        self._red.add(red)
        self._infrared.add(infrared)

    def clear(self) -> None:
        """Samples were lost: what was before does not join what comes."""
        self._red.clear()
        self._infrared.clear()

    def measure(self, moving: bool) -> None:
        """Sets state, pulse and spo2. moving: the accelerometer feels it."""
        self.pulse = self.spo2 = GAP_16
        before, self._before = self._before, 0
        self.state = self._light(moving)
        if self.state != MEASURING:
            return
        self._red.flatten(SMOOTH, SLOW, self._red_flat)
        self._infrared.flatten(SMOOTH, SLOW, self._infrared_flat)
        self._rhythm.find(self._infrared_flat)
        if self._rhythm.likeness < CLEAR:
            self.state = UNCLEAR
            return
        quarters = (RATE_HZ * 60 * 4 * 256 + self._rhythm.period // 2) // self._rhythm.period
        self._before = quarters
        steady = abs(quarters - before) <= STEP * quarters
        if steady and LOWEST_BPM * 4 <= quarters <= HIGHEST_BPM * 4:
            self.pulse = quarters
            self.spo2 = self._saturation()

    def _light(self, moving: bool) -> int:
        if not self._infrared.is_full:
            return FILLING
        if self._infrared.mean() < FINGER:
            return NO_FINGER
        if max(self._infrared.most(), self._red.most()) >= TOP:
            return DAZZLED
        return MOVING if moving else MEASURING

    def _saturation(self) -> int:
        """Tenths of a per cent; GAP when red and infrared do not pulsate together."""
        both = of_red = of_infrared = 0.0
        for red, infrared in zip(self._red_flat, self._infrared_flat):
            both += red * infrared
            of_red += red * red
            of_infrared += infrared * infrared
        if both <= 0 or both * both < TOGETHER * of_red * of_infrared or not self._red.mean():
            return GAP_16
        mean = 16.0 * self._infrared.mean()
        share = (of_infrared / len(self._infrared_flat)) ** 0.5 / mean
        if not FAINTEST <= share <= STRONGEST:
            return GAP_16
        ratio = _slope(both, of_red, of_infrared) * self._infrared.mean() / self._red.mean()
        percent = CURVE[0] + CURVE[1] * ratio
        if not LOWEST_PERCENT <= percent <= HIGHEST_PERCENT:
            return GAP_16
        return int(min(percent, 100.0) * 10 + 0.5)


def _slope(both: float, of_red: float, of_infrared: float) -> float:
    """Red over infrared by orthogonal regression: with an ordinary one, noise in the infrared
    would make the saturation look higher than it is."""
    apart = of_red - of_infrared
    slope: float = (apart + (apart * apart + 4 * both * both) ** 0.5) / (2 * both)
    return slope
