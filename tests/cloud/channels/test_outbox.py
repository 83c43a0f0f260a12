"""Who is told what at each step: recorded with the step or not at all, once, as each one wishes."""

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, update

from cloud import i18n
from cloud.alerts.service import Alerting
from cloud.messages import read_message
from cloud.outgoing import outbox
from cloud.outgoing.letters import Overtaken, letter_of
from cloud.outgoing.outbox import NO_ADDRESS, QUIET
from cloud.sessions import Sessions
from cloud.store import contacts, messages, people, recordings, tables
from cloud.store.alerts import Alert
from cloud.store.contacts import Wishes
from cloud.store.db import reading, writing
from cloud.store.messages import Message
from device import wire
from device.wire import Frame
from models.rules import BY_ID, RULES
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
from tests.cloud.data.parts import message, whole_session

HER = MOTHER.person_id or 0
LOW_RATE = BY_ID["low_rate"]
NIGHT = {"quiet_from_min": 22 * 60, "quiet_to_min": 7 * 60, "zone": "Asia/Shanghai"}
MORNING_MS = 1_790_031_600_000  # 07:00 after T0_MS, which is 22:13 there


def about(engine: Engine, alert_id: int | None) -> list[Message]:
    with reading(engine) as conn:
        return messages.of_alert(conn, alert_id or 0)


def to_her(found: list[Message]) -> list[str]:
    return [m.step for m in found if m.mother_id is not None and m.next_ms is not None]


def words(message: Message, language: str = "en") -> str:
    return i18n.say(language, message.text["body"])


def reach(engine: Engine, channel: str = "sms", **more: Any) -> int:
    row = {"channel": channel, "address": "13800138000", "place": 0, "least": "low", **more}
    with writing(engine) as conn:
        return contacts.add(conn, **row)


def wish(engine: Engine, person_id: int, **wishes: Any) -> None:
    with writing(engine) as conn:
        contacts.wish(conn, person_id, Wishes(**wishes))


def test_the_hospital_that_is_asked_and_the_mother_are_told(
    engine: Engine, alerting: Alerting
) -> None:
    reach(engine, person_id=10 * NEAR + 1)
    reach(engine, "email", person_id=10 * NEAR + 2, least="high")
    reach(engine, person_id=HER)
    found = about(engine, raised(alerting, record(engine).id))
    to = [(m.step, m.person_id, m.organisation_id, m.ways[0][0]) for m in found]
    assert to == [
        ("raised", HER, None, "sms"),
        ("tell", None, NEAR, "sms"),  # the hospital's own telephone
        ("tell", 10 * NEAR + 1, NEAR, "sms"),
        ("tell", 10 * NEAR + 2, NEAR, "email"),
    ]
    assert words(found[0]) == BRADYCARDIA.mother_text
    assert words(found[1]).startswith("a reason with 72. Open the page and answer")
    assert all(m.urgent and m.next_ms == T0_MS for m in found)


def test_without_a_commit_nobody_is_told(
    engine: Engine, alerting: Alerting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(conn: Connection, alert: Alert, _now_ms: int) -> None:
        assert messages.of_alert(conn, alert.id)
        raise RuntimeError

    recording_id = record(engine).id
    monkeypatch.setattr("cloud.alerts.service.command_device", fail)
    with pytest.raises(RuntimeError):
        raised(alerting, recording_id)
    with reading(engine) as conn:
        assert messages.of_recording(conn, recording_id) == []


def test_each_step_is_told_once(engine: Engine, alerting: Alerting) -> None:
    reach(engine, person_id=HER)
    recording_id = record(engine).id
    alert_id = raised(alerting, recording_id)
    before = about(engine, alert_id)
    raised(alerting, recording_id, 300.0)  # it recurs: the same alert
    assert about(engine, alert_id) == before
    with writing(engine) as conn:  # the same step again, as after a repeated batch
        recording = recordings.get(conn, recording_id)
        assert recording is not None
        contacts.wish(conn, HER, Wishes("every"))
        outbox.of_recording(conn, recording, "started", T0_MS)
        outbox.of_recording(conn, recording, "started", T0_MS + 9)
    with reading(engine) as conn:
        steps = [m.step for m in messages.of_recording(conn, recording_id)]
    assert steps.count("started") == 1


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("none", ["raised"]),
        ("important", ["raised", "accept"]),
        ("every", ["raised", "tell", "tell", "read", "accept", "handle"]),
    ],
)
def test_a_mother_is_told_the_steps_she_wants(
    engine: Engine, alerting: Alerting, steps: str, expected: list[str]
) -> None:
    reach(engine, person_id=HER)
    wish(engine, HER, steps=steps)
    alert_id = raised(alerting, record(engine).id)
    alerting.act(alert_id or 0, "decline", WHO[NEAR, 1], "no bed", T0_MS + 1)
    for event in ("read", "accept", "handle", "close"):
        alerting.act(alert_id or 0, event, WHO[MIDDLE, 1], "", T0_MS + 2)
    found = about(engine, alert_id)
    assert to_her(found) == expected
    said = {m.step: words(m) for m in found if m.mother_id is not None}
    if steps == "every":
        assert said["read"] == "Middle has seen your alert."
        assert said["accept"] == f"Person {10 * MIDDLE + 1} at Middle is looking after you."
    assert all(words(m, "zh") != words(m) for m in found)


