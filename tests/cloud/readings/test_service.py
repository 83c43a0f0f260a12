"""The reading service on a store: queue, deadlines, blindness, experts, signature, statistics."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from cloud.alerts.answers import ReasonMissing, Refused
from cloud.alerts.service import Alerting
from cloud.hospitals.audience import Audience
from cloud.hub import Hub
from cloud.readings import moves, stats, views
from cloud.readings.moves import Read, Signed
from cloud.readings.service import ASSESSMENT_WAIT_MS, LOOKS_BACK_MS, Readings
from cloud.store import assessments, consents, opinions, readings, tables
from cloud.store.assessments import Stored
from cloud.store.db import open_engine, reading, writing
from cloud.store.readings import Reading
from models.readings import Class, Phase
from tests.cloud.alerts import world
from tests.cloud.alerts.world import CENTRE, FAR, MOTHER, NEAR, T0_MS, WHO

MIN_MS = 60_000
DOCTOR, SECOND, EXPERT, OTHER = WHO[FAR, 1], WHO[FAR, 2], WHO[CENTRE, 1], WHO[NEAR, 1]
WELL = Signed(Class.NORMAL, ["good"])


class Desk:
    """The service, with the clock in hand."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.service = Readings(engine, Hub(), Audience(engine))
        self.now_ms = T0_MS

    def record(self, verdict: str | None = "normal", session: int = 7, ago_ms: int = 0) -> int:
        """A recording that ended, with its last assessment."""
        row = world.record(self.engine, session=session, now_ms=self.now_ms - ago_ms)
        with writing(self.engine) as conn:
            this = tables.recordings.c.id == row.id
            ended_ms = self.now_ms - ago_ms
            conn.execute(update(tables.recordings).where(this).values(closed_ms=ended_ms))
            if verdict:
                body = json.dumps({"verdict": verdict, "rules_version": "1"})
                assessments.add(conn, Stored(row.id, 1200.0, ended_ms, verdict, body))
        return row.id

    def queued(self, verdict: str | None = "normal", session: int = 7) -> Reading:
        recording_id = self.record(verdict, session)
        self.service.tick(self.now_ms)
        return self.of(recording_id)[-1]

    def of(self, recording_id: int) -> list[Reading]:
        with reading(self.engine) as conn:
            return readings.of_recording(conn, recording_id)

    def do(self, move: Any, one: Reading, actor: Any, *args: Any) -> Reading:
        return self.service.change(
            lambda conn: move(conn, one.id, actor, *args, now_ms=self.now_ms)
        )

    def take(self, one: Reading, actor: Any = DOCTOR) -> Reading:
        return self.do(moves.take, one, actor)

    def read(self, one: Reading, actor: Any = DOCTOR, said: Class = Class.NORMAL) -> Reading:
        return self.do(moves.save, one, actor, Read(said))

    def sign(self, one: Reading, actor: Any = DOCTOR, signed: Signed = WELL) -> Reading:
        return self.do(moves.sign, one, actor, signed)

    def view(self, one: Reading, viewer: Any) -> dict[str, Any]:
        with reading(self.engine) as conn:
            row = readings.get(conn, one.id)
            assert row is not None
            return views.staff_views(conn, [row], viewer, self.now_ms)[0]

    def events(self, one: Reading) -> list[str]:
        with reading(self.engine) as conn:
            return [step.event for step in readings.steps_of(conn, [one.id])[one.id]]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = world.make(tmp_path / "lucina.sqlite")
    yield Desk(engine)
    engine.dispose()


@pytest.mark.parametrize(
    ("verdict", "minutes"),
    [("pathological", 15), ("suspicious", 60), ("normal", 240), ("unknown", 240)],
)
def test_what_has_ended_is_queued_once(desk: Desk, verdict: str, minutes: int) -> None:
    one = desk.queued(verdict)
    desk.service.tick(desk.now_ms + 1000)
    assert len(desk.of(one.recording_id)) == 1
    assert (one.phase, one.organisation_id, one.mother_id) == (Phase.WANTED, FAR, 1)
    assert one.deadline_ms == desk.now_ms + minutes * MIN_MS
    assert one.blind


