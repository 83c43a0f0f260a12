import numpy as np
import pytest

from models.baseline import baseline
from models.clean import clean
from models.learned.event_candidates import LASTS_S, candidates, centile_line, seconds
from models.learned.event_features import features
from models.trace import FS_HZ
from tests.models.strips import strip


def record(fhr):
    return seconds(fhr, baseline(fhr))


def test_what_is_put_in_is_among_the_candidates():
    bumps = ((600, 615, 640, 25), (1000, 1030, 1090, -30))
    found = candidates(record(strip(30, bumps=bumps).fhr_bpm.astype(float)))
    for (first, _, stop, size), least in zip(bumps, (0.6, 0.6), strict=True):
        mine = found.sign == np.sign(size)
        shared = np.minimum(found.stop, stop) - np.maximum(found.first, first)
        covered = np.maximum(found.stop, stop) - np.minimum(found.first, first)
        assert (shared / covered)[mine].max() > least


def test_candidates_are_sorted_distinct_and_of_allowed_length():
    found = candidates(record(strip(60, swing=15.0).fhr_bpm.astype(float)))
    lasts = found.stop - found.first
    assert len(found.sign) and (np.diff(found.stop) >= 0).all()
    assert lasts.min() >= LASTS_S[0] and lasts.max() <= LASTS_S[1]
    assert len(set(zip(*map(np.ndarray.tolist, found), strict=True))) == len(lasts)


def test_a_steady_rate_has_none():
    found = candidates(record(np.full(1800 * FS_HZ, 140.0)))
    assert not len(found.sign)


def test_features_turn_over_with_the_trace():
    fhr = strip(30, bumps=((600, 615, 640, 25),), swing=4.0).fhr_bpm.astype(float)
    both = [record(rate) for rate in (fhr, 280.0 - fhr)]
    found = candidates(both[0])
    toco = np.full(len(fhr), np.nan)
    turned = found._replace(sign=-found.sign)
    mirrored = both[1]._replace(shape=280.0 - both[0].shape, lines=280.0 - both[0].lines)
    up, names = features(both[0], toco, found)
    down, _ = features(mirrored, toco, turned)
    assert len(set(names)) == len(names) == up.shape[1]
    np.testing.assert_allclose(up[:, 1:], down[:, 1:], atol=2e-2, rtol=1e-3)


def test_a_gap_is_told_and_not_hidden():
    fhr = strip(30, bumps=((600, 615, 640, 25),)).fhr_bpm.astype(float)
    fhr[700 * FS_HZ : 720 * FS_HZ] = np.nan
    of = record(clean(fhr))
    assert of.valid[705] == 0 and of.valid[600] == 1
    assert np.isfinite(of.rate).all()


@pytest.mark.parametrize("seconds_long", [60, 75, 130])
def test_short_records(seconds_long):
    fhr = strip(10, bumps=((20, 30, 45, 30),)).fhr_bpm.astype(float)[: seconds_long * FS_HZ]
    of = record(fhr)
    found = candidates(of)
    if len(found.sign):
        assert np.isfinite(features(of, np.full(len(fhr), np.nan), found)[0][:, :40]).all()
    assert of.lines.shape[1] == seconds_long


@pytest.mark.parametrize("count", [2, 7, 12, 200])
def test_a_window_wider_than_the_record_is_filled_by_its_mirror(count):
    points, width = np.random.default_rng(count).normal(size=count), 121
    mirrored = np.pad(points, width // 2, mode="symmetric")
    around = np.lib.stride_tricks.sliding_window_view(mirrored, width)
    expected = np.sort(around, axis=1)[:, int(0.25 * width)]
    for _ in range(20):  # what SciPy reads beyond the end differs from call to call
        np.testing.assert_array_equal(centile_line(points, 25, width), expected)
