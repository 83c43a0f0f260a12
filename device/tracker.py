"""Which of the rates found four times a second are told: a rate must last, and is then followed."""

from device.emitter import const

ALIKE = const(461)  # likeness x 1024 from which a rate is believed: 0.45
NEAR = const(7)  # a rate within 1/7 (14 %) of the one before is the same heart's
ACQUIRE = const(4)  # updates that must agree before a first rate is told: 1 s
CHANGE = const(8)  # updates another rate must last before it is taken: 2 s
FORGET = const(12)  # updates without a rate after which the old one is no longer known: 3 s


class Tracker:
    """`rate`: told now, quarter bpm, 0: unknown. `known`: the one that is followed, or 0."""

    def __init__(self) -> None:
        self.rate = 0
        self.known = 0
        self._other = 0  # a rate that is not told yet
        self._lasted = 0  # updates
        self._missed = 0

    def update(self, rate: int, likeness: int) -> None:
        """rate: quarter bpm, 0: none was found."""
        self.rate = 0
        if not rate or likeness < ALIKE:
            self._miss()
        elif self.known and near(rate, self.known):
            self.rate = self.known = rate
            self._other = self._lasted = self._missed = 0
        else:
            self._consider(rate)

    def _miss(self) -> None:
        self._other = self._lasted = 0
        self._missed += 1
        if self._missed >= FORGET:
            self.known = 0

    def _consider(self, rate: int) -> None:
        self._missed += 1
        self._lasted = self._lasted + 1 if self._other and near(rate, self._other) else 1
        self._other = rate
        if self._lasted >= (CHANGE if self.known else ACQUIRE):
            self.rate = self.known = rate
            self._other = self._lasted = self._missed = 0


def near(rate: int, other: int) -> bool:
    return bool(abs(rate - other) * NEAR < other)
