"""Values that a mother enters by hand, held against the alarm catalogue.

They belong to a recording of their own (cloud.store.recordings.home_of), so that an alert on one is
told, answered and seen like any other. Unlike a trace they come days apart: the same severe value
after an alert that is over is a new alert. Looking twice at a value raises nothing twice.
"""

from collections.abc import Sequence

from sqlalchemy import Engine

from cloud.alerts.moves import words
from cloud.alerts.service import Alerting
from cloud.pregnancy.values import compared
from cloud.store import alerts, home_values, recordings
from cloud.store.alerts import OVER
from cloud.store.db import reading, writing
from cloud.store.home_values import HomeValue
from cloud.store.recordings import Recording
from models.reports import Report, Reports
from models.rules import BY_ID, REPORTED, Rule

LESS = BY_ID["reduced_movement"]
SAID = {rule.measure: rule for rule in (LESS, BY_ID["danger_sign"])}  # without a figure
BEFORE_MS = 7 * 24 * 3600 * 1000  # older values are another episode
COUNTS_MS = 15 * 24 * 3600 * 1000  # of movements: models.movements.USUAL_DAYS, and one
ENDED_S = 0.001  # an alert that is over ended so long before the same comes again


class HomeAlarms:
    def __init__(self, engine: Engine, alerting: Alerting) -> None:
        self._engine = engine
        self._alerting = alerting

    def look(self, value: HomeValue, now_ms: int) -> None:
        """Raise what holds with this value, also when it was taken back; what holds no more has
        ended, and its alert waits for an answer as always."""
        if value.measure == "movements":
            self._count(value, now_ms)
            return
        name = "severe_pressures" if value.measure == "pressure" else value.measure
        rules = [rule for rule in REPORTED if rule.measure == name]
        if not rules:
            return
        home = self._home(value.mother_id, now_ms)
        holding = _holding(home, self._before(value, BEFORE_MS))
        at_s = _seconds(home, value.at_ms if value.undone_ms is None else now_ms)
        for rule in rules:
            if rule.id not in holding:
                self._alerting.cleared(home.id, rule.id, at_s, now_ms)
            elif value.undone_ms is None and not holding & {*rule.covered_by}:
                self._raise(home, rule, at_s, _args(rule, value), now_ms)

    def said(self, mother_id: int, measure: str, now_ms: int) -> None:
        """She says that it is so: a measure of SAID."""
        home = self._home(mother_id, now_ms)
        self._raise(home, SAID[measure], _seconds(home, now_ms), {}, now_ms)

    def _count(self, value: HomeValue, now_ms: int) -> None:
        if value.undone_ms is not None:
            return  # what she has said by it stands until somebody has spoken with her
        found = compared([one for one in self._before(value, COUNTS_MS) if one.id <= value.id])
        if found is not None and found.change == "fewer":
            home = self._home(value.mother_id, now_ms)
            self._raise(home, LESS, _seconds(home, value.at_ms), {}, now_ms)

    def _before(self, value: HomeValue, for_ms: int) -> list[HomeValue]:
        """Her values by hand of so long, this one too; in the order of time."""
        with reading(self._engine) as conn:
            every = home_values.of_mother(conn, value.mother_id, value.at_ms - for_ms)
        return [one for one in every if one.recording_id is None]

    def _home(self, mother_id: int, now_ms: int) -> Recording:
        with writing(self._engine) as conn:
            return recordings.home_of(conn, mother_id, now_ms)

    def _raise(
        self, home: Recording, rule: Rule, at_s: float, args: dict[str, float], now_ms: int
    ) -> None:
        with reading(self._engine) as conn:
            former = [one for one in alerts.of_rule(conn, home.id, rule.id) if one.onset_s < at_s]
        if former and former[-1].phase in OVER:
            self._alerting.cleared(home.id, rule.id, at_s - ENDED_S, now_ms)
        reason = words(rule.reason, **args)
        self._alerting.raise_alert(home.id, rule, at_s, at_s, reason, now_ms)


def _holding(home: Recording, values: Sequence[HomeValue]) -> set[str]:
    """The rules that hold after these."""
    reports, holding = Reports(), set[str]()
    for one in values:
        measured = (one.value,) if one.other is None else (one.value, one.other)
        for change in reports.put(Report(_seconds(home, one.at_ms), one.measure, *measured)):
            (holding.add if change.what == "raised" else holding.discard)(change.rule.id)
    return holding


def _args(rule: Rule, value: HomeValue) -> dict[str, float]:
    if value.other is not None:
        return {"systolic": round(value.value), "diastolic": round(value.other)}
    return {"value": round(value.value, 1), "limit": rule.limit}


def _seconds(home: Recording, at_ms: int) -> float:
    return (at_ms - home.start_ms) / 1000
