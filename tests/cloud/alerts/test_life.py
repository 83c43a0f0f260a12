"""Acknowledging, joining an episode, reminders, calls to the mother, usefulness."""

from typing import Any

import pytest
from sqlalchemy import Engine

from cloud import i18n
from cloud.alerts import asking, calls, holding
from cloud.alerts.names import CONDITIONS
from cloud.alerts.reminding import Reminder
from cloud.alerts.service import Alerting, Refused
from cloud.hospitals.consenting import Consenting
from cloud.hub import Hub
from cloud.routing.expecting import LOOKS_AFTER
from cloud.store import tasks
from cloud.store.db import reading, writing
from models.rules import BY_ID, CATALOGUE_VERSION, JOIN_S
from tests.cloud.alerts import world
from tests.cloud.alerts.world import CENTRE, FAR, MIDDLE, MOTHER, NEAR, SIGNAL_LOST, T0_MS, WHO

LOW_RATE, TACHYCARDIA = BY_ID["low_rate"], BY_ID["tachycardia_160"]
BELOW_80 = "Heart rate below 80 bpm in 80 % of the signal of the last 60 s"
BELOW_110 = "Heart rate below 110 bpm in 80 % of the signal of the last 180 s"
OPERATOR, DOCTOR, HER_OWN = WHO[CENTRE, 1], WHO[NEAR, 1], WHO[FAR, 1]


@pytest.fixture
def recording_id(engine: Engine) -> int:
    return world.record(engine).id


def events(view: dict[str, Any] | None) -> list[str]:
    assert view is not None
    return [step["event"] for step in view["steps"]]


def lost(alerting: Alerting, recording_id: int, onset_s: float = 100.0) -> int:
    found = world.raised(alerting, recording_id, onset_s, rule=SIGNAL_LOST)
    assert found is not None
    return found


def test_what_is_acknowledged_ends_with_its_condition_and_comes_back(
    alerting: Alerting, recording_id: int
) -> None:
    first = lost(alerting, recording_id)
    view = alerting.act(first, "acknowledge", HER_OWN, "", T0_MS + 1)
    assert (view["phase"], view["owner"]["person"]) == ("acknowledged", "Person 41")
    assert world.raised(alerting, recording_id, 110.0, rule=SIGNAL_LOST) is None  # still the same
    alerting.cleared(recording_id, SIGNAL_LOST.id, 400.0, T0_MS + 2)
    over = alerting.view(first)
    assert over is not None and over["phase"] == "closed"
    again = lost(alerting, recording_id, 500.0)
    assert again != first
    found = alerting.view(again)
    assert found is not None and found["phase"] == "centre"


def test_what_has_gone_away_is_over_when_it_is_acknowledged(
    alerting: Alerting, recording_id: int
) -> None:
    alert_id = lost(alerting, recording_id)
    alerting.cleared(recording_id, SIGNAL_LOST.id, 400.0, T0_MS + 2)
    before = alerting.view(alert_id)
    assert before is not None and before["phase"] == "centre"  # going away is no answer
    assert alerting.act(alert_id, "acknowledge", OPERATOR, "", T0_MS + 3)["phase"] == "closed"


def test_who_may_acknowledge(alerting: Alerting, recording_id: int) -> None:
    patient = world.raised(alerting, recording_id)
    assert patient is not None
    with pytest.raises(Refused, match="only a technical"):
        alerting.act(patient, "acknowledge", OPERATOR, "", T0_MS)
    alert_id = lost(alerting, recording_id)
    for actor in (DOCTOR, MOTHER):  # a hospital that is not hers, and she herself
        with pytest.raises(Refused):
            alerting.act(alert_id, "acknowledge", actor, "", T0_MS)
    alerting.act(alert_id, "acknowledge", OPERATOR, "", T0_MS)
    alerting.act(alert_id, "acknowledge", OPERATOR, "", T0_MS)  # pressed twice
    with pytest.raises(Refused, match="Person 11"):
        alerting.act(alert_id, "acknowledge", HER_OWN, "", T0_MS)


