"""Referrals: up, down and back; by whom; with consent; counted."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from cloud.alerts.service import ReasonMissing, Refused
from cloud.deps import Principal
from cloud.journeys import balance, views
from cloud.journeys.choices import choices
from cloud.store import changes, consents, referrals, sight
from cloud.store.db import reading, writing
from cloud.store.referrals import Counted
from models.referrals import Phase
from tests.cloud.journeys.place import (
    BACK,
    CLINIC,
    COUNTY,
    DOCTOR,
    OTHER_DOCTOR,
    PLAN,
    TOP,
    WAYS,
    Place,
)

TOP_DOCTOR = Principal("hospital", 21, TOP)
HER = Principal("mother", 91, mother_id=1)


def view(place: Place, referral_id: int, who: Principal = TOP_DOCTOR) -> dict[str, Any]:
    with reading(place.engine) as conn:
        return views.referral_views(conn, [place.referral(referral_id)], who, 0)[0]


def test_up_and_the_way_back(place: Place) -> None:
    up_id = place.refer()
    for event, actor in (("accept", TOP), ("transport", CLINIC), ("arrive", TOP), ("close", TOP)):
        assert view(place, up_id)["back"] is None
        place.step(up_id, event, DOCTOR[actor])
    assert view(place, up_id)["back"]["id"] == CLINIC
    assert view(place, up_id)["transport"] == "because"
    place.accepted_alert()
    with pytest.raises(ReasonMissing, match="not handled yet"):
        place.refer(DOCTOR[TOP], **{**BACK, "alert_known": False}, answers_id=up_id)
    down_id = place.refer(DOCTOR[TOP], **BACK, answers_id=up_id)
    assert view(place, up_id)["back"] is None
    with pytest.raises(Refused, match="not closed yet"):
        place.refer(DOCTOR[TOP], **BACK, answers_id=up_id)
    place.step(down_id, "accept", DOCTOR[CLINIC])
    with pytest.raises(Refused, match="the other hospital does this"):
        place.step(down_id, "arrive", DOCTOR[TOP])
    place.step(down_id, "arrive", DOCTOR[CLINIC])
    place.step(down_id, "close", DOCTOR[CLINIC])
    assert place.referral(down_id).plan == PLAN
    with pytest.raises(Refused, match="has been requested already"):
        place.refer(DOCTOR[TOP], **BACK, answers_id=up_id)


def test_a_declined_way_back_can_be_asked_for_again(place: Place) -> None:
    up_id = place.refer()
    for event in ("accept", "arrive", "close"):
        place.step(up_id, event)
    down_id = place.refer(DOCTOR[TOP], **BACK, answers_id=up_id)
    place.step(down_id, "decline", DOCTOR[CLINIC])
    assert view(place, up_id)["back"]["id"] == CLINIC


def test_an_expected_time_comes_from_the_way_between_the_hospitals(place: Place) -> None:
    referral_id = place.refer()
    place.step(referral_id, "accept")
    place.step(referral_id, "transport")
    found = place.referral(referral_id)
    assert found.expected_ms is not None
    # 0.2 degrees of latitude: 22.2 km, by road 29.6 km, at 40 km/h 44.4 min
    assert (found.expected_ms - place.now_ms) / 60_000 == pytest.approx(44.4, abs=0.1)
    with reading(place.engine) as conn:
        offered = choices(conn, WAYS.planner, CLINIC, "up", place.now_ms)["hospitals"]
    assert {one["id"]: (one["minutes"], one["km"]) for one in offered}[TOP] == (45, 22.2)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"agreed": False}, "ask her first"),
        ({"criteria": []}, "choose a criterion"),
        ({"criteria": ["stable"]}, "no such criterion"),
        ({"criteria": ["coffee"]}, "no such criterion"),
        ({"to_id": 99}, "no such hospital"),
        ({"to_id": 1}, "no such hospital"),  # the centre
        ({"to_id": CLINIC}, "no such hospital"),  # itself
        ({"direction": "down", "criteria": ["stable"]}, "carries a plan"),
        ({"direction": "down", "criteria": ["stable"], "plan": PLAN}, "of a lower level"),
        ({**BACK, "to_id": TOP, "answers_id": 1}, "of a lower level"),
    ],
)
def test_what_a_request_lacks_is_said(place: Place, given: dict[str, Any], words: str) -> None:
    with pytest.raises(ReasonMissing, match=words):
        place.refer(**given)
    with reading(place.engine) as conn:
        assert referrals.visible(conn) == []


def test_nobody_refers_a_stranger(place: Place) -> None:
    with pytest.raises(LookupError):
        place.refer(DOCTOR[COUNTY])
    with pytest.raises(LookupError):
        place.refer(mother_id=99)
    with pytest.raises(LookupError):
        place.refer(mother_id=2)  # the recording is another mother's


def test_a_reason_is_wanted_to_decline(place: Place) -> None:
    referral_id = place.refer()
    with pytest.raises(ReasonMissing):
        place.step(referral_id, "decline", said="")
    with pytest.raises(Refused, match="the other hospital does this"):
        place.step(referral_id, "accept", DOCTOR[CLINIC])
    with pytest.raises(Refused, match="the other hospital does this"):
        place.step(referral_id, "withdraw", DOCTOR[TOP])
    place.step(referral_id, "decline")
    with pytest.raises(Refused, match="the referral is declined"):
        place.step(referral_id, "accept")
    assert place.refer() > referral_id  # somebody may think again


def test_the_other_hospital_sees_the_recording_by_her_agreement(place: Place) -> None:
    with writing(place.engine) as conn:
        consents.decide(conn, 1, None, False, 0)
    referral_id = place.refer()
    with reading(place.engine) as conn:
        assert TOP in sight.organisations_of(conn, place.recording_id)
        (kept,) = [c for c in changes.of_mother(conn, 1) if c.what == "consent"]
    assert (kept.before, kept.after, kept.organisation_id, kept.person_id) == (False, True, TOP, 41)
    place.step(referral_id, "decline")
    with reading(place.engine) as conn:
        assert TOP not in sight.organisations_of(conn, place.recording_id)


def test_her_page_gets_the_plan_but_no_notes(place: Place) -> None:
    for event in ("accept", "arrive", "close"):
        place.step(1 if event != "accept" else place.refer(notes="query IUGR"), event)
    down_id = place.refer(DOCTOR[TOP], **BACK, answers_id=1, notes="for the doctor")
    hers = view(place, down_id, HER)
    assert hers["plan"] == PLAN
    assert (hers["notes"], hers["steps"], hers["may"], hers["assessment"]) == ("", [], [], None)
    assert view(place, down_id)["notes"] == "for the doctor"


def test_of_two_at_once_one_is_first(any_place: Place) -> None:
    """One accepts and one declines at the same moment."""
    place, start = any_place, Barrier(2)
    referral_id = place.refer()

    def answer(event: str) -> str:
        actor = DOCTOR[TOP] if event == "accept" else OTHER_DOCTOR
        start.wait()
        try:
            place.step(referral_id, event, actor)
        except Refused:
            return "refused"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(answer, ("accept", "decline"))) == ["done", "refused"]
    with reading(place.engine) as conn:
        steps = referrals.steps_of(conn, [referral_id])[referral_id]
    assert len(steps) == 2


def test_the_balance_counts_what_came_to_something(place: Place) -> None:
    up_id = place.refer()
    for event in ("accept", "arrive", "close"):
        place.step(up_id, event)
    place.refer(DOCTOR[TOP], **BACK, answers_id=up_id)
    place.step(place.refer(mother_id=2, recording_id=None), "decline")
    with reading(place.engine) as conn:
        rows = referrals.counted(conn, 0)
        assert referrals.counted(conn, 0, COUNTY) == []
    assert balance.total(rows) == {"up": 1, "down": 1}
    months = balance.by_month(rows, {TOP: "Asia/Shanghai"})
    assert months == [
        {
            "month": "2026-09",
            "organisation_id": TOP,
            "sent_up": 0,
            "sent_down": 1,
            "came_up": 1,
            "came_down": 0,
        }
    ]


def test_a_month_is_that_of_the_place() -> None:
    """The end of September in Shanghai is still some hours away in London."""
    rows = [Counted(1, 2, "up", 1_790_784_600_000)]  # 2026-10-01 00:10 in Shanghai
    found = balance.by_month(rows, {1: "Asia/Shanghai", 2: "Europe/London"})
    assert [(row["month"], row["organisation_id"]) for row in found] == [
        ("2026-10", 1),
        ("2026-09", 2),
    ]


def test_a_withdrawn_one_turns_back_while_she_travels(place: Place) -> None:
    referral_id = place.refer()
    place.step(referral_id, "accept")
    place.step(referral_id, "transport", DOCTOR[CLINIC])
    place.step(referral_id, "withdraw", DOCTOR[CLINIC])
    assert place.referral(referral_id).phase is Phase.WITHDRAWN
