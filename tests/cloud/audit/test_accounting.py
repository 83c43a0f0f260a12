"""The ledger of one recording: what was kept on the way, the gaps with their times, the clocks."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from cloud.completeness import ledger
from cloud.store import frames, recordings
from cloud.store.db import open_engine, writing
from device import payloads, wire
from lucina import app
from models.lateness import drift_ppm, late_runs
from tests.cloud.data.parts import event_frame, start_frame, trace_frame
from tests.cloud.stores import bring_up_to_date

BEGAN_MS = 1_790_000_000_000
OUTAGE_S, BACK_S = range(60, 120), 130  # measured while the link was down; sent when it was back
SLOW_PPM = 400  # of the probe's clock


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'lucina.sqlite'}")
    bring_up_to_date(engine)
    yield engine
    engine.dispose()


def came_ms(second: int) -> int:
    """When a second of the probe arrives: 0.2 s after it was measured, or after the outage."""
    real_s = (BACK_S if second in OUTAGE_S else second) * (1 + SLOW_PPM / 1e6)
    return BEGAN_MS + round(1000 * real_s) + 200


def recorded(engine: Engine, seconds: int, lost: range = range(0)) -> int:
    """START, a TRACE each second but those lost, a STATUS, STOP."""
    status = payloads.pack_status(payloads.Status(80, 2, 61, 60, 1, 900, 0, 0, 90))
    made = [start_frame(), *(trace_frame(n + 1, n) for n in range(seconds))]
    made.append(wire.Frame(wire.STATUS, 77, seconds + 1, 1000 * seconds, status))
    made.append(event_frame(seconds + 2, payloads.STOP, seconds + 3, 1000 * seconds))
    known = dict(device_id="probe-1", session=77, gateway_id="gw-1", start_ms=BEGAN_MS - 500)
    with writing(engine) as conn:
        one = recordings.open_recording(conn, **known, now_ms=BEGAN_MS)
        for frame in made:
            if frame.t_ms // 1000 not in lost:
                data = [(frame.seq, wire.encode(frame))]
                frames.add_frames(conn, one.id, data, came_ms(frame.t_ms // 1000))
        changed = {"frames_made": len(made), "clock_offset_ms": 500, "resent": 60}
        recordings.save(conn, [recordings.Recording(**{**vars(one), **changed})])
    return one.id


def test_what_was_kept_on_the_way(engine: Engine) -> None:
    number = recorded(engine, 2000)
    with engine.connect() as conn:
        found = ledger(conn, number)
    assert found is not None and found["missing"] == found["gaps"] == []
    (later,) = found["sent_later"]
    assert (later["from_s"], later["to_s"]) == (60, 120) and later["waited_s"] == pytest.approx(
        70, abs=0.5
    )
    assert found["device_drift_ppm"] == pytest.approx(SLOW_PPM, abs=1)
    assert found["hops"]["device"] == {
        "id": "probe-1", "kept_most": 61, "reconnects": 1, "given_up": 0,
    }  # fmt: skip


def test_the_command_says_it_in_lines(engine: Engine) -> None:
    number = recorded(engine, 100, lost=range(40, 50))
    url = str(engine.url)
    lines = ["audit", "completeness", "probe-1/77", "--database", url]
    done = CliRunner().invoke(app, lines)
    assert done.exit_code == 1
    assert "93 of 103 frames, 60 resent" in done.output
    assert "missing: frames 41 to 50" in done.output
    assert "no heart rate: 0:00:40 to 0:00:50 (2026-09-21 " in done.output
    assert "not received" in done.output and "gateway -500 ms" in done.output
    as_json = CliRunner().invoke(app, ["audit", "completeness", str(number), "--json",
                                       "--database", url])  # fmt: skip
    assert json.loads(as_json.output)["gaps"][0]["at_ms"] == BEGAN_MS + 40_000
    for wrong, why in (("9", "no such recording"), ("probe-1/x", "DEVICE/SESSION")):
        done = CliRunner().invoke(app, ["audit", "completeness", wrong, "--database", url])
        assert done.exit_code == 2 and why in done.output


def test_nothing_is_said_of_too_little() -> None:
    none = np.empty(0)
    assert late_runs(none, none) == [] and np.isnan(drift_ppm(none, none))
    short = np.arange(600.0)
    assert np.isnan(drift_ppm(short, short))
