import json
from dataclasses import replace

import numpy as np
import pytest

from models.analysis import Analysis, analyse
from models.formats import parse
from models.synth import synthetic
from models.trace import FS_HZ, Trace
from tests.models.strips import Bump, strip

KEYS = [
    "duration_s", "fs_hz", "gestation_weeks", "quality", "baseline_bpm", "stv_ms", "stv_minutes",
    "ltv_ms", "bandwidth_bpm", "bandwidth_minutes", "oscillations_per_min", "accelerations",
    "decelerations",
    "minor_accelerations", "minor_decelerations", "contractions", "activity",
    "sinusoidal", "episodes", "scores", "verdict", "reasons", "rules_version",
]  # fmt: skip
SQUEEZES: tuple[Bump, ...] = tuple(
    (200 + 250 * n, 240 + 250 * n, 280 + 250 * n, 50) for n in range(6)
)
LATE: tuple[Bump, ...] = tuple((s + 40, s + 90, s + 145, -25) for s, *_ in SQUEEZES)


def told(analysis: Analysis, **how: bool) -> dict:
    return json.loads(json.dumps(analysis.to_json(**how), allow_nan=False))


def test_a_strip_has_every_field_and_its_events_theirs():
    data = told(analyse(strip(swing=1, bumps=LATE, squeezes=SQUEEZES), 38.0))
    assert list(data) == KEYS
    assert (data["duration_s"], data["fs_hz"], data["gestation_weeks"]) == (1800, 4, 38)
    assert list(data["quality"]) == [
        "loss", "toco", "maternal", "doubled", "halved", "stuck", "losses"
    ]  # fmt: skip
    dec = data["decelerations"][0]
    assert set(dec) == {
        "start_s", "end_s", "nadir_s", "depth_bpm", "nadir_bpm", "kind", "lag_s", "probability",
        "kind_probability",
    }  # fmt: skip
    assert dec["kind"] == "late" and 0.5 < dec["probability"] < 1
    assert dec["lag_s"] == pytest.approx(40, abs=8)
    assert set(data["contractions"][0]) == {"start_s", "peak_s", "end_s", "amplitude"}
    assert data["activity"]["per_10_min"] == 2 and data["activity"]["tachysystole"] is False
    assert data["verdict"] == "pathological"
    assert data["scores"]["nichd"]["band"] == "III"
    assert data["scores"]["figo_2015"]["band"] == "pathological"  # late for 22 min, flat
    assert data["scores"]["cst10"]["items"]["decelerations"] == {
        "label": "Decelerations", "value": "late", "unit": None, "cell": "late", "result": 0,
    }  # fmt: skip
    reason = data["reasons"][0]
    assert reason["rule"] == "nichd_3_late" and "%" in reason["text"] and "%(" not in reason["text"]
    assert reason["text"] == reason["message"] % reason["args"]
    assert reason["value"] >= reason["limit"] == 50


def test_an_acceleration_has_peak_amplitude_and_probability():
    data = told(analyse(strip(bumps=((300, 315, 340, 25),))))
    (rise,) = data["accelerations"]
    assert set(rise) == {"start_s", "end_s", "peak_s", "amplitude_bpm", "probability"}
    assert 0.5 < rise["probability"] < 1
    plain = told(analyse(strip(bumps=((300, 315, 340, 25),)), learned=False))
    assert plain["accelerations"][0]["probability"] is None


def test_the_baseline_comes_when_asked_for():
    assert "baseline" not in told(analyse(strip(10)))
    line = told(analyse(strip(10)), with_baseline=True)["baseline"]
    assert len(line) == 600 * FS_HZ and line[0] == pytest.approx(140, abs=3)


@pytest.mark.parametrize(("minutes", "known"), [(9, False), (11, True)])
def test_short_term_variation_needs_ten_minutes(minutes, known):
    data = told(analyse(strip(minutes)))
    assert data["stv_minutes"] == minutes
    assert (data["stv_ms"] is not None) == known
    assert data["ltv_ms"] is not None


