"""Alarm conditions on what a device or a person reports now and then: vitals, contact, battery.

A report holds until the next one of the same measure: silence clears nothing. Reports that come
late are put in their place, and what follows from them is found again: the same changes once more
are harmless (cloud.alerts.episodes).
"""

from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan

from models.conditions import Change
from models.pressure import Reading, pressure
from models.rules import REPORTED, Rule
from models.verdict import Reason

KEEP_S = 3600.0  # reports older than this and the newest are settled
SEVERE = {"severe": 2.0, "severe once": 1.0}  # of models.pressure; else 0


@dataclass(frozen=True, order=True)
class Report:
    """`value` of `measure` (of the rules; a blood pressure is two) at recorded second `at_s`."""

    at_s: float
    measure: str
    value: float
    other: float = nan  # diastolic pressure


@dataclass
class _State:
    since_s: float | None = None  # it has been beyond the limit since then
    count: int = 0  # so many reports in a row
    raised: Change | None = None
    why: Mapping[str, float] = field(default_factory=dict)


class Reports:
    """Of one recording."""

    def __init__(self, rules: tuple[Rule, ...] = REPORTED) -> None:
        self._rules = rules
        self._kept: list[Report] = []
        self._begin()

    def _begin(self) -> None:
        self._states = {rule.id: _State() for rule in self._rules}
        self._pressures: list[Reading] = []

    def put(self, report: Report) -> list[Change]:
        """What changes with this report; nothing with one that is known."""
        if report in self._kept:
            return []
        late = bool(self._kept) and report < self._kept[-1]
        insort(self._kept, report)
        while self._kept[-1].at_s - self._kept[0].at_s > KEEP_S:
            del self._kept[0]
        if not late:
            return self._next(report)
        self._begin()
        return [change for one in self._kept for change in self._next(one)]

    def look(self, at_s: float) -> list[Change]:
        """What has held for long enough by recorded second `at_s`, without a new report."""
        return [c for rule in self._rules if (c := self._raise(rule, at_s))]

    def _next(self, report: Report) -> list[Change]:
        due = [c for rule in self._rules if (c := self._raise(rule, report.at_s))]
        measured = self._measured(report)
        if measured is None:
            return due
        name, value, why = measured
        mine = [rule for rule in self._rules if rule.measure == name]
        return due + [c for rule in mine if (c := self._turn(rule, report.at_s, value, why))]

    def _measured(self, report: Report) -> tuple[str, float, Mapping[str, float]] | None:
        if report.measure != "pressure":
            return report.measure, report.value, {"value": report.value}
        now = Reading(report.at_s, round(report.value), round(report.other))
        self._pressures = [*self._pressures[-20:], now]
        why = {"systolic": now.systolic, "diastolic": now.diastolic}
        return "severe_pressures", SEVERE.get(pressure(tuple(self._pressures)).level, 0.0), why

    def _turn(
        self, rule: Rule, at_s: float, value: float, why: Mapping[str, float]
    ) -> Change | None:
        state = self._states[rule.id]
        if _beyond(rule, value):
            state.since_s = at_s if state.since_s is None else state.since_s
            state.count += 1
            state.why = why
            return self._raise(rule, at_s)
        if state.raised is None or _is_back(rule, value):
            raised = state.raised
            self._states[rule.id] = _State()
            if raised:
                return Change(rule, "cleared", raised.onset_s, at_s, raised.reason)
        return None

    def _raise(self, rule: Rule, at_s: float) -> Change | None:
        state = self._states[rule.id]
        since_s = state.since_s
        if since_s is None or state.raised or state.count < rule.times:
            return None
        due_s = max(at_s if rule.window_s == 0 else since_s + rule.window_s, since_s)
        if at_s < due_s or any(self._states[name].raised for name in rule.covered_by):
            return None
        args: dict[str, int | float | str] = {
            name: round(value, 1) for name, value in state.why.items()
        }
        args |= {"limit": rule.limit, "seconds": round(due_s - since_s)}
        reason = Reason(rule.reason, args, since_s, due_s, rule.id)
        state.raised = Change(rule, "raised", since_s, due_s, reason)
        return state.raised


def _beyond(rule: Rule, value: float) -> bool:
    if rule.side == "below":
        return value < rule.limit
    return value > rule.limit or (rule.side == "at least" and value == rule.limit)


def _is_back(rule: Rule, value: float) -> bool:
    """Inside by the hysteresis; without one no report ends it."""
    return value >= rule.back if rule.side == "below" else value <= rule.back
