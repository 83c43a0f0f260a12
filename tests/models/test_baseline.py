from time import process_time

import numpy as np
import pytest

from models.baseline import baseline
from models.clean import clean
from models.synth import synthetic
from tests.models.strips import strip


def rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


@pytest.mark.parametrize("level", [95, 140, 175])
def test_a_level_rate_is_its_own_baseline(level):
    line = baseline(strip(level=level).fhr_bpm.astype(float))
    assert len(line) == 7200
    assert np.abs(line - level).max() < 1


def test_events_do_not_move_the_baseline():
    bumps = [(120 + 180 * n, 135 + 180 * n, 160 + 180 * n, 25.0) for n in range(5)]
    bumps += [(1020 + 180 * n, 1060 + 180 * n, 1110 + 180 * n, -40.0) for n in range(4)]
    line = baseline(strip(bumps=tuple(bumps)).fhr_bpm.astype(float))
    assert np.abs(line - 140).max() < 3


def test_a_lasting_change_of_level_is_followed():
    fhr = np.concatenate([strip(level=level).fhr_bpm.astype(float) for level in (125, 150)])
    line = baseline(fhr)
    assert abs(line[5000] - 125) < 1.5 and abs(line[9400] - 150) < 1.5


def test_gaps_do_not_break_it():
    fhr = strip(60).fhr_bpm.astype(float)
    fhr[2000:6000] = np.nan
    fhr[:240] = np.nan
    assert np.abs(baseline(fhr) - 140).max() < 3


@pytest.mark.parametrize("count", [0, 1, 3, 47, 48, 100, 961])
def test_short_and_lost_strips_have_a_baseline_or_none(count):
    assert np.abs(baseline(np.full(count, 140.0)) - 140).max(initial=0) < 1e-3
    assert np.isnan(baseline(np.full(count, np.nan))).all()


@pytest.mark.parametrize("scenario", ["normal", "late_decelerations", "tachycardia", "flat"])
@pytest.mark.parametrize("seed", [0, 1])
def test_it_finds_the_truth_of_synthetic_records(scenario, seed):
    """ALGORITHMS 9.4: on a clean synthetic ladder RMSD must be 1.0; drift and loss are in here."""
    trace, truth = synthetic(seed, 60, scenario)
    line = baseline(clean(trace.fhr_bpm.astype(float)))
    assert rms(line - truth.baseline_bpm) < 1.6


def test_it_is_fast_and_its_cost_grows_with_the_record_only():
    fhr = clean(synthetic(4, 240, "normal")[0].fhr_bpm.astype(float))
    baseline(fhr[:14400])
    before = process_time()
    baseline(fhr)
    assert (process_time() - before) / 4 < 0.1, "more than 100 ms for an hour"