def test_every_step_of_a_recording(engine: Engine) -> None:
    reach(engine, person_id=HER)
    wish(engine, HER, steps="every", language="en")
    recording = record(engine)
    with writing(engine) as conn:
        for step in ("started", "sent", "being_read"):
            outbox.of_recording(conn, recording, step, T0_MS)
        found = messages.of_recording(conn, recording.id)
    assert [(words(m), m.language, m.urgent) for m in found] == [
        ("Your recording has begun.", "en", False),
        ("Your recording has arrived completely.", "en", False),
        ("A doctor is reading your recording.", "en", False),
    ]


def test_a_recording_of_nobody_is_told_to_nobody(engine: Engine, alerting: Alerting) -> None:
    recording = record(engine, "probe-nobody")
    with writing(engine) as conn:
        outbox.of_recording(conn, recording, "started", T0_MS)
        assert messages.of_recording(conn, recording.id) == []
    found = about(engine, raised(alerting, recording.id))
    assert [(m.step, m.organisation_id) for m in found] == [("nobody left", CENTRE)]


def test_what_has_become_more_urgent_is_told_anew_and_only_that(
    engine: Engine, alerting: Alerting
) -> None:
    reach(engine, person_id=HER)
    recording_id = record(engine).id
    raised(alerting, recording_id, rule=LOW_RATE)
    alert_id = raised(alerting, recording_id, 200.0)
    sent, overtaken = [], []
    with reading(engine) as conn:
        for one in messages.of_alert(conn, alert_id or 0):
            try:
                letter_of(conn, one, "http://here", "secret")
                sent.append((one.priority, one.step))
            except Overtaken:
                overtaken.append((one.priority, one.step))
    assert overtaken == [("medium", "raised"), ("medium", "tell")]
    assert sent == [("high", "worsened"), ("high", "tell")]


def test_quiet_hours(engine: Engine, alerting: Alerting) -> None:
    """An urgent alert knows none, others wait for their end, a step is not told at all."""
    doctor = 10 * NEAR + 1
    for person_id in (HER, doctor):
        reach(engine, person_id=person_id)
        wish(engine, person_id, steps="every", **NIGHT)
    recording = record(engine)
    other = about(engine, raised(alerting, recording.id, rule=LOW_RATE))
    urgent = about(engine, raised(alerting, recording.id))  # of the same alert
    when = {(m.priority, m.step, m.person_id): m.next_ms for m in urgent}
    assert when["high", "worsened", HER] == when["high", "tell", doctor] == T0_MS
    assert when["medium", "raised", HER] == when["medium", "tell", doctor] == MORNING_MS
    assert when["medium", "tell", None] == T0_MS  # the hospital's telephone does not sleep
    (step,) = [m for m in other if m.step == "tell" and m.mother_id is not None]
    assert step.next_ms is None and step.ended_why == {"text": QUIET, "args": {}}


def test_ways_are_used_from_the_priority_that_was_chosen(
    engine: Engine, alerting: Alerting
) -> None:
    doctor = 10 * NEAR + 1
    reach(engine, "voice", person_id=doctor, least="high", place=1)
    reach(engine, "sms", person_id=doctor, least="medium", place=0)
    recording = record(engine)
    medium = about(engine, raised(alerting, recording.id, rule=LOW_RATE))
    high = [m for m in about(engine, raised(alerting, recording.id)) if m.priority == "high"]
    assert [[w[0] for w in m.ways] for m in high if m.person_id == doctor] == [["sms", "voice"]]
    assert [[w[0] for w in m.ways] for m in medium if m.person_id == doctor] == [["sms"]]


