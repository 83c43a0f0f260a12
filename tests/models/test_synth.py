from itertools import islice, pairwise

import numpy as np
import pytest

from models.clean import clean
from models.events import decelerations
from models.synth import BRADYCARDIA_BPM, SCENARIOS, stream, synthetic
from models.synth_plan import LADDER, PLAIN
from models.trace import FS_HZ, on_wire_grid
from models.watch import changes

SEEDS = range(3)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_same_seed_gives_the_same_samples_on_the_wires_grid(scenario):
    trace, truth = synthetic(5, 12, scenario)
    again, _ = synthetic(5, 12, scenario)
    other, _ = synthetic(6, 12, scenario)
    assert trace.duration_s == 720
    for name, values in trace.channels().items():
        np.testing.assert_array_equal(values, again.channels()[name])
        np.testing.assert_array_equal(values, on_wire_grid(trace).channels()[name])
    assert not np.array_equal(trace.fhr_bpm, other.fhr_bpm, equal_nan=True)
    np.testing.assert_array_equal(np.isnan(trace.fhr_bpm), truth.lost)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_stream_gives_the_samples_of_the_whole_and_a_longer_one_begins_with_a_shorter(scenario):
    trace, truth = synthetic(4, 13, scenario)
    longer, more = synthetic(4, 21.5, scenario)
    seconds = list(islice(stream(4, scenario), 13 * 60))
    assert [one.start_s for one in seconds] == list(range(13 * 60))
    for name, values in trace.channels().items():
        parts = [one.channels()[name] for one in seconds]
        np.testing.assert_array_equal(np.concatenate(parts), values)
        np.testing.assert_array_equal(longer.channels()[name][: len(values)], values)
    np.testing.assert_array_equal(more.baseline_bpm[: len(values)], truth.baseline_bpm)
    for kind in ("accelerations", "decelerations", "contractions"):
        begun = tuple(event for event in getattr(more, kind) if event.start_s < trace.end_s)
        assert getattr(truth, kind) == begun


@pytest.mark.parametrize("scenario", PLAIN)
def test_the_truth_lies_in_the_trace(scenario):
    trace, truth = synthetic(7, 40, scenario)
    clear = ~(truth.lost | truth.maternal)
    for event in truth.accelerations + truth.decelerations:
        assert 0 <= event.start_s < event.peak_s < event.end_s <= trace.duration_s + 120
        at = int(event.peak_s * FS_HZ)
        if at < len(clear) and clear[at]:
            lifted = trace.fhr_bpm[at] - truth.baseline_bpm[at]
            assert abs(lifted - event.amplitude) < 16
    for event in truth.contractions:
        if event.peak_s < trace.end_s:
            assert trace.toco[int(event.peak_s * FS_HZ)] > event.amplitude
    assert np.nanmax(np.abs(trace.fhr_bpm - trace.mhr_bpm)[truth.maternal], initial=0) < 6


@pytest.mark.parametrize("scenario", LADDER)
def test_the_masks_of_the_ladder_are_what_was_done_to_the_rate(scenario):
    trace, truth = synthetic(9, 90, scenario)
    fhr, plan = trace.fhr_bpm, LADDER[scenario]
    np.testing.assert_array_equal(np.isnan(fhr), truth.lost)
    assert truth.lost.mean() == pytest.approx(plan.loss, abs=0.08)
    assert truth.maternal.mean() == pytest.approx(plan.capture, abs=0.04)
    wrong = truth.lost | truth.maternal | truth.stuck
    shared = fhr / truth.rate_bpm
    for mask, factor in ((truth.halved, 0.5), (truth.doubled, 2.0)):
        np.testing.assert_allclose(shared[mask & ~wrong], factor, rtol=0.05)
    right = ~(wrong | truth.halved | truth.doubled)
    assert np.abs(fhr - truth.rate_bpm)[right].max() < 5
    held = truth.stuck[1:] & truth.stuck[:-1] & ~truth.lost[1:] & ~truth.lost[:-1]
    assert (np.diff(fhr)[held] == 0).all() and (held.any() or not plan.stuck)
    assert 0.2 < truth.quiet.mean() < 0.8 and not (truth.quiet & truth.marked).any()
    calm, awake = (np.diff(truth.rate_bpm)[part[1:]].std() for part in (truth.quiet, ~truth.quiet))
    assert calm < 0.6 * awake