def test_a_weaker_rule_of_the_same_episode_is_a_step(alerting: Alerting, recording_id: int) -> None:
    first = world.raised(alerting, recording_id, 100.0)
    assert world.raised(alerting, recording_id, 300.0, rule=LOW_RATE) == first
    view = alerting.view(first or 0)
    assert view is not None
    assert events(view)[-1] == "joined"
    assert [one["rule"] for one in view["also"]] == ["low_rate"]
    assert view["catalogue"] == CATALOGUE_VERSION


def test_finding_it_again_after_a_restart_is_no_second_step(
    engine: Engine, alerting: Alerting, recording_id: int
) -> None:
    first = world.raised(alerting, recording_id, 100.0)
    world.raised(alerting, recording_id, 300.0, rule=LOW_RATE)
    again = Alerting(engine, Hub())
    assert world.raised(again, recording_id, 303.0, rule=LOW_RATE) is None
    assert events(again.view(first or 0)).count("joined") == 1


def now_of(alerting: Alerting, alert_id: int | None) -> tuple[bool, list[str]]:
    """Whether anything holds, and the words, up to the time."""
    view = alerting.view(alert_id or 0)
    assert view is not None
    said = [
        i18n.say("en", {**line, "args": {**line["args"], "time": ""}})
        for line in view["now"]["lines"]
    ]
    return view["now"]["holds"], [one.split(", since")[0] for one in said]


def test_it_is_gone_only_when_no_condition_of_its_episode_holds(
    alerting: Alerting, recording_id: int
) -> None:
    first = world.raised(alerting, recording_id, 100.0)
    assert now_of(alerting, first) == (True, [f"not over yet: {BELOW_80}"])
    world.raised(alerting, recording_id, 300.0, rule=LOW_RATE)
    alerting.cleared(recording_id, world.BRADYCARDIA.id, 500.0, T0_MS + 1)
    assert now_of(alerting, first) == (True, [f"not over yet: {BELOW_110}"])
    assert alerting.cleared(recording_id, LOW_RATE.id, 300.0, T0_MS + 2) is None  # before it began
    alerting.cleared(recording_id, LOW_RATE.id, 600.0, T0_MS + 3)
    assert now_of(alerting, first) == (False, [f"{BELOW_110}: no longer"])
    assert alerting.cleared(recording_id, LOW_RATE.id, 600.0, T0_MS + 4) is None  # told already
    world.raised(alerting, recording_id, 700.0, rule=LOW_RATE)
    assert now_of(alerting, first) == (True, [f"not over yet: {BELOW_110}"])
    world.raised(alerting, recording_id, 900.0)
    holds, lines = now_of(alerting, first)
    assert (holds, lines) == (True, [f"not over yet: {one}" for one in (BELOW_80, BELOW_110)])


def test_what_holds_in_another_alert_of_hers_is_not_called_gone(
    engine: Engine, alerting: Alerting, recording_id: int
) -> None:
    weaker = world.raised(alerting, recording_id, 100.0, rule=LOW_RATE)
    for event in ("accept", "handle"):
        alerting.act(weaker or 0, event, DOCTOR, "spoke with her", T0_MS)
    worse = world.raised(alerting, recording_id, 200.0)
    assert worse != weaker
    alerting.cleared(recording_id, LOW_RATE.id, 500.0, T0_MS + 1)
    assert now_of(alerting, weaker) == (
        True,
        [f"not over yet, in another alert of hers: {BELOW_80}"],
    )
    with reading(engine) as conn:
        assert holding.uncleared(conn, recording_id) == {"bradycardia_80": 200.0}
    alerting.cleared(recording_id, world.BRADYCARDIA.id, 600.0, T0_MS + 2)
    assert not now_of(alerting, weaker)[0] and not now_of(alerting, worse)[0]


def test_what_was_reported_is_said_once(alerting: Alerting, recording_id: int) -> None:
    reported = world.raised(alerting, recording_id, 100.0, rule=BY_ID["danger_sign"])
    assert now_of(alerting, reported) == (True, [])


