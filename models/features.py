"""Rhythm of the fetal heart rate: oscillations, sinusoidal stretches, episodes, miscounting.

Definitions and figures are those of ALGORITHMS 4.1 to 4.3. Rates are cleaned, (n,) at FS_HZ, NaN
where lost; `quiet` (n,) is true outside of accelerations and decelerations.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from models.clean import filled
from models.completeness import runs
from models.filters import PER_MINUTE
from models.trace import FS_HZ, Trace
from models.variability import ranges_ms
from models.windows import Mask

Floats = NDArray[np.float64]
HYSTERESIS_BPM = 1.0
MINUTE_VALID = 0.5  # of its samples
EPISODE_MIN, EPISODE_LEAST = 6, 5  # so many of so many neighbouring minutes
HIGH_MS, LOW_MS = 32.0, 30.0
HALF, DOUBLE = (0.45, 0.55), (1.8, 2.2)  # of the baseline: within 10 %


class Timed(Protocol):
    @property
    def start_s(self) -> float: ...
    @property
    def end_s(self) -> float: ...


@dataclass(frozen=True)
class Span:
    start_s: float
    end_s: float

    @property
    def lasts_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Episode(Span):
    """High or low variation: at least EPISODE_LEAST of EPISODE_MIN minutes beyond the limit."""

    kind: str  # high, low
    range_ms: float  # mean of its minutes


def oscillations_per_min(fhr_bpm: Floats, quiet: Mask) -> float:
    """Cycles a minute of the rate around its 60 s mean: median of the minutes, NaN without one.

    A cycle is two crossings of the mean by HYSTERESIS_BPM on both sides; a minute counts for the
    share of it that is valid and quiet. Events are bridged like gaps: the mean would follow them.
    """
    usable = quiet & np.isfinite(fhr_bpm)
    rate = filled(np.where(usable, fhr_bpm, np.nan))
    count = len(rate) // PER_MINUTE
    if not count or np.isnan(rate[0]):
        return float("nan")
    away = rate - uniform_filter1d(rate, PER_MINUTE)
    beyond = np.where(np.abs(away) > HYSTERESIS_BPM, np.sign(away), 0)
    at = np.maximum.accumulate(np.where(beyond != 0, np.arange(len(rate)), 0))
    side = beyond[at]
    crossed = np.concatenate(([False], side[1:] * side[:-1] < 0))
    valid = usable[: count * PER_MINUTE].reshape(count, PER_MINUTE).mean(axis=1)
    crossings = (crossed & usable)[: count * PER_MINUTE].reshape(count, PER_MINUTE).sum(axis=1)
    enough = valid >= MINUTE_VALID
    return float(np.median(crossings[enough] / 2 / valid[enough])) if enough.any() else float("nan")


def episodes(fhr_bpm: Floats, start_s: float = 0.0) -> tuple[Episode, ...]:
    """Episodes of high and low variation in a rate without decelerations."""
    ranges = ranges_ms(fhr_bpm)
    with np.errstate(invalid="ignore"):
        beyond = {"high": ranges >= HIGH_MS, "low": ranges <= LOW_MS}
    return tuple(
        Episode(
            start_s + 60.0 * first,
            start_s + 60.0 * stop,
            kind,
            float(np.nanmean(ranges[first:stop])),
        )
        for kind, minutes in beyond.items()
        for first, stop in _mostly(minutes)
    )


def _mostly(minutes: Mask) -> list[list[int]]:
    """(first, stop) of the unions of windows of EPISODE_MIN with EPISODE_LEAST true minutes."""
    if len(minutes) < EPISODE_MIN:
        return []
    hits = np.convolve(minutes, np.ones(EPISODE_MIN, int), "valid") >= EPISODE_LEAST
    inside = np.convolve(hits, np.ones(EPISODE_MIN, int)) > 0
    found: list[list[int]] = runs(inside).tolist()
    return found


def miscounted(
    raw_bpm: Floats, fhr_bpm: Floats, baseline_bpm: Floats, start_s: float = 0.0
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Doubled and halved: what cleaning took out of `raw_bpm` at twice or half of the baseline."""
    with np.errstate(invalid="ignore"):
        share = np.where(np.isnan(fhr_bpm), raw_bpm, np.nan) / baseline_bpm
        near = [(share >= low) & (share <= high) for low, high in (DOUBLE, HALF)]
    doubled, halved = (spans(mask, start_s) for mask in near)
    return doubled, halved


def spans(mask: Mask, start_s: float = 0.0) -> tuple[Span, ...]:
    """Where `mask` (n,) at FS_HZ is true, in recorded seconds."""
    return tuple(
        Span(start_s + first / FS_HZ, start_s + stop / FS_HZ) for first, stop in runs(mask).tolist()
    )


def inside(events: Iterable[Timed], trace: Trace) -> Mask:
    """The samples (n,) of `trace` that lie in one of the events."""
    mask = np.zeros(len(trace.fhr_bpm), bool)
    for event in events:
        first, stop = (
            max(round((t - trace.start_s) * FS_HZ), 0) for t in (event.start_s, event.end_s)
        )
        mask[first:stop] = True
    return mask
