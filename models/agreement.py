"""How well found events agree with an expert's: FHRMA's matching rule, ALGORITHMS 9.3.

Spans are (start_s, end_s) from the first sample, sorted, those of one list without overlap. What
an expert called unreliable is lost like a gap, and so is the last minute; an event of which more
than a third is lost is left out of either list. Two events match where they share more than 5 s,
each with one other at most: a second partner counts as unmatched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Self

import numpy as np

from models.trace import FS_HZ
from models.windows import Mask

Spans = Sequence[tuple[float, float]]
SHARED_S = 5.0
LOST_SHARE = 1 / 3
LAST_S = 60.0
OVERSHOOT_S = 15.0


@dataclass(frozen=True)
class Agreement:
    """Counts of one kind of event; add those of several recordings to pool them."""

    match: int = 0
    only_expert: int = 0
    only_method: int = 0

    def __add__(self, other: Self) -> "Agreement":
        return Agreement(
            self.match + other.match,
            self.only_expert + other.only_expert,
            self.only_method + other.only_method,
        )

    @property
    def sens(self) -> float:
        """Share of the expert's events that were found; NaN where there are none."""
        return _share(self.match, self.match + self.only_expert)

    @property
    def ppv(self) -> float:
        """Share of the found events that are the expert's; NaN where there are none."""
        return _share(self.match, self.match + self.only_method)

    @property
    def f1(self) -> float:
        """Harmonic mean of both; NaN where neither list has an event."""
        return _share(2 * self.match, 2 * self.match + self.only_expert + self.only_method)


def compare(expert: Spans, method: Spans, valid: Mask, overshoots: Spans = ()) -> Agreement:
    """Agreement on a recording whose samples `valid` (n,) at FS_HZ have a reliable signal.

    An unmatched event of `method` that starts and ends within OVERSHOOT_S of an expert's overshoot
    is not counted.
    """
    wanted, found = counted(expert, valid), counted(method, valid)
    pairs = matched(wanted, found)
    taken = {at for _, at in pairs}
    extra = [
        span
        for at, span in enumerate(found)
        if at not in taken and not any(_alike(span, other) for other in overshoots)
    ]
    return Agreement(len(pairs), len(wanted) - len(pairs), len(extra))


def counted(spans: Spans, valid: Mask) -> list[tuple[float, float]]:
    """The spans of which at most LOST_SHARE is lost; the last LAST_S of `valid` (n,) are."""
    usable = valid[: max(len(valid) - round(LAST_S * FS_HZ), 0)]
    kept = []
    for start_s, end_s in spans:
        first, stop = round(start_s * FS_HZ), round(end_s * FS_HZ)
        lost = stop - first - int(np.count_nonzero(usable[max(first, 0) : max(stop, 0)]))
        if lost <= LOST_SHARE * (stop - first):
            kept.append((start_s, end_s))
    return kept


def matched(expert: Spans, method: Spans) -> list[tuple[int, int]]:
    """(index in `expert`, index in `method`) of as many pairs as can be, in time."""
    pairs = []
    here = there = 0
    while here < len(expert) and there < len(method):
        (a_start, a_end), (b_start, b_end) = expert[here], method[there]
        if min(a_end, b_end) - max(a_start, b_start) > SHARED_S:
            pairs.append((here, there))
            here, there = here + 1, there + 1
        elif a_end < b_end:
            here += 1
        else:
            there += 1
    return pairs


def _alike(span: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(abs(a - b) <= OVERSHOOT_S for a, b in zip(span, other, strict=True))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else nan