def test_an_unanswered_high_alert_makes_it_urgent(desk: Desk) -> None:
    recording_id = desk.record("normal")
    world.raised(Alerting(desk.engine, Hub()), recording_id)
    desk.service.tick(desk.now_ms)
    assert desk.of(recording_id)[0].priority == "urgent"


def test_the_last_assessment_is_waited_for_but_not_for_ever(desk: Desk) -> None:
    recording_id = desk.record(None)
    desk.service.tick(desk.now_ms + ASSESSMENT_WAIT_MS - 1)
    assert desk.of(recording_id) == []
    desk.service.tick(desk.now_ms + ASSESSMENT_WAIT_MS)
    assert desk.of(recording_id)[0].priority == "routine"


def test_what_is_not_queued(desk: Desk) -> None:
    old = desk.record(session=1, ago_ms=LOOKS_BACK_MS + 1)
    running = world.record(desk.engine, session=2, now_ms=desk.now_ms).id
    nobody = world.record(desk.engine, "probe-nobody", 3, desk.now_ms).id
    desk.service.tick(desk.now_ms)
    assert [desk.of(one) for one in (old, running, nobody)] == [[], [], []]


def test_from_the_queue_to_the_mother(desk: Desk) -> None:
    one = desk.queued()
    desk.take(one)
    desk.read(one)
    done = desk.sign(one)
    assert done.phase is Phase.TOLD
    assert desk.events(one) == ["want", "take", "read", "sign", "tell"]
    with reading(desk.engine) as conn:
        (hers,) = views.mother_views(conn, desk.of(one.recording_id))
    assert hers["sentences"] == ["Your baby's heartbeat looks good in this recording."]
    assert (hers["person"], hers["organisation"]) == ("Person 41", "Far")
    assert "class" not in hers


def test_a_mother_sees_nothing_unsigned(desk: Desk) -> None:
    one = desk.queued()
    desk.take(one)
    desk.read(one)
    with reading(desk.engine) as conn:
        assert views.mother_views(conn, desk.of(one.recording_id)) == []


def test_one_reader_at_a_time_until_the_deadline(desk: Desk) -> None:
    one = desk.queued("suspicious")
    assert desk.take(one).person_id == DOCTOR.person_id
    assert desk.take(one).person_id == DOCTOR.person_id  # pressed twice
    assert desk.events(one) == ["want", "take"]
    with pytest.raises(Refused, match="Person 41 at Far has it"):
        desk.take(one, SECOND)
    desk.now_ms += 60 * MIN_MS
    assert desk.take(one, SECOND).person_id == SECOND.person_id
    with pytest.raises(Refused, match="take the reading first"):
        desk.read(one)


def test_given_back_it_waits_for_another_and_what_was_said_is_kept(desk: Desk) -> None:
    one = desk.queued()
    desk.take(one)
    desk.read(one, said=Class.SUSPICIOUS)
    back = desk.do(moves.give_back, one, DOCTOR, "end of shift")
    assert (back.phase, back.person_id) == (Phase.WANTED, None)
    assert desk.view(one, SECOND)["opinions"] == []  # blind as well
    assert [o["class"] for o in desk.view(one, DOCTOR)["opinions"]] == ["suspicious"]
    desk.take(one, SECOND)
    desk.read(one, SECOND)
    assert [o["blind"] for o in desk.view(one, SECOND)["opinions"]] == [True, True]
    assert [o["class"] for o in desk.view(one, SECOND)["opinions"]] == ["suspicious", "normal"]


