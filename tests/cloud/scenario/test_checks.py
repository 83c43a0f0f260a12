"""Each check finds what it is for: the records of a play, with one thing wrong in them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cloud.scenario.checks import CHECKS
from cloud.scenario.records import Records
from cloud.scenario.run import Outcome
from cloud.scenario.service import Call
from models import advice, alerts, consultations, readings, referrals, resources

Wrong = Callable[[Records], Records]


def first(name: str, **values: Any) -> Wrong:
    """The first row of this kind has other values."""

    def change(found: Records) -> Records:
        rows = getattr(found, name)
        return replace(found, **{name: [replace(rows[0], **values), *rows[1:]]})

    return change


def step(name: str, event: str, **values: Any) -> Wrong:
    """The first such step of any row of this kind has other values."""

    def change(found: Records) -> Records:
        known = {number: list(steps) for number, steps in getattr(found, name).items()}
        for steps in known.values():
            for place, one in enumerate(steps):
                if one.event == event:
                    steps[place] = replace(one, **values)
                    return replace(found, **{name: known})
        raise AssertionError(f"no {event} in {name}")

    return change


def twice(name: str, event: str) -> Wrong:
    def change(found: Records) -> Records:
        known = getattr(found, name)
        number, again = next(
            (number, one) for number, steps in known.items() for one in steps if one.event == event
        )
        return replace(found, **{name: {**known, number: [*known[number], again]}})

    return change


def without(what: str) -> Wrong:
    """No change of this kind was written down."""
    return lambda found: replace(found, changes=[c for c in found.changes if c.what != what])


def unreminded(found: Records) -> Records:
    """Nobody was asked for a box that was late."""
    steps = {
        number: [one for one in of if one.event != "overdue"]
        for number, of in found.lease_steps.items()
    }
    return replace(found, lease_steps=steps)


def by_one(found: Records) -> Records:
    """All letters are from one member."""
    letters = {
        number: [replace(one, organisation_id=1) for one in of]
        for number, of in found.letters.items()
    }
    return replace(found, letters=letters)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("alerts answered", first("alerts", phase=alerts.Phase.TOLD)),
        ("alerts answered", first("alerts", person_id=None)),
        ("one owner", twice("alert_steps", "accept")),
        ("one owner", twice("alert_steps", "tell")),
        ("phases in their tables", step("alert_steps", "accept", phase=alerts.Phase.RAISED)),
        ("phases in their tables", step("reading_steps", "take", phase=readings.Phase.TOLD)),
        ("escalated in time", step("alert_steps", "time up", at_ms=0)),
        ("mothers called", first("tasks", done_ms=None)),
        ("readings signed", first("readings", phase=readings.Phase.WANTED)),
        ("readings signed", lambda found: replace(found, readings=[])),
        ("balance right", first("referrals", phase=referrals.Phase.TRANSIT)),
        ("balance right", lambda found: replace(found, referrals=[])),
        ("contributions right", first("requests", amount=7)),
        ("contributions right", lambda found: replace(found, leases=[])),
        ("contributions right", first("readings", signed_ms=None)),
        ("statistics right", first("readings", raised_ms=1)),
        ("statistics right", first("alerts", rule="tachycardia_180")),
        ("school right", lambda found: replace(found, learnt={})),
        ("records kept", without("plan")),
        ("records kept", first("advice", phase=advice.Phase.PROPOSED)),
        ("records kept", lambda found: replace(found, messages=[])),
        ("boxes back", first("leases", phase=resources.Lease.OUT)),
        ("boxes back", unreminded),
        ("boxes back", without("device_of")),
        ("pending listed", without("recording_bound")),
        ("cases agreed", without("teaching use")),
        ("cases agreed", lambda found: replace(found, answers={})),
        ("cases discussed", by_one),
        ("consultations ended", first("consultations", phase=consultations.Phase.ASKED)),
        ("everything back", first("requests", phase=resources.Phase.OUT)),
        ("messages ended", first("messages", next_ms=1)),
        ("messages ended", first("messages", sent_ms=None, ended_why=None)),
        ("frames stored", lambda found: replace(found, tallies=dict.fromkeys(found.tallies, 1))),
        ("changes audited", lambda found: replace(found, letters={})),
    ],
)
def test_a_check_finds_what_is_wrong(outcome: Outcome, name: str, wrong: Wrong) -> None:
    check = CHECKS[name]
    assert check(outcome.stage, outcome.found) == []
    assert check(outcome.stage, wrong(outcome.found)) != []


def test_every_rule_that_was_silent_is_named(outcome: Outcome) -> None:
    silent = CHECKS["alerts of every kind"](outcome.stage, outcome.found)
    assert "no alert of sinusoidal" in silent
    assert "no alert of bradycardia_80" not in silent


def test_two_sides_that_see_it_apart_are_found(
    outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = next(one for one in outcome.found.alerts if one.kind == "patient")
    later = {**outcome.stage.seen, ("m12", alert.id): alert.raised_ms + 1500}
    monkeypatch.setattr(outcome.stage, "seen", later)
    assert CHECKS["both sides told together"](outcome.stage, outcome.found) != []


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_a_file_with_other_numbers_is_found(
    outcome: Outcome, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    numbers = outcome.stage.shown[name]
    monkeypatch.setitem(outcome.stage.shown, name, [*numbers[:-1], numbers[-1] + 1])
    (wrong,) = CHECKS["contributions right"](outcome.stage, outcome.found)
    assert name in wrong


def test_a_race_that_both_win_is_found(outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [Call(5, who, "POST", "/api/alerts/1/accept", 200) for who in ("city.sun", "city.ma")]
    monkeypatch.setattr(outcome.stage.service, "calls", both)
    assert CHECKS["races won once"](outcome.stage, outcome.found) != []


def test_a_refusal_that_nobody_expected_is_found(
    outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcome.stage, "refused", ["m01 POST /api/alerts/1/answer: 500"])
    assert CHECKS["refusals expected"](outcome.stage, outcome.found) != []
