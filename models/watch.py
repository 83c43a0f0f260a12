"""Watching one recording: when an alarm rule becomes true, and when it is over.

Two forms that agree second by second: Watch, fed as data come, and changes(), the whole record at
once. Both know recorded time only, so an alert is identified by (recording, rule, onset_s) and
finding it twice is harmless. Missing data clears nothing. While the trace may be the mother's
(rule of side "coincident"), samples that coincide with her pulse are missing for patient rules.
"""

from collections import deque

import numpy as np

from models.conditions import (
    REFERENCE_LAG_S,
    Change,
    maternal_calm,
    maternal_on,
    on_off,
    reason,
)
from models.rules import COVER_S, HIGHEST_BPM, LOWEST_BPM, STREAMED, Rule
from models.trace import FS_HZ, Trace
from models.whole import NAN, Median, Record, Seen
from models.whole import changes as changes
from models.windows import Mask, Trailing, trailing

LOST_SECOND = [NAN] * FS_HZ
LONGEST_WINDOW_S = 600  # of any rule; so long the rates of past seconds are kept


class _State:
    """One rule: what is in its windows, and whether it is on."""

    def __init__(self, rule: Rule) -> None:
        if rule.rearm_s > rule.window_s and rule.side != "coincident":
            raise ValueError(f"rule {rule.id}: rearm_s is longer than window_s")
        self.rule = rule
        self.counted = Trailing(rule.window_s)  # samples that it looks at
        self.beyond = Trailing(rule.window_s)  # of these, beyond the limit
        self.on = False  # true, though perhaps covered by a stronger rule
        self.raised: Change | None = None
        self.raised_at = -COVER_S - 1  # second in which it was last raised
        self.free_from = 0  # first second after it was last over

    def add(self, counted: int, beyond: int, second: int) -> None:
        """One second of a rule that is not of side "coincident"."""
        window = self.counted.add(counted), self.beyond.add(beyond)
        if window[1] or self.on:  # else it is neither true nor over, whatever the rest
            recent = self._recent(self.counted), self._recent(self.beyond)
            self.turn(*on_off(self.rule, second + 1, window, recent), second)

    def _recent(self, counts: Trailing) -> int:
        return sum(counts.counts()[-self.rule.rearm_s :])

    def turn(self, on: bool, off: bool, second: int) -> None:
        if self.on and off:
            self.free_from = second + 1
        self.on = on or (self.on and not off)

    def resume(self, seen: Seen) -> None:
        """As after all these seconds."""
        for series, counts in ((self.counted, seen.counted), (self.beyond, seen.beyond)):
            for count in counts[-self.rule.window_s :].tolist():
                series.add(count)
        self.on = bool(seen.on[-1])
        self.raised_at = _last(seen.told, self.raised_at)
        self.free_from = _last(seen.over, -1) + 1


