"""The monitor over the real store, second by second, in any portions and through restarts."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from cloud.alerts.service import Alerting
from cloud.drill.told import told
from cloud.hub import Hub
from cloud.live import GIVE_UP_MS, Live
from cloud.monitor import Monitor
from cloud.store import alerts, assessments, frames, recordings
from cloud.store.alerts import Alert
from cloud.store.db import reading, writing
from cloud.store.recordings import Recording
from device import payloads, wire
from models.synth import synthetic
from models.trace import FS_HZ, Trace
from models.whole import changes
from tests.cloud.alerts import world
from tests.cloud.alerts.world import T0_MS, WHO

ASSESS_EVERY_S = 30.0
TRACE, _ = synthetic(seed=1, minutes=12, scenario="bradycardia")
(RAISED, CLEARED) = [c for c in changes(TRACE) if c.rule.id == "bradycardia_80"]


def frame_of(trace: Trace, second: int, session: int = 7) -> wire.Frame:
    """Second `second` of the trace as the device sends it: seq 0 is its START."""
    part = slice(second * FS_HZ, (second + 1) * FS_HZ)

    def counts(values: Any, per_unit: int, gap: int) -> tuple[int, ...]:
        return tuple(gap if np.isnan(v) else round(float(v) * per_unit) for v in values[part])

    body = payloads.pack_trace(
        payloads.Trace(
            counts(trace.fhr_bpm, payloads.PER_BPM, payloads.GAP_16),
            None,
            None,
            counts(trace.toco, payloads.PER_TOCO, payloads.GAP_8),
            counts(trace.quality, 1, payloads.GAP_8),
        )
    )
    return wire.Frame(wire.TRACE, session, second + 1, 1000 * second, body)


class Cloud:
    """The part of the service behind the broker, with its own clock."""

    def __init__(self, engine: Engine, recording: Recording, now_ms: int = T0_MS) -> None:
        self.engine = engine
        self.recording = recording
        self.now_ms = now_ms
        self.steady_ms = 0
        self.start()

    def start(self) -> None:
        """As after a kill: all that is in memory is new."""
        self.live = Live()
        self.live.rebuild(self.engine, self.now_ms)
        self.live.open(self.recording)
        self.alerting = Alerting(self.engine, Hub())
        self.monitor = Monitor(
            self.engine, self.live, self.alerting, ASSESS_EVERY_S, steady=lambda: self.steady_ms
        )

    def come(self, trace: Trace, seconds: Any, stored: bool = True) -> None:
        """These seconds are committed (where a restart follows) and handed to the live trace."""
        made = [frame_of(trace, second) for second in seconds]
        if stored:
            with writing(self.engine) as conn:
                new = [(frame.seq, wire.encode(frame)) for frame in made]
                frames.add_frames(conn, self.recording.id, new, self.now_ms)
        for frame in made:
            self.live.add(self.recording.id, frame, self.now_ms)

    def tick(self, after_s: float = 0.0) -> None:
        self.now_ms += round(after_s * 1000)
        self.steady_ms += round(after_s * 1000)
        self.monitor.tick(self.now_ms)

    def end(self) -> None:
        """Its last frame has come."""
        with writing(self.engine) as conn:
            self.recording = replace(self.recording, closed_ms=self.now_ms)
            recordings.save(conn, [self.recording])
        self.live.open(self.recording)

    def alerts(self, rule: str | None = None) -> list[Alert]:
        with reading(self.engine) as conn:
            found = alerts.visible(conn)
        return sorted((a for a in found if rule in (None, a.rule)), key=lambda alert: alert.onset_s)


@pytest.fixture
def cloud(engine: Engine) -> Cloud:
    return Cloud(engine, world.record(engine))


def test_a_bradycardia_is_raised_once_at_the_right_second(cloud: Cloud) -> None:
    for second in range(int(TRACE.duration_s)):
        cloud.come(TRACE, [second], stored=False)
        cloud.tick(1)
        if second + 1 < RAISED.at_s:
            assert cloud.alerts() == []
        elif second + 1 < CLEARED.at_s:
            (alert,) = cloud.alerts()
            assert alert.cleared_s is None
    (alert,) = cloud.alerts()
    assert (alert.onset_s, alert.at_s, alert.cleared_s) == (
        RAISED.onset_s,
        RAISED.at_s,
        CLEARED.at_s,
    )
    assert alert.raised_ms == T0_MS + 1000 * RAISED.at_s  # in the tick of the very second
    assert alert.reason["args"]["bpm"] < 80


CHUNKS = st.lists(st.tuples(st.integers(1, 200), st.booleans()), min_size=1, max_size=12)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chunks=CHUNKS)
def test_portions_and_restarts_change_nothing(
    chunks: list[tuple[int, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    engine = world.make(Path(tmp_path_factory.mktemp("cloud")) / "lucina.sqlite")
    cloud = Cloud(engine, world.record(engine))
    at = 0
    end = int(TRACE.duration_s)
    for count, restarts in [*chunks, (end, False)]:
        cloud.come(TRACE, range(at, min(end, at + count)))
        at = min(end, at + count)
        cloud.tick(1)
        if restarts:
            cloud.start()
            cloud.tick(1)
    (alert,) = cloud.alerts()
    assert (alert.onset_s, alert.at_s, alert.cleared_s) == (
        RAISED.onset_s,
        RAISED.at_s,
        CLEARED.at_s,
    )
    with reading(engine) as conn:
        steps = [step.event for step in alerts.steps_of(conn, [alert.id])[alert.id]]
    assert steps == ["raised", "tell", "cleared"]
    engine.dispose()


def test_frames_in_any_order_within_the_wait(cloud: Cloud) -> None:
    """A resend fills a hole before anything behind it is looked at."""
    for first in range(0, 400, 4):
        for second in (first + 1, first + 3, first + 2):
            cloud.come(TRACE, [second])
        cloud.tick(1)
        cloud.come(TRACE, [first])
        cloud.tick(1)
    (alert,) = cloud.alerts()
    assert (alert.onset_s, alert.at_s) == (RAISED.onset_s, RAISED.at_s)


def test_frames_that_come_late_are_looked_at(cloud: Cloud) -> None:
    """The link was away for the whole bradycardia and brings it later."""
    first, last = int(RAISED.onset_s) - 20, int(CLEARED.at_s) + 30
    cloud.come(TRACE, range(first))
    cloud.tick(1)
    cloud.come(TRACE, range(last, last + 20))
    for _ in range(8):
        cloud.tick(1)
    assert cloud.alerts("bradycardia_80") == []
    cloud.come(TRACE, range(first, last))
    for _ in range(8):
        cloud.tick(1)
    (alert,) = cloud.alerts("bradycardia_80")
    assert (alert.onset_s, alert.at_s, alert.cleared_s) == (
        RAISED.onset_s,
        RAISED.at_s,
        CLEARED.at_s,
    )
    cloud.start()
    cloud.tick(1)
    assert len(cloud.alerts("bradycardia_80")) == 1


def test_a_condition_told_for_its_newest_seconds_is_not_told_again_for_its_first(
    cloud: Cloud,
) -> None:
    """The cloud was away when it began; what is newest comes first."""
    fhr_bpm = TRACE.fhr_bpm.copy()
    first, back = int(RAISED.onset_s), int(RAISED.at_s) + 60
    fhr_bpm[first * FS_HZ : (back + 240) * FS_HZ] = 70
    long = replace(TRACE, fhr_bpm=fhr_bpm)
    cloud.come(long, range(first - 20))
    cloud.come(long, range(back, back + 200))
    for _ in range(8):
        cloud.tick(1)
    (alert,) = cloud.alerts("bradycardia_80")
    assert alert.onset_s > RAISED.at_s
    cloud.come(long, range(first - 20, back))
    for _ in range(8):
        cloud.tick(1)
    cloud.come(long, range(back + 200, int(long.duration_s)))
    for _ in range(8):
        cloud.tick(1)
    with reading(cloud.engine) as conn:
        steps = [step.event for step in alerts.steps_of(conn, [alert.id])[alert.id]]
    assert steps == ["raised", "tell", "cleared"]


def test_more_than_memory_keeps_comes_at_once(cloud: Cloud) -> None:
    """After a long outage the store has it all, memory only the last hour."""
    quiet, _ = synthetic(seed=3, minutes=90, scenario="normal")
    fhr_bpm = quiet.fhr_bpm.copy()
    fhr_bpm[: len(TRACE.fhr_bpm)] = TRACE.fhr_bpm
    long = replace(quiet, fhr_bpm=fhr_bpm)
    cloud.come(long, range(int(long.duration_s)))
    for _ in range(3):
        cloud.tick(1)
    (alert,) = cloud.alerts("bradycardia_80")
    assert (alert.onset_s, alert.at_s) == (RAISED.onset_s, RAISED.at_s)


def test_missing_data_clears_nothing(cloud: Cloud) -> None:
    until = int(RAISED.at_s) + 10
    cloud.come(TRACE, range(until))
    cloud.tick(1)
    lost = Trace.empty(600)
    cloud.come(lost, range(until, 600))
    cloud.tick(1)
    (alert,) = cloud.alerts("bradycardia_80")
    assert alert.cleared_s is None
    assert [a.rule for a in cloud.alerts()] == ["bradycardia_80", "signal_lost"]
    cloud.start()
    cloud.tick(1)
    (alert,) = cloud.alerts("bradycardia_80")
    assert alert.cleared_s is None


def test_what_ended_while_the_cloud_was_down_is_looked_at(cloud: Cloud) -> None:
    cloud.come(TRACE, range(int(RAISED.at_s) + 5))
    cloud.end()
    cloud.start()  # killed between the commit and the look
    cloud.live.recordings.clear()  # a start rebuilds what is open only
    cloud.tick(1)
    assert [a.rule for a in cloud.alerts()] == ["bradycardia_80"]
    with reading(cloud.engine) as conn:
        assert assessments.unfinished(conn) == []
        assert assessments.latest(conn, cloud.recording.id) is not None


def test_what_could_not_be_looked_at_while_it_was_in_memory_is_looked_at_later(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the database is away for longer than an ended recording is kept in memory."""

    def fail(*_: Any) -> None:
        raise OperationalError("select", {}, Exception("the server is away"))

    cloud.tick()
    with monkeypatch.context() as away:
        away.setattr(Alerting, "raise_alert", fail)
        cloud.come(TRACE, range(int(RAISED.at_s) + 5))
        cloud.end()
        for _ in range(10):
            cloud.tick(60)
        assert cloud.live.evict(cloud.now_ms) == [cloud.recording.id]
    assert cloud.alerts() == []
    for _ in range(12):
        cloud.tick(5)
    assert [a.rule for a in cloud.alerts()] == ["bradycardia_80"]
    with reading(cloud.engine) as conn:
        assert assessments.unfinished(conn) == []


