"""Methods to compare with: the plain ones that anybody would try first. Nothing else uses them.

Written from one-line descriptions (ALGORITHMS 3.1, 3.3): a running median, a low-pass that is
trimmed and taken again (in the manner of Taylor 2000), the standard 15/15 rule that goes with any
baseline, a threshold for contractions, and the coincidence of two rates (ALGORITHMS 1.8).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter, uniform_filter1d

from models.clean import filled
from models.completeness import runs
from models.filters import low_pass
from models.trace import FS_HZ, Trace
from models.windows import Mask

Floats = NDArray[np.float64]
Spans = list[tuple[float, float]]
MEDIAN_S = 600  # window of the running median
TRIM_CYCLES = 0.48  # a minute: 0.008 Hz
TRIM_BPM = (20.0, 15.0, 10.0, 5.0)  # away from the line so far: left out of the next
EVENT_BPM, EVENT_S = 15.0, 15.0
TOCO_AVERAGE_S = 15
TOCO_REST_CENTILE = 10  # of the whole recording
TOCO_RISE = 20.0  # units above it; of 8 to 30 the best on the marks of CTU-UHB
TOCO_LEAST_S = 30
ALIKE_BPM, ALIKE_S = 5.0, 30
BOTH_SHARE, ALIKE_SHARE = 0.25, 0.5  # of the window; of the samples with both rates


def running_median(fhr_bpm: Floats) -> Floats:
    """Median (n,) of the MEDIAN_S around each second of a cleaned `fhr_bpm` (n,)."""
    rate = filled(fhr_bpm)
    if np.isnan(rate).any():
        return rate
    seconds = median_filter(rate[::FS_HZ], MEDIAN_S + 1, mode="nearest")
    line: Floats = np.interp(np.arange(len(rate)), np.arange(len(seconds)) * FS_HZ, seconds)
    return line


def trimmed_low_pass(fhr_bpm: Floats) -> Floats:
    """A low-pass (n,) of a cleaned `fhr_bpm` (n,), four times without what lies away from it."""
    rate = filled(fhr_bpm)
    if len(rate) < 2 or np.isnan(rate).any():
        return rate
    line = low_pass(rate, TRIM_CYCLES)
    for away_bpm in TRIM_BPM:
        near = np.isfinite(fhr_bpm) & (np.abs(rate - line) <= away_bpm)
        if near.any():
            line = low_pass(filled(np.where(near, rate, np.nan)), TRIM_CYCLES)
    return line


def standard_events(fhr_bpm: Floats, baseline_bpm: Floats) -> tuple[Spans, Spans]:
    """(accelerations, decelerations) as (start_s, end_s) of a cleaned rate (n,).

    15 bpm beyond the baseline, from one crossing of it to the next, longer than 15 s.
    """
    away = filled(fhr_bpm) - baseline_bpm
    return _beyond(away), _beyond(-away)


def _beyond(above: Floats) -> Spans:
    return [
        (first / FS_HZ, stop / FS_HZ)
        for first, stop in runs(above > 0).tolist()
        if stop - first > EVENT_S * FS_HZ and above[first:stop].max() >= EVENT_BPM
    ]


def threshold_contractions(toco: Floats) -> Spans:
    """(start_s, end_s) where a smoothed `toco` (n,) is TOCO_RISE above rest for TOCO_LEAST_S."""
    whole = filled(toco)
    if not len(whole) or np.isnan(whole).any():
        return []
    smooth = uniform_filter1d(whole, TOCO_AVERAGE_S * FS_HZ)
    high = smooth > np.percentile(smooth, TOCO_REST_CENTILE) + TOCO_RISE
    return [
        (first / FS_HZ, stop / FS_HZ)
        for first, stop in runs(high).tolist()
        if stop - first >= TOCO_LEAST_S * FS_HZ
    ]


def coincident(trace: Trace) -> Mask:
    """Samples (n,) of a fetal rate around which half of 30 s lies within 5 bpm of the mother's."""
    away = np.abs(trace.fhr_bpm.astype(float) - trace.mhr_bpm)
    both = uniform_filter1d(np.isfinite(away).astype(float), ALIKE_S * FS_HZ, mode="constant")
    alike = uniform_filter1d((away <= ALIKE_BPM).astype(float), ALIKE_S * FS_HZ, mode="constant")
    found: Mask = (both >= BOTH_SHARE) & (alike >= ALIKE_SHARE * both)
    return found & np.isfinite(trace.fhr_bpm)
