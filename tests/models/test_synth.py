import numpy as np
import pytest

from models.synth import BRADYCARDIA_BPM, SCENARIOS, synthetic
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
        at = int(event.peak_s * FS_HZ)
        assert trace.toco[at] > event.amplitude
    assert np.nanmax(np.abs(trace.fhr_bpm - trace.mhr_bpm)[truth.maternal], initial=0) < 6


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
    loss = {name: np.isnan(synthetic(1, 30, name)[0].fhr_bpm).mean() for name in SCENARIOS}
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