def test_each_rule_has_a_name_for_staff() -> None:
    assert set(CONDITIONS) == set(BY_ID)
    assert all(name.endswith(" bpm") for name in CONDITIONS.values() if "Heart rate " in name)


def is_low(alerting: Alerting, recording_id: int) -> int:
    return world.raised(alerting, recording_id, 100.0, rule=LOW_RATE) or 0


def worsened(alerting: Alerting, recording_id: int, first: int) -> dict[str, Any]:
    """The rate under 110 becomes one under 80 a minute later."""
    assert world.raised(alerting, recording_id, 200.0, now_ms=T0_MS + 60_000) == first
    found = alerting.view(first)
    assert found is not None
    return found


@pytest.mark.parametrize("place", [None, NEAR, MIDDLE, CENTRE])
def test_what_is_worse_is_asked_anew_first_of_who_had_accepted_it(
    alerting: Alerting, recording_id: int, place: int | None
) -> None:
    first = is_low(alerting, recording_id)
    if place == MIDDLE:  # asked as the second
        alerting.act(first, "decline", DOCTOR, "full", T0_MS)
    if place is not None:
        alerting.act(first, "accept", WHO[place, 1], "", T0_MS + 1)
    view = worsened(alerting, recording_id, first)
    assert events(view)[-2:] == ["worsened", "tell"]
    assert (view["phase"], view["owner"]) == ("told", None)
    assert (view["rule"], view["priority"]) == ("bradycardia_80", "high")
    assert (view["onset_s"], view["raised_ms"]) == (200.0, T0_MS + 60_000)
    assert view["deadline_ms"] == T0_MS + 120_000 and view["seen_ms"] is None
    assert view["organisation"]["id"] == (MIDDLE if place == MIDDLE else NEAR)
    assert (view["organisation"]["why"]["text"] == LOOKS_AFTER) == (place in (NEAR, MIDDLE))
    assert view["also"] == [world.REASON]
    again = alerting.act(view["id"], "accept", WHO[NEAR, 2], "", T0_MS + 61_000)
    assert again["owner"]["person"] == "Person 22"


def test_what_was_declined_is_asked_again_when_it_is_worse(
    alerting: Alerting, recording_id: int
) -> None:
    first = is_low(alerting, recording_id)
    for place in (NEAR, MIDDLE, FAR):
        alerting.act(first, "decline", WHO[place, 1], "full", T0_MS)
    before = alerting.view(first)
    assert before is not None and before["phase"] == "centre"
    view = worsened(alerting, recording_id, first)
    assert (view["phase"], view["organisation"]["id"]) == ("told", NEAR)
    said = {one["id"]: one["said"]["text"] for one in view["asked"]}
    assert said == {NEAR: asking.WAITS, MIDDLE: asking.DECLINED, FAR: asking.DECLINED}
    view = alerting.act(first, "decline", DOCTOR, "full", T0_MS + 70_000)
    assert view["organisation"]["id"] == MIDDLE


@pytest.mark.parametrize("declined", [False, True])
def test_her_other_alerts_follow_to_the_hospital_that_has_taken_one(
    alerting: Alerting, recording_id: int, declined: bool
) -> None:
    fever = world.raised(alerting, recording_id, 50.0, rule=BY_ID["fever"]) or 0
    event = "decline" if declined else "read"
    alerting.act(fever, event, DOCTOR, "full", T0_MS)
    if not declined:
        alerting.escalate_due(T0_MS + 60_000)
    first = is_low(alerting, recording_id)
    alerting.act(first, "accept", DOCTOR, "", T0_MS + 61_000)
    view = alerting.view(fever)
    assert view is not None and view["phase"] == "told"
    said = {one["id"]: one["said"]["text"] for one in view["asked"]}
    if declined:
        assert said == {NEAR: asking.DECLINED, MIDDLE: asking.WAITS}
        return
    assert events(view)[-2:] == ["follow", "tell"] and view["deadline_ms"] == T0_MS + 121_000
    assert said == {NEAR: asking.WAITS, MIDDLE: asking.LOOKS_AFTER}
    assert view["organisation"]["why"]["text"] == LOOKS_AFTER
    alerting.act(fever, "decline", DOCTOR, "no bed", T0_MS + 62_000)
    later = alerting.view(fever)
    assert later is not None and later["organisation"]["id"] == MIDDLE
    another = world.raised(alerting, recording_id, 70.0, rule=BY_ID["glucose_high"])
    assert alerting.view(another or 0)["organisation"]["id"] == NEAR  # type: ignore[index]


