"""The sound of Doppler ultrasound on a belly, made from the times of beats. Pure; seeded.

What a beat sounds like, and in which ranges, is from the project's notes (docs/device-signal.md):
four short bursts of a carrier a beat for the fetal heart, one long low one for the mother's vessel,
noise of 80-700 Hz, motion. It is a model to develop and test with, and no recording: figures
measured on it say that the signal path works, not how well it would do on a mother.

Levels: a heart's mean power is 1. `snr_db` compares it with the noise, `vessel` is the ratio of the
vessel's root mean square to the heart's; both before fading. Seconds everywhere, from the start.
"""

from dataclasses import dataclass
from math import nan, pi, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

Floats = NDArray[np.float64]
Audio = NDArray[np.int16]
SAMPLE_HZ = 2000
RATE_HZ = 4
WINDOW_S = 3.0  # of the mean rate that an autocorrelation over 3 s should tell
NOISE_HZ = (80.0, 700.0)
CARRIER_HZ = (180.0, 380.0)
VESSEL_HZ = (130.0, 160.0)
WIDTH_S = (0.014, 0.020)  # standard deviation of a burst's bell
VESSEL_WIDTH_S = (0.060, 0.080)
# (seconds from the ventricle's, amplitude): atrium, ventricle, its second part; then the closure of
# the outflow valves, whose delay goes with the root of the interval and whose strength varies
BURSTS = ((-0.060, 0.35), (0.0, 1.0), (0.055, 0.55))
CLOSURE_S, CLOSURE_AT_S, CLOSURE = 0.200, 0.420, (0.3, 1.0)
BEAT_SPREAD = 0.15  # of the amplitude from beat to beat
DRIFT_HZ, DRIFT = 0.05, 0.40  # the heart moves in the beam
MOTION = 6.0  # amplitude of motion over the noise
MOTION_S = (0.2, 1.0)
ROOM = 0.1  # of full scale for a level of 1: ten times as loud is held at full scale
SHORTEST_S, LONGEST_S = 60 / 240, 60 / 50  # intervals of a fetal heart; others are no reference


@dataclass(frozen=True)
class Scene:
    """What is heard besides the beats."""

    snr_db: float = 10.0
    vessel: float = 0.0
    motions_per_min: float = 0.0
    fades: tuple[tuple[float, float], ...] = ()  # (second, gain), straight between; () is 1


@dataclass(frozen=True, eq=False)
class Beats:
    """Sorted times of beats in seconds; None in `mother_s`: no vessel."""

    heart_s: Floats
    mother_s: Floats | None = None


def sound(beats: Beats, seconds: float, scene: Scene, seed: int) -> Audio:
    """`seconds` of int16 at SAMPLE_HZ; the same arguments give the same samples.

    No beat, no heart: beats.heart_s may be empty, or have a gap where there is none.
    """
    size = round(seconds * SAMPLE_HZ)
    rng = np.random.default_rng(seed)
    wave = _heart(beats.heart_s, size, rng) * _gain(scene.fades, size)
    if beats.mother_s is not None:
        wave += scene.vessel * _vessel(beats.mother_s, size, rng)
    noise = _noise(size, rng) * 10 ** (-scene.snr_db / 20)
    wave += noise * _motion(scene.motions_per_min, size, rng)
    top = np.iinfo(np.int16).max
    return np.clip(np.round(wave * ROOM * top), -top, top).astype(np.int16)


def _heart(beats_s: Floats, size: int, rng: np.random.Generator) -> Floats:
    intervals = np.diff(beats_s, append=beats_s[-1:] + CLOSURE_AT_S)
    closure = CLOSURE_S * np.sqrt(np.clip(intervals, 0.1, 2.0) / CLOSURE_AT_S)
    bursts = [(np.full(len(beats_s), at), strength) for at, strength in BURSTS]
    bursts.append((closure, rng.uniform(*CLOSURE)))
    strengths = 1 + BEAT_SPREAD * rng.standard_normal(len(beats_s))
    phase = rng.uniform(0, 2 * pi)
    strengths *= 1 + DRIFT * np.sin(2 * pi * DRIFT_HZ * beats_s + phase)
    wave = np.zeros(size)
    for delay_s, strength in bursts:
        width_s, carrier_hz = rng.uniform(*WIDTH_S), rng.uniform(*CARRIER_HZ)
        _add(wave, beats_s + delay_s, strength * strengths, width_s, carrier_hz, rng)
    return _level(wave, beats_s)


def _vessel(beats_s: Floats, size: int, rng: np.random.Generator) -> Floats:
    wave = np.zeros(size)
    strengths = 1 + BEAT_SPREAD * rng.standard_normal(len(beats_s))
    width_s, carrier_hz = rng.uniform(*VESSEL_WIDTH_S), rng.uniform(*VESSEL_HZ)
    _add(wave, beats_s, strengths, width_s, carrier_hz, rng)
    return _level(wave, beats_s)


