"""Home values: alarms at once, advice after the team, nothing lost, nothing raised twice."""

import pytest

from cloud import i18n
from cloud.alerts.answers import ReasonMissing, Refused
from cloud.outgoing import letters
from cloud.pregnancy import care, values
from cloud.pregnancy.notices import HER_ADVICE
from cloud.store import (
    assessments,
    contacts,
    home_values,
    messages,
    readings,
    recordings,
    signal,
)
from cloud.store.db import reading, writing
from device import payloads
from device.wire import TRACE, VITALS, Frame
from models.alerts import Phase
from models.rules import BY_ID
from tests.cloud.alerts import world
from tests.cloud.pregnancy.ward import DOCTOR, HER, NURSE, Ward


def test_a_severe_pressure_is_an_alert_at_once_and_no_advice(ward: Ward) -> None:
    ward.enter("pressure", 165, 112)
    (alert,) = ward.alerts()
    assert (alert.rule, alert.phase) == ("pressure_repeat", Phase.TOLD)
    assert alert.reason["args"] == {"systolic": 165, "diastolic": 112}
    ward.wait(minutes=10)
    ward.enter("pressure", 162, 100)
    assert ward.rules() == ["pressure_repeat", "pressure_severe"]
    assert ward.view()["advice"] == []


def test_a_pressure_at_the_limit_is_answered_at_once_until_the_next_is_lower(ward: Ward) -> None:
    ward.enter("pressure", 139, 89)
    assert ward.view(HER)["high_pressure"] is None
    ward.enter("pressure", 150, 96)
    high = ward.view(HER)["high_pressure"]
    assert (high["systolic"], high["diastolic"], high["limit"]) == (150, 96, "140/90")
    assert high["said"] == BY_ID["pressure_repeat"].mother_text
    assert ward.alerts() == [] and ward.view(HER)["advice"] == []
    ward.wait(minutes=20)
    ward.enter("pressure", 138, 88)
    assert ward.view(HER)["high_pressure"] is None


def test_the_same_again_after_an_alert_that_is_over_is_a_new_one(ward: Ward) -> None:
    for _ in range(2):
        ward.enter("glucose", 3.0, context="random")
        ward.enter("movements", 0, 60)
        ward.wait(minutes=20)
        ward.enter("glucose", 3.1, context="random")  # nobody is asked twice for one episode
        first, second = ward.alerts()[-2:]
        assert {first.rule, second.rule} == {"glucose_low", "reduced_movement"}
        ward.handle(first.id)
        ward.handle(second.id)
        ward.wait(minutes=20)
    assert len(ward.alerts()) == 4
    assert len({one.recording_id for one in ward.alerts()}) == 1


def test_what_is_better_is_noted_and_ends_no_alert(ward: Ward) -> None:
    ward.enter("pressure", 170, 100)
    ward.wait(minutes=10)
    ward.enter("pressure", 128, 80)
    (alert,) = ward.alerts()
    assert alert.cleared_s is not None
    assert alert.phase is Phase.TOLD


def test_oxygen_counts_when_it_is_low_twice(ward: Ward) -> None:
    ward.enter("spo2", 88)
    assert ward.rules() == []
    ward.wait(minutes=5)
    ward.enter("spo2", 87)
    assert ward.rules() == ["oxygen_low"]


def test_fewer_movements_than_her_usual_are_reported(ward: Ward) -> None:
    for _ in range(6):
        ward.enter("movements", 12, 60)
        ward.wait(days=1)
    assert ward.view()["movements"]["usual_per_hour"] == 12
    assert ward.rules() == []
    ward.enter("movements", 4, 60)
    assert ward.rules() == ["reduced_movement"]
    assert ward.view(HER)["movements"]["said"]["text"].startswith("That is fewer than usual")
    ward.take_back(max(one["id"] for one in ward.view()["values"]))
    assert ward.alerts()[0].phase is Phase.TOLD  # somebody speaks with her all the same


def test_she_says_that_it_moves_less(ward: Ward) -> None:
    ward.pregnancies.said(1, ["reduced_movement"], ward.now_ms)
    ward.wait(minutes=1)
    ward.pregnancies.said(1, ["reduced_movement"], ward.now_ms)
    assert ward.rules() == ["reduced_movement"]


def test_advice_is_read_when_the_team_has_approved_it(ward: Ward) -> None:
    ward.enter("pressure", 138, 84)
    (proposed,) = ward.view()["advice"]
    assert proposed["phase"] == "proposed"
    assert ward.view(HER)["advice"] == []
    decide = {"advice_id": proposed["id"], "reason": ""}
    ward.do(care.decide_advice, event="approve", words="Rest today. Dr A", **decide)
    (hers,) = ward.view(HER)["advice"]
    assert (hers["words"], hers["by"]["name"]) == ("Rest today. Dr A", f"Person {DOCTOR.person_id}")
    with pytest.raises(Refused):
        ward.do(care.decide_advice, event="dismiss", words="", **{**decide, "reason": "x"})


