"""The green channel: one for a mother at a time, its bed counted once, its ticks and times kept."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from cloud.alerts.service import ReasonMissing, Refused
from cloud.deps import Principal
from cloud.journeys import green_moves, views
from cloud.routing.expecting import ARRIVED, EXPECTED
from cloud.store import changes, consents, green, people, sight
from cloud.store.db import reading, writing
from models.green import CHECKLIST, Phase
from models.referrals import Phase as ReferralPhase
from tests.cloud.alerts import world
from tests.cloud.journeys.place import CENTRE, CLINIC, COUNTY, DOCTOR, OTHER_DOCTOR, TOP, Place

CENTRE_NURSE = Principal("centre", 11, CENTRE)


def test_the_way_in(place: Place) -> None:
    green_id = place.opened(place.accepted_alert())
    for event, phase in (
        ("reserve", Phase.RESERVED),
        ("arrive", Phase.ARRIVED),
        ("admit", Phase.ADMITTED),
        ("close", Phase.CLOSED),
    ):
        place.act(green_id, event)
        assert place.green(green_id).phase is phase
        assert place.beds() == 1
    assert place.green(green_id).team == "team"
    with reading(place.engine) as conn:
        view = views.green_views(conn, [place.green(green_id)], CENTRE_NURSE, 0)[0]
    lasted = [span["to_ms"] - span["from_ms"] for span in view["timeline"]]
    assert lasted == [60_000, 60_000, 60_000, 60_000, 0]
    assert view["back"]["id"] == CLINIC
    assert view["may"] == []


def test_a_new_alert_asks_first_who_expects_her_or_has_her(place: Place) -> None:
    green_id = place.opened(place.accepted_alert(), DOCTOR[TOP])
    with writing(place.engine) as conn:  # her bed was the last one, and the doctor is with her
        people.set_organisation(conn, TOP, free_beds=0, on_call=False)
    for number, (event, said) in enumerate((("", EXPECTED), ("arrive", ARRIVED))):
        if event:
            place.act(green_id, event)
        recording = world.record(place.engine, session=8 + number)
        alert = place.alerting.view(world.raised(place.alerting, recording.id) or 0)
        assert alert is not None
        assert (alert["organisation"]["id"], alert["organisation"]["why"]["text"]) == (TOP, said)
    place.act(green_id, "send home")
    with reading(place.engine) as conn:
        assert green.of_mother(conn, 1) is None


def test_a_cancelled_one_gives_the_bed_back(place: Place) -> None:
    green_id = place.opened(place.accepted_alert())
    place.act(green_id, "reserve")
    with pytest.raises(ReasonMissing):
        place.act(green_id, "cancel", reason="")
    assert place.beds() == 1
    place.act(green_id, "cancel")
    assert place.beds() == 2
    with reading(place.engine) as conn:
        counted = [c for c in changes.of_organisation(conn, TOP) if c.what == "free_beds"]
    assert [(c.before, c.after, c.person_id) for c in counted] == [(1, 2, 21), (2, 1, 21)]


def test_who_came_without_a_reserved_bed_takes_one_when_admitted(place: Place) -> None:
    green_id = place.opened(place.accepted_alert())
    place.act(green_id, "arrive")
    assert place.beds() == 2
    place.act(green_id, "admit")
    assert (place.beds(), place.green(green_id).bed) == (1, True)


def test_a_full_hospital_cannot_reserve_but_does_admit(place: Place) -> None:
    green_id = place.opened(place.accepted_alert())
    with writing(place.engine) as conn:
        people.set_organisation(conn, TOP, free_beds=0)
    with pytest.raises(Refused, match="no bed is free"):
        place.act(green_id, "reserve")
    assert place.green(green_id).phase is Phase.EXPECTED
    place.act(green_id, "arrive")
    place.act(green_id, "admit")
    assert (place.beds(), place.green(green_id).bed) == (0, False)


def test_sent_home_again(place: Place) -> None:
    green_id = place.opened(place.accepted_alert())
    place.act(green_id, "reserve")
    place.act(green_id, "arrive")
    with pytest.raises(ReasonMissing, match="not handled yet"):
        place.act(green_id, "send home", alert_known=False)
    place.act(green_id, "send home")
    assert (place.green(green_id).phase, place.beds()) == (Phase.CLOSED, 2)


def test_it_needs_an_accepted_alert_of_ones_own(place: Place) -> None:
    alert_id = place.accepted_alert()
    with pytest.raises(Refused, match="only the hospital that has accepted"):
        place.opened(alert_id, DOCTOR[COUNTY])
    place.opened(alert_id)
    with pytest.raises(Refused, match="Near expects her already"):
        place.opened(alert_id)


def test_one_alert_that_nobody_accepted(place: Place) -> None:
    alert_id = world.raised(place.alerting, place.recording_id)
    assert alert_id is not None
    with pytest.raises(Refused, match="has to accept"):
        place.opened(alert_id)
    place.alerting.act(alert_id, "accept", DOCTOR[CENTRE], "", place.now_ms)
    with pytest.raises(Refused, match="has to accept"):
        place.opened(alert_id)


def test_only_its_hospital_and_the_centre_act(place: Place) -> None:
    green_id = place.opened(place.accepted_alert())
    with pytest.raises(Refused, match="only Near"):
        place.act(green_id, "arrive", DOCTOR[COUNTY])
    place.act(green_id, "arrive", DOCTOR[CENTRE])
    with pytest.raises(Refused, match="the green channel is arrived"):
        place.act(green_id, "cancel")


def test_ticks_are_kept_with_who_and_when(place: Place) -> None:
    green_id = place.opened(place.accepted_alert())
    place.tick(green_id, "theatre")
    place.tick(green_id, "theatre")  # the same again is no step
    place.tick(green_id, "blood")
    place.tick(green_id, "blood", done=False)
    with pytest.raises(Refused, match="no such line"):
        place.tick(green_id, "coffee")
    with reading(place.engine) as conn:
        view = views.green_views(conn, [place.green(green_id)], CENTRE_NURSE, 0)[0]
        steps = green.steps_of(conn, [green_id])[green_id]
    assert [step.event for step in steps] == ["open", "tick", "tick", "untick"]
    assert [one["id"] for one in view["checklist"]] == [item.id for item in CHECKLIST]
    assert [(one["id"], one["person"]) for one in view["checklist"] if one["done_ms"]] == [
        ("theatre", "Person 21")
    ]


def test_the_arrival_is_estimated_and_can_be_said(place: Place) -> None:
    green_id = place.opened(place.accepted_alert())
    opened = place.green(green_id)
    assert opened.expected_ms is None  # she has not left yet
    assert 1 < opened.expected_how[0]["travel_min"] < 40  # her home is 0.01 degrees from it
    place.expect(green_id, 25)
    said = place.green(green_id)
    assert (said.expected_ms, said.expected_how[0]["text"]) == (
        place.now_ms + 25 * 60_000,
        "said by the hospital",
    )
    place.expect(green_id, None)
    again = place.green(green_id)
    assert again.expected_ms is not None
    left_min = (again.expected_ms - place.now_ms) / 60_000
    assert left_min == pytest.approx(opened.expected_how[0]["travel_min"], abs=1.1)
    assert "from her home" in again.expected_how[0]["text"]


def test_who_has_said_that_she_is_on_her_way_is_counted_from_the_opening(place: Place) -> None:
    alert_id = place.accepted_alert()
    with reading(place.engine) as conn:
        assert green_moves.waiting_to_leave(conn, 1) is None
    place.alerting.mother_answer(alert_id, "on_my_way", world.MOTHER, place.now_ms)
    opened = place.green(place.opened(alert_id))
    assert opened.expected_ms is not None
    with reading(place.engine) as conn:
        assert green_moves.waiting_to_leave(conn, 1) is None


def test_an_unknown_way_has_no_time(place: Place) -> None:
    alert_id = place.accepted_alert()
    with writing(place.engine) as conn:
        people.set_organisation(conn, TOP, latitude=None)
    opened = place.green(place.opened(alert_id))
    assert opened.expected_ms is None
    assert "not known" in opened.expected_how[0]["text"]


def test_the_recording_is_seen_while_she_is_expected(place: Place) -> None:
    """Even when she withdraws her consent in the middle: her safety comes first."""
    alert_id = place.accepted_alert()
    green_id = place.opened(alert_id)
    place.alerting.act(alert_id, "handle", DOCTOR[TOP], "she comes", place.now_ms)
    with writing(place.engine) as conn:
        consents.decide(conn, 1, None, False, place.now_ms)
    for event, sees in (("arrive", True), ("send home", False)):
        place.act(green_id, event)
        with reading(place.engine) as conn:
            assert (TOP in sight.organisations_of(conn, place.recording_id)) == sees


def test_for_an_urgent_referral_it_moves_the_referral_too(place: Place) -> None:
    referral_id = place.refer()
    with pytest.raises(Refused, match="the referral is requested"):
        place.opened_for(referral_id)
    place.step(referral_id, "accept")
    green_id = place.opened_for(referral_id)
    place.expect(green_id, None)  # from the hospital that she leaves, not from her home
    assert place.green(green_id).expected_how[0]["text"] == "measured from %(organisation)s"
    place.act(green_id, "reserve")
    place.act(green_id, "arrive")
    assert place.referral(referral_id).phase is ReferralPhase.ARRIVED
    place.act(green_id, "admit")
    place.act(green_id, "close")
    assert place.referral(referral_id).phase is ReferralPhase.CLOSED


def test_not_for_one_that_is_not_urgent(place: Place) -> None:
    referral_id = place.refer(urgent=False)
    place.step(referral_id, "accept")
    with pytest.raises(Refused, match="not marked urgent"):
        place.opened_for(referral_id)


def test_a_withdrawn_referral_cancels_it_and_frees_the_bed(place: Place) -> None:
    referral_id = place.refer()
    place.step(referral_id, "accept")
    green_id = place.opened_for(referral_id)
    place.act(green_id, "reserve")
    place.step(referral_id, "withdraw", DOCTOR[CLINIC])
    assert (place.green(green_id).phase, place.beds()) == (Phase.CANCELLED, 2)


def test_of_two_at_once_one_is_first(any_place: Place) -> None:
    """Two people open, then reserve, at the same moment: one channel, one bed."""
    place, start = any_place, Barrier(2)
    alert_id = place.accepted_alert()

    def first(what: str, person: int) -> str:
        actor = (DOCTOR[TOP], OTHER_DOCTOR)[person]
        start.wait()
        try:
            if what == "open":
                place.opened(alert_id, actor)
            else:
                place.act(1, what, actor)
        except Refused:
            return "refused"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        for what in ("open", "reserve"):
            assert sorted(pool.map(first, [what] * 2, range(2))) == ["done", "refused"]
    assert place.beds() == 1
