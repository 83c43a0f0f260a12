"""How long a link waits: for a peer that owes an answer, for being let in, before it knocks again.

No clock and no I/O: time and chance are arguments.
"""

from collections.abc import Callable

WATCHDOG_S = 2.0  # beyond what an answer takes on this line
LARGEST_GRANT_S = 6.0  # of that: a broker that was overrun when it let us in is not slow for ever
CONNECT_WITHIN_S = 5.0  # for TCP; twice as long after each failure
LARGEST_CONNECT_S = 30.0
# A broker that thousands come back to gets to each in its turn. Whoever leaves meanwhile has cost
# it a handshake for nothing and comes again; so wait, while its machine takes what is sent to it.
LET_IN_WITHIN_S = 30.0
DEAD_LINE_S = 5.0  # it does not take it: the line is dead, or its queue is full
FIRST_BACKOFF_S = 0.5


class Watchdog:
    """Says when a peer that owes an answer is silent for too long."""

    def __init__(self) -> None:
        self.owed = 0
        self.round_trip_s = 0.0  # of this line, as far as is known
        self._since_s = 0.0

    def asked(self, now_s: float) -> None:
        if self.owed == 0:
            self._since_s = now_s
        self.owed += 1

    def answered(self, now_s: float) -> None:
        self.owed = max(0, self.owed - 1)
        self._since_s = now_s

    def heard(self, now_s: float) -> None:
        self._since_s = now_s

    def silent(self, now_s: float) -> bool:
        limit_s = WATCHDOG_S + min(self.round_trip_s, LARGEST_GRANT_S)
        return self.owed > 0 and now_s - self._since_s > limit_s


def backoff_s(failures: int, largest_s: float, uniform: Callable[[float, float], float]) -> float:
    """Full jitter: anything below a bound that doubles with each failure."""
    return uniform(0.0, min(largest_s, FIRST_BACKOFF_S * 2.0 ** min(failures, 10)))


def connect_s(failures: int) -> float:
    """How long to wait for being connected."""
    return min(LARGEST_CONNECT_S, CONNECT_WITHIN_S * 2.0 ** min(failures, 10))
