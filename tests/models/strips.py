"""Textbook strips: a level, a regular swing, and bumps of known place and size."""

from dataclasses import replace

import numpy as np

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
) -> Trace:
    """`swing` bpm peak to peak, four cycles a minute plus faster ones; toco tone 10."""
    times_s = np.arange(round(minutes * 60 * FS_HZ)) / FS_HZ
    slow, fast = np.sin(2 * np.pi * times_s / 15), np.sin(2 * np.pi * times_s / 4.1)
    fhr = level + swing / 2 * (0.8 * slow + 0.2 * fast)
    toco = np.full(len(times_s), 10.0)
    for one in bumps:
        fhr += bump(times_s, *one)
    for one in squeezes:
        toco += bump(times_s, *one)
    return replace(
        Trace.empty(minutes * 60, start_s),
        fhr_bpm=fhr.astype(np.float32),
        toco=toco.astype(np.float32),
    )
