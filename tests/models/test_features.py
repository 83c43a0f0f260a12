import numpy as np
import pytest

from models.features import Span, episodes, miscounted, oscillations_per_min
from models.trace import FS_HZ

MINUTE = 60 * FS_HZ


def wave(minutes: int, cycles: float, swing: float) -> np.ndarray:
    turns = 2 * np.pi * cycles * np.arange(minutes * MINUTE) / MINUTE
    return 140 + swing / 2 * np.sin(turns + 0.3)


def everywhere(fhr: np.ndarray) -> np.ndarray:
    return np.ones(len(fhr), bool)


@pytest.mark.parametrize("cycles", [2, 4, 7, 12])
def test_a_wave_has_its_cycles(cycles):
    fhr = wave(10, cycles, 10)
    assert oscillations_per_min(fhr, everywhere(fhr)) == pytest.approx(cycles)


def test_a_wave_within_the_hysteresis_has_none():
    fhr = wave(10, 4, 1.8)
    assert oscillations_per_min(fhr, everywhere(fhr)) == 0


def test_lost_and_loud_minutes_do_not_count():
    fhr = wave(10, 4, 10)
    fhr[:MINUTE] = wave(10, 20, 10)[:MINUTE]
    quiet = everywhere(fhr)
    quiet[:MINUTE] = False
    fhr[5 * MINUTE : 6 * MINUTE] = np.nan
    assert oscillations_per_min(fhr, quiet) == pytest.approx(4)
    assert np.isnan(oscillations_per_min(fhr, ~everywhere(fhr)))
    assert np.isnan(oscillations_per_min(np.full(MINUTE, np.nan), everywhere(fhr[:MINUTE])))
    assert np.isnan(oscillations_per_min(fhr[: MINUTE - 1], quiet[: MINUTE - 1]))


def test_a_wave_between_decelerations_has_its_cycles():
    fhr, quiet = wave(10, 4, 3), everywhere(wave(10, 4, 3))
    for first in range(120, len(fhr), 480):
        fhr[first : first + 240] -= 40 * np.hanning(240)
        quiet[first : first + 240] = False
    assert oscillations_per_min(fhr, quiet) == pytest.approx(4, abs=0.7)


def minutes_of(ranges_ms: list[float]) -> np.ndarray:
    """Each minute swings once between two epochs' intervals."""
    steps = [428 + (0 if epoch % 2 else size) for size in ranges_ms for epoch in range(16)]
    return np.repeat(60_000 / np.array(steps), 15)


@pytest.mark.parametrize(
    ("ranges", "found"),
    [
        ([32.01] * 5 + [20], [("high", 0, 360)]),
        ([31.99] * 6, []),  # neither high nor low
        ([29.99] * 6 + [40, 40], [("low", 0, 420)]),
        ([30.01] * 6, []),
        ([40] * 4 + [20] + [40], [("high", 0, 360)]),
        ([40] * 4 + [31] * 2, []),
        ([40] * 5, []),
        ([40] * 6 + [31] * 6 + [20] * 6, [("high", 0, 420), ("low", 660, 1080)]),
    ],
)
def test_an_episode_is_five_of_six_minutes(ranges, found):
    seen = episodes(minutes_of(ranges), start_s=100.0)
    assert [(e.kind, e.start_s - 100, e.end_s - 100) for e in seen] == found


def test_an_episode_has_the_mean_range_of_its_minutes():
    (high,) = episodes(minutes_of([40.0] * 6))
    assert high.range_ms == pytest.approx(40.0)
    assert high.lasts_s == 360


def test_double_and_half_counting_are_told_from_what_was_taken_out():
    base = np.full(4 * MINUTE, 140.0)
    raw, fhr = base.copy(), base.copy()
    for first, bpm in ((100, 210.0), (200, 280.0), (300, 70.0), (400, 95.0)):
        raw[first : first + 40], fhr[first : first + 40] = bpm, np.nan
    raw[500:540], fhr[500:540] = np.nan, np.nan
    raw[600:640] = fhr[600:640] = 72.0  # kept: a deceleration
    doubled, halved = miscounted(raw, fhr, base, start_s=10.0)
    assert doubled == (Span(60.0, 70.0),)
    assert halved == (Span(85.0, 95.0),)
