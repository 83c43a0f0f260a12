"""The baby's movements as the mother counts them, compared with her own usual number.

A change is reported; "as usual" is no reassurance, and no fixed number is a limit (FIELD 8.3). The
figures are a design of ours, not from a study: check before clinical use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from statistics import median

MOVEMENTS_VERSION = "1"
LEAST_MINUTES = 30  # a shorter count may fall into one sleep of the baby
USUAL_FROM = 5  # earlier counts: with fewer her usual is not known
USUAL_DAYS = 14  # they are not older than this
FEWER_SHARE, MORE_SHARE = 0.5, 2.0  # of her usual


@dataclass(frozen=True)
class Count:
    at_s: float
    movements: int
    minutes: float

    @property
    def per_hour(self) -> float:
        return 60 * self.movements / self.minutes


@dataclass(frozen=True)
class Compared:
    """change: fewer, more, as usual, unknown. `usual` is NaN while it is not known."""

    change: str
    per_hour: float
    usual_per_hour: float
    counts: int  # that her usual comes from


def compare(before: Sequence[Count], now: Count) -> Compared:
    """`now` against the counts before it. None at all is always fewer."""
    since_s = now.at_s - USUAL_DAYS * 24 * 3600
    rates = [one.per_hour for one in before if since_s <= one.at_s < now.at_s]
    usual = median(rates) if len(rates) >= USUAL_FROM else nan
    return Compared(_change(now, usual), now.per_hour, usual, len(rates))


def _change(now: Count, usual: float) -> str:
    if now.movements == 0 or now.per_hour < FEWER_SHARE * usual:
        return "fewer"
    if usual != usual:
        return "unknown"
    return "more" if now.per_hour > MORE_SHARE * usual else "as usual"
