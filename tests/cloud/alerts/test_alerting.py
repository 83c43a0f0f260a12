"""What happens to an alert, step by step, over the real store."""

import asyncio
import threading
from typing import Any

import pytest
from sqlalchemy import Engine

from cloud.alerts.service import Alerting, ReasonMissing, Refused
from cloud.hub import Hub, Viewer
from cloud.store import alerts, commands, people, sight
from cloud.store.db import reading, writing
from tests.cloud.alerts.world import (
    BRADYCARDIA,
    CENTRE,
    FAR,
    MIDDLE,
    MOTHER,
    NEAR,
    SIGNAL_LOST,
    T0_MS,
    WHO,
    raised,
    record,
)


def view_of(alerting: Alerting, alert_id: int | None) -> dict[str, Any]:
    assert alert_id is not None
    view = alerting.view(alert_id)
    assert view is not None
    return view


@pytest.fixture
def recording_id(engine: Engine) -> int:
    return record(engine).id


@pytest.fixture
def alert_id(alerting: Alerting, recording_id: int) -> int:
    alert_id = raised(alerting, recording_id)
    assert alert_id is not None
    return alert_id


def test_a_new_alert_asks_the_nearest_hospital_and_says_why(
    alerting: Alerting, alert_id: int
) -> None:
    view = view_of(alerting, alert_id)
    assert view["phase"] == "told"
    assert view["organisation"]["id"] == NEAR
    assert view["organisation"]["distance_km"] == pytest.approx(1.11, abs=0.01)
    assert view["organisation"]["why"]["args"]["km"] == "1.1"
    assert (view["told_ms"], view["deadline_ms"]) == (T0_MS, T0_MS + 60_000)
    assert view["mother_text"] == BRADYCARDIA.mother_text
    assert [step["event"] for step in view["steps"]] == ["raised", "tell"]
    assert view["owner"] is None
    assert view["seen_ms"] is None


def test_the_same_finding_twice_is_one_alert(alerting: Alerting, recording_id: int) -> None:
    first = raised(alerting, recording_id, 100)
    assert raised(alerting, recording_id, 100) is None
    assert raised(alerting, recording_id, 97) is None  # found again with a slightly other onset
    assert len(view_of(alerting, first)["steps"]) == 2


def test_the_same_again_while_open_is_a_step(alerting: Alerting, recording_id: int) -> None:
    first = raised(alerting, recording_id, 100)
    alerting.cleared(recording_id, BRADYCARDIA.id, 300, T0_MS + 1)
    assert view_of(alerting, first)["cleared_s"] == 300
    assert raised(alerting, recording_id, 400, T0_MS + 2) == first
    view = view_of(alerting, first)
    assert view["cleared_s"] is None
    assert [s["event"] for s in view["steps"]] == ["raised", "tell", "cleared", "recurred"]
    for onset_s in (100, 400):
        assert raised(alerting, recording_id, onset_s) is None
    assert alerting.cleared(recording_id, BRADYCARDIA.id, 300, T0_MS + 3) is None  # told before
    assert view_of(alerting, first)["deadline_ms"] == T0_MS + 60_000  # flapping delays nothing


def test_after_the_handling_the_same_again_is_a_new_alert(
    alerting: Alerting, recording_id: int, alert_id: int
) -> None:
    for event in ("accept", "handle"):
        alerting.act(alert_id, event, WHO[NEAR, 1], "", T0_MS)
    alerting.cleared(recording_id, BRADYCARDIA.id, 300, T0_MS)
    second = raised(alerting, recording_id, 400, T0_MS + 1)
    assert second not in (None, alert_id)
    assert view_of(alerting, second)["phase"] == "told"
    assert raised(alerting, recording_id, 100) is None
    assert raised(alerting, recording_id, 400) is None


def test_clearing_ends_nothing(alerting: Alerting, recording_id: int, alert_id: int) -> None:
    alerting.cleared(recording_id, BRADYCARDIA.id, 300, T0_MS + 1)
    assert view_of(alerting, alert_id)["phase"] == "told"
    assert alerting.escalate_due(T0_MS + 60_000) == [alert_id]