def test_who_reads_it_again_is_not_blind(desk: Desk) -> None:
    one = desk.queued()
    for _ in range(2):
        desk.take(one)
        desk.read(one)
        desk.do(moves.give_back, one, DOCTOR, "")
    assert [o["blind"] for o in desk.view(one, DOCTOR)["opinions"]] == [True, False]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_two_who_take_it_at_once(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'lucina.sqlite'}"
    if database == "postgresql":
        url = request.getfixturevalue("postgres_url")
    desk = Desk(world.fill(open_engine(url)))
    one = desk.queued()

    def take(actor: Any) -> int | None:
        try:
            return desk.take(one, actor).person_id
        except Refused:
            return None

    with ThreadPoolExecutor(3) as pool:
        got = [person for person in pool.map(take, (DOCTOR, SECOND, EXPERT)) if person]
    assert len(got) == 1
    assert desk.of(one.recording_id)[0].person_id == got[0]
    assert desk.events(one) == ["want", "take"]
    desk.engine.dispose()


@pytest.mark.parametrize("actor", [OTHER, MOTHER])
def test_others_may_not_read_it(desk: Desk, actor: Any) -> None:
    one = desk.queued()
    with pytest.raises(Refused, match="only Far or the centre"):
        desk.take(one, actor)
    assert desk.view(one, actor)["may"] == []


def test_without_her_consent_the_centre_reads(desk: Desk) -> None:
    with writing(desk.engine) as conn:
        consents.decide(conn, 1, FAR, False, desk.now_ms)
    one = desk.queued()
    assert one.organisation_id is None
    with pytest.raises(Refused):
        desk.take(one)
    assert desk.take(one, EXPERT).phase is Phase.TAKEN


def test_blind_until_the_own_class_is_saved(desk: Desk) -> None:
    one = desk.queued("pathological")
    desk.take(one)
    for viewer in (DOCTOR, SECOND, EXPERT):
        assert desk.view(one, viewer)["hidden"]
        assert desk.view(one, viewer)["machine"] is None
    with reading(desk.engine) as conn:
        assert readings.is_held_unread(conn, one.recording_id, DOCTOR.person_id)
        assert not readings.is_held_unread(conn, one.recording_id, SECOND.person_id)
    desk.read(one)
    view = desk.view(one, DOCTOR)
    assert view["machine"]["verdict"] == "pathological"
    assert view["differ"] == {"machine": True, "expert": None}
    assert view["opinions"][0]["blind"]
    with reading(desk.engine) as conn:
        assert not readings.is_held_unread(conn, one.recording_id, DOCTOR.person_id)


def test_an_organisation_may_read_with_the_result_beside(desk: Desk) -> None:
    with writing(desk.engine) as conn:
        assert opinions.reads_blind(conn, FAR)
        for blind in (True, False):
            opinions.set_blind(conn, FAR, blind)
    one = desk.queued("suspicious")
    desk.take(one)
    assert desk.view(one, DOCTOR)["machine"]["verdict"] == "suspicious"
    with reading(desk.engine) as conn:
        assert not readings.is_held_unread(conn, one.recording_id, DOCTOR.person_id)


def test_read_at_the_base_and_answered_at_the_top(desk: Desk) -> None:
    one = desk.queued()
    desk.take(one)
    desk.read(one, said=Class.SUSPICIOUS)
    with pytest.raises(ReasonMissing):
        desk.do(moves.raise_level, one, DOCTOR, "")
    raised = desk.do(moves.raise_level, one, DOCTOR, "late or artefact?")
    assert (raised.phase, raised.person_id, raised.priority) == (Phase.RAISED, None, "soon")
    with pytest.raises(Refused, match="only an expert"):
        desk.take(one)
    desk.take(one, EXPERT)
    assert desk.view(one, EXPERT)["opinions"] == []  # the expert is not led either
    assert desk.view(one, EXPERT)["raised"]["reason"] == "late or artefact?"
    assert desk.view(one, DOCTOR)["opinions"]  # the base keeps sight
    desk.read(one, EXPERT, Class.PATHOLOGICAL)
    desk.sign(one, EXPERT, Signed(Class.PATHOLOGICAL, ["come_now"], "Ask for Dr Sun."))
    view = desk.view(one, DOCTOR)
    assert [o["class"] for o in view["opinions"]] == ["suspicious", "pathological"]
    assert view["differ"] == {"machine": True, "expert": True}
    assert view["signed"]["organisation"] == "Centre"


