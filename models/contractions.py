"""Contractions of the uterus in an external toco trace: hills that stand out of their own minutes.

The limits are those of ALGORITHMS 4.4 but for one: a hill is measured from the higher of the two
feet beside it (its prominence), not from a basal tone of ten minutes, which a belt that slips or a
tone that rises carries along. Smoothing takes breaths and movements away; the wide scale is for
long contractions. Figures without another source were chosen on half of CTU-UHB's marks
(docs/analysis.md).

External toco misses contractions (agreement with a pressure catheter 0.69): that none was found
does not say that there was none; models/activity.py says whether the toco can be trusted. A hill
can change until its feet are known, 270 s after its peak at the latest.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, median_filter, minimum_filter1d, uniform_filter1d
from scipy.signal import find_peaks, peak_prominences, peak_widths

from models.clean import filled
from models.trace import FS_HZ

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
MEDIAN_S, AVERAGE_S = 2, 15
REACH = 3.0  # of the smoothing, in its widths
LEAST = 12.0  # units of prominence
LEAST_SHARE, LARGE, LEAST_S = 0.2, 0.9, 1800  # of the large hills of the last half hour
FOOT = 0.2  # of the prominence: where it begins and ends; 8 units of a contraction of 40
LONGEST_S = 240
LOST_SHARE = 1 / 3  # as for events of the rate
NEEDED_S = 60  # of toco: in less no hill has two feet


class Scale(NamedTuple):
    """How smooth the toco is looked at, how far away a foot may be, how short a contraction."""

    smooth_s: float
    near_s: int
    shortest_s: float


# A spike is 36 s wide once smoothed. A hill of the first scale goes before one of the second.
SCALES = (Scale(10, 90, 38), Scale(20, 210, 90))


class Hill(NamedTuple):
    prominence: float
    start_s: float
    end_s: float
    peak_s: int
    foot: float  # level of the lower foot


@dataclass(frozen=True)
class Contraction:
    start_s: float
    end_s: float
    peak_s: float
    amplitude: float  # toco units above the lower foot


def contractions(toco: Floats, start_s: float = 0.0) -> tuple[Contraction, ...]:
    """Contractions in `toco` (n,) at FS_HZ, NaN where lost, that begins at `start_s`."""
    whole = filled(toco)
    if len(whole) < NEEDED_S * FS_HZ or np.isnan(whole[0]):
        return ()
    calm = median_filter(whole, MEDIAN_S * FS_HZ + 1)[::FS_HZ]  # one a second from here
    lost = np.concatenate(([0], np.cumsum(np.isnan(toco[::FS_HZ]))))
    taken = np.zeros(len(calm), bool)
    found = []
    for scale in SCALES:
        for hill in sorted(_hills(calm, lost, scale), reverse=True):
            span = slice(int(hill.start_s), int(hill.end_s) + 1)
            if not taken[span].any():
                taken[span] = True
                found.append(hill)
    height = uniform_filter1d(calm, AVERAGE_S)
    return tuple(
        Contraction(
            start_s + hill.start_s,
            start_s + hill.end_s,
            start_s + hill.peak_s,
            float(height[hill.peak_s]) - hill.foot,
        )
        for hill in sorted(found, key=lambda hill: hill.peak_s)
    )


def _hills(calm: Floats, lost: NDArray[np.int64], scale: Scale) -> list[Hill]:
    """Of one scale in `calm` (n,), one a second; `lost` (n + 1,) counts the seconds lost before."""
    smooth = gaussian_filter1d(calm, scale.smooth_s, mode="nearest", truncate=REACH)
    peaks = _steep(smooth, find_peaks(smooth)[0], scale.near_s)
    feet = peak_prominences(smooth, peaks, wlen=2 * scale.near_s + 1)
    tall = feet[0] >= LEAST
    peaks, (high, left, right) = peaks[tall], (part[tall] for part in feet)
    starts, ends = peak_widths(smooth, peaks, 1 - FOOT, prominence_data=(high, left, right))[2:]
    foot = np.minimum(smooth[left], smooth[right])
    lasts = ends - starts
    fits = (scale.shortest_s <= lasts) & (lasts <= LONGEST_S) & (high >= _usual(peaks, high))
    fits &= lost[ends.astype(int) + 1] - lost[starts.astype(int)] <= LOST_SHARE * lasts
    columns = (column[fits].tolist() for column in (high, starts, ends, peaks, foot))
    return [Hill(*row) for row in zip(*columns, strict=True)]


def _steep(smooth: Floats, peaks: Places, near_s: int) -> Places:
    """The peaks that stand LEAST over something on both sides: what is flat has no prominence."""
    low = minimum_filter1d(smooth, near_s + 1, mode="nearest")
    before = np.maximum(peaks - near_s // 2, 0)
    after = np.minimum(peaks + near_s // 2, len(low) - 1)
    steep: Places = peaks[smooth[peaks] - np.maximum(low[before], low[after]) >= LEAST]
    return steep


def _usual(peaks: Places, high: Floats) -> Floats:
    """The least prominence at each peak: a share of the quantile LARGE of the half hour before."""
    first = np.searchsorted(peaks, peaks - LEAST_S).tolist()
    usual = [np.sort(high[at : now + 1])[round(LARGE * (now - at))] for now, at in enumerate(first)]
    return LEAST_SHARE * np.array(usual)
