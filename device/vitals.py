"""Which of an instrument's measurements are told. For the board and the gateway. No I/O.

A cuff may know several people, and an oximeter that runs on gives a value each second: told are
those of the user that was named, and of a running oximeter one, when it has settled.
"""

from device import gatt
from device.spoken import GAP_16

CONTINUOUS = 0x2A5F
SETTLED = 10  # good values in a row


class Sieve:
    """Of one connection. user: the mother's number in the instrument; None: it is hers alone."""

    def __init__(self, user: int | None) -> None:
        self._user = user
        self._good = 0
        self.others = 0  # measurements of other users, or of nobody known

    def let_through(self, characteristic: int, measured: gatt.Measurement) -> bool:
        if self._user is not None and measured.user != self._user:
            self.others += 1
            return False
        if characteristic != CONTINUOUS:
            return True
        counts = gatt.counts_of(measured.values)
        self._good = 0 if GAP_16 in counts.values() else self._good + 1
        return self._good == SETTLED
