"""The assessor over the real store: what is frozen survives restarts, history stays small."""

import json
import multiprocessing
import os
import signal
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from cloud.assessing import Assessor
from cloud.live import LiveTrace
from cloud.looking import Lookers
from cloud.store import assessments
from cloud.store.assessments import KEPT, Stored
from cloud.store.db import reading
from cloud.store.recordings import Recording
from cloud.turns import Pace, UnderWay
from device import payloads, wire
from models.analysis import analyse
from models.frozen import FROZEN_S
from models.synth import synthetic
from models.trace import on_wire_grid
from tests.cloud.alerts import world
from tests.cloud.alerts.world import T0_MS
from tests.cloud.web.service import trace_frames
from tests.process import wait_until

WHOLE = on_wire_grid(synthetic(11, 20, "late_decelerations")[0])


def nothing(*_: object) -> None:
    """Nobody is told."""


class Ward:
    """One recording, assessed up to any second; a new process when asked for."""

    def __init__(self, engine: Engine, recording: Recording, lookers: Lookers) -> None:
        self.engine, self.recording, self.lookers = engine, recording, lookers
        self.frames = trace_frames(WHOLE, recording.session)
        self.restart()

    def restart(self) -> None:
        self.trace = LiveTrace(self.recording)
        self.assessor = Assessor(self.engine, 30, nothing, nothing, self.lookers)

    def assess(self, to_s: int, ended: bool = False) -> Stored:
        """Once, at the wall clock of this recorded second."""
        self.begin(to_s, ended)
        for one in self.ended():
            self.assessor.take(self.recording, one)
        self.assessor.flush()
        assert self.trace.assessment is not None
        return self.trace.assessment

    def begin(self, to_s: int, ended: bool = False) -> None:
        now_ms = T0_MS + 1000 * to_s
        for frame in self.frames[int(self.trace.newest_s) : to_s]:
            self.trace.add(frame, now_ms)
        self.trace.ended_ms = now_ms if ended else None
        self.assessor.due([(self.trace, to_s)], now_ms)
        self.assessor.begin(self.recording, self.trace, to_s, now_ms)

    def ended(self) -> list[UnderWay]:
        """What is done, once it is."""
        return wait_until(self.assessor.done, 60, "the end of a look")


@pytest.fixture
def ward(engine: Engine) -> Ward:
    return Ward(engine, world.record(engine), Lookers(0))


def frozen_of(found: Stored) -> list[object]:
    document = found.document()
    events = document["decelerations"] + document["contractions"]
    return [event for event in events if event["state"] == "frozen"]


def test_an_assessment_is_the_analysis_of_what_came(ward: Ward) -> None:
    found = ward.assess(700)
    whole = analyse(WHOLE.window(0, 700), found.document()["gestation_weeks"])
    expected = json.loads(json.dumps(whole.to_json()))
    got = found.document()
    assert {name: got[name] for name in ("verdict", "reasons", "scores", "quality")} == {
        name: expected[name] for name in ("verdict", "reasons", "scores", "quality")
    }
    assert got["frozen_to_s"] == 700 - FROZEN_S


def test_what_was_frozen_survives_a_restart(ward: Ward) -> None:
    before = ward.assess(900)
    assert frozen_of(before)
    ward.restart()
    after = ward.assess(960)
    assert [event for event in frozen_of(before) if event not in frozen_of(after)] == []
    levels = [found.document()["baseline"]["bpm"][:600] for found in (before, after)]
    assert levels[0] == levels[1]


def test_of_older_assessments_only_the_verdict_and_its_reasons_are_kept(ward: Ward) -> None:
    for to_s in (300, 700, 1200):
        last = ward.assess(to_s, ended=to_s == 1200)
    with reading(ward.engine) as conn:
        bodies = conn.exec_driver_sql("SELECT body FROM assessments ORDER BY id").scalars().all()
        assert assessments.latest(conn, ward.recording.id) == last
    assert [set(json.loads(body)) == set(KEPT) for body in bodies] == [True, True, False]


def test_an_ended_recording_has_nothing_provisional(ward: Ward) -> None:
    ward.assess(900)
    document = ward.assess(1200, ended=True).document()
    assert document["frozen_to_s"] == document["provisional_from_s"] == 1200


def test_a_late_second_counts_like_any_other(ward: Ward) -> None:
    late = ward.frames.pop(400)
    gap = wire.Frame(late.kind, late.session, late.seq, late.t_ms, payloads.pack_trace(LOST))
    ward.frames.insert(400, gap)
    ward.assess(600)
    ward.trace.add(late, T0_MS)
    found = ward.assess(630).document()["quality"]["loss"]
    assert found == pytest.approx(analyse(WHOLE.window(0, 630)).assessment.loss, abs=0.001)


LOST = payloads.Trace(
    (payloads.GAP_16,) * 4, None, None, (payloads.GAP_8,) * 4, (payloads.GAP_8,) * 4
)


# -- in a process of its own


@pytest.fixture
def lookers() -> Iterator[Lookers]:
    lookers = Lookers(1)
    yield lookers
    lookers.stop()


def test_a_worker_finds_the_same_and_one_that_dies_is_replaced(
    engine: Engine, lookers: Lookers, caplog: pytest.LogCaptureFixture
) -> None:
    here = Ward(engine, world.record(engine, "probe-1"), Lookers(0))
    apart = Ward(engine, world.record(engine, "probe-2"), lookers)
    assert apart.assess(300).document() == here.assess(300).document()
    (worker,) = multiprocessing.active_children()
    assert worker.pid
    os.kill(worker.pid, signal.SIGSTOP)
    apart.begin(330)
    worker.kill()
    (lost,) = apart.ended()
    apart.assessor.take(apart.recording, lost)
    assert "another one takes its place" in caplog.text
    assert apart.trace.assessment is not None and apart.trace.assessment.at_s == 300
    assert apart.assess(360).document() == here.assess(360).document()  # as if nothing had been


def test_the_pace_is_what_recordings_have_really_waited(ward: Ward) -> None:
    assert ward.assessor.pace(T0_MS) == Pace(0, 0, 0)
    ward.assess(60)
    ward.assess(130)
    assert ward.assessor.pace(T0_MS + 150_000) == Pace(70, 20, 20)
