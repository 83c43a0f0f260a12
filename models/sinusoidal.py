"""The sinusoidal pattern: a smooth wave of 3 to 5 cycles a minute without accelerations.

ALGORITHMS 4.3, whose figures are a design on textbook definitions: check before clinical use.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from models.clean import filled
from models.completeness import runs
from models.events import Acceleration
from models.features import Span
from models.filters import PER_MINUTE
from models.trace import FS_HZ

Floats = NDArray[np.float64]
WINDOW_MIN = 10  # looked at each minute
SWING_BPM = (5.0, 25.0)  # 5 to 15 in the definition, reported up to 25
SWING_CENTILES = (2.0, 98.0)
WAVE_HZ, BAND_HZ = (0.05, 0.083), (0.03, 0.25)
WAVE_SHARE = 0.6  # of the power in BAND_HZ
PERIOD_S = (12, 20)
FIRST_PEAK, SECOND_PEAK = 0.6, 0.4  # of the autocorrelation, after one and two periods
LOST_SHARE = 1 / 3  # as for events of the rate
SINUSOIDAL_S = 1200.0  # NICHD; FIGO: 30 min
PSEUDO_S = 1800.0  # a shorter one before normal variability is pseudo-sinusoidal
NORMAL_BPM = (6.0, 25.0)  # NICHD: moderate


@dataclass(frozen=True)
class Sinusoidal(Span):
    """Kind: suspect (10 min), sinusoidal (20 min), or pseudo: it gave way to normal variability."""

    kind: str
    swing_bpm: float  # peak to peak


def sinusoidal(
    fhr_bpm: Floats,
    baseline_bpm: Floats,
    accelerations: tuple[Acceleration, ...],
    swings_bpm: Floats,
    start_s: float = 0.0,
) -> tuple[Sinusoidal, ...]:
    """Such stretches of a cleaned rate (n,) at FS_HZ; `swings_bpm` (k,) is that of each minute."""
    width = WINDOW_MIN * PER_MINUTE
    if len(fhr_bpm) < width or not np.isfinite(fhr_bpm).any():
        return ()
    away = sliding_window_view(filled(fhr_bpm) - baseline_bpm, width)[::PER_MINUTE]
    lost = sliding_window_view(np.isnan(fhr_bpm), width)[::PER_MINUTE].mean(axis=1)
    firsts_s = start_s + 60.0 * np.arange(len(away))
    swing = np.subtract(*np.percentile(away, SWING_CENTILES[::-1], axis=1))
    hit = (lost <= LOST_SHARE) & (swing >= SWING_BPM[0]) & (swing <= SWING_BPM[1])
    for rise in accelerations:
        hit &= (firsts_s + 60.0 * WINDOW_MIN <= rise.start_s) | (firsts_s >= rise.end_s)
    for at in np.flatnonzero(hit):
        hit[at] = _is_wave(away[at])
    found = []
    for first, stop in _merged(runs(hit).tolist()):
        end = stop - 1 + WINDOW_MIN
        size = float(np.median(swing[first:stop]))
        kind = _kind(60.0 * (end - first), swings_bpm[end : end + WINDOW_MIN])
        found.append(Sinusoidal(start_s + 60.0 * first, start_s + 60.0 * end, kind, size))
    return tuple(found)


def _is_wave(away_bpm: Floats) -> bool:
    """Whether one window is a wave of one period, by its spectrum and its autocorrelation."""
    still = away_bpm - away_bpm.mean()
    size = next_fast_len(2 * len(still), real=True)
    power = np.abs(rfft(still, size)) ** 2
    hz = np.arange(len(power)) * FS_HZ / size
    band, wave = (power[(hz >= low) & (hz <= high)].sum() for low, high in (BAND_HZ, WAVE_HZ))
    if wave < WAVE_SHARE * band:
        return False
    overlap = len(still) - np.arange(len(still) // 2)  # unbiased: fewer products at longer lags
    likeness = irfft(power, size)[: len(overlap)] / overlap
    likeness /= likeness[0]
    lags = np.arange(PERIOD_S[0] * FS_HZ, PERIOD_S[1] * FS_HZ + 1)
    first = lags[np.argmax(likeness[lags])]
    inner = lags[0] < first < lags[-1]
    second = likeness[2 * first - FS_HZ : 2 * first + FS_HZ + 1].max()
    return bool(inner and likeness[first] >= FIRST_PEAK and second >= SECOND_PEAK)


def _merged(found: list[list[int]]) -> list[list[int]]:
    """Windows that overlap are one stretch."""
    merged: list[list[int]] = []
    for first, stop in found:
        if merged and first < merged[-1][1] - 1 + WINDOW_MIN:
            merged[-1][1] = stop
        else:
            merged.append([first, stop])
    return merged


def _kind(lasts_s: float, after_bpm: Floats) -> str:
    known = after_bpm[np.isfinite(after_bpm)]
    normal = len(known) >= WINDOW_MIN / 2 and NORMAL_BPM[0] <= np.median(known) <= NORMAL_BPM[1]
    if lasts_s < PSEUDO_S and normal:
        return "pseudo"
    return "sinusoidal" if lasts_s >= SINUSOIDAL_S else "suspect"
