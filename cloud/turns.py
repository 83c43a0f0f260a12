"""Whose turn it is to be assessed: what cloud.assessing knows of recordings and looks."""

from collections.abc import Collection
from concurrent.futures import Future
from dataclasses import dataclass
from statistics import median

from cloud.live import LiveTrace
from cloud.looking import Look
from cloud.store.recordings import Recording
from models.live import Live
from models.trace import Trace


@dataclass
class Turn:
    """One recording."""

    since_ms: int  # it has been open to assessment
    next_ms: int
    live: Live | None = None
    verdict: str = ""
    stored_ms: int = 0
    begun_ms: int = 0  # the newest assessment; 0: none yet
    apart_ms: int = 0  # from the one before; 0: none yet
    under_way: bool = False
    ended: bool = False  # it is known that the recording has ended
    done: bool = False  # and the last assessment has been made, or given up
    failures: int = 0  # looks in a row that gave nothing


@dataclass(frozen=True, eq=False)
class UnderWay:
    """A look that was begun."""

    recording: Recording
    trace: LiveTrace | None  # None: it ended before this process began
    window: Trace  # what is looked at
    made_ms: int  # the time that it is said to be of
    begun_ms: int
    has_ended: bool
    future: "Future[Look]"


@dataclass(frozen=True)
class Pace:
    """How often open recordings are assessed."""

    every_s: float  # median of the times between the last two of each; 0: not known yet
    age_s: float  # median of the times since the last one of each, or since she began; 0: of none
    oldest_s: float  # the longest of these
    failing: tuple[int, ...] = ()  # recordings that cannot be assessed


def pace_of(turns: Collection[Turn], failing: Collection[int], now_ms: int) -> Pace:
    """Of the recordings that go on."""
    running = [one for one in turns if not one.ended]
    apart_ms = [one.apart_ms for one in running if one.apart_ms]
    ages_ms = [now_ms - (one.begun_ms or one.since_ms) for one in running]
    every_ms, age_ms = (median(some) if some else 0 for some in (apart_ms, ages_ms))
    oldest_s = max(ages_ms, default=0) / 1000
    return Pace(every_ms / 1000, age_ms / 1000, oldest_s, tuple(sorted(failing)))