@pytest.mark.parametrize("seconds", [0, 3, 59, 700])
def test_a_strip_without_signal_is_unknown_and_has_no_score(seconds):
    data = told(analyse(Trace.empty(seconds)), with_baseline=True)
    assert data["verdict"] == "unknown"
    assert data["stv_ms"] is data["baseline_bpm"] is data["oscillations_per_min"] is None
    assert all(score["not_computable"] for score in data["scores"].values())
    assert set(data["baseline"]) <= {None}


def test_a_constant_rate_is_no_heart_and_a_flat_one_is_not_normal():
    constant = told(analyse(strip(40, swing=0)))
    assert constant["verdict"] == "unknown" and "not_computable" in constant["scores"]["nichd"]
    flat = told(analyse(strip(40, swing=0.8)))
    assert flat["verdict"] == "suspicious" and flat["scores"]["nichd"]["band"] == "II"


def test_without_toco_a_gradual_deceleration_has_no_kind_and_no_score():
    whole = strip(swing=10, bumps=LATE, squeezes=SQUEEZES)
    bare = told(analyse(replace(whole, toco=np.full_like(whole.toco, np.nan))))
    assert {dec["kind"] for dec in bare["decelerations"]} == {"unclassified"}
    assert "the kind of a gradual deceleration" in bare["scores"]["fischer_cn_b"]["not_computable"]
    assert "no toco" in bare["scores"]["cst"]["not_computable"]


def test_the_mothers_rate_can_be_left_out():
    trace, _ = synthetic(1, 30, "maternal")
    with_hers, without = analyse(trace), analyse(trace, ignore_maternal=True)
    assert with_hers.maternal and not without.maternal
    assert all(span["probability"] > 0.5 for span in told(with_hers)["quality"]["maternal"])
    plain = analyse(trace, learned=False)
    assert told(plain)["quality"]["maternal"][0]["probability"] is None
    assert with_hers.assessment.verdict.value == "unknown"
    assert np.isfinite(trace.mhr_bpm).any()  # the caller's trace stays as it is


def test_halved_and_doubled_stretches_are_named_in_seconds():
    whole = strip(20, swing=6)
    fhr = whole.fhr_bpm.copy()
    fhr[400 * FS_HZ : 410 * FS_HZ] /= 2
    data = told(analyse(replace(whole, fhr_bpm=fhr)))
    assert data["quality"]["halved"] == [{"start_s": 400, "end_s": 410}]
    assert data["quality"]["doubled"] == []


def test_a_deceleration_is_measured_for_the_scores():
    dip: tuple[Bump, ...] = ((900, 901, 1020, -75),)
    scores = analyse(strip(30, swing=8, bumps=dip)).scores
    hits = {hit.item.scale.id: hit for hit in scores["antepartum_criteria"].hits}
    assert hits["lost_beats"].value == pytest.approx(75 * 2 / np.pi * 120 / 60, rel=0.15)


def test_movements_make_the_scores_computable_that_need_them():
    rises: tuple[Bump, ...] = tuple((s, s + 12, s + 30, 25) for s in (700, 1000, 1300, 1600))
    scores = analyse(strip(bumps=rises), movements_s=(705.0, 1005.0, 1305.0)).scores
    assert scores["nst10_l"].points is not None and scores["krebs"].points is not None


def test_times_are_those_of_the_recording():
    there, later = (analyse(strip(bumps=LATE, squeezes=SQUEEZES, start_s=s)) for s in (0.0, 500.0))
    assert [d.start_s + 500 for d in there.assessment.decelerations] == [
        d.start_s for d in later.assessment.decelerations
    ]
    for name, score in later.scores.items():
        moved = replace(score, start_s=score.start_s - 500, end_s=score.end_s - 500)
        assert there.scores[name].to_json() == moved.to_json()


@pytest.mark.real
def test_real_recordings_have_an_answer(data_dir):
    folder = data_dir / "ctu-uhb"
    for name in ("1001.hea", "1005.hea", "1104.hea"):
        recording = parse(name, lambda sibling: (folder / sibling).read_bytes())
        data = told(analyse(recording.trace, recording.gestation_weeks))
        assert data["duration_s"] == recording.trace.duration_s
        assert len(data["scores"]) == 16
