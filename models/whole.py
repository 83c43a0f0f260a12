"""All changes of a whole recording at once: the vectorised twin of models.watch.Watch."""

from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.completeness import runs
from models.conditions import (
    REFERENCE_LAG_S,
    REFERENCE_LEAST_S,
    REFERENCE_S,
    Change,
    is_rate,
    maternal,
    on_off,
    reason,
)
from models.rules import COVER_S, STREAMED, Rule
from models.trace import FS_HZ, Trace
from models.windows import Counts, Mask, by_second, latch, trailing

NAN = float("nan")
Floats = NDArray[np.float64]
OnOff = tuple[Mask, Mask]


class Median:
    """Median of the last REFERENCE_S rates; NaN while less than REFERENCE_LEAST_S are known."""

    def __init__(self) -> None:
        self._rates = deque([NAN] * REFERENCE_S, maxlen=REFERENCE_S)
        self._sorted: list[float] = []  # those that are not NaN

    def add(self, rate: float) -> float:
        """Of these and the earlier ones; one call a second, NaN when the rate is not known."""
        old = self._rates[0]
        self._rates.append(rate)
        if rate == rate:
            insort(self._sorted, rate)
        if old == old:
            del self._sorted[bisect_left(self._sorted, old)]
        count = len(self._sorted)
        if count < REFERENCE_LEAST_S:
            return NAN
        return (self._sorted[(count - 1) // 2] + self._sorted[count // 2]) / 2


@dataclass(frozen=True)
class Seen:
    """What one rule makes of a record: a value for each second of it."""

    rule: Rule
    counted: Counts  # samples that it looks at
    beyond: Counts  # of these, beyond the limit
    on: Mask  # it is true, though perhaps covered by a stronger rule
    told: Mask

    @property
    def over(self) -> Mask:
        """It was true, and is not from this second on."""
        return np.concatenate(([False], self.on[:-1])) & ~self.on


class Record:
    """What the rules make of a trace, all of its whole seconds at once."""

    def __init__(self, trace: Trace, rules: tuple[Rule, ...] = STREAMED) -> None:
        trace = trace.window(trace.start_s, trace.start_s + int(trace.duration_s))
        self.start_s = trace.start_s
        fhr, mhr = trace.fhr_bpm.astype(float), trace.mhr_bpm.astype(float)
        valid = is_rate(fhr)
        trusted = valid
        known: dict[str, tuple[Counts, Counts, OnOff]] = {}
        for rule in rules:
            if rule.side == "coincident":
                alike, turns, hers = maternal(rule, fhr, mhr)
                known[rule.id] = by_second(valid & is_rate(mhr)), alike, turns
                trusted = trusted & ~hers
        self.rates = second_means(fhr, trusted)
        self.median = Median()
        self.levels = [self.median.add(rate) for rate in self.rates.tolist()]
        levels = np.array(([NAN] * REFERENCE_LAG_S + self.levels)[: len(self.levels)])
        self.seen: list[Seen] = []
        for rule in rules:
            parts = known.get(rule.id) or _known(rule, fhr, valid, trusted, levels)
            self.seen.append(self._seen(rule, *parts))

    def _seen(self, rule: Rule, counted: Counts, beyond: Counts, turns: OnOff) -> Seen:
        covers = [seen.told for seen in self.seen if seen.rule.id in rule.covered_by]
        on = latch(*turns)
        seen = Seen(rule, counted, beyond, on, on)
        return replace(seen, told=_told(seen, covers))

    def changes(self) -> list[Change]:
        """What a Watch would have told by its end, in the same order."""
        found: list[tuple[float, int, Change]] = []
        for order, seen in enumerate(self.seen):
            edges = _edges(seen, self.start_s, self.rates)
            found += [(change.at_s, order, change) for change in edges]
        return [change for _, _, change in sorted(found, key=lambda entry: entry[:2])]


def changes(trace: Trace, rules: tuple[Rule, ...] = STREAMED) -> list[Change]:
    """What a Watch would have told by the end of `trace`, in the same order."""
    return Record(trace, rules).changes()


def second_means(bpm: Floats, mask: Mask) -> Floats:
    """The mean of the samples of each second of `bpm` (n,) that `mask` (n,) trusts, or NaN."""
    total = np.where(mask, bpm, 0).reshape(-1, FS_HZ).sum(axis=1)
    count = by_second(mask)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _known(
    rule: Rule, fhr: Floats, valid: Mask, trusted: Mask, levels: Floats
) -> tuple[Counts, Counts, OnOff]:
    """Samples that the rule looks at a second, those beyond the limit, and on_off()."""
    if rule.side == "below":
        counted, beyond = trusted, trusted & (fhr < rule.limit)
    elif rule.side == "above":
        counted, beyond = trusted, trusted & (fhr > rule.limit)
    elif rule.side == "under reference":
        level = np.repeat(levels, FS_HZ)
        counted = trusted & np.isfinite(level)
        beyond = counted & (level - fhr >= rule.limit)
    else:
        counted, beyond = valid, ~valid
    count, over = by_second(counted), by_second(beyond)
    window = trailing(count, rule.window_s), trailing(over, rule.window_s)
    recent = trailing(count, rule.rearm_s), trailing(over, rule.rearm_s)
    return count, over, on_off(rule, np.arange(len(count)) + 1, window, recent)


def _first_seconds(seen: Seen) -> Counts:
    """For each second the first one that counts: in the window, since the rule was last over."""
    seconds = np.arange(len(seen.on))
    free = np.maximum.accumulate(np.where(seen.over, seconds + 1, 0))
    return np.maximum(seconds + 1 - seen.rule.window_s, free)


def _told(seen: Seen, covers: list[Mask]) -> Mask:
    """The seconds in which the rule is raised: true, seen since it was last over, not covered."""
    if not seen.on.any():
        return seen.on
    total = np.concatenate(([0], np.cumsum(seen.beyond)))
    ready = seen.on & (total[1:] > total[_first_seconds(seen)])
    for cover in covers:
        ready &= trailing(cover, COVER_S + 1) == 0
    return latch(ready, ~seen.on)


def _edges(seen: Seen, start_s: float, rates: Floats) -> list[Change]:
    found: list[Change] = []
    if not seen.told.any():
        return found
    rule, beyond, first = seen.rule, seen.beyond, _first_seconds(seen)
    for at, stop in runs(seen.told):
        hits = first[at] + np.flatnonzero(beyond[first[at] : at + 1])
        measured = rates[hits][np.isfinite(rates[hits])]
        bpm = float(np.median(measured)) if len(measured) else NAN
        onset_s, at_s = start_s + int(hits[0]), start_s + int(at) + 1
        past = slice(max(0, at + 1 - rule.window_s), at + 1)
        window = int(seen.counted[past].sum()), int(beyond[past].sum())
        why = reason(rule, bpm, window, onset_s, at_s)
        found.append(Change(rule, "raised", onset_s, at_s, why))
        if stop < len(seen.told):
            found.append(Change(rule, "cleared", onset_s, start_s + int(stop) + 1, why))
    return found
