import numpy as np
import pytest

from models.trace import FS_HZ
from models.variability import bandwidth_bpm, epochs_ms, long_term_ms, short_term_ms
from tests.models.strips import strip

MINUTE = 60 * FS_HZ


def test_an_epoch_is_the_mean_pulse_interval_of_its_valid_samples():
    np.testing.assert_allclose(epochs_ms(np.full(31, 140.0)), [428.571, 428.571], atol=1e-3)
    bpm = np.full(15, 120.0)
    bpm[:7] = np.nan
    assert epochs_ms(bpm)[0] == 500.0
    bpm[7] = np.nan
    assert np.isnan(epochs_ms(bpm)[0])


def test_short_term_variation_is_the_step_between_epochs():
    steps = np.where(np.arange(160) % 2, 60_000 / 430, 60_000 / 424)
    stv_ms, minutes = short_term_ms(np.repeat(steps, 15))
    assert (round(stv_ms, 6), minutes) == (6.0, 10)
    assert long_term_ms(np.repeat(steps, 15)) == pytest.approx(6.0)
    assert short_term_ms(np.full(10 * MINUTE, 140.0)) == (0.0, 10)


def test_minutes_with_too_few_epochs_do_not_count():
    bpm = np.full(3 * MINUTE, 140.0)
    bpm[MINUTE : MINUTE + 10 * 15] = np.nan  # ten of sixteen epochs
    assert short_term_ms(bpm) == (0.0, 2)
    for lost in (np.full(MINUTE, np.nan), np.array([])):
        stv_ms, minutes = short_term_ms(lost)
        assert np.isnan(stv_ms) and minutes == 0
        assert np.isnan(long_term_ms(lost))


def test_epochs_beside_a_gap_do_not_count():
    bpm = np.full(2 * MINUTE, 140.0)
    bpm[60:75] = np.nan
    bpm[45:60] = bpm[75:90] = 100.0  # what a probe that slips may show
    assert short_term_ms(bpm) == (0.0, 2)


@pytest.mark.parametrize("swing", [0, 4, 10, 30])
def test_bandwidth_is_the_swing_of_a_minute(swing):
    fhr = strip(10, swing=swing).fhr_bpm.astype(float)
    assert bandwidth_bpm(fhr, np.ones(len(fhr), bool)) == pytest.approx(swing, abs=0.15 * swing)


def test_bandwidth_leaves_out_events_and_lost_minutes():
    fhr = strip(10, swing=10, bumps=((60, 70, 240, 60),)).fhr_bpm.astype(float)
    quiet = np.ones(len(fhr), bool)
    quiet[60 * FS_HZ : 240 * FS_HZ] = False
    fhr[300 * FS_HZ : 400 * FS_HZ] = np.nan
    assert bandwidth_bpm(fhr, quiet) == pytest.approx(10, abs=1.5)
    assert np.isnan(bandwidth_bpm(fhr, np.zeros(len(fhr), bool)))
    assert np.isnan(bandwidth_bpm(np.full(MINUTE, np.nan), np.ones(MINUTE, bool)))
    assert np.isnan(bandwidth_bpm(fhr[:100], quiet[:100]))


@pytest.mark.parametrize("swing", [0, 1, 5])
def test_bandwidth_between_decelerations_is_that_of_the_quiet(swing):
    falls = tuple((100 + 180 * n, 140 + 180 * n, 200 + 180 * n, -40.0) for n in range(9))
    fhr = strip(30, swing=swing, bumps=falls).fhr_bpm.astype(float)
    quiet = np.ones(len(fhr), bool)
    for first_s, _, end_s, _ in falls:
        quiet[first_s * FS_HZ : end_s * FS_HZ] = False
    assert bandwidth_bpm(fhr, quiet) == pytest.approx(swing, abs=0.4)
