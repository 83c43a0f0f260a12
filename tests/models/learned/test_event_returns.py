"""A rise that only leads back to where the rate has just been is no acceleration."""

import numpy as np
import pytest

from models.learned.event_candidates import Candidates
from models.learned.event_returns import LEVEL_S, rising
from models.trace import FS_HZ

FALL_S = (1200, 1800)  # the rate falls here, and the baseline goes with it


def line_of(low_bpm: float, high_bpm: float = 140.0, seconds: int = 3600) -> np.ndarray:
    line = np.full(seconds, high_bpm)
    line[slice(*FALL_S)] = low_bpm
    return np.repeat(line, FS_HZ)


def kept(line: np.ndarray, top_bpm: float, at_s: int, sign: int = 1) -> bool:
    rate = line.copy()
    rate[at_s * FS_HZ : (at_s + 40) * FS_HZ] = top_bpm
    found = Candidates(np.array([sign]), np.array([at_s]), np.array([at_s + 40]))
    return rising(rate, line, found, [0]) == [0]


@pytest.mark.parametrize(
    ("low_bpm", "top_bpm", "stays"),
    [(90, 138, False), (90, 144, False), (90, 146, True), (124, 144, False), (126, 144, True)],
)
def test_within_a_dip_it_must_get_over_the_level_beside_it(
    low_bpm: float, top_bpm: float, stays: bool
) -> None:
    assert kept(line_of(low_bpm), top_bpm, 1500) is stays


def test_a_fall_is_never_one() -> None:
    assert kept(line_of(90), 60, 1500, sign=-1)


def test_a_lower_level_on_one_side_only_is_another_baseline() -> None:
    line = line_of(90)
    line[1200 * FS_HZ :] = 90
    assert kept(line, 130, 1500)


def test_ten_minutes_after_the_fall_it_is_a_baseline_of_its_own() -> None:
    line = line_of(90)
    line[1200 * FS_HZ :] = 90
    assert not kept(line[: 2100 * FS_HZ], 130, 1200 + round(LEVEL_S) - 60)
    assert kept(line[: 2100 * FS_HZ], 130, 1200 + round(LEVEL_S) + 60)


def test_at_the_end_of_the_record_the_rate_may_still_come_back() -> None:
    line = line_of(90)[: 1750 * FS_HZ]
    assert not kept(line, 135, 1700)


def test_a_rise_that_is_all_lost_is_none() -> None:
    line = line_of(90)
    assert not kept(line, np.nan, 1500)