def test_who_has_taken_an_alert_without_her_consent_is_not_asked_first_for_the_next(
    engine: Engine, alerting: Alerting, recording_id: int
) -> None:
    first = world.raised(alerting, recording_id) or 0
    alerting.act(first, "accept", DOCTOR, "", T0_MS)
    Consenting(engine, Hub(), alerting).decide(1, None, False, MOTHER, T0_MS + 1)
    fever = world.raised(alerting, recording_id, rule=BY_ID["fever"], now_ms=T0_MS + 2)
    view = alerting.view(fever or 0)
    assert (
        view is not None and view["organisation"]["id"] == FAR
    )  # her own, which she need not name


def test_what_was_told_before_it_was_worse_is_known(
    engine: Engine, alerting: Alerting, recording_id: int
) -> None:
    first = world.raised(alerting, recording_id, 100.0, rule=LOW_RATE)
    alerting.cleared(recording_id, LOW_RATE.id, 300.0, T0_MS)
    world.raised(alerting, recording_id, 350.0, rule=LOW_RATE)  # recurred
    assert world.raised(alerting, recording_id, 600.0) == first
    below = [f"not over yet: {one}" for one in (BELOW_80, BELOW_110)]
    assert now_of(alerting, first) == (True, below)
    again = Alerting(engine, Hub())
    for onset_s, rule in ((103.0, LOW_RATE), (340.0, LOW_RATE), (598.0, world.BRADYCARDIA)):
        assert world.raised(again, recording_id, onset_s, rule=rule) is None
    assert world.raised(again, recording_id, 400.0) == first  # of another rule: it was not known
    events_now = events(alerting.view(first))
    assert (events_now.count("worsened"), events_now.count("recurred")) == (1, 2)
    alerting.cleared(recording_id, LOW_RATE.id, 900.0, T0_MS + 1)
    assert now_of(alerting, first) == (True, below[:1])
    alerting.cleared(recording_id, world.BRADYCARDIA.id, 1000.0, T0_MS + 2)
    assert now_of(alerting, first) == (False, [f"{BELOW_80}: no longer"])


@pytest.mark.parametrize(("said", "kept"), [("on_my_way", True), ("call_me", False)])
def test_when_it_is_worse_she_is_asked_and_called_anew(
    engine: Engine, alerting: Alerting, recording_id: int, said: str, kept: bool
) -> None:
    first = is_low(alerting, recording_id)
    alerting.mother_answer(first, said, MOTHER, T0_MS + 5)
    for call in calls_of(engine):
        with writing(engine) as conn:
            calls.done(conn, call["id"], 11, "she is well", T0_MS + 6)
    view = worsened(alerting, recording_id, first)
    assert view["mother_answer"] == (said if kept else None)
    Reminder(engine, alerting).tick(T0_MS + 119_999)
    assert [one for one in calls_of(engine) if one["done_ms"] is None] == []
    Reminder(engine, alerting).tick(T0_MS + 120_000)
    calls_now = [one["kind"] for one in calls_of(engine) if one["done_ms"] is None]
    assert calls_now == ([] if kept else ["no_answer"])


