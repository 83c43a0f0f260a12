"""A probe of several crystals is one beam at a time: that which hears the heart best.

Only one receiver is listened to. A search stays on each for as long as the window of the rate
needs to hold nothing else, and takes the first that is good, or the best of all. What is held is
kept until it is lost; then a search begins anew, in which another beam must be clearly better.
"""

from device.emitter import const
from device.spoken import GAP_16

DWELL = const(16)  # updates on one beam: 3 s of its own in the window, and 1 s
GOOD = const(75)  # per cent of likeness at which a search ends before all have been heard
HEARD = const(25)  # below this there is no beat to hold
BETTER = const(10)  # per cent more than the beam held before: else that is kept
LOST = const(20)  # updates more without a rate, or with the mother's, than with one: 5 s


class Beams:
    """`beam`: the receiver to listen to now, 0 .. count - 1; the middle one is 0."""

    def __init__(self, count: int) -> None:
        self.beam = 0
        self.searching = True
        self._count = count
        self._held = 0  # the beam before this search
        self._waited = 0  # updates on this beam, or without a rate
        self._visited = 0  # beams of this search that are done
        self._found = bytearray(count)  # quality of each in this search

    def follow(self, doppler) -> int:
        """`doppler` (device/doppler.py) has heard 250 ms of `beam`. Returns the next beam."""
        known = doppler.count != GAP_16
        self.update(doppler.quality_percent, known, doppler.placement.own_heart)
        return self.beam

    def update(self, quality_percent: int, known: bool, own_heart: bool) -> None:
        """What the last 250 ms on `beam` gave, as for device/placement.py."""
        if self.searching:
            self._search(0 if own_heart else quality_percent)
        elif known and not own_heart:
            self._waited = max(0, self._waited - 1)
        else:
            self._waited += 1
            if self._waited >= LOST:
                self._begin()

    def _begin(self) -> None:
        """With the beam that was held: it may only have been a movement."""
        self.searching = True
        self._held = self.beam
        self._waited = self._visited = 0

    def _search(self, quality: int) -> None:
        self._waited += 1
        if self._waited < DWELL:
            return
        self._found[self.beam] = quality
        self._visited += 1
        self._waited = 0
        if quality >= GOOD:
            self.searching = False
        elif self._visited < self._count:
            self.beam = (self.beam + 1) % self._count
        else:
            self._settle()

    def _settle(self) -> None:
        """All have been heard: hold the best, or go round again."""
        best = self._held
        for beam in range(self._count):
            margin = BETTER if best == self._held else 0
            if self._found[beam] > self._found[best] + margin:
                best = beam
        self.beam = best
        self._visited = 0
        self.searching = self._found[best] < HEARD
        self._held = best