def test_the_life_of_an_alert(alerting: Alerting, alert_id: int) -> None:
    doctor = WHO[NEAR, 1]
    alerting.delivered(alert_id, NEAR, T0_MS + 100)
    assert view_of(alerting, alert_id)["phase"] == "delivered"
    alerting.act(alert_id, "read", doctor, "", T0_MS + 200)
    view = view_of(alerting, alert_id)
    assert (view["phase"], view["seen_ms"]) == ("read", T0_MS + 200)
    assert view["deadline_ms"] == T0_MS + 60_000  # reading is no answer
    alerting.act(alert_id, "read", doctor, "", T0_MS + 300)
    assert view_of(alerting, alert_id)["seen_ms"] == T0_MS + 200
    view = alerting.act(alert_id, "accept", doctor, "", T0_MS + 400)
    assert view["phase"] == "accepted"
    assert view["owner"] == {"organisation": "Near", "organisation_zh": "Near医院",
                             "person": "Person 21"}  # fmt: skip
    assert view["deadline_ms"] is None
    alerting.act(alert_id, "handle", doctor, "green channel opened", T0_MS + 500)
    view = alerting.act(alert_id, "close", doctor, "", T0_MS + 600)
    assert view["phase"] == "closed"
    assert [(s["event"], s["at_ms"] - T0_MS) for s in view["steps"]] == [
        ("raised", 0), ("tell", 0), ("delivered", 100), ("read", 200), ("accept", 400),
        ("handle", 500), ("close", 600),
    ]  # fmt: skip
    assert view["steps"][5]["text"] == "green channel opened"
    assert view["steps"][5]["person"] == "Person 21"
    assert alerting.escalate_due(T0_MS + 10**9) == []


def test_a_decline_says_why_and_asks_the_next_at_once(alerting: Alerting, alert_id: int) -> None:
    with pytest.raises(ReasonMissing):
        alerting.act(alert_id, "decline", WHO[NEAR, 1], "  ", T0_MS + 1)
    view = alerting.act(alert_id, "decline", WHO[NEAR, 1], "theatre is full", T0_MS + 1)
    assert view["phase"] == "told"
    assert view["organisation"]["id"] == MIDDLE
    assert view["deadline_ms"] == T0_MS + 60_001
    assert [s["event"] for s in view["steps"]] == ["raised", "tell", "decline", "tell"]
    assert view["steps"][2]["text"] == "theatre is full"
    assert [(one["name"], one["said"]["text"] % one["said"]["args"]) for one in view["asked"]] == [
        ("Near", "declined: theatre is full"),
        ("Middle", "no answer yet"),
    ]
    with pytest.raises(Refused, match="another hospital is being asked"):
        alerting.act(alert_id, "decline", WHO[NEAR, 1], "again", T0_MS + 2)
    taken = alerting.act(alert_id, "accept", WHO[CENTRE, 1], "", T0_MS + 3)["asked"]
    name = {"en": "Centre", "zh": "Centre医院"}
    assert [(one["name"], one["said"]["args"], one["said_ms"]) for one in taken] == [
        ("Near", {"why": "theatre is full"}, T0_MS + 1),
        ("Middle", {"organisation": name}, T0_MS + 3),  # its answer is not waited for any more
        ("Centre", {}, T0_MS + 3),
    ]
    assert "no longer asked" in taken[1]["said"]["text"]


def test_silence_asks_the_next_after_60_s_and_the_centre_in_the_end(
    engine: Engine, alerting: Alerting, alert_id: int
) -> None:
    assert alerting.escalate_due(T0_MS + 59_999) == []
    asked = []
    now_ms = T0_MS
    while (view := view_of(alerting, alert_id))["phase"] != "centre":
        asked.append(view["organisation"]["id"])
        now_ms = view["deadline_ms"]
        restarted = Alerting(engine, Hub())  # the deadline is in the table
        assert restarted.escalate_due(now_ms) == [alert_id]
        assert alerting.escalate_due(now_ms) == []
    assert asked == [NEAR, MIDDLE, FAR]
    assert view["organisation"] is None
    assert view["deadline_ms"] is None
    assert now_ms == T0_MS + 180_000
    with reading(engine) as conn:
        nobody = alerts.steps_of(conn, [alert_id])[alert_id][-1]
    assert not isinstance(nobody.text, str)
    assert nobody.text["args"] == {"count": 3, "asked": 3, "refused": 0}
    late = alerting.act(alert_id, "accept", WHO[NEAR, 1], "", now_ms + 1)
    assert late["owner"]["organisation"] == "Near"
    assert late["told_ms"] == T0_MS


def test_a_clock_that_went_back_does_not_stop_the_escalation(
    alerting: Alerting, alert_id: int
) -> None:
    assert alerting.escalate_due(T0_MS - 4_000) == []
    assert alerting.escalate_due(T0_MS - 3_600_000) == [alert_id]


def test_the_first_accept_wins_and_the_second_learns_who_has_it(
    alerting: Alerting, alert_id: int
) -> None:
    alerting.escalate_due(T0_MS + 60_000)
    alerting.act(alert_id, "accept", WHO[NEAR, 1], "", T0_MS + 60_001)
    with pytest.raises(Refused, match="Near has it: Person 21"):
        alerting.act(alert_id, "accept", WHO[MIDDLE, 1], "", T0_MS + 60_002)
    with pytest.raises(Refused, match="Near has it: Person 21"):
        alerting.act(alert_id, "accept", WHO[NEAR, 2], "", T0_MS + 60_002)
    again = alerting.act(alert_id, "accept", WHO[NEAR, 1], "", T0_MS + 60_003)
    assert [s["event"] for s in again["steps"]].count("accept") == 1


