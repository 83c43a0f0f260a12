"""Do two channels tell the same heart? Their rates then stay together; two hearts' do not for long.

For twins: two ultrasound inputs on one child. Two rates that differ by at most NEAR in at least
SAME of the last 30 s in which both are known are one heart; PART of the 30 s must be known.
"""

from device.emitter import const
from device.spoken import GAP_16

WINDOW = const(120)  # updates: 30 s
NEAR = const(8)  # quarter bpm: 2 bpm
PART = const(48)  # updates of the window with both rates known
SAME_PERCENT, OTHER_PERCENT = 80, 50  # from which they are, below which they are no longer

UNKNOWN, APART, TOGETHER = 0, 1, 2


class Coincidence:
    def __init__(self) -> None:
        self.same = False
        self._past = bytearray(WINDOW)
        self._at = 0
        self._counts = [WINDOW, 0, 0]  # of UNKNOWN, APART, TOGETHER in the past

    def update(self, one: int, other: int) -> None:
        """The next pair of quarter-bpm counts, GAP_16 when unknown."""
        if one == GAP_16 or other == GAP_16:
            kind = UNKNOWN
        else:
            kind = TOGETHER if abs(one - other) <= NEAR else APART
        self._counts[self._past[self._at]] -= 1
        self._counts[kind] += 1
        self._past[self._at] = kind
        self._at = (self._at + 1) % WINDOW
        both = WINDOW - self._counts[UNKNOWN]
        if both >= PART:
            needed = OTHER_PERCENT if self.same else SAME_PERCENT
            self.same = self._counts[TOGETHER] * 100 >= both * needed
        elif not both:
            self.same = False
