"""Who asks, answers, hands over, ends and sees; what is kept; whom a message reaches."""

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from cloud.alerts.answers import ReasonMissing, Refused
from cloud.consultations import asking, moves, notices
from cloud.consultations.segments import Segment, segment_of
from cloud.consultations.steps import Case, Written
from cloud.store import contacts, recordings, sight, tables
from cloud.store.db import reading, writing
from models.consultations import LATE_AFTER_MIN, Phase, segment
from tests.cloud.alerts import world
from tests.cloud.alerts.world import CENTRE, FAR, MIDDLE, NEAR
from tests.cloud.consultations.talks import (
    COLLEAGUE,
    DOCTOR,
    ELSEWHERE,
    EXPERT,
    HER,
    OPERATOR,
    OTHER_MOTHER,
    Talks,
)


def test_a_question_is_answered_and_ended(talks: Talks) -> None:
    one = talks.ask()
    assert (talks.row(one).organisation_id, talks.row(one).person_id) == (FAR, None)
    talks.now_ms += 12 * 60_000
    assert talks.view(one, DOCTOR)["waiting_min"] == 12
    talks.write(one, DOCTOR)
    assert (talks.row(one).phase, talks.row(one).person_id) == (Phase.ANSWERED, DOCTOR.person_id)
    assert talks.view(one, HER)["waiting_min"] is None
    talks.write(one, HER, "and at night?")
    assert talks.row(one).phase is Phase.ASKED
    talks.end(one, COLLEAGUE)
    assert talks.row(one).phase is Phase.ENDED
    for who in (HER, DOCTOR):
        with pytest.raises(Refused):
            talks.write(one, who)
    again = talks.ask("once more", former_id=one)
    assert talks.row(again).former_id == one
    assert [m["event"] for m in talks.view(one, HER)["messages"]] == ["ask", "answer", "ask", "end"]


def test_who_answers_has_read_the_question_but_not_what_came_meanwhile(talks: Talks) -> None:
    one = talks.ask()
    talks.now_ms += 60_000
    talks.write(one, HER, "are you there?")
    talks.write(one, DOCTOR)
    first, meanwhile, _ = talks.view(one, HER)["messages"]
    assert [len(message["read"]) for message in (first, meanwhile)] == [1, 0]


def test_the_waiting_counts_from_the_first_question(talks: Talks) -> None:
    one = talks.ask()
    talks.now_ms += 5 * 60_000
    talks.write(one, HER, "are you there?")
    assert talks.view(one, DOCTOR)["waiting_min"] == 6


def test_one_question_at_a_time(talks: Talks) -> None:
    one = talks.ask()
    with pytest.raises(Refused, match="write there"):
        talks.ask()
    with pytest.raises(Refused, match="not over"):
        talks.ask(former_id=one)
    talks.end(one, DOCTOR)
    talks.ask()


def test_nothing_is_said_without_words(talks: Talks) -> None:
    with pytest.raises(ReasonMissing):
        talks.ask("")
    one = talks.ask()
    with pytest.raises(ReasonMissing):
        talks.write(one, DOCTOR, "")
    with pytest.raises(ReasonMissing):
        talks.end(one, DOCTOR, "")
    with pytest.raises(ReasonMissing):
        talks.do(moves.hand_over, one, DOCTOR, EXPERT.person_id, "")


def test_only_a_person_writes(talks: Talks) -> None:
    """Neither a program nor the service itself can put words into a consultation."""
    one = talks.ask()
    row = {"consultation_id": one, "at_ms": 1, "phase": "asked", "text": '"computed"'}
    for event in ("ask", "answer", "hand over", "end"):
        with pytest.raises(IntegrityError), writing(talks.engine) as conn:
            conn.execute(insert(tables.consultation_messages).values(row | {"event": event}))


def test_a_hospital_without_staff_and_a_mother_without_one(talks: Talks) -> None:
    with writing(talks.engine) as conn:
        conn.execute(
            update(tables.people)
            .where(tables.people.c.organisation_id == FAR)
            .values(organisation_id=NEAR)
        )
    assert talks.row(talks.ask()).organisation_id == CENTRE


def test_the_new_doctor_sees_everything(talks: Talks) -> None:
    recording = world.record(talks.engine)
    one = talks.do(asking.ask, HER, "", Written("look", Segment(recording.id, 0.0, 60.0)), None)
    assert not talks.sees(one, ELSEWHERE)
    with reading(talks.engine) as conn:
        assert NEAR not in sight.organisations_of(conn, recording.id)
    talks.hand_over(one, DOCTOR, ELSEWHERE)
    assert talks.sees(one, ELSEWHERE)
    assert talks.sees(one, DOCTOR)  # her own hospital
    shown = talks.view(one, ELSEWHERE)
    assert [m["text"] for m in shown["messages"]] == ["look", "my shift ends"]
    assert (shown["messages"][1]["to_person"], shown["person"]) == ("Person 21", "Person 21")
    with reading(talks.engine) as conn:
        assert NEAR in sight.organisations_of(conn, recording.id)
    with pytest.raises(Refused, match="Near"):
        talks.end(one, DOCTOR)  # it has gone
    talks.end(one, ELSEWHERE)


def test_a_hand_over_needs_her_consent(talks: Talks) -> None:
    one = talks.ask()
    talks.agree(NEAR, False)
    with pytest.raises(Refused, match="does not let"):
        talks.hand_over(one, DOCTOR, ELSEWHERE)
    talks.hand_over(one, DOCTOR, EXPERT)  # the centre always may
    with pytest.raises(Refused, match="has it already"):
        talks.hand_over(one, OPERATOR, EXPERT)
    with pytest.raises(Refused):
        talks.hand_over(one, OPERATOR, HER)


