"""Watching one recording: when an alarm rule becomes true, and when it is over.

Two forms that agree second by second: Watch, fed as data come, and changes(), the whole record at
once. Both know recorded time only, so an alert is identified by (recording, rule, onset_s) and
finding it twice is harmless. Missing data clears nothing. While the trace may be the mother's
(rule of side "coincident"), samples that coincide with her pulse are missing for patient rules.
"""

from bisect import bisect_left, insort
from collections import deque

import numpy as np

from models.conditions import (
    REFERENCE_LAG_S,
    REFERENCE_LEAST_S,
    REFERENCE_S,
    Change,
    maternal_calm,
    maternal_on,
    on_off,
    reason,
)
from models.rules import COVER_S, HIGHEST_BPM, LOWEST_BPM, RULES, Rule
from models.trace import FS_HZ, Trace
from models.whole import changes as changes
from models.windows import Trailing

NAN = float("nan")
LOST_SECOND = [NAN] * FS_HZ
LONGEST_WINDOW_S = 600  # of any rule; so long the rates of past seconds are kept


class _State:
    """One rule: what is in its windows, and whether it is on."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.window = Trailing(rule.window_s), Trailing(rule.window_s)  # valid, beyond
        self.recent = Trailing(rule.rearm_s), Trailing(rule.rearm_s)
        self.on = False  # true, though perhaps covered by a stronger rule
        self.raised: Change | None = None
        self.raised_at = -COVER_S - 1  # second in which it was last raised
        self.free_from = 0  # first second after it was last over

    def turn(self, on: bool, off: bool, second: int) -> None:
        if self.on and off:
            self.free_from = second + 1
        self.on = on or (self.on and not off)


class Watch:
    """The rules of one recording, second by second."""

    def __init__(self, rules: tuple[Rule, ...] = RULES) -> None:
        self._states = [_State(rule) for rule in rules if rule.side != "silent"]
        self._by_id = {state.rule.id: state for state in self._states}
        self._maternal = [s for s in self._states if s.rule.side == "coincident"]
        self._others = [s for s in self._states if s.rule.side != "coincident"]
        self._start_s = 0.0
        self._second = -1  # last one seen, counted from _start_s
        self._calm_s = 0  # seconds for which nothing has coincided
        self._rates: deque[float] = deque(maxlen=LONGEST_WINDOW_S)  # mean of each second, bpm
        self._sorted: list[float] = []  # those of the last REFERENCE_S that are not NaN
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

    def resume(self, trace: Trace) -> None:
        """Take all of `trace` as seen, on a fresh Watch. look() instead returns its changes."""
        self.look(trace, trace.end_s)

    def _step(self, second: int, fhr: list[float], mhr: list[float]) -> list[Change]:
        self._second = second
        valid = [f for f in fhr if LOWEST_BPM <= f <= HIGHEST_BPM]
        trusted = self._trusted(second, fhr, mhr, valid)
        level = self._levels[0]
        for state in self._others:
            count, beyond = _counts(state.rule, valid, trusted, level)
            window = state.window[0].add(count), state.window[1].add(beyond)
            recent = state.recent[0].add(count), state.recent[1].add(beyond)
            state.turn(*on_off(state.rule, second + 1, window, recent), second)
        self._remember(sum(trusted) / len(trusted) if trusted else NAN)
        found = (self._change(state, second) for state in self._states)
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
            sums = state.window[0].add(len(both)), state.window[1].add(len(alike))
            self._calm_s = self._calm_s + 1 if maternal_calm(rule, *sums) else 0
            state.turn(maternal_on(rule, *sums), self._calm_s >= rule.rearm_s, second)
            if state.on and alike:
                trusted = list(valid)
                for f in alike:
                    trusted.remove(f)
        return trusted

    def _remember(self, rate: float) -> None:
        """Move the window of the reference level on by one second."""
        old = self._rates[-REFERENCE_S] if len(self._rates) >= REFERENCE_S else NAN
        self._rates.append(rate)
        if rate == rate:
            insort(self._sorted, rate)
        if old == old:
            del self._sorted[bisect_left(self._sorted, old)]
        count = len(self._sorted)
        middle = (
            (self._sorted[(count - 1) // 2] + self._sorted[count // 2]) / 2
            if count >= REFERENCE_LEAST_S
            else NAN
        )
        self._levels.append(middle)

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
        counts = state.window[1].counts()[-(second + 1 - state.free_from) :]
        hits = [at - len(counts) for at, count in enumerate(counts) if count]
        if not hits:
            return None
        rates = [rate for ago in hits if (rate := self._rates[ago]) == rate]
        bpm = float(np.median(rates)) if rates else NAN
        onset_s = at_s + hits[0]
        return Change(rule, "raised", onset_s, at_s, reason(rule, bpm, sum(counts), onset_s, at_s))


def _counts(rule: Rule, valid: list[float], trusted: list[float], level: float) -> tuple[int, int]:
    """How many samples of this second are valid, and how many beyond the limit."""
    limit = rule.limit
    if rule.side == "below":
        return len(trusted), sum(f < limit for f in trusted)
    if rule.side == "above":
        return len(trusted), sum(f > limit for f in trusted)
    if rule.side == "under reference":
        known = len(trusted) if level == level else 0
        return known, sum(level - f >= limit for f in trusted)
    return len(valid), FS_HZ - len(valid)
