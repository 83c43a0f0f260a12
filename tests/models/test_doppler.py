"""The sound of a heart: what it is made of can be found in it again."""

from pathlib import Path

import numpy as np
import pytest
from scipy.signal import welch

from models.doppler import (
    SAMPLE_HZ,
    Audio,
    Beats,
    Floats,
    Scene,
    beats_of,
    mean_rate,
    sound,
    steady_beats,
)

NO_BEATS: Floats = np.zeros(0)
FULL = 32767


def power(audio: Audio) -> float:
    return float(np.mean((audio / FULL) ** 2))


def band(audio: Audio, low_hz: float, high_hz: float) -> float:
    """Share of the power between two frequencies."""
    hz, density = welch(audio / FULL, SAMPLE_HZ, nperseg=1024)
    return float(density[(hz >= low_hz) & (hz < high_hz)].sum() / density.sum())


def test_the_same_arguments_give_the_same_samples() -> None:
    beats = Beats(steady_beats(140, 5), steady_beats(80, 5))
    scene = Scene(5, 1.0, 10.0, ((0, 1), (5, 0)))
    one = sound(beats, 5, scene, 3)
    assert one.dtype == np.int16
    assert len(one) == 5 * SAMPLE_HZ
    assert np.array_equal(one, sound(beats, 5, scene, 3))
    assert not np.array_equal(one, sound(beats, 5, scene, 4))


@pytest.mark.parametrize("snr_db", [0.0, 10.0])
def test_the_signal_to_noise_ratio_is_the_one_asked_for(snr_db: float) -> None:
    quiet = power(sound(Beats(NO_BEATS), 30, Scene(snr_db), 1))
    heart = power(sound(Beats(steady_beats(140, 30)), 30, Scene(snr_db), 1)) - quiet
    assert 10 * np.log10(heart / quiet) == pytest.approx(snr_db, abs=0.5)


def test_the_heart_is_high_and_the_vessel_low() -> None:
    heart = sound(Beats(steady_beats(140, 20)), 20, Scene(60), 1)
    vessel = sound(Beats(NO_BEATS, steady_beats(80, 20)), 20, Scene(60, 1.0), 1)
    assert band(heart, 160, 420) > 0.9
    assert band(vessel, 110, 180) > 0.9
    assert power(vessel) == pytest.approx(power(heart), rel=0.1)


def test_fading_motion_and_a_missing_heart() -> None:
    beats = Beats(steady_beats(140, 20))
    faded = sound(beats, 20, Scene(60, fades=((5, 1), (15, 0))), 1)
    assert power(faded[30_000:]) < 1e-3 * power(faded[:10_000])
    moved = sound(Beats(NO_BEATS), 60, Scene(10, motions_per_min=20), 1)
    assert power(moved) > 3 * power(sound(Beats(NO_BEATS), 60, Scene(10), 1))
    gone = sound(Beats(steady_beats(140, 10)), 20, Scene(60), 1)
    assert power(gone[24_000:]) < 1e-4 * power(gone[:18_000])


def test_a_loud_place_is_held_at_full_scale() -> None:
    loud = sound(Beats(NO_BEATS), 20, Scene(-20, motions_per_min=60), 1)
    assert loud.max() == FULL
    assert loud.min() == -FULL


def test_beats_follow_a_trace_and_stop_in_its_gaps() -> None:
    rate = np.r_[np.full(40, 120.0), np.full(40, np.nan), np.full(40, 180.0)]
    beats_s = beats_of(rate)
    inside = np.histogram(beats_s, [0, 10.01, 19.99, 30.01])[0]
    assert inside.tolist() == [20, 0, 30]
    assert np.diff(beats_s[:20]) == pytest.approx(0.5)
    assert beats_of(np.full(8, np.nan)).tolist() == []


def test_the_mean_rate_is_unknown_where_beats_are_missing_or_doubled() -> None:
    steady = steady_beats(120, 20)
    assert mean_rate(steady, 20)[:11].tolist() == pytest.approx([np.nan] * 11, nan_ok=True)
    assert mean_rate(steady, 20)[11:] == pytest.approx(120)
    missing = np.delete(steady, slice(16, 20))  # none for 2.5 s
    assert np.isnan(mean_rate(missing, 20)[40:49]).all()
    doubled = np.sort(np.append(steady, 10.1))
    assert np.isnan(mean_rate(doubled, 20)[40:50]).all()
    assert mean_rate(doubled, 20)[60] == pytest.approx(120)


@pytest.mark.real
def test_real_beats_sound_at_their_rate(data_dir: Path) -> None:
    beats_s = np.loadtxt(data_dir / "fetal-beats" / "a05.csv", skiprows=1)
    audio = sound(Beats(beats_s), 20, Scene(20), 1)
    strength = np.abs(audio.astype(float)).reshape(-1, 10).mean(axis=1)
    strength -= strength.mean()
    alike = np.correlate(strength, strength, "full")[len(strength) - 1 :]
    lag = 60 + int(np.argmax(alike[60:140]))  # 86..200 bpm
    assert 60 * 200 / lag == pytest.approx(129, abs=4)
