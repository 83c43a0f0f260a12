import json
from dataclasses import replace
from pathlib import Path
from time import process_time

import numpy as np
import pytest

from models.assess import RULES_VERSION, Verdict, assess
from models.formats import parse
from models.quality import quality, why_doubted
from models.synth import synthetic
from models.tiers import TABLE, Features, judge
from models.trace import FS_HZ, Trace
from tests.models.strips import Bump, strip

RISES: tuple[Bump, ...] = ((300, 315, 340, 25), (900, 915, 940, 25), (1500, 1515, 1540, 25))
SQUEEZES: tuple[Bump, ...] = tuple(
    (200 + 250 * n, 240 + 250 * n, 280 + 250 * n, 50) for n in range(6)
)


def late(depth: float) -> tuple[Bump, ...]:
    return tuple((start + 40, start + 90, start + 145, -depth) for start, *_ in SQUEEZES)


VARIABLE: tuple[Bump, ...] = tuple((s + 30, s + 42, s + 70, -40) for s, *_ in SQUEEZES)


@pytest.mark.parametrize(
    ("trace", "verdict", "rules"),
    [
        (strip(bumps=RISES), Verdict.NORMAL, ["nichd_1"]),
        (strip(level=112), Verdict.NORMAL, ["nichd_1"]),
        (strip(level=158), Verdict.NORMAL, ["nichd_1"]),
        (strip(level=105, mother=75), Verdict.SUSPICIOUS, ["nichd_2_bradycardia"]),
        (strip(level=170), Verdict.SUSPICIOUS, ["nichd_2_tachycardia"]),
        (strip(swing=4), Verdict.SUSPICIOUS, ["nichd_2_low_variability"]),
        (strip(swing=32), Verdict.SUSPICIOUS, ["nichd_2_marked_variability"]),
        (strip(bumps=late(30), squeezes=SQUEEZES), Verdict.SUSPICIOUS, ["nichd_2_late"]),
        (strip(bumps=VARIABLE, squeezes=SQUEEZES), Verdict.SUSPICIOUS, ["nichd_2_variable"]),
        (
            strip(bumps=((600, 620, 780, -40),)),
            Verdict.SUSPICIOUS,
            ["nichd_2_prolonged"],
        ),
        (
            strip(bumps=((600, 650, 1000, -40),)),
            Verdict.PATHOLOGICAL,
            ["figo_long_deceleration", "nichd_2_prolonged"],
        ),
        (
            strip(level=95, mother=75),
            Verdict.PATHOLOGICAL,
            ["figo_bradycardia", "nichd_2_bradycardia"],
        ),
        (
            strip(swing=1, bumps=late(25), squeezes=SQUEEZES),
            Verdict.PATHOLOGICAL,
            ["nichd_3_late", "nichd_2_low_variability", "nichd_2_late"],
        ),
        (
            strip(swing=1, bumps=VARIABLE, squeezes=SQUEEZES),
            Verdict.PATHOLOGICAL,
            ["nichd_3_variable", "nichd_2_low_variability", "nichd_2_variable"],
        ),
        (
            strip(level=105, swing=1, mother=75),
            Verdict.PATHOLOGICAL,
            ["nichd_3_bradycardia", "nichd_2_bradycardia", "nichd_2_low_variability"],
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_a_textbook_strip_has_its_verdict_and_reasons(trace, verdict, rules):
    assessment = assess(trace)
    assert [reason.rule for reason in assessment.reasons] == rules
    assert assessment.verdict is verdict
    for reason in assessment.reasons:
        assert reason.text % reason.args
        assert trace.start_s <= reason.start_s < reason.end_s <= trace.end_s


FEATURES = Features(0.0, 1800.0, 140.0, 12.0, (), ())


@pytest.mark.parametrize(
    ("bpm", "bandwidth", "rule"),
    [
        (99.9, 12, "figo_bradycardia"),
        (100, 12, "nichd_2_bradycardia"),
        (107.4, 12, "nichd_2_bradycardia"),
        (107.6, 12, "nichd_1"),  # rounded to 110
        (162.4, 12, "nichd_1"),  # rounded to 160
        (162.6, 12, "nichd_2_tachycardia"),
        (140, 5, "nichd_2_low_variability"),
        (140, 5.1, "nichd_1"),
        (140, 25, "nichd_1"),
        (140, 25.1, "nichd_2_marked_variability"),
        (105, 1.9, "nichd_3_bradycardia"),
        (105, 2.0, "nichd_2_bradycardia"),
    ],
)
def test_each_limit_of_the_table_is_exact(bpm, bandwidth, rule):
    _, reasons = judge(replace(FEATURES, baseline_bpm=bpm, bandwidth_bpm=bandwidth))
    assert reasons[0].rule == rule


def test_the_table_is_sorted_and_has_sources():
    order = [row.verdict for row in TABLE]
    assert order == sorted(order, key=[Verdict.PATHOLOGICAL, Verdict.SUSPICIOUS].index)
    assert len({row.id for row in TABLE}) == len(TABLE)
    assert all(row.source for row in TABLE)


def wave(minutes: float, before: float = 0, after: float = 0) -> Trace:
    """Four cycles of 12 bpm a minute, with a normal swing before and after."""
    trace = strip(before + minutes + after, swing=12)
    fhr = trace.fhr_bpm.copy()
    inside = slice(round(before * 60 * FS_HZ), round((before + minutes) * 60 * FS_HZ))
    fhr[inside] = 140 + 6 * np.sin(2 * np.pi * np.arange(len(fhr)) / (15 * FS_HZ))[inside]
    return replace(trace, fhr_bpm=fhr)


@pytest.mark.parametrize(
    ("trace", "verdict", "rule"),
    [
        (wave(30), Verdict.PATHOLOGICAL, "nichd_3_sinusoidal"),
        (wave(22, before=20), Verdict.PATHOLOGICAL, "nichd_3_sinusoidal"),
        (wave(14, before=20), Verdict.SUSPICIOUS, "sinusoidal_suspect"),
        (wave(4, before=20), Verdict.NORMAL, "nichd_1"),
        (wave(22, after=12), Verdict.SUSPICIOUS, "sinusoidal_pseudo"),
        (wave(22, after=40), Verdict.NORMAL, "nichd_1"),  # not in the last half hour
    ],
    ids=["all", "end", "suspect", "short", "pseudo", "long ago"],
)
def test_a_sinusoidal_pattern_is_in_the_verdict(trace, verdict, rule):
    assessment = assess(trace)
    assert (assessment.verdict, assessment.reasons[0].rule) == (verdict, rule)
    assert assessment.reasons[0].text % assessment.reasons[0].args
    if verdict is not Verdict.NORMAL:
        kind = rule.split("_")[-1]
        (one,) = [w for w in assessment.sinusoidal if w.kind == kind]
        assert (assessment.reasons[0].start_s, assessment.reasons[0].end_s) == (
            one.start_s,
            one.end_s,
        )


SHALLOW = tuple((start + 40, start + 90, start + 145, -8.0) for start, *_ in SQUEEZES)


@pytest.mark.parametrize(
    ("trace", "rules"),
    [
        (strip(swing=1, bumps=SHALLOW, squeezes=SQUEEZES), {"nichd_3_flat"}),
        (strip(swing=1, bumps=SHALLOW), {"nichd_3_flat_without_contractions"}),
        (strip(swing=1, bumps=SHALLOW[:2]), set()),
        (strip(swing=1, bumps=SHALLOW[-1:], squeezes=SQUEEZES), set()),
        (strip(swing=4, bumps=SHALLOW, squeezes=SQUEEZES), set()),
        (strip(swing=12, bumps=SHALLOW, squeezes=SQUEEZES), set()),
        (strip(swing=1, squeezes=SQUEEZES), set()),
    ],
    ids=["flat", "no toco", "two, no toco", "one", "minimal", "moderate", "no falls"],
)
def test_shallow_decelerations_count_where_variability_is_absent(trace, rules):
    """The last contraction is at 1450 s of 1800: each one's fall would be over."""
    assessment = assess(trace)
    assert {r.rule for r in assessment.reasons if r.rule.startswith("nichd_3")} == rules
    assert (assessment.verdict is Verdict.PATHOLOGICAL) is bool(rules)


def test_a_gap_after_a_contraction_does_not_say_that_nothing_fell():
    trace = strip(swing=1, bumps=SHALLOW[-1:], squeezes=SQUEEZES)
    assert assess(trace).verdict is not Verdict.PATHOLOGICAL
    gaps = [(start + 30, start + 110) for start, *_ in SQUEEZES[2:5]]
    assert "nichd_3_flat" in {reason.rule for reason in assess(lost(trace, *gaps)).reasons}


@pytest.mark.parametrize(
    ("level", "mother", "unknown"),
    [(109, np.nan, True), (111, np.nan, False), (109, 75, False)],
)
def test_a_rate_that_was_never_a_fetal_one_may_be_hers_unless_hers_is_known(level, mother, unknown):
    rules = [reason.rule for reason in assess(strip(level=level, mother=mother)).reasons]
    assert ("unknown_whose" in rules) is unknown
    once = strip(level=80, bumps=((300, 301, 600, 50),))
    assert "unknown_whose" in [reason.rule for reason in assess(once).reasons]
    fell = strip().fhr_bpm - 60 * (np.arange(1800 * FS_HZ) > 900 * FS_HZ)
    assert assess(replace(strip(), fhr_bpm=fell.astype(np.float32))).verdict is Verdict.PATHOLOGICAL


def slow(bpm: float, from_s: float, to_s: float) -> Trace:
    """A low rate with both edges lost, without the mother's channel."""
    trace = strip()
    trace.fhr_bpm[round(from_s * FS_HZ) : round(to_s * FS_HZ)] += bpm - 140
    return lost(trace, (from_s - 20, from_s), (to_s, to_s + 20))


def test_a_low_rate_that_was_left_out_is_told_and_not_normal():
    assessment = assess(slow(70, 500, 700))
    (reason,) = (one for one in assessment.reasons if one.rule == "low_left_out")
    assert 500 <= reason.start_s < reason.start_s + 60 <= reason.end_s <= 700
    assert assessment.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("bpm", "lasts_s", "mother", "told_s"),
    [(80, 60, np.nan, 60), (80, 59, np.nan, None), (112, 90, np.nan, None), (80, 90, 75, None)],
    ids=["a minute", "less", "not low", "her rate is known"],
)
def test_how_long_and_low_is_told(bpm, lasts_s, mother, told_s):
    trace = strip(level=bpm, swing=0, mother=mother, start_s=100)
    hers = np.zeros(len(trace.fhr_bpm), bool)
    hers[300 * FS_HZ : (300 + lasts_s) * FS_HZ] = True
    hers[800 * FS_HZ : 830 * FS_HZ] = True
    trace.fhr_bpm[310 * FS_HZ : 318 * FS_HZ] = np.nan
    known = quality(trace, trace.fhr_bpm.astype(float), hers, trace.fhr_bpm.astype(float))
    found = [(reason.args["value"], reason.start_s) for reason in why_doubted(known, trace, hers)]
    assert found == ([] if told_s is None else [(told_s, 400.0)])


def lost(trace: Trace, *spans: tuple[float, float]) -> Trace:
    fhr = trace.fhr_bpm.copy()
    for from_s, to_s in spans:
        fhr[round(from_s * FS_HZ) : round(to_s * FS_HZ)] = np.nan
    return replace(trace, fhr_bpm=fhr)


@pytest.mark.parametrize(
    ("trace", "rules"),
    [
        (strip(9.9), ["unknown_short"]),
        (Trace.empty(0), ["unknown_short"]),
        (Trace.empty(1), ["unknown_short", "unknown_recent_loss", "unknown_loss"]),
        (Trace.empty(1800), ["unknown_short", "unknown_recent_loss", "unknown_loss"]),
        (lost(strip(60), (3295, 3600)), ["unknown_recent_loss"]),
        (lost(strip(60), (600, 1805)), ["unknown_loss"]),
        (lost(strip(60), (600, 1795)), []),
        (lost(strip(60), (3305, 3600)), []),
    ],
    ids=str,
)
def test_a_strip_without_enough_signal_is_unknown_and_says_why(trace, rules):
    assessment = assess(trace)
    if rules:
        assert assessment.verdict is Verdict.UNKNOWN
        assert [reason.rule for reason in assessment.reasons] == rules
        assert all(reason.text % reason.args for reason in assessment.reasons)
    else:
        assert assessment.verdict is Verdict.NORMAL


@pytest.mark.parametrize(("share", "unknown"), [(0.2, False), (0.3, True)])
def test_the_mothers_pulse_is_no_verdict(share, unknown):
    trace = strip(60)
    fhr, mhr = trace.fhr_bpm.copy(), np.full(len(trace.fhr_bpm), 80, np.float32)
    fhr[600 * FS_HZ : round((600 + share * 3600) * FS_HZ)] = 81
    assessment = assess(replace(trace, fhr_bpm=fhr, mhr_bpm=mhr))
    assert assessment.maternal == pytest.approx(share, abs=0.01)
    assert (assessment.verdict is Verdict.UNKNOWN) is unknown
    assert ("unknown_maternal" in [reason.rule for reason in assessment.reasons]) is unknown


def test_what_was_measured_is_given_even_when_the_verdict_is_unknown():
    assessment = assess(lost(strip(60), (600, 1805)))
    assert assessment.verdict is Verdict.UNKNOWN
    assert assessment.baseline_bpm == pytest.approx(140, abs=1)
    assert assessment.bandwidth_bpm == pytest.approx(10, abs=1.5)
    assert assessment.loss == pytest.approx(1205 / 3600, abs=1e-4)


@pytest.mark.parametrize(
    ("scenario", "verdict"),
    [
        ("normal", Verdict.NORMAL),
        ("flat", Verdict.SUSPICIOUS),
        ("tachycardia", Verdict.SUSPICIOUS),
        ("late_decelerations", Verdict.SUSPICIOUS),
        ("bradycardia", Verdict.PATHOLOGICAL),
        ("poor_signal", Verdict.UNKNOWN),
        ("maternal", Verdict.UNKNOWN),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_each_scenario_has_its_verdict(scenario, verdict, seed):
    minutes = 15 if scenario == "bradycardia" else 40
    assert assess(synthetic(seed, minutes, scenario)[0]).verdict is verdict


def test_the_place_in_time_changes_nothing_but_the_times():
    trace = synthetic(1, 20, "late_decelerations")[0]
    first, later = assess(trace), assess(replace(trace, start_s=7200.0))
    assert (first.verdict, first.stv_ms) == (later.verdict, later.stv_ms)
    assert [d.start_s + 7200 for d in first.decelerations] == [
        d.start_s for d in later.decelerations
    ]
    assert [r.start_s + 7200 for r in first.reasons] == [r.start_s for r in later.reasons]


def test_json_has_no_nan_and_the_baseline_only_when_asked():
    for trace in (Trace.empty(60), synthetic(1, 20, "late_decelerations")[0]):
        assessment = assess(trace, gestation_weeks=38.5)
        text = json.dumps(assessment.to_json(), allow_nan=False)
        data = json.loads(text)
        assert data["verdict"] == assessment.verdict.value
        assert data["rules_version"] == RULES_VERSION and data["gestation_weeks"] == 38.5
        assert "baseline" not in data and len(text) < 20_000
        assert len(data["decelerations"]) == len(assessment.decelerations)
        baseline = json.loads(json.dumps(assessment.to_json(with_baseline=True), allow_nan=False))
        assert len(baseline["baseline"]) == len(trace.fhr_bpm)
    assert {"kind", "lag_s", "nadir_s", "depth_bpm", "start_s", "end_s"} <= set(
        data["decelerations"][0]
    )


@pytest.mark.parametrize(("learned", "limit_s"), [(False, 0.06), (True, 0.3)])
def test_an_hour_is_assessed_fast(learned, limit_s):
    trace = synthetic(1, 60, "normal")[0]
    assess(trace, learned=learned)
    times = []
    for _ in range(3):
        before = process_time()
        assess(trace, learned=learned)
        times.append(process_time() - before)
    assert min(times) < limit_s


@pytest.mark.real
def test_real_recordings_are_assessed(data_dir: Path):
    """No crash, and figures a fetus can have, on some hours of labour."""
    paths = sorted((data_dir / "ctu-uhb").glob("*.hea"))[::60]
    verdicts = set()
    for path in paths:
        load = lambda name, path=path: (path.parent / name).read_bytes()  # noqa: E731
        recording = parse(path.name, load)
        assessment = assess(recording.trace, recording.gestation_weeks)
        verdicts.add(assessment.verdict)
        assert 60 < assessment.baseline_bpm < 200
        assert 1 < assessment.stv_ms < 40
        assert json.dumps(assessment.to_json(), allow_nan=False)
    assert len(verdicts) >= 2