def _add(
    wave: Floats,
    times_s: Floats,
    strengths: Floats,
    width_s: float,
    carrier_hz: float,
    rng: np.random.Generator,
) -> None:
    """Bells of a carrier whose phase and pitch (5 %) are new in every beat."""
    half = round(3 * width_s * SAMPLE_HZ)
    places = np.arange(-half, half + 1)
    bell = np.exp(-0.5 * (places / SAMPLE_HZ / width_s) ** 2)
    phases = rng.uniform(0, 2 * pi, len(times_s))
    pitches = carrier_hz * (1 + 0.05 * rng.standard_normal(len(times_s)))
    for at_s, strength, phase, pitch in zip(times_s, strengths, phases, pitches, strict=True):
        first = round(at_s * SAMPLE_HZ) - half
        low, high = max(first, 0), min(first + len(bell), len(wave))
        if low < high:
            tone = np.sin(2 * pi * pitch / SAMPLE_HZ * places + phase)
            wave[low:high] += (strength * bell * tone)[low - first : high - first]


def _level(wave: Floats, beats_s: Floats) -> Floats:
    """Of mean power 1 while there are beats."""
    last = len(wave) / SAMPLE_HZ
    heard = np.histogram(beats_s, np.arange(0, last + 2, 2.0))[0] > 0
    places = np.repeat(heard, 2 * SAMPLE_HZ)[: len(wave)]
    power = float(np.mean(wave[: len(places)][places] ** 2)) if places.any() else 0.0
    return wave / sqrt(power) if power else wave


def _noise(size: int, rng: np.random.Generator) -> Floats:
    sections = butter(2, NOISE_HZ, "bandpass", fs=SAMPLE_HZ, output="sos")
    noise: Floats = sosfilt(sections, rng.standard_normal(size))
    return noise / np.std(noise)


def _motion(per_min: float, size: int, rng: np.random.Generator) -> Floats:
    """Gain of the noise: MOTION in bursts at random times, else 1."""
    gain = np.ones(size)
    for _ in range(rng.poisson(per_min * size / SAMPLE_HZ / 60)):
        first = round(rng.uniform(0, size))
        gain[first : first + round(rng.uniform(*MOTION_S) * SAMPLE_HZ)] = MOTION
    return gain


def _gain(fades: tuple[tuple[float, float], ...], size: int) -> Floats | float:
    if not fades:
        return 1.0
    at_s, gains = zip(*fades, strict=True)
    faded: Floats = np.interp(np.arange(size) / SAMPLE_HZ, at_s, gains)
    return faded


def steady_beats(bpm: float, seconds: float, jitter: float = 0.0, seed: int = 0) -> Floats:
    """A beat every 60 / bpm seconds; `jitter`: standard deviation as a share of the interval."""
    count = round(seconds * bpm / 60) + 1
    rng = np.random.default_rng(seed)
    spread = 1 + jitter * rng.standard_normal(count)
    return np.cumsum(np.full(count, 60 / bpm) * spread)


def beats_of(rate_bpm: NDArray[np.floating]) -> Floats:
    """Times of beats that go at this rate, (n,) at RATE_HZ; no beats where it is NaN."""
    known = np.nan_to_num(np.asarray(rate_bpm, np.float64))
    phase = np.concatenate(([0.0], np.cumsum(known) / 60 / RATE_HZ))
    times = np.arange(len(phase)) / RATE_HZ
    rising = np.concatenate(([True], np.diff(phase) > 0))
    found: Floats = np.interp(np.arange(1, int(phase[-1]) + 1), phase[rising], times[rising])
    return found


def mean_rate(beats_s: Floats, seconds: float, window_s: float = WINDOW_S) -> Floats:
    """Rate in bpm over the `window_s` before each quarter of a second: entry n is at (n + 1) / 4.

    NaN: fewer than two beats in the window, a part of it without them, or an interval that
    is none of a fetal heart (a beat that was marked twice, or not).
    """
    rates = np.full(round(seconds * RATE_HZ), nan)
    for place in range(len(rates)):
        end = (place + 1) / RATE_HZ
        low, high = np.searchsorted(beats_s, (end - window_s, end), side="right")
        if high - low < 2 or end < window_s:
            continue
        inside = beats_s[low:high]
        edges = max(inside[0] - (end - window_s), end - inside[-1])
        steps = np.diff(inside)
        if edges <= LONGEST_S and steps.min() >= SHORTEST_S and steps.max() <= LONGEST_S:
            rates[place] = 60 * len(steps) / (inside[-1] - inside[0])
    return rates
