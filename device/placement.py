"""Helps a mother to place the probe: how good the place is, and whether it is her own heart.

    level 0  no heartbeat: more gel, move 2-3 cm        1  weak: tilt slowly
          2  acceptable                                 3  hold, and fix the belt

Decided four times a second: the level over the median of the last 5 s, "probably your own heart"
over 2 s; that goes before the level in pattern(). Thresholds: docs/device-signal.md.
"""

from collections import namedtuple

from device.emitter import const
from device.spoken import GAP_8

RECENT = const(20)  # updates: 5 s
VOTES = const(8)  # updates: 2 s; half of those with a rate must say that it is hers
NO_VOTE, NOT_HERS, HERS = 0, 1, 2
COVERED = const(60)  # updates: 15 s
HELD = const(40)  # updates that coverage must last for level 3: 10 s
WEAK, FAIR, GOOD = 25, 45, 60  # per cent of likeness
AS_GOOD_PERCENT = 90  # of the best so far

Pattern = namedtuple("Pattern", ("led_on_ms", "led_off_ms", "beeps", "tone_hz"))
PATTERNS = (  # by level; the beeps come every 2 s
    Pattern(100, 1900, 0, 0),
    Pattern(250, 750, 1, 880),
    Pattern(500, 500, 2, 880),
    Pattern(1000, 0, 0, 0),  # steady and silent: nothing more to do
)
OWN_HEART = Pattern(100, 100, 3, 220)  # low and restless: move the probe


class Placement:
    def __init__(self) -> None:
        self.level = 0
        self.own_heart = False
        self.quality_percent = 0  # median of 5 s
        self.best_percent = 0  # of quality_percent while it was not her own heart
        self._qualities = bytearray(RECENT)
        self._votes = bytearray(VOTES)
        self._known = bytearray(COVERED)
        self._updates = 0
        self._held = 0

    def update(self, quality_percent: int, known: bool, own_heart: bool) -> None:
        """known: a rate is told now. own_heart: it looks like the mother's."""
        recent = self._updates % RECENT
        self._qualities[recent] = quality_percent
        self._votes[self._updates % VOTES] = (HERS if own_heart else NOT_HERS) if known else NO_VOTE
        self._known[self._updates % COVERED] = known
        self._updates += 1
        self.quality_percent = median(self._qualities)
        self.own_heart = self._hers()
        self._judge(100 * sum(self._known) // COVERED)
        if not self.own_heart:
            self.best_percent = max(self.best_percent, self.quality_percent)

    def _hers(self) -> bool:
        balance = cast = 0
        for vote in self._votes:
            cast += vote != NO_VOTE
            balance += (vote == HERS) - (vote == NOT_HERS)
        return cast > 0 and balance >= 0

    def _judge(self, coverage_percent: int) -> None:
        self._held = self._held + 1 if coverage_percent >= 90 else 0
        if self.quality_percent >= GOOD and self._held >= HELD:
            self.level = 3
        elif self.quality_percent >= FAIR and coverage_percent >= 60:
            self.level = 2
        else:
            self.level = 1 if self.quality_percent >= WEAK else 0

    def as_good_as_ever(self) -> bool:
        """Back at the best place so far: a mother who has searched on can stop here."""
        return (
            self.quality_percent >= WEAK
            and self.quality_percent * 100 >= self.best_percent * AS_GOOD_PERCENT
        )

    def forget(self) -> None:
        """The mother begins to search anew."""
        self.best_percent = 0

    def pattern(self) -> Pattern:
        """What the LED and the buzzer show."""
        return OWN_HEART if self.own_heart else PATTERNS[self.level]


def median(values) -> int:
    """The lower median of bytes; nothing is allocated."""
    for value in values:
        below = upto = 0
        for other in values:
            below += other < value
            upto += other <= value
        if below <= (len(values) - 1) // 2 < upto:
            return int(value)
    return GAP_8


def near_pulse(count: int, pulse_count: int, gap: int) -> bool:
    """Whether two quarter-bpm counts are within 5 bpm; no if one is unknown."""
    return count != gap and pulse_count != gap and abs(count - pulse_count) <= 20
