"""The methods that others are compared with."""

import numpy as np
import pytest

from models import reference
from tests.models.strips import strip

MINUTES = 30


def rate_with(height_bpm: float, first: int = 3000, lasts_s: int = 40) -> np.ndarray:
    rate = np.full(MINUTES * 240, 140.0)
    rate[first : first + 4 * lasts_s] += height_bpm
    return rate


@pytest.mark.parametrize("method", [reference.running_median, reference.trimmed_low_pass])
def test_a_baseline_passes_under_an_event_and_over_gaps(method):
    rate = rate_with(30)
    rate[1000:1400] = np.nan
    line = method(rate)
    assert line.shape == rate.shape
    assert np.abs(line - 140).max() < 2
    assert np.isnan(method(np.full(500, np.nan))).all()


def test_the_standard_rule_needs_15_bpm_and_more_than_15_s():
    level = np.full(MINUTES * 240, 140.0)
    assert reference.standard_events(rate_with(15), level) == ([(750.0, 790.0)], [])
    assert reference.standard_events(rate_with(-15), level) == ([], [(750.0, 790.0)])
    assert reference.standard_events(rate_with(14.9), level) == ([], [])
    assert reference.standard_events(rate_with(30, lasts_s=15), level) == ([], [])


def test_the_threshold_finds_a_squeeze_of_half_a_minute():
    toco = np.full(MINUTES * 240, 10.0)
    toco[2000:2240] += 40  # 60 s
    toco[4000:4060] += 40  # 15 s
    ((start_s, end_s),) = reference.threshold_contractions(toco)
    assert (start_s, end_s) == pytest.approx((500, 560), abs=8)
    assert reference.threshold_contractions(np.full(100, np.nan)) == []


def test_the_mother_is_where_half_of_30_s_is_alike():
    assert reference.coincident(strip(5, level=90, swing=0, mother=94)).all()
    assert not reference.coincident(strip(5, level=90, swing=0, mother=96)).any()
    assert not reference.coincident(strip(5, level=90, swing=0)).any()
