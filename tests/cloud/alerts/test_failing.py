"""A recording that kills the process that assesses it: said, left out, and it harms no other."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from cloud import failing
from cloud.alerts.service import Alerting
from cloud.hub import Hub
from cloud.live import Live
from cloud.looking import Lookers
from cloud.monitor import Monitor
from cloud.store import alerts, assessments, frames, recordings
from cloud.store.db import reading, writing
from cloud.store.recordings import Recording
from device import wire
from models import synth
from models.analysis import analyse
from models.live import Live as Analysis
from models.trace import FS_HZ
from tests.cloud.alerts import world
from tests.cloud.alerts.poison import FATAL_BPM, Poisoned
from tests.cloud.alerts.test_monitor import frame_of
from tests.cloud.alerts.world import T0_MS
from tests.process import wait_until

QUIET, _ = synth.synthetic(seed=3, minutes=4, scenario="normal")
RULE = failing.NOT_ASSESSED.id
TURN_S = 30


class House:
    """Two recordings, looked at by a real worker process; the first may be poisoned."""

    def __init__(self, engine: Engine, lookers: Lookers) -> None:
        self.engine, self.now_ms, self.seconds = engine, T0_MS, 0
        self.fatal, self.sound = (world.record(engine, f"probe-{n}") for n in (1, 2))
        self.live = Live()
        for recording in (self.fatal, self.sound):
            self.live.open(recording)
        self.monitor = Monitor(engine, self.live, Alerting(engine, Hub()), TURN_S, lookers=lookers)

    def come(self, seconds: int, poisoned: bool = False) -> None:
        """So many more of both."""
        part = range(self.seconds, self.seconds + seconds)
        fhr_bpm = QUIET.fhr_bpm.copy()
        fhr_bpm[part.start * FS_HZ : part.stop * FS_HZ] = FATAL_BPM
        for recording in (self.fatal, self.sound):
            bad = poisoned and recording is self.fatal
            trace = replace(QUIET, fhr_bpm=fhr_bpm) if bad else QUIET
            made = [frame_of(trace, second) for second in part]
            with writing(self.engine) as conn:
                new = [(frame.seq, wire.encode(frame)) for frame in made]
                frames.add_frames(conn, recording.id, new, self.now_ms)
            for frame in made:
                self.live.add(recording.id, frame, self.now_ms)
        self.seconds = part.stop

    def later(self, seconds: float, until: Callable[[], bool]) -> None:
        """The clock is set on, and the monitor ticks until this is so."""
        self.now_ms += round(1000 * seconds)

        def ticked() -> bool:
            self.monitor.tick(self.now_ms)
            return until()

        wait_until(ticked, 60, "the monitor")

    def assessed(self, recording: Recording) -> assessments.Stored | None:
        trace = self.live.get(recording.id)
        return trace.assessment if trace else None

    def is_assessed_now(self, recording: Recording) -> bool:
        found = self.assessed(recording)
        return found is not None and found.made_ms == self.now_ms

    def told(self) -> alerts.Alert:
        with reading(self.engine) as conn:
            (alert,) = alerts.of_rule(conn, self.fatal.id, RULE)
        return alert


@pytest.fixture
def house(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr("cloud.assessing.Live", Poisoned)
    lookers = Lookers(1)
    yield House(engine, lookers)
    lookers.stop()


def test_a_recording_that_kills_its_worker_is_left_out_and_said_and_the_others_go_on(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    def deaths() -> int:
        return caplog.text.count(f"recording {house.fatal.id} could not be assessed")

    house.come(60)
    house.later(0, lambda: True)  # turns are given
    house.later(TURN_S, lambda: house.is_assessed_now(house.fatal))
    house.come(30, poisoned=True)
    house.later(TURN_S, lambda: deaths() == 1 and house.is_assessed_now(house.sound))
    before = house.assessed(house.fatal)
    assert before is not None and before.at_s == 60  # one death may be chance
    house.later(TURN_S, lambda: deaths() == 2 and house.is_assessed_now(house.sound))

    said = house.assessed(house.fatal)
    assert said is not None and (said.verdict, said.at_s) == ("unknown", 90)
    (reason,) = said.document()["reasons"]
    assert (reason["message"], reason["args"]) == (failing.NOT_ASSESSED.reason, {"count": 2})
    with reading(house.engine) as conn:
        assert assessments.latest(conn, house.fatal.id) == said
    alert = house.told()
    assert (alert.phase.value, alert.kind, alert.cleared_s) == ("centre", "technical", None)
    assert house.monitor.pace(house.now_ms).failing == (house.fatal.id,)

    house.later(TURN_S + 10, lambda: house.is_assessed_now(house.sound))  # she waits longer
    assert deaths() == 2
    house.later(TURN_S, lambda: deaths() == 3 and house.is_assessed_now(house.sound))
    assert house.told() == alert

    house.come(60)  # what killed it lies behind
    house.later(failing.pause_ms(3) / 1000, lambda: house.is_assessed_now(house.fatal))
    assert house.told().cleared_s == 150
    assert house.monitor.pace(house.now_ms).failing == ()


def test_what_ended_unseen_and_kills_its_worker_is_said_and_not_tried_at_every_start(
    house: House,
) -> None:
    house.come(60, poisoned=True)
    with writing(house.engine) as conn:
        closed = [replace(one, closed_ms=house.now_ms) for one in (house.fatal, house.sound)]
        recordings.save(conn, closed)
    house.live.recordings.clear()

    def all_said() -> bool:
        with reading(house.engine) as conn:
            return assessments.unfinished(conn) == []

    house.later(60, all_said)
    with reading(house.engine) as conn:
        found = assessments.verdicts(conn, [house.fatal.id, house.sound.id])
    assert found[house.fatal.id] == ("unknown", 60)
    assert found[house.sound.id] == (analyse(QUIET.window(0, 60)).assessment.verdict.value, 60)
    assert house.told().cleared_s is None


def test_what_was_frozen_stays_while_it_cannot_be_assessed() -> None:
    deep, _ = synth.synthetic(11, 15, "late_decelerations")
    before = Analysis().look(deep).document
    document = json.loads(failing.unknown(before, 2, 930))
    assert document["baseline"] == before["baseline"]
    frozen = [one for one in before["decelerations"] if one["state"] == "frozen"]
    assert frozen and document["decelerations"] == frozen
    after = Analysis()
    after.resume(document)
    again = after.look(deep).document
    assert [one for one in frozen if one not in again["decelerations"]] == []
    assert (document["baseline_bpm"], document["quality"]["loss"]) == (None, None)


def test_a_look_that_does_not_come_back_ends_its_worker(engine: Engine) -> None:
    lookers = Lookers(1, longest_s=0.001)  # shorter than any look takes
    look = lookers.begin(Analysis(), QUIET, False)
    assert wait_until(look.done, 60, "the end of its worker") and lookers.was_fatal(look)
    lookers.stop()