def test_consent_withdrawn_in_the_middle(talks: Talks) -> None:
    one = talks.ask()
    talks.write(one, DOCTOR)
    case = talks.discuss(DOCTOR, NEAR)
    talks.write(one, HER, "wait")
    talks.agree(FAR, False)
    row = talks.row(one)
    assert (row.organisation_id, row.person_id, row.phase) == (CENTRE, None, Phase.ASKED)
    assert not talks.sees(one, DOCTOR)
    assert talks.sees(one, OPERATOR)
    last = talks.view(one, HER)["messages"][-1]
    assert (last["event"], last["person"], last["text"]["text"]) == ("moved", None, moves.WITHDRAWN)
    assert (CENTRE, None, notices.HANDED) in talks.told()
    assert talks.sees(case, ELSEWHERE)
    talks.agree(NEAR, False)
    assert not talks.sees(case, ELSEWHERE)
    assert talks.row(case).organisation_id == CENTRE


def test_a_case_is_not_for_the_mother(talks: Talks) -> None:
    case = talks.discuss(DOCTOR, NEAR)
    assert not talks.sees(case, HER)
    assert talks.sees(case, ELSEWHERE)
    assert not talks.sees(case, OTHER_MOTHER)
    talks.write(case, ELSEWHERE)
    talks.end(case, DOCTOR)  # who asked may end it
    assert all(mother is None for _, mother, _ in talks.told())


def test_across_hospitals_only_where_she_agrees(talks: Talks) -> None:
    talks.agree(MIDDLE, False)
    with pytest.raises(Refused, match="does not let"):
        talks.discuss(DOCTOR, MIDDLE)
    with pytest.raises(LookupError):
        talks.do(asking.discuss, DOCTOR, Case(1), 99, "", Written("?"))


@pytest.mark.parametrize(("who", "may"), [(DOCTOR, True), (OPERATOR, True), (ELSEWHERE, False)])
def test_who_may_write_to_a_mother_first(talks: Talks, who: object, may: bool) -> None:
    if not may:
        with pytest.raises(LookupError):
            talks.do(asking.write_to, who, 1, "", Written("come in"))
        return
    one = talks.do(asking.write_to, who, 1, "", Written("come in"))
    assert talks.row(one).phase is Phase.ANSWERED
    assert talks.sees(one, HER)


def test_who_read_it_and_when_stays(talks: Talks) -> None:
    one = talks.ask()
    assert talks.view(one, DOCTOR)["unread"] == 1
    talks.read(one, DOCTOR)
    first = talks.view(one, HER)["messages"][0]["read"]
    assert first == [{"person": "Person 41", "at_ms": talks.now_ms}]
    talks.now_ms += 60_000
    talks.read(one, DOCTOR)
    talks.read(one, COLLEAGUE)
    assert [r["person"] for r in talks.view(one, HER)["messages"][0]["read"]] == [
        "Person 41",
        "Person 42",
    ]
    assert talks.view(one, HER)["messages"][0]["read"][0] == first[0]
    assert talks.view(one, DOCTOR)["unread"] == 0


def test_each_is_told_by_the_ways_they_chose_and_never_by_name(talks: Talks) -> None:
    with writing(talks.engine) as conn:
        contacts.add(conn, person_id=41, channel="sms", address="1", place=0, least="low")
        contacts.add(conn, person_id=42, channel="mail", address="x", place=0, least="low")
        contacts.add(conn, person_id=91, channel="push", address="{}", place=0, least="low")
    one = talks.ask("Mother 1 asks")
    assert [place for place, _, _ in talks.told()] == [FAR] * 3  # both, and the hospital's phone
    talks.write(one, DOCTOR, "dear Mother 1")
    assert talks.told()[3:] == [(None, 1, notices.HER_ANSWER)]
    talks.write(one, HER)
    assert len(talks.told()) == 5  # now only the doctor who has it
    with reading(talks.engine) as conn:
        rows = conn.execute(select(tables.messages)).all()
    assert rows[-1].person_id == 41
    assert not any("Mother 1" in row.text for row in rows)
    assert [row.recording_id for row in rows] == [None] * 5


def test_nobody_answers_and_the_centre_is_told_once_a_question(talks: Talks) -> None:
    one = talks.ask()
    before = len(talks.told())
    talks.service.tick(talks.now_ms + LATE_AFTER_MIN * 60_000 - 1)
    assert len(talks.told()) == before
    for _ in range(2):
        talks.service.tick(talks.now_ms + LATE_AFTER_MIN * 60_000)
    assert talks.told()[before:] == [(CENTRE, None, notices.LATE)]
    assert talks.view(one, HER)["late"]
    talks.write(one, DOCTOR)
    talks.write(one, HER)
    talks.service.tick(talks.now_ms + LATE_AFTER_MIN * 60_000)
    assert len([1 for _, _, text in talks.told() if text == notices.LATE]) == 2


def test_only_her_own_strip_can_be_shown(talks: Talks) -> None:
    recording = world.record(talks.engine, "probe-2")
    with reading(talks.engine) as conn:
        found = recordings.get(conn, recording.id)
        assert found is not None
        with pytest.raises(Refused, match="not of the mother"):
            segment_of(conn, found, 1, 0.0, 60.0)
        with pytest.raises(Refused, match="no such part"):  # nothing has come of it yet
            segment_of(conn, found, 2, 0.0, 60.0)


@pytest.mark.parametrize(
    ("start_s", "end_s"), [(100.0, 50.0), (0.0, 4000.0), (6000.0, None), (-1.0, 5.0), (5.0, 5.0)]
)
def test_parts_that_are_none(start_s: float, end_s: float | None) -> None:
    with pytest.raises(ValueError, match="no part"):
        segment(start_s, end_s, 5400.0)