def test_approved_advice_is_sent_on_her_ways_once_and_a_dismissed_one_is_not(ward: Ward) -> None:
    with writing(ward.engine) as conn:
        mail = contacts.add(
            conn, person_id=HER.person_id, channel="email", address="her@example.org", place=0,
            least="low",
        )  # fmt: skip
    ward.enter("pressure", 138, 84)
    ward.enter("glucose", 5.6, context="fasting")
    glucose, pressure = (one["id"] for one in ward.view()["advice"])
    decide = {"words": "", "reason": "she is on insulin"}
    ward.do(care.decide_advice, advice_id=glucose, event="dismiss", **decide)
    ward.do(care.decide_advice, advice_id=pressure, event="approve", **decide)
    with reading(ward.engine) as conn:
        (sent,) = (one for one in messages.since(conn, 0) if one.step == "advice")
        letter = letters.letter_of(conn, sent, "https://example.org", "secret")
    assert (sent.key, sent.ways) == (f"advice {pressure} mother", [("email", mail)])
    assert (sent.mother_id, sent.next_ms, letter.address) == (1, ward.now_ms, "her@example.org")
    for language in ("en", "zh"):
        said = i18n.say(language, sent.text["body"])
        assert (said == HER_ADVICE) == (language == "en")
        assert "138" not in said


def test_a_dismissed_advice_has_a_reason_and_she_never_reads_it(ward: Ward) -> None:
    ward.enter("glucose", 5.6, context="fasting")
    advice_id = ward.view()["advice"][0]["id"]
    decide = {"advice_id": advice_id, "event": "dismiss", "words": ""}
    with pytest.raises(ReasonMissing):
        ward.do(care.decide_advice, reason="", **decide)
    ward.do(care.decide_advice, reason="she is on insulin", **decide)
    assert ward.view(HER)["advice"] == []
    assert ward.view()["advice"][0]["reason"] == "she is on insulin"


def test_a_value_taken_back_counts_no_more(ward: Ward) -> None:
    number = ward.enter("pressure", 138, 84)
    ward.take_back(number)
    view = ward.view()
    assert (view["values"], view["advice"][0]["phase"]) == ([], "withdrawn")
    with pytest.raises(Refused):
        ward.take_back(number)


def test_an_alert_of_a_slip_stays_and_says_that_it_has_ended(ward: Ward) -> None:
    number = ward.enter("glucose", 1.2)
    ward.wait(minutes=1)
    ward.take_back(number)
    (alert,) = ward.alerts()
    assert (alert.phase, alert.cleared_s is None) == (Phase.TOLD, False)


def test_who_takes_back_what(ward: Ward) -> None:
    by_nurse = ward.enter("weight", 70, actor=NURSE)
    with pytest.raises(Refused):
        ward.take_back(by_nurse, HER)
    assert not ward.view(HER)["values"][0]["may_undo"]
    ward.take_back(by_nurse, DOCTOR)


@pytest.mark.parametrize(
    ("measure", "value", "other"),
    [
        ("pressure", 120, None),
        ("pressure", 80, 120),
        ("pressure", 320, 80),
        ("glucose", 0.2, None),
        ("weight", 700, None),
        ("temperature", 27, None),
    ],
)
def test_a_slip_of_the_finger_is_not_kept(
    ward: Ward, measure: str, value: float, other: float | None
) -> None:
    with pytest.raises(ReasonMissing):
        ward.enter(measure, value, other)
    assert ward.view()["values"] == []


def test_what_a_crash_left_is_judged_by_the_next_tick(ward: Ward) -> None:
    with writing(ward.engine) as conn:
        for new in (values.NewValue("pressure", 165, 112), values.NewValue("spo2", 93)):
            values.keep(conn, ward.mother, new, HER, ward.now_ms)
    assert (ward.rules(), ward.view()["advice"]) == ([], [])
    for _ in range(2):
        ward.pregnancies.tick(ward.now_ms)
    assert ward.rules() == ["pressure_repeat"]
    assert [one["rule"] for one in ward.view()["advice"]] == ["spo2_low"]


def vitals(seq: int, t_ms: int, counts: dict[int, int]) -> Frame:
    return Frame(VITALS, 7, seq, t_ms, payloads.pack_vitals(counts))


def test_what_devices_measured_is_kept_once_and_advised_on(any_ward: Ward) -> None:
    ward = any_ward
    made = world.record(ward.engine)
    frames = [
        vitals(1, 0, {1: 138, 2: 84, 3: 975, 6: payloads.GAP_16}),
        vitals(2, 60_000, {3: 970}),  # the same five minutes
        vitals(3, 300_000, {3: 965, 5: 160}),
        Frame(TRACE, 7, 4, 0, b""),
        Frame(VITALS, 7, 5, 0, b"broken"),
    ]
    for _ in range(2):
        with writing(ward.engine) as conn:
            home_values.add_from_frames(conn, made, frames)
    ward.pregnancies.tick(ward.now_ms)
    found = [(one["measure"], one["value"], one["other"]) for one in ward.view()["values"]]
    device_id = ward.view()["values"][0]["id"]
    assert sorted(found) == [("pressure", 138, 84), ("spo2", 96.5, None), ("spo2", 97.5, None)]
    assert [one["rule"] for one in ward.view()["advice"]] == ["pressure_home"]
    assert ward.rules() == []  # alarms on devices are the monitor's
    ward.enter("pressure", 165, 112)
    assert ward.rules() == ["pressure_repeat"]
    with pytest.raises(Refused):
        ward.take_back(device_id, DOCTOR)


def test_home_values_are_no_recording_to_be_read(ward: Ward) -> None:
    ward.enter("pressure", 165, 112)
    with reading(ward.engine) as conn:
        home = recordings.find(conn, "home/1", 0)
        assert home is not None
        assert recordings.newest_of(conn, [1]) == {}
        assert assessments.unfinished(conn) == []
        assert readings.unread(conn, 0, ward.now_ms) == []
        assert signal.unmeasured(conn, 0, 10) == []
