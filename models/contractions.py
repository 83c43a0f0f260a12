"""Contractions of the uterus in an external toco trace: ALGORITHMS 4.4, where the figures are from.

External toco misses contractions (agreement with a pressure catheter 0.69): that none was found
does not say that there was none.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.ndimage import median_filter, uniform_filter1d

from models.clean import filled
from models.completeness import runs
from models.trace import FS_HZ

Floats = NDArray[np.float64]
MEDIAN_S, AVERAGE_S = 2, 15
TONE_S, TONE_CENTILE = 600, 10  # basal tone: a low centile of so long
TONE_EVERY_S = 30  # it is taken so often
TONE_RISE = 1.0  # units a minute at most
ONSET = 8.0  # units above the basal tone
LASTS_S = (30, 240)
LEAST, LEAST_SHARE, LEAST_CENTILE, LEAST_S = 10.0, 0.25, 90, 1800  # amplitude, see _least
MERGE_S = 15
SPLIT_DEPTH, SPLIT_S = 0.5, 60
LOST_SHARE = 1 / 3  # as for events of the rate


@dataclass(frozen=True)
class Contraction:
    start_s: float
    end_s: float
    peak_s: float
    amplitude: float  # toco units above the basal tone


def contractions(toco: Floats, start_s: float = 0.0) -> tuple[Contraction, ...]:
    """Contractions in `toco` (n,) at FS_HZ, NaN where lost, that begins at `start_s`."""
    whole = filled(toco)
    if len(whole) < TONE_EVERY_S * FS_HZ or np.isnan(whole[0]):
        return ()
    calm = median_filter(whole, MEDIAN_S * FS_HZ + 1)[::FS_HZ]  # one a second from here
    height = uniform_filter1d(calm, AVERAGE_S)
    height -= basal_tone(height)
    lost = np.isnan(toco)
    found = []
    for first, stop in _split(height, _merged(runs(height > ONSET))):
        peak = first + int(np.argmax(height[first:stop]))
        if (
            LASTS_S[0] <= stop - first <= LASTS_S[1]
            and height[peak] >= _least(height, stop)
            and lost[first * FS_HZ : stop * FS_HZ].mean() <= LOST_SHARE
        ):
            amplitude = float(height[peak])
            found.append(Contraction(start_s + first, start_s + stop, start_s + peak, amplitude))
    return tuple(found)


def basal_tone(toco: Floats) -> Floats:
    """Tone of the resting uterus (n,) under a smoothed `toco` (n,), one sample a second."""
    points = np.arange(0, len(toco), TONE_EVERY_S)
    width = min(TONE_S, len(toco))
    first = np.clip(points + 1 - width, 0, None)  # the first minutes look ahead instead of back
    low = np.percentile(sliding_window_view(toco, width)[first], TONE_CENTILE, axis=1)
    rise = TONE_RISE * TONE_EVERY_S / 60 * np.arange(len(low))
    tone = np.minimum.accumulate(low - rise) + rise
    line: Floats = np.interp(np.arange(len(toco)), points, tone)
    return line


def _least(height: Floats, stop: int) -> float:
    """A contraction is at least so high: a quarter of what the last half hour shows."""
    stop = min(max(stop, LEAST_S), len(height))
    usual = float(np.percentile(height[max(stop - LEAST_S, 0) : stop], LEAST_CENTILE))
    return max(LEAST, LEAST_SHARE * usual)


def _merged(found: NDArray[np.intp]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, stop in found.tolist():
        if merged and first - merged[-1][1] < MERGE_S:
            first = merged.pop()[0]
        merged.append((first, stop))
    return merged


def _split(height: Floats, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Cut at a valley under half of the smaller of two peaks that are a minute apart."""
    done, todo = [], found[::-1]
    while todo:
        first, stop = todo.pop()
        part = height[first:stop]
        smaller = np.minimum(np.maximum.accumulate(part), np.maximum.accumulate(part[::-1])[::-1])
        valley = int(np.argmin(part / smaller))
        apart = valley + np.argmax(part[valley:]) - np.argmax(part[: valley + 1])
        if part[valley] < SPLIT_DEPTH * smaller[valley] and apart > SPLIT_S:
            todo += [(first + valley, stop), (first, first + valley)]
        else:
            done.append((first, stop))
    return done


def per_ten_minutes(found: tuple[Contraction, ...], end_s: float, over_s: float) -> float:
    """How many begin in 10 min, averaged over the last `over_s` before `end_s`."""
    return sum(c.start_s >= end_s - over_s for c in found) * 600 / over_s