def test_two_accepts_in_the_same_moment(any_engine: Engine) -> None:
    alerting = Alerting(any_engine, Hub())
    recording_id = record(any_engine).id
    actors = [WHO[NEAR, 1], WHO[NEAR, 2], WHO[CENTRE, 1], WHO[CENTRE, 2]]
    for turn in range(10):
        alert_id = raised(alerting, recording_id, 1000.0 * turn)
        assert alert_id is not None
        ready = threading.Barrier(len(actors))
        outcome: dict[int, str] = {}

        def accept(number: int, alert_id: int = alert_id, ready: Any = ready) -> None:
            ready.wait()
            try:
                alerting.act(alert_id, "accept", actors[number], "", T0_MS + 1)
                outcome[number] = "won"  # noqa: B023
            except Refused as refused:
                outcome[number] = str(refused)  # noqa: B023

        threads = [threading.Thread(target=accept, args=(n,)) for n in range(len(actors))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (winner,) = [n for n, said in outcome.items() if said == "won"]
        owner = f"Person {actors[winner].person_id}"
        assert view_of(alerting, alert_id)["owner"]["person"] == owner
        lost = [said for n, said in outcome.items() if n != winner]
        assert len(lost) == 3
        assert all(said.endswith(f"has it: {owner}") for said in lost)
        for event in ("handle", "close"):
            alerting.act(alert_id, event, actors[winner], "", T0_MS + 2)
        alerting.cleared(recording_id, BRADYCARDIA.id, 1000.0 * turn + 500, T0_MS + 3)


def test_who_may_do_what(alerting: Alerting, alert_id: int) -> None:
    with pytest.raises(Refused, match="has not been asked"):
        alerting.act(alert_id, "accept", WHO[FAR, 1], "", T0_MS + 1)
    with pytest.raises(Refused, match="only a hospital or the centre"):
        alerting.act(alert_id, "accept", MOTHER, "", T0_MS + 1)
    with pytest.raises(Refused, match="the alert is told"):
        alerting.act(alert_id, "close", WHO[NEAR, 1], "", T0_MS + 1)
    with pytest.raises(Refused, match="no such action"):
        alerting.act(alert_id, "tell", WHO[NEAR, 1], "", T0_MS + 1)
    with pytest.raises(LookupError):
        alerting.act(alert_id + 1, "accept", WHO[NEAR, 1], "", T0_MS + 1)
    alerting.act(alert_id, "read", WHO[FAR, 1], "", T0_MS + 1)  # looking is free, and says nothing
    assert view_of(alerting, alert_id)["phase"] == "told"
    alerting.act(alert_id, "accept", WHO[NEAR, 1], "", T0_MS + 2)
    with pytest.raises(Refused, match="only Near"):
        alerting.act(alert_id, "handle", WHO[MIDDLE, 1], "", T0_MS + 3)
    with pytest.raises(Refused, match="the alert is accepted"):
        alerting.act(alert_id, "close", WHO[NEAR, 1], "", T0_MS + 3)
    assert alerting.act(alert_id, "handle", WHO[CENTRE, 1], "", T0_MS + 4)["phase"] == "handled"


def test_a_technical_alert_goes_to_the_centre(alerting: Alerting, recording_id: int) -> None:
    alert_id = raised(alerting, recording_id, rule=SIGNAL_LOST)
    view = view_of(alerting, alert_id)
    assert (view["phase"], view["organisation"], view["deadline_ms"]) == ("centre", None, None)
    view = alerting.act(alert_id or 0, "accept", WHO[CENTRE, 1], "", T0_MS + 1)
    assert view["owner"]["person"] == "Person 11"
    assert view["organisation"]["id"] == CENTRE
    for event in ("handle", "close"):
        view = alerting.act(alert_id or 0, event, WHO[CENTRE, 2], "", T0_MS + 2)
    assert view["phase"] == "closed"


def test_a_recording_without_a_mother_goes_to_the_centre(
    engine: Engine, alerting: Alerting
) -> None:
    view = view_of(alerting, raised(alerting, record(engine, "probe-nobody").id))
    assert (view["phase"], view["mother"]) == ("centre", None)
    assert view["steps"][-1]["text"]["text"] == "the recording belongs to no mother yet"


def test_the_mother_answers(alerting: Alerting, alert_id: int) -> None:
    view = alerting.mother_answer(alert_id, "ambulance", MOTHER, T0_MS + 9)
    assert (view["mother_answer"], view["mother_answer_ms"]) == ("ambulance", T0_MS + 9)
    (step,) = (one for one in view["steps"] if one["event"] == "mother_answer")
    assert step["person"] == "Mother 1"
    assert view["phase"] == "told"
    with pytest.raises(Refused, match="no such answer"):
        alerting.mother_answer(alert_id, "nothing", MOTHER, T0_MS + 10)


def test_an_unfit_nearer_hospital_is_passed_over_in_words(
    engine: Engine, alerting: Alerting, recording_id: int
) -> None:
    with writing(engine) as conn:
        people.set_organisation(conn, NEAR, free_beds=0)
    view = view_of(alerting, raised(alerting, recording_id))
    assert view["organisation"]["id"] == MIDDLE
    (passed,) = view["organisation"]["passed_over"]
    assert (passed["name"], passed["text"]) == ("Near", "no free bed")


def test_each_change_is_a_command_to_the_device_in_the_same_transaction(
    engine: Engine, hub: Hub, recording_id: int
) -> None:
    woken: list[int] = []
    alerting = Alerting(engine, hub, lambda: woken.append(1))
    alert_id = raised(alerting, recording_id)
    assert _command(engine) == "told high"
    raised(alerting, recording_id, rule=SIGNAL_LOST)
    assert _command(engine) == "told high"  # the most urgent one
    alerting.act(alert_id or 0, "accept", WHO[NEAR, 1], "", T0_MS + 1)
    assert _command(engine) == "centre medium"  # the other one has nobody yet
    assert len(woken) == 3


def _command(engine: Engine) -> str:
    with reading(engine) as conn:
        (newest,) = commands.waiting(conn, T0_MS + 1)
    return newest.text


def test_a_failed_transaction_leaves_nothing(
    engine: Engine, alerting: Alerting, alert_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = view_of(alerting, alert_id)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("cloud.alerts.service.command_device", fail)
    with pytest.raises(OSError, match="disk full"):
        alerting.act(alert_id, "accept", WHO[NEAR, 1], "", T0_MS + 1)
    assert alerting.escalate_due(T0_MS + 60_000) == []  # logged; the next tick tries again
    monkeypatch.undo()
    assert view_of(alerting, alert_id) == before
    assert alerting.escalate_due(T0_MS + 60_500) == [alert_id]


def test_who_sees_it(any_engine: Engine, hub: Hub) -> None:
    alerting = Alerting(any_engine, hub)
    recording_id = record(any_engine).id

    async def run() -> None:
        pages = {place: hub.subscribe(Viewer("hospital", place)) for place in (NEAR, MIDDLE, FAR)}
        mothers = [hub.subscribe(Viewer("mother", None, n)) for n in (1, 2)]
        alert_id = raised(alerting, recording_id)
        alerting.escalate_due(T0_MS + 60_000)
        # FAR is her own hospital, MIDDLE has been asked second
        seen = {place: _phases(page) for place, page in pages.items()}
        assert seen == {NEAR: [NEAR, MIDDLE], MIDDLE: [MIDDLE], FAR: [NEAR, MIDDLE]}
        assert [len(_phases(page)) for page in mothers] == [2, 0]
        for viewer, count in (
            (Viewer("centre", CENTRE), 1), (Viewer("hospital", NEAR), 1),
            (Viewer("hospital", FAR), 1), (Viewer("hospital", 99), 0),
            (Viewer("mother", None, 1), 1), (Viewer("mother", None, 2), 0), (Viewer("device"), 0),
        ):  # fmt: skip
            assert len(alerting.views(viewer)) == count, viewer
        assert alerting.views(Viewer("admin"))[0]["id"] == alert_id
        with reading(any_engine) as conn:
            assert sight.organisations_of(conn, recording_id) == {NEAR, MIDDLE, FAR}

    asyncio.run(run())


def _phases(page: Any) -> list[int]:
    """The organisation asked in each event that waits on this page."""
    return [event.data["organisation"]["id"] for event in page._waiting]


def test_the_queue_keeps_what_is_open_and_the_newest_others(
    engine: Engine, alerting: Alerting, recording_id: int
) -> None:
    for turn in range(4):
        alert_id = raised(alerting, recording_id, 1000.0 * turn, T0_MS + turn)
        assert alert_id is not None
        alerting.cleared(recording_id, BRADYCARDIA.id, 1000.0 * turn + 500, T0_MS + turn)
        if turn != 1:
            for event in ("accept", "handle"):
                alerting.act(alert_id, event, WHO[CENTRE, 1], "", T0_MS + turn)
        else:
            recording_id = record(engine, "probe-2").id
    with reading(engine) as conn:
        shown = alerts.visible(conn, recent=2)
    assert [(a.onset_s, a.phase.value) for a in shown] == [
        (1000.0, "told"), (3000.0, "handled"), (2000.0, "handled"),
    ]  # fmt: skip