def test_what_is_stored_and_did_not_reach_memory_is_looked_at_when_it_has_ended(
    cloud: Cloud,
) -> None:
    seconds = range(int(RAISED.at_s) + 5)
    made = [frame_of(TRACE, second) for second in seconds]
    with writing(cloud.engine) as conn:
        new = [(frame.seq, wire.encode(frame)) for frame in made]
        frames.add_frames(conn, cloud.recording.id, new, cloud.now_ms)
    for frame in made[: int(RAISED.onset_s)]:
        cloud.live.add(cloud.recording.id, frame, cloud.now_ms)
    cloud.tick(6)
    assert cloud.alerts("bradycardia_80") == []
    cloud.end()
    cloud.tick()
    assert [a.onset_s for a in cloud.alerts("bradycardia_80")] == [RAISED.onset_s]


def test_a_silent_link_is_told_after_28_s_once_and_cleared(cloud: Cloud) -> None:
    cloud.come(TRACE, range(20))
    cloud.tick()
    cloud.tick(27.9)
    assert cloud.alerts() == []
    cloud.tick(0.2)
    cloud.tick(30)
    (alert,) = cloud.alerts()
    assert (alert.rule, alert.onset_s, alert.phase.value) == ("link_lost", 20.0, "centre")
    cloud.start()
    for _ in range(40):
        cloud.tick(1)
    assert len(cloud.alerts()) == 1
    cloud.start()
    cloud.come(TRACE, range(20, 25))
    cloud.tick(1)
    (alert,) = cloud.alerts()
    assert alert.cleared_s == 25.0
    for _ in range(40):  # away again before anybody answered, at the second at which it came back
        cloud.tick(1)
    (alert,) = cloud.alerts()
    assert alert.cleared_s is None
    with reading(cloud.engine) as conn:
        steps = [step.event for step in alerts.steps_of(conn, [alert.id])[alert.id]]
    assert steps == ["raised", "nobody left", "cleared", "recurred"]