def test_a_hospital_without_telephone_and_staff_says_so(engine: Engine, alerting: Alerting) -> None:
    with writing(engine) as conn:
        people.set_organisation(conn, NEAR, phone=None)
    found = about(engine, raised(alerting, record(engine).id))
    (told,) = [m for m in found if m.organisation_id == NEAR]
    assert told.ended_why == {"text": NO_ADDRESS, "args": {}} and told.next_ms is None
    (hers,) = [m for m in found if m.mother_id is not None and m.step == "raised"]
    assert hers.ended_why == {"text": NO_ADDRESS, "args": {}}


def test_a_mother_without_an_account_is_told_by_her_telephone(
    engine: Engine, alerting: Alerting
) -> None:
    with writing(engine) as conn:
        conn.execute(
            update(tables.mothers).where(tables.mothers.c.id == 2).values(phone="555-0102")
        )
    found = about(engine, raised(alerting, record(engine, "probe-2").id))
    (hers,) = [m for m in found if m.mother_id == 2]
    assert hers.person_id is None and hers.ways == [("sms", None), ("voice", None)]


def test_nobody_is_left(engine: Engine, alerting: Alerting) -> None:
    reach(engine, person_id=HER)
    reach(engine, person_id=10 * CENTRE + 1)
    alert_id = raised(alerting, record(engine).id)
    for place in (NEAR, MIDDLE, FAR):
        alerting.act(alert_id or 0, "decline", WHO[place, 1], "no bed", T0_MS + 1)
    found = [m for m in about(engine, alert_id) if m.step == "nobody left"]
    assert [(m.person_id, m.organisation_id) for m in found] == [
        (None, CENTRE), (10 * CENTRE + 1, CENTRE), (HER, None),
    ]  # fmt: skip
    assert words(found[0]).endswith("call her now.")
    assert words(found[2]).startswith("The monitoring centre has been asked to call you.")


def test_a_technical_alert_goes_to_the_centre(engine: Engine, alerting: Alerting) -> None:
    found = about(engine, raised(alerting, record(engine).id, rule=SIGNAL_LOST))
    assert [(m.step, m.organisation_id) for m in found if m.mother_id is None] == [
        ("nobody left", CENTRE)
    ]
    assert words(found[-2 if found[-1].mother_id else -1]).endswith("Help her with the probe.")


def test_every_text_can_be_said_in_both_languages() -> None:
    """With nothing known, as after a hospital was removed: dashes, never an exception."""
    said = [step.text for step in outbox.STEPS.values()] + [rule.mother_text for rule in RULES]
    said += [outbox.ALERT, outbox.ANSWER, outbox.CALL_HER, outbox.HELP_HER, outbox.CENTRE_CALLS]
    for text in said:
        for language in i18n.LANGUAGES:
            assert "%" not in i18n.say(language, {"text": text, "args": {}})


def test_percent_and_nested_texts() -> None:
    inner = {"text": "%(share)d %% of %(window).1f s", "args": {"share": 80, "window": 2}}
    assert i18n.say("en", {"text": "%(reason)s!", "args": {"reason": inner}}) == "80 % of 2.0 s!"
    named = {"en": "Near", "zh": "近"}
    assert i18n.say("zh", {"text": "%(a)s %(b)s", "args": {"a": named, "b": "high"}}) == "近 高"


def test_what_comes_in_is_told_when_it_begins_and_when_it_is_whole(engine: Engine) -> None:
    reach(engine, person_id=HER)
    wish(engine, HER, steps="every")
    frames = whole_session(3)
    sessions = Sessions()

    def take(part: list[Frame]) -> None:
        came = read_message(wire.gateway_up("g1", "probe-1"), message(part), T0_MS)
        assert came is not None
        with writing(engine) as conn:
            stored = sessions.store(conn, [came], came.came_ms)
        sessions.accept(stored)

    def steps() -> list[str]:
        with reading(engine) as conn:
            return [m.step for m in messages.of_recording(conn, 1)]

    take(frames[:2])
    assert steps() == ["started"]
    take(frames[1:4])
    assert steps() == ["started"]
    take(frames[4:])
    take(frames)  # all of it again
    assert steps() == ["started", "sent"]
