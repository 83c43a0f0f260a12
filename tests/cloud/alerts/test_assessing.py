"""The assessor over the real store: what is frozen survives restarts, history stays small."""

import json

import pytest
from sqlalchemy import Engine

from cloud.assessing import Assessor
from cloud.live import LiveTrace
from cloud.store import assessments
from cloud.store.assessments import KEPT, Stored
from cloud.store.db import reading
from cloud.store.recordings import Recording
from device import payloads, wire
from models.analysis import analyse
from models.frozen import FROZEN_S
from models.synth import synthetic
from models.trace import on_wire_grid
from tests.cloud.alerts import world
from tests.cloud.alerts.world import T0_MS
from tests.cloud.web.service import trace_frames

WHOLE = on_wire_grid(synthetic(11, 20, "late_decelerations")[0])


class Ward:
    """One recording, assessed up to any second; a new process when asked for."""

    def __init__(self, engine: Engine, recording: Recording) -> None:
        self.engine, self.recording = engine, recording
        self.frames = trace_frames(WHOLE, recording.session)
        self.restart()

    def restart(self) -> None:
        self.trace = LiveTrace(self.recording)
        self.assessor = Assessor(self.engine, 30, lambda *_: None)

    def assess(self, to_s: int, ended: bool = False) -> Stored:
        """Once, at the wall clock of this recorded second."""
        now_ms = T0_MS + 1000 * to_s
        for frame in self.frames[int(self.trace.newest_s) : to_s]:
            self.trace.add(frame, now_ms)
        self.trace.ended_ms = now_ms if ended else None
        self.assessor.due([(self.trace, to_s)], now_ms)
        self.assessor.go_on(self.recording, self.trace, to_s, now_ms)
        self.assessor.flush()
        assert self.trace.assessment is not None
        return self.trace.assessment


@pytest.fixture
def ward(engine: Engine) -> Ward:
    return Ward(engine, world.record(engine))


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