@pytest.mark.parametrize("set_by_s", [-3600, 3600])
def test_a_clock_that_is_set_neither_makes_silence_nor_hides_it(
    cloud: Cloud, set_by_s: int
) -> None:
    cloud.come(TRACE, range(20))
    cloud.tick()
    cloud.now_ms += 1000 * set_by_s
    for second in range(20, 30):
        cloud.tick(0.5)
        cloud.come(TRACE, [second])
        cloud.tick(0.5)
    assert cloud.alerts() == []
    cloud.tick(27.9)
    assert cloud.alerts() == []
    cloud.tick(0.2)
    assert [a.rule for a in cloud.alerts()] == ["link_lost"]


def test_a_start_of_the_monitor_is_no_silence(cloud: Cloud) -> None:
    cloud.come(TRACE, range(20))
    cloud.now_ms += 3_600_000  # the cloud was down for an hour; the probe was not
    cloud.start()
    cloud.tick()
    cloud.tick(27)
    assert cloud.alerts() == []
    cloud.tick(2)
    assert [a.rule for a in cloud.alerts()] == ["link_lost"]


def test_what_was_missed_before_a_start_of_the_monitor_is_waited_for(cloud: Cloud) -> None:
    """Its newest seconds had come when the cloud was killed; what came before is under way."""
    cloud.come(TRACE, range(130, 140))
    cloud.now_ms += 60_000
    cloud.start()
    cloud.tick()
    cloud.tick(GIVE_UP_MS / 1000 - 0.1)
    assert cloud.alerts() == []
    cloud.come(TRACE, range(130))
    cloud.tick(8)
    assert cloud.alerts() == []