def test_the_ladder_has_every_kind_of_event_with_its_lag():
    falls = [fall for seed in range(6) for fall in synthetic(seed, 60, "L1")[1].decelerations]
    assert {fall.kind for fall in falls} == {"late", "early", "variable", "prolonged"}
    for kind, low, high in (("late", 22, 45), ("variable", 0, 40), ("prolonged", 0, 40)):
        assert all(low <= fall.lag_s <= high for fall in falls if fall.kind == kind)
    _, truth = synthetic(2, 120, "L4")
    away = truth.rate_bpm - truth.baseline_bpm
    awake = [e for e in truth.accelerations if 0 < e.start_s < 7000]
    gaps_s = [b.start_s - a.end_s for a, b in pairwise(awake)]
    assert np.median(gaps_s) < 15 and away[~truth.quiet].mean() > 5, "they run together"


def test_the_true_variation_is_that_of_the_clean_rate():
    flat, normal = (synthetic(3, 30, name)[1] for name in ("flat", "normal"))
    assert 0 < flat.stv_ms < 1 and 5 < normal.stv_ms < 14
    _, lost = synthetic(3, 30, "poor_signal")
    assert lost.stv_ms == normal.stv_ms and lost.ltv_ms == normal.ltv_ms


def test_each_step_of_the_ladder_is_harder_than_the_one_before():
    """The fourth must be hard: events of clean, awake traces are found by anything."""
    missed = []
    for name in ("L1", "L4"):
        wrong = 0.0
        for seed in range(3):
            trace, truth = synthetic(seed, 60, name)
            fhr = clean(trace.fhr_bpm.astype(float))
            line = np.full(len(fhr), np.nanmedian(fhr))
            wrong += abs(len(decelerations(fhr, line)) - len(truth.decelerations))
        missed.append(wrong)
    assert missed[1] > missed[0]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("scenario", "raised"),
    [
        ("normal", set()),
        ("flat", set()),
        ("late_decelerations", set()),
        ("bradycardia", {"bradycardia_80"}),
        ("tachycardia", {"tachycardia_160"}),
        ("maternal", {"maternal_rate"}),
    ],
)
def test_each_scenario_rings_its_own_alarm(scenario, raised, seed):
    trace, _ = synthetic(seed, 40, scenario)
    assert {change.rule.id for change in changes(trace)} == raised


def test_each_scenario_is_what_its_name_says():
    loss = {name: np.isnan(synthetic(1, 30, name)[0].fhr_bpm).mean() for name in PLAIN}
    assert loss["poor_signal"] > 0.5 and max(v for k, v in loss.items() if k != "poor_signal") < 0.1
    trace, truth = synthetic(1, 15, "bradycardia")
    low = trace.window(260, 560).fhr_bpm
    assert np.nanmedian(low) == pytest.approx(BRADYCARDIA_BPM[1], abs=1) and np.nanmax(low) < 80
    assert [event.kind for event in truth.decelerations] == ["bradycardia"]
    assert not synthetic(1, 3, "bradycardia")[0].fhr_bpm[0] < 100
    assert synthetic(1, 30, "maternal")[1].maternal.mean() > 0.5
    assert np.nanstd(synthetic(1, 30, "flat")[0].window(0, 60).fhr_bpm) < 1


def test_an_unknown_scenario_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="'quiet', known are normal, bradycardia"):
        synthetic(1, 10, "quiet")
