from dataclasses import replace

import numpy as np
import pytest

from models.clean import clean, filled, maternal_mask
from models.trace import FS_HZ, Trace


def parts(*pieces: tuple[float, float]) -> np.ndarray:
    return np.concatenate([np.full(round(s * FS_HZ), float(bpm)) for bpm, s in pieces])


def test_what_is_no_fetal_rate_is_missing():
    cleaned = clean(parts((140, 10), (49.75, 10), (50, 60), (220, 60), (220.25, 10), (np.nan, 5)))
    kept = np.isfinite(cleaned)
    assert kept[:40].all() and not kept[40:80].any() and kept[80:560].all() and not kept[560:].any()


@pytest.mark.parametrize(("lasts_s", "kept"), [(4.75, False), (5, True)])
def test_a_short_piece_between_gaps_is_missing(lasts_s, kept):
    cleaned = clean(parts((140, 60), (np.nan, 3), (140, lasts_s), (np.nan, 3), (140, 60)))
    assert np.isfinite(cleaned[63 * FS_HZ : round((63 + lasts_s) * FS_HZ)]).all() == kept


@pytest.mark.parametrize(
    ("island_bpm", "lasts_s", "kept"),
    [(70, 10, False), (70, 29.75, False), (70, 30, True), (115.25, 10, True), (170, 10, False)],
)
@pytest.mark.parametrize("gap_s", [0, 6])
def test_an_island_of_half_or_double_rate_is_missing(island_bpm, lasts_s, kept, gap_s):
    pieces = ((140, 60), (np.nan, gap_s), (island_bpm, lasts_s), (np.nan, gap_s), (140, 60))
    cleaned = clean(parts(*pieces))
    first = (60 + gap_s) * FS_HZ
    assert np.isfinite(cleaned[first : first + round(lasts_s * FS_HZ)]).all() == kept
    assert np.isfinite(cleaned[: 60 * FS_HZ]).all() and np.isfinite(cleaned[-60 * FS_HZ :]).all()


def test_a_true_deceleration_and_a_step_stay():
    ramp = np.linspace(140, 80, 10 * FS_HZ)
    fall = np.concatenate((parts((140, 60)), ramp, parts((80, 8)), ramp[::-1], parts((140, 60))))
    np.testing.assert_array_equal(clean(fall), fall)
    step = parts((140, 60), (170, 10), (200, 60))
    np.testing.assert_array_equal(clean(step), step)


def test_cleaning_leaves_its_input_and_bears_nothing():
    raw = parts((30, 10))
    assert np.isnan(clean(raw)).all() and (raw == 30).all()
    assert len(clean(np.array([]))) == 0
    assert np.isnan(clean(np.full(9, np.nan))).all()


def test_gaps_are_filled_by_lines_and_ends_by_the_nearest():
    nan = np.nan
    values = np.array([nan, 140, nan, nan, 143, nan])
    np.testing.assert_allclose(filled(values), [140, 140, 141, 142, 143, 143])
    assert np.isnan(filled(np.full(3, nan))).all()


def test_only_samples_like_the_mothers_are_taken_for_hers():
    trace = replace(
        Trace.empty(120.25),
        fhr_bpm=parts((140, 60), (75, 60.25)).astype(np.float32),
        mhr_bpm=parts((77, 120.25)).astype(np.float32),
    )
    mask = maternal_mask(trace)
    assert not mask[: 74 * FS_HZ].any()  # from the second in which the rule is sure
    assert mask[74 * FS_HZ : 120 * FS_HZ].all()