def test_a_drill_excuses_a_lost_signal_whose_samples_had_not_come(cloud: Cloud) -> None:
    """A status of the same second, which came before, is none of them."""
    status = wire.Frame(wire.STATUS, 7, 200, 119_500, b"")
    with writing(cloud.engine) as conn:
        new = [(status.seq, wire.encode(status))]
        frames.add_frames(conn, cloud.recording.id, new, cloud.now_ms)
    cloud.come(TRACE, range(120, 130))
    for _ in range(6):
        cloud.tick(1)
    assert [a.rule for a in cloud.alerts()] == ["signal_lost"]
    cloud.now_ms += 1
    cloud.come(TRACE, range(120))
    assert told(cloud.engine, cloud.recording) == []


def test_the_end_of_a_recording_is_no_silence(cloud: Cloud) -> None:
    cloud.come(TRACE, range(20))
    cloud.end()
    for _ in range(50):
        cloud.tick(1)
    assert cloud.alerts() == []


def test_assessments_are_kept_each_minute_and_at_the_end(cloud: Cloud) -> None:
    for second in range(150):
        cloud.come(TRACE, [second])
        cloud.tick(1)
    assert 2 <= _count(cloud) <= 4
    cloud.end()
    cloud.tick(1)
    before = _count(cloud)
    cloud.tick(1)
    assert _count(cloud) == before
    with reading(cloud.engine) as conn:
        last = assessments.latest(conn, cloud.recording.id)
    assert last is not None
    assert last.at_s == 150.0
    assert last.verdict == last.document()["verdict"]


def _count(cloud: Cloud) -> int:
    with reading(cloud.engine) as conn:
        return conn.exec_driver_sql("SELECT count(*) FROM assessments").scalar_one()


def test_a_failure_in_one_recording_does_not_stop_the_others(
    engine: Engine, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = Cloud(engine, world.record(engine))
    other = world.record(engine, "probe-2")
    cloud.live.open(other)
    for second in range(int(RAISED.at_s)):
        for recording in (cloud.recording, other):
            cloud.live.add(recording.id, frame_of(TRACE, second), cloud.now_ms)
    real = Alerting.raise_alert
    broken = {cloud.recording.id}

    def fail_for_one(self: Alerting, recording_id: int, *args: Any) -> int | None:
        if recording_id in broken:
            raise OSError("disk full")
        return real(self, recording_id, *args)

    monkeypatch.setattr(Alerting, "raise_alert", fail_for_one)
    cloud.tick(1)
    cloud.tick(1)
    assert [a.recording_id for a in cloud.alerts()] == [other.id]
    assert f"recording {cloud.recording.id} could not be looked at" in caplog.text
    broken.clear()
    cloud.tick(1)  # what could not be told is found again
    assert sorted(a.recording_id for a in cloud.alerts()) == [cloud.recording.id, other.id]


def test_recurrence_and_new_alert_survive_a_restart(cloud: Cloud) -> None:
    """Two bradycardias; the first is handled before the second."""
    twice = replace(TRACE, **{n: np.tile(v, 2) for n, v in TRACE.channels().items()})
    until = int(TRACE.duration_s)
    cloud.come(twice, range(until))
    cloud.tick(1)
    (alert,) = cloud.alerts("bradycardia_80")
    for event in ("accept", "handle"):
        cloud.alerting.act(alert.id, event, WHO[world.NEAR, 1], "", cloud.now_ms)
    cloud.come(twice, range(until, 2 * until))
    cloud.tick(1)
    before = cloud.alerts()
    assert len([a for a in before if a.rule == "bradycardia_80"]) == 2
    cloud.start()
    cloud.tick(1)
    assert cloud.alerts() == before