class Watch:
    """The rules of one recording, second by second."""

    def __init__(self, rules: tuple[Rule, ...] = STREAMED) -> None:
        self._states = [_State(rule) for rule in rules]
        self._by_id = {state.rule.id: state for state in self._states}
        self._maternal = [s for s in self._states if s.rule.side == "coincident"]
        self._others = [s for s in self._states if s.rule.side != "coincident"]
        self._start_s = 0.0
        self._second = -1  # last one seen, counted from _start_s
        self._calm_s = 0  # seconds for which nothing has coincided
        self._rates: deque[float] = deque(maxlen=LONGEST_WINDOW_S)  # mean of each second, bpm
        self._median = Median()
        self._levels: deque[float] = deque([NAN] * REFERENCE_LAG_S, maxlen=REFERENCE_LAG_S)

    def look(self, trace: Trace, at_s: float) -> list[Change]:
        """What changed by recorded second `at_s`, since the last look.

        trace  holds at least the seconds since the last look. A first look begins with its
               first second; a second that it does not hold is a lost one.
        """
        if self._second < 0:
            self._start_s = trace.start_s
        changes = []
        for second in range(self._second + 1, int(at_s - self._start_s)):
            first = round((self._start_s + second - trace.start_s) * FS_HZ)
            part = slice(max(first, 0), max(first + FS_HZ, 0))
            fhr, mhr = trace.fhr_bpm[part].tolist(), trace.mhr_bpm[part].tolist()
            whole = len(fhr) == FS_HZ
            changes += self._step(
                second, fhr if whole else LOST_SECOND, mhr if whole else LOST_SECOND
            )
        return changes

    def resume(self, trace: Trace) -> list[Change]:
        """look() at all of `trace` on a fresh Watch, a hundred times as quick."""
        record = Record(trace, tuple(state.rule for state in self._states))
        seconds = len(record.rates)
        if not seconds:
            return []
        self._start_s, self._second = trace.start_s, seconds - 1
        self._rates.extend(record.rates[-LONGEST_WINDOW_S:].tolist())
        self._levels.extend(record.levels[-REFERENCE_LAG_S:])
        self._median = record.median
        for state, seen in zip(self._states, record.seen, strict=True):
            state.resume(seen)
            if seen.rule.side == "coincident":
                sums = (trailing(part, seen.rule.window_s) for part in (seen.counted, seen.beyond))
                self._calm_s = seconds - 1 - _last(~maternal_calm(seen.rule, *sums), -1)
        found = record.changes()
        for change in found:
            self._by_id[change.rule.id].raised = change if change.what == "raised" else None
        return found

    def _step(self, second: int, fhr: list[float], mhr: list[float]) -> list[Change]:
        self._second = second
        valid = [f for f in fhr if LOWEST_BPM <= f <= HIGHEST_BPM]
        trusted = self._trusted(second, fhr, mhr, valid)
        level = self._levels[0]
        for state in self._others:
            state.add(*_counts(state.rule, valid, trusted, level), second)
        rate = sum(trusted) / len(trusted) if trusted else NAN
        self._rates.append(rate)
        self._levels.append(self._median.add(rate))
        active = [state for state in self._states if state.on or state.raised]
        found = [self._change(state, second) for state in active]
        return [change for change in found if change]

    def _trusted(
        self, second: int, fhr: list[float], mhr: list[float], valid: list[float]
    ) -> list[float]:
        """The valid fetal rates that are not the mother's, after the coincidence rule."""
        trusted = valid
        for state in self._maternal:
            rule = state.rule
            both = [
                (f, abs(f - m) <= rule.limit)
                for f, m in zip(fhr, mhr, strict=True)
                if LOWEST_BPM <= f <= HIGHEST_BPM and LOWEST_BPM <= m <= HIGHEST_BPM
            ]
            alike = [f for f, same in both if same]
            sums = state.counted.add(len(both)), state.beyond.add(len(alike))
            self._calm_s = self._calm_s + 1 if maternal_calm(rule, *sums) else 0
            state.turn(maternal_on(rule, *sums), self._calm_s >= rule.rearm_s, second)
            if state.on and alike:
                trusted = list(valid)
                for f in alike:
                    trusted.remove(f)
        return trusted

    def _change(self, state: _State, second: int) -> Change | None:
        at_s = self._start_s + second + 1
        raised = state.raised
        if raised and not state.on:
            state.raised = None
            return Change(raised.rule, "cleared", raised.onset_s, at_s, raised.reason)
        if raised:
            state.raised_at = second
        elif state.on and not self._covered(state.rule, second):
            state.raised = self._raise(state, second, at_s)
            if state.raised:
                state.raised_at = second
            return state.raised
        return None

    def _covered(self, rule: Rule, second: int) -> bool:
        covers = (self._by_id[name] for name in rule.covered_by if name in self._by_id)
        return any(second - cover.raised_at <= COVER_S for cover in covers)

    def _raise(self, state: _State, second: int, at_s: float) -> Change | None:
        """None while nothing beyond the limit has been seen since the rule was last over."""
        rule = state.rule
        counts = state.beyond.counts()[-(second + 1 - state.free_from) :]
        hits = [at - len(counts) for at, count in enumerate(counts) if count]
        if not hits:
            return None
        rates = [rate for ago in hits if (rate := self._rates[ago]) == rate]
        bpm = float(np.median(rates)) if rates else NAN
        onset_s = at_s + hits[0]
        window = state.counted.total, state.beyond.total
        return Change(rule, "raised", onset_s, at_s, reason(rule, bpm, window, onset_s, at_s))


def _last(mask: Mask, otherwise: int) -> int:
    """The last second in which `mask` is true."""
    where = np.flatnonzero(mask)
    return int(where[-1]) if len(where) else otherwise


def _counts(rule: Rule, valid: list[float], trusted: list[float], level: float) -> tuple[int, int]:
    """How many samples of this second the rule looks at, and how many are beyond its limit."""
    if rule.side == "missing":
        return len(valid), FS_HZ - len(valid)
    if not trusted:
        return 0, 0
    limit = rule.limit
    if rule.side == "below":
        return len(trusted), sum([f < limit for f in trusted]) if min(trusted) < limit else 0
    if rule.side == "above":
        return len(trusted), sum([f > limit for f in trusted]) if max(trusted) > limit else 0
    known = len(trusted) if level == level else 0
    return known, sum([level - f >= limit for f in trusted]) if known else 0
