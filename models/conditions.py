"""What the alarm rules measure, and when a rule is on or off: shared by both forms of watching.

The functions take numbers or arrays alike, so what streams and what is computed whole cannot
disagree in a formula.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.rules import HIGHEST_BPM, LOWEST_BPM, VALID_SHARE, Rule
from models.trace import FS_HZ
from models.verdict import Reason
from models.windows import Counts, Mask, by_second, latch, trailing

BOTH_SHARE = 0.25  # of a window must have both rates: ALGORITHMS 1.8
CALM_RATIO = 0.2  # of coincident samples, below which the rule lets go: ALGORITHMS 1.8
REFERENCE_S = 300  # the earlier level is the median of so long: half of NICHD's 10 min baseline
REFERENCE_LEAST_S = 120  # with at least so much signal: NICHD 2008, baseline needs 2 min
REFERENCE_LAG_S = 180  # and ended so long ago: a 5 min fall is then never half of the median

Number = Any  # int of one second, or Counts of all
Truth = Any  # bool or Mask alike


@dataclass(frozen=True)
class Change:
    """A rule became true ("raised") or is over ("cleared") at recorded second `at_s`."""

    rule: Rule
    what: str
    onset_s: float  # where in the window the first sample beyond the limit is
    at_s: float
    reason: Reason


def is_rate(bpm: NDArray[np.float64]) -> Mask:
    """Where this is a heart rate at all; NaN is not."""
    return (bpm >= LOWEST_BPM) & (bpm <= HIGHEST_BPM)


def on_off(
    rule: Rule,
    seen_s: Number,
    window: tuple[Number, Number],
    recent: tuple[Number, Number],
) -> tuple[Truth, Truth]:
    """Whether the rule becomes true, and whether it is over: never both, often neither.

    seen_s   seconds seen so far
    window   samples that are valid, and that are beyond the limit, in the last window_s
    recent   the same in the last rearm_s
    """
    valid, beyond = window
    recent_valid, recent_beyond = recent
    enough = recent_valid >= VALID_SHARE * rule.rearm_s * FS_HZ
    if rule.side == "missing":
        lost = (beyond >= rule.share * rule.window_s * FS_HZ) & (seen_s >= rule.window_s)
        return lost, enough
    inside = recent_valid - recent_beyond >= rule.share * recent_valid
    on = (
        (valid >= VALID_SHARE * rule.window_s * FS_HZ)
        & (beyond >= rule.share * valid)
        & ((enough & inside) ^ True)
    )
    return on, enough & inside


def maternal_on(rule: Rule, both: Number, alike: Number) -> Truth:
    """Enough samples with both rates in the window, and enough of them alike."""
    return (both >= BOTH_SHARE * rule.window_s * FS_HZ) & (alike >= rule.share * both)


def maternal_calm(rule: Rule, both: Number, alike: Number) -> Truth:
    """Enough samples with both rates in the window, and few of them alike."""
    return (both >= BOTH_SHARE * rule.window_s * FS_HZ) & (alike < CALM_RATIO * both)


def maternal(
    rule: Rule, fhr: NDArray[np.float64], mhr: NDArray[np.float64]
) -> tuple[Counts, tuple[Mask, Mask], Mask]:
    """The rule of side "coincident" over whole seconds of both rates (n,).

    returns  coincident samples a second, on_off() a second, and the samples (n,) it takes for hers
    """
    both = is_rate(fhr) & is_rate(mhr)
    alike = both & (np.abs(fhr - mhr) <= rule.limit)
    sums = trailing(by_second(both), rule.window_s), trailing(by_second(alike), rule.window_s)
    calm: Mask = maternal_calm(rule, *sums)
    turns = maternal_on(rule, *sums), trailing(calm, rule.rearm_s) == rule.rearm_s
    return by_second(alike), turns, alike & np.repeat(latch(*turns), FS_HZ)


def reason(rule: Rule, bpm: float, window: tuple[int, int], from_s: float, to_s: float) -> Reason:
    """Why a rule became true. bpm: of the seconds beyond its limit; window: as on_off() has it,
    the samples that are valid, and of these those beyond the limit."""
    valid, beyond = window
    args: dict[str, int | float | str] = {
        "limit": int(rule.limit),
        "seconds": beyond // FS_HZ,
        "valid": valid // FS_HZ,
        "window": rule.window_s,
    }
    if "%(bpm)d" in rule.reason:
        args["bpm"] = round(bpm)
    return Reason(rule.reason, args, from_s, to_s, rule.id)