@pytest.mark.parametrize("how", ["late", "handled", "a vital sign", "technical"])
def test_what_is_not_the_episode_is_an_alert(
    alerting: Alerting, recording_id: int, how: str
) -> None:
    first = world.raised(alerting, recording_id, 100.0)
    assert first is not None
    onset_s, rule = 300.0, LOW_RATE
    if how == "late":
        onset_s += JOIN_S
    if how == "handled":
        alerting.act(first, "accept", DOCTOR, "", T0_MS)
        alerting.act(first, "handle", DOCTOR, "spoke with her", T0_MS)
    if how == "a vital sign":
        rule = BY_ID["fever"]
    if how == "technical":
        rule = SIGNAL_LOST
    assert world.raised(alerting, recording_id, onset_s, rule=rule) not in (None, first)


@pytest.mark.parametrize("useful", [True, False, None])
def test_whether_it_was_useful_is_kept(
    alerting: Alerting, recording_id: int, useful: bool | None
) -> None:
    alert_id = world.raised(alerting, recording_id)
    assert alert_id is not None
    alerting.act(alert_id, "accept", DOCTOR, "", T0_MS)
    assert alerting.act(alert_id, "handle", DOCTOR, "done", T0_MS, useful)["useful"] is useful


def reminded(engine: Engine, alerting: Alerting, alert_id: int, *at_s: float) -> list[int]:
    """The times in s at which somebody was reminded, of ticks at these; each by a new process."""
    for now_s in at_s:
        Reminder(engine, Alerting(engine, Hub())).tick(T0_MS + round(1000 * now_s))
    view = alerting.view(alert_id)
    assert view is not None
    return [(s["at_ms"] - T0_MS) // 1000 for s in view["steps"] if s["event"] == "reminded"]


def test_it_is_reminded_until_somebody_has_dealt_with_it(
    engine: Engine, alerting: Alerting
) -> None:
    pending = world.record(engine, "probe-nobody").id  # no mother: the centre has it
    alert_id = world.raised(alerting, pending)
    assert alert_id is not None
    assert reminded(engine, alerting, alert_id, 119, 120, 121, 239, 240) == [120, 240]
    alerting.act(alert_id, "accept", OPERATOR, "", T0_MS + 250_000)
    assert reminded(engine, alerting, alert_id, 360, 849, 850) == [120, 240, 850]
    alerting.act(alert_id, "handle", OPERATOR, "called her", T0_MS + 860_000)
    assert reminded(engine, alerting, alert_id, 3600, 7200) == [120, 240, 850]


def test_a_clock_that_goes_back_silences_no_reminder(engine: Engine, alerting: Alerting) -> None:
    pending = world.record(engine, "probe-nobody").id
    alert_id = world.raised(alerting, pending, now_ms=T0_MS + 86_400_000)
    assert alert_id is not None
    assert reminded(engine, alerting, alert_id, 0, 60, 120) == [0, 120]


def calls_of(engine: Engine) -> list[dict[str, Any]]:
    with reading(engine) as conn:
        return calls.views(conn, tasks.shown(conn))


def test_she_is_called_when_she_does_not_answer(
    engine: Engine, alerting: Alerting, recording_id: int
) -> None:
    alert_id = world.raised(alerting, recording_id)
    lost(alerting, recording_id)  # technical: nobody calls for it
    Reminder(engine, alerting).tick(T0_MS + 59_999)
    assert calls_of(engine) == []
    for _ in range(2):
        Reminder(engine, Alerting(engine, Hub())).tick(T0_MS + 60_000)
    (call,) = calls_of(engine)
    assert (call["alert_id"], call["kind"], call["done_ms"]) == (alert_id, "no_answer", None)
    assert call["mother"]["name"] == "Mother 1" and "120" in call["script"]
    assert call["steps"] == world.BRADYCARDIA.mother_text
    assert call["hospital"]["phone"] == "555-0004"  # in case that she cannot be reached


def test_the_worst_call_comes_first(engine: Engine, alerting: Alerting, recording_id: int) -> None:
    world.raised(alerting, recording_id, rule=TACHYCARDIA)
    Reminder(engine, alerting).tick(T0_MS + 60_000)
    world.raised(alerting, world.record(engine, "probe-2").id)  # later and worse
    Reminder(engine, alerting).tick(T0_MS + 120_000)
    assert [call["priority"] for call in calls_of(engine)] == ["high", TACHYCARDIA.priority]


def test_a_call_is_done_once_and_by_whom(
    engine: Engine, alerting: Alerting, recording_id: int
) -> None:
    alert_id = world.raised(alerting, recording_id)
    alerting.mother_answer(alert_id or 0, "call_me", MOTHER, T0_MS + 5)
    (call,) = calls_of(engine)
    assert call["kind"] == "call_me"
    for person in (11, 12):
        with writing(engine) as conn:
            calls.done(conn, call["id"], person, f"reached by {person}", T0_MS + 6)
    (call,) = calls_of(engine)
    assert (call["person"], call["outcome"]) == ("Person 11", "reached by 11")
    assert events(alerting.view(alert_id or 0))[-2:] == ["to call", "called"]
    with writing(engine) as conn:
        assert calls.done(conn, 99, 11, "nobody", T0_MS) is None


@pytest.mark.parametrize(
    ("said", "left"), [("on_my_way", []), ("call_me", ["call_me"]), ("ambulance", ["ambulance"])]
)
def test_her_own_answer_decides_what_is_needed(
    engine: Engine, alerting: Alerting, recording_id: int, said: str, left: list[str]
) -> None:
    alert_id = world.raised(alerting, recording_id)
    Reminder(engine, alerting).tick(T0_MS + 60_000)
    alerting.mother_answer(alert_id or 0, said, MOTHER, T0_MS + 70_000)
    Reminder(engine, alerting).tick(T0_MS + 200_000)
    assert [c["kind"] for c in calls_of(engine) if c["done_ms"] is None] == left


@pytest.mark.parametrize(("said", "kept"), [(None, False), ("call_me", True), ("ambulance", True)])
def test_who_handles_an_alert_ends_the_call_unless_she_has_asked_for_one(
    engine: Engine, alerting: Alerting, recording_id: int, said: str | None, kept: bool
) -> None:
    alert_id = world.raised(alerting, recording_id) or 0
    if said:
        alerting.mother_answer(alert_id, said, MOTHER, T0_MS + 5)
    Reminder(engine, alerting).tick(T0_MS + 60_000)
    alerting.act(alert_id, "accept", DOCTOR, "", T0_MS + 61_000)
    (call,) = calls_of(engine)
    assert call["done_ms"] is None and call["now"]["live"] and call["now"]["lines"] == []
    handled_ms = T0_MS + 62_000
    view = alerting.act(alert_id, "handle", DOCTOR, "spoke with her", handled_ms)
    (call,) = calls_of(engine)
    by = {"person": "Person 21"}
    if kept:
        line = {"text": calls.ENDED_AT["handle"], "args": by, "at_ms": handled_ms}
        assert call["done_ms"] is None and call["now"]["lines"] == [line]
        assert events(view)[-1] == "handle"
    else:
        assert (call["done_ms"], call["person"]) == (handled_ms, "Person 21")
        assert call["outcome"] == {"text": calls.ENDED["handle"], "args": by}
        assert view["steps"][-1]["text"] == call["outcome"]
        assert view["steps"][-1]["event"] == calls.NOT_NEEDED
    alerting.act(alert_id, "close", OPERATOR, "", handled_ms + 1)
    assert len([one for one in calls_of(engine) if one["done_ms"] is None]) == kept


def test_what_was_kept_silent_is_kept_once_and_prolonged(engine: Engine, recording_id: int) -> None:
    def note(from_s: float, to_s: float) -> None:
        with writing(engine) as conn:
            reason = world.REASON
            tasks.note_silent(
                conn, recording_id, tasks.Silent("low_rate", from_s, to_s, reason, T0_MS)
            )

    note(100, 280)
    note(115, 295)
    note(110, 290)
    note(900, 1080)
    with reading(engine) as conn:
        kept = tasks.silent_of(conn, recording_id)
        assert holding.uncleared(conn, recording_id) == {}
    assert [(one.from_s, one.to_s) for one in kept] == [(100, 295), (900, 1080)]
