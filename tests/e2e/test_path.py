"""A recording goes through probe, gateway and cloud and lies in the store sample for sample.

Three mothers at once, 60 recorded seconds a second: CTU-UHB 1001 where there is one, a synthetic
recording, and a synthetic one whose probe is a real MicroPython.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from device import payloads, wire
from models.synth import synthetic
from models.trace import Trace
from tests.e2e.rig import Rig

SPEED = 60
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig(tmp_path_factory.mktemp("path")) as rig:
        yield rig


@pytest.fixture(scope="module")
def replayed(rig: Rig, request: pytest.FixtureRequest) -> dict[str, int]:
    """{name: mother} of the replays, all of them started."""
    mothers = {"synthetic": 1, "micropython": 2}
    rig.probe(1, "synthetic:late_decelerations:11:30", SPEED)
    rig.probe(2, "synthetic:poor_signal:12:10", SPEED, micropython=True)
    try:
        data = request.getfixturevalue("data_dir")
    except pytest.skip.Exception:
        return mothers
    rig.probe(3, data / "ctu-uhb" / "1001.hea", SPEED)
    return {**mothers, "1001": 3}


def assert_same(stored: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    """Every sample, on the grid of the wire; a channel that is not there is all missing."""
    seconds = int(np.ceil(max(len(values) for values in expected.values()) / 4))
    for name, values in stored.items():
        full = np.full(4 * seconds, np.nan)
        given = expected.get(name, full)
        full[: len(given)] = given
        np.testing.assert_array_equal(values, full, err_msg=name)


def channels(trace: Trace) -> dict[str, np.ndarray]:
    return {
        "fhr": trace.fhr_bpm,
        "fhr2": trace.fhr2_bpm,
        "mhr": trace.mhr_bpm,
        "toco": trace.toco,
        "quality": trace.quality,
    }


def read_ctu_uhb(path: Path) -> dict[str, np.ndarray]:
    """FHR and toco by the description in the header, apart from the code under test.

    CTU-UHB: format 16, two signals, 100 counts a unit, 4 Hz; 0 is a lost signal.
    """
    counts = np.fromfile(path.with_suffix(".dat"), "<i2").reshape(-1, 2).astype(float)
    counts[counts == 0] = np.nan
    return {"fhr": np.round(counts[:, 0] / 25) / 4, "toco": np.round(counts[:, 1] / 50) / 2}


@pytest.mark.parametrize(
    ("name", "scenario", "seed", "minutes"),
    [("synthetic", "late_decelerations", 11, 30), ("micropython", "poor_signal", 12, 10)],
)
def test_synthetic_recording_is_stored_sample_for_sample(
    rig: Rig, replayed: dict[str, int], name: str, scenario: str, seed: int, minutes: int
) -> None:
    recording = rig.recording_id(replayed[name])
    rig.wait_complete(recording, 90)
    expected, _ = synthetic(seed, minutes, scenario)
    assert_same(rig.trace(recording), channels(expected))


@pytest.mark.real
def test_ctu_uhb_1001_is_stored_sample_for_sample(
    rig: Rig, replayed: dict[str, int], data_dir: Path
) -> None:
    recording = rig.recording_id(replayed["1001"])
    rig.wait_complete(recording, 200)
    expected = read_ctu_uhb(data_dir / "ctu-uhb" / "1001.hea")
    stored = rig.trace(recording)
    assert_same({"fhr": stored["fhr"], "toco": stored["toco"]}, expected)


def test_each_session_is_whole_from_start_to_stop(rig: Rig, replayed: dict[str, int]) -> None:
    for number in replayed.values():
        recording = rig.recording_id(number)
        made = rig.wait_complete(recording, 200)
        frames = rig.stored(recording)
        assert [frame.seq for frame in frames] == list(range(made))
        first, last = payloads.unpack_event(frames[0].payload), frames[-1]
        assert payloads.unpack_start(first).speed == SPEED
        assert (last.kind, payloads.unpack_event(last.payload).code) == (wire.EVENT, payloads.STOP)


def test_probes_end_by_themselves_when_all_is_receipted(rig: Rig, replayed: dict[str, int]) -> None:
    for probe in rig.probes:
        assert probe.wait(200) == 0, probe.stderr[-2000:]


def test_completeness_report_says_so(rig: Rig, replayed: dict[str, int]) -> None:
    centre = rig.sign_in("centre")
    for number in replayed.values():
        recording = rig.recording_id(number)
        made = rig.wait_complete(recording, 200)
        report = centre.get(f"/api/recordings/{recording}/completeness").json()
        assert (report["stored"], report["frames_made"], report["missing"]) == (made, made, [])
        assert report["text"].startswith(f"{made:,} of {made:,} frames")


def test_a_recording_of_others_does_not_exist(rig: Rig, replayed: dict[str, int]) -> None:
    recording = rig.recording_id(replayed["micropython"])
    paths = [f"/api/recordings/{recording}{path}" for path in ("", "/trace", "/completeness")]
    own, other, clinic = (rig.sign_in(who) for who in ("mother2", "mother1", "clinic"))
    for path in (*paths, f"/recordings/{recording}"):
        assert own.get(path).status_code == 200
        assert other.get(path).status_code == clinic.get(path).status_code == 404
    assert rig.sign_in("county").get(f"{paths[0]}/assessment").status_code == 200
    assert clinic.get(f"{paths[0]}/assessment").status_code == 404
