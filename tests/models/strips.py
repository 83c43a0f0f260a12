"""Textbook strips: a level, a swing, and bumps of known place and size."""

from dataclasses import replace
from math import nan

import numpy as np

from models.noise import band_noise
from models.trace import FS_HZ, Trace

Bump = tuple[float, float, float, float]  # start_s, peak_s, end_s, size


def bump(times_s: np.ndarray, start_s: float, peak_s: float, end_s: float, size: float):
    """A half sine up and down: straight away from the level, so that its onset can be seen."""
    up = np.clip((times_s - start_s) / (peak_s - start_s), 0, 1)
    down = np.clip((end_s - times_s) / (end_s - peak_s), 0, 1)
    return size * np.sin(np.pi / 2 * np.minimum(up, 1)) * np.sin(np.pi / 2 * np.minimum(down, 1))


def strip(
    minutes: float = 30,
    level: float = 140,
    swing: float = 10,
    bumps: tuple[Bump, ...] = (),
    squeezes: tuple[Bump, ...] = (),
    start_s: float = 0.0,
    mother: float = nan,
) -> Trace:
    """`swing` bpm peak to peak, of no single period; toco tone 10; `mother` bpm throughout."""
    times_s = np.arange(round(minutes * 60 * FS_HZ)) / FS_HZ
    rng = np.random.default_rng(1)
    slow, fast = (band_noise(rng, len(times_s), band) for band in ((0.03, 0.12), (0.15, 0.6)))
    fhr = level + swing / 4 * (slow + 0.35 * fast)
    toco = np.full(len(times_s), 10.0)
    for one in bumps:
        fhr += bump(times_s, *one)
    for one in squeezes:
        toco += bump(times_s, *one)
    return replace(
        Trace.empty(minutes * 60, start_s),
        fhr_bpm=fhr.astype(np.float32),
        mhr_bpm=np.full(len(times_s), mother, np.float32),
        toco=toco.astype(np.float32),
    )
