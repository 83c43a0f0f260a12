"""Strain-gauge counts to toco units, 0 to 100, four a second. No I/O and no clock.

A unit is what the board says it is in counts (about a gram on the sensor's face). External toco is
relative: it says when the uterus tightens, not how strongly. So nothing is guessed: what is not
known is a GAP, and so is what lies beyond the scale; 100 is told only when 100 was measured.

Resting level, drift below zero and the limits are design decisions; bedside monitors do alike.
"""

from array import array

from device.spoken import GAP_8, PER_TOCO

REST_UNITS = 10  # what zeroing sets: above 0, so that a further relaxation is seen
LEAP_UNITS = 10  # between two neighbouring values: 40 a second; a contraction rises below 10
SETTLE = 4  # values (1 s) that are not told after a leap
ZERO_OVER = 4  # values (1 s) whose mean is the resting level
BELOW = 20  # values (5 s) below zero: the sensor has relaxed, zero follows
FROZEN = 8  # equal values (2 s): a converter without a sensor, for a live one has noise
HIGH_REST_UNITS = (
    30  # a lowest value above this in MINUTES asks for a zero: drift, or a raised tone
)
MINUTES = 10
_PER_MINUTE = 240
_TOP = GAP_8 - 1

MEASURING, NO_SENSOR, BEYOND, MOVING, ZEROING = 0, 1, 2, 3, 4


class Toco:
    """counts_per_unit: of the strain gauge; rail: counts at and beyond which it is overloaded."""

    def __init__(self, counts_per_unit: int, rail: int) -> None:
        self.state = ZEROING
        self._unit = counts_per_unit
        self._rail = rail
        self._base = 0  # counts at 0 units
        self._level = 0  # counts of the value before
        self._known = False  # whether there was one
        self._same = self._settling = self._below = 0
        self._zeroing = ZERO_OVER
        self._sum = 0
        self._lows = array("B", [GAP_8] * MINUTES)
        self._at = 0

    def zero(self) -> None:
        """The button, or the command: what is felt in the next quiet second is rest."""
        self._zeroing = ZERO_OVER
        self._sum = 0
        for n in range(MINUTES):
            self._lows[n] = GAP_8

    @property
    def wants_zero(self) -> bool:
        """Rest has been high for MINUTES. Nothing is done by itself: a raised tone looks alike."""
        return min(self._lows) > HIGH_REST_UNITS * PER_TOCO and max(self._lows) < GAP_8

    def update(self, readings, count: int, moving: bool) -> int:
        """The wire count (half units, GAP_8 unknown) of 250 ms.

        readings[:count]  counts; count 0: the sensor gave nothing
        moving            the accelerometer feels the probe move
        """
        self.state = self._judge(readings, count, moving)
        told = self._told() if self.state == MEASURING else GAP_8
        self._remember(told)
        return told

    def _judge(self, readings, count: int, moving: bool) -> int:
        if not count:
            self._known = False
            return NO_SENSOR
        level = sorted(readings[:count])[count // 2]
        leap = self._known and abs(level - self._level) > LEAP_UNITS * self._unit
        self._same = self._same + 1 if self._known and level == self._level else 0
        self._level = level
        self._known = True
        if self._same >= FROZEN:
            return NO_SENSOR
        if max(readings[:count]) >= self._rail or min(readings[:count]) <= -self._rail:
            self._settling = SETTLE
            return BEYOND
        if leap or moving:
            self._settling = SETTLE
        if self._settling:
            self._settling -= 1
            self._sum = 0
            self._zeroing = ZERO_OVER if self._zeroing else 0
            return MOVING
        return self._zero_on(level) if self._zeroing else MEASURING

    def _zero_on(self, level: int) -> int:
        self._sum += level
        self._zeroing -= 1
        if not self._zeroing:
            self._base = self._sum // ZERO_OVER - REST_UNITS * self._unit
            self._sum = 0
        return ZEROING

    def _told(self) -> int:
        above = self._level - self._base
        self._below = self._below + 1 if above < 0 else 0
        if self._below >= BELOW:
            self._base = self._level
            above = self._below = 0
        half_units = (above * PER_TOCO + self._unit // 2) // self._unit
        if 0 <= half_units <= _TOP:
            return half_units
        self.state = BEYOND
        return GAP_8

    def _remember(self, told: int) -> None:
        """The lowest value of each of the last MINUTES."""
        minute = self._at // _PER_MINUTE
        if self._at % _PER_MINUTE == 0:
            self._lows[minute] = GAP_8
        self._lows[minute] = min(self._lows[minute], told)
        self._at = (self._at + 1) % (MINUTES * _PER_MINUTE)