@pytest.mark.parametrize(
    ("signed", "error"),
    [
        (Signed(Class.PATHOLOGICAL, ["good"]), Refused),
        (Signed(Class.NORMAL, ["made up"]), Refused),
        (Signed(Class.NORMAL), ReasonMissing),
    ],
)
def test_words_for_the_mother(desk: Desk, signed: Signed, error: type[Exception]) -> None:
    one = desk.queued()
    desk.take(one)
    with pytest.raises(Refused, match="not possible now"):
        desk.sign(one)  # nothing has been read yet
    desk.read(one)
    with pytest.raises(error):
        desk.sign(one, signed=signed)
    assert desk.of(one.recording_id)[0].phase is Phase.READ


def test_another_class_than_the_own_is_written_down(desk: Desk) -> None:
    one = desk.queued("suspicious")
    desk.take(one)
    desk.read(one)
    desk.sign(one, signed=Signed(Class.SUSPICIOUS, ["look_again"]))
    signed = next(s for s in desk.view(one, DOCTOR)["steps"] if s["event"] == "sign")
    assert signed["text"]["args"] == {"signed": "suspicious", "before": "normal"}


def test_overdue_is_counted_and_the_centre_reminded_once(desk: Desk) -> None:
    one = desk.queued("pathological")
    desk.now_ms += 15 * MIN_MS
    assert desk.view(one, DOCTOR)["overdue"]
    for _ in range(3):
        desk.service.tick(desk.now_ms)
    assert desk.events(one) == ["want", "overdue"]
    with reading(desk.engine) as conn:
        found = conn.execute(tables.messages.select()).all()
    assert [(row.step, row.organisation_id) for row in found if row.step == "reading_late"] == [
        ("reading_late", CENTRE)
    ]


def test_a_signed_reading_holds_and_is_read_again_only_with_a_reason(desk: Desk) -> None:
    one = desk.queued()
    desk.take(one)
    desk.read(one)
    desk.sign(one)
    desk.service.tick(desk.now_ms + 1)
    assert len(desk.of(one.recording_id)) == 1
    recording = world.record(desk.engine)

    def again(reason: str) -> Reading:
        return desk.service.change(
            lambda conn: moves.want(conn, recording, OTHER, reason, desk.now_ms)
        )

    with pytest.raises(ReasonMissing):
        again("")
    assert again("a second opinion").phase is Phase.WANTED
    with pytest.raises(Refused, match="wanted already"):
        again("and another")


def test_statistics(desk: Desk) -> None:
    for session, (machine, said) in enumerate(
        [("normal", Class.NORMAL), ("normal", Class.SUSPICIOUS), ("suspicious", Class.SUSPICIOUS)]
    ):
        one = desk.queued(machine, session)
        desk.take(one)
        desk.now_ms += (session + 1) * 10 * MIN_MS
        desk.read(one, said=said)
        desk.sign(one, signed=Signed(said, ["we_call"]))
    desk.queued("pathological", 9)
    desk.now_ms += 20 * MIN_MS
    desk.service.tick(desk.now_ms)
    with reading(desk.engine) as conn:
        (row,) = stats.statistics(conn, T0_MS)
        assert stats.statistics(conn, T0_MS, {NEAR}) == []
    assert (row["organisation"]["id"], row["month"]) == (FAR, "2026-09")
    assert [row[name] for name in ("wanted", "signed", "overdue", "raised")] == [4, 3, 1, 0]
    assert row["turnaround_min"] == 20.0
    assert row["machine"]["agreed"] == pytest.approx(0.667)
    assert row["machine"]["kappa"] == pytest.approx(0.4)
    assert row["expert"]["pairs"] == 0
    assert row["expert"]["kappa"] is None
