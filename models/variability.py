"""How much the fetal heart rate varies: from epoch to epoch, within a minute, and in beats/min.

Definitions: ALGORITHMS 4.1 (after Dawes and Redman) and 4.2. Events are left out by the caller:
decelerations are NaN for the first two, accelerations too for the third.
"""

import numpy as np
from numpy.typing import NDArray

from models.clean import filled
from models.filters import PER_MINUTE, band_pass
from models.windows import Mask

Floats = NDArray[np.float64]
EPOCH = 15  # samples: 3.75 s, 1/16 minute
EPOCHS_A_MINUTE = PER_MINUTE // EPOCH
EPOCH_VALID = 0.5  # of its samples
LEAST_EPOCHS = 8  # valid ones in a minute
LEAST_MINUTES = 10  # short-term variation of fewer is not to be used
BAND_CYCLES = (1.2, 30.0)  # a minute: 0.02 to 0.5 Hz
MINUTE_VALID = 0.5  # of its samples
LOW_CENTILE, HIGH_CENTILE = 0.02, 0.98


def epochs_ms(fhr_bpm: Floats) -> Floats:
    """Mean pulse interval in ms of each whole 3.75 s epoch of `fhr_bpm` (n,) at 4 Hz, or NaN.

    >>> epochs_ms(np.full(15, 140.0)).round(3)
    array([428.571])
    >>> epochs_ms(np.where(np.arange(15) < 8, np.nan, 140.0))
    array([nan])
    """
    count = len(fhr_bpm) // EPOCH
    intervals = 60_000 / fhr_bpm[: count * EPOCH].reshape(count, EPOCH)
    valid = np.isfinite(intervals).sum(axis=1)
    total = np.nansum(intervals, axis=1)
    return np.where(valid >= EPOCH_VALID * EPOCH, total / np.maximum(valid, 1), np.nan)


def short_term_ms(fhr_bpm: Floats) -> tuple[float, int]:
    """Short-term variation in ms and from how many minutes; NaN and 0 if from none.

    Mean difference of neighbouring epochs in each minute with LEAST_EPOCHS, then over minutes.
    Epochs next to a gap do not count.
    """
    minutes = _minutes(_inner(epochs_ms(fhr_bpm)))
    if not len(minutes):
        return float("nan"), 0
    change = np.abs(np.diff(minutes, axis=1))
    pairs = np.isfinite(change).sum(axis=1)
    enough = (np.isfinite(minutes).sum(axis=1) >= LEAST_EPOCHS) & (pairs > 0)
    if not enough.any():
        return float("nan"), 0
    return float((np.nansum(change, axis=1)[enough] / pairs[enough]).mean()), int(enough.sum())


def long_term_ms(fhr_bpm: Floats) -> float:
    """Mean over minutes of the range of their epochs, in ms; NaN if there is no such minute."""
    ranges = ranges_ms(fhr_bpm)
    return float(np.nanmean(ranges)) if np.isfinite(ranges).any() else float("nan")


def ranges_ms(fhr_bpm: Floats) -> Floats:
    """Range of the epochs of each whole minute (k,), in ms; NaN with too few of them."""
    minutes = _minutes(_inner(epochs_ms(fhr_bpm)))
    enough = np.isfinite(minutes).sum(axis=1) >= LEAST_EPOCHS
    ranges = np.full(len(minutes), np.nan)
    ranges[enough] = np.nanmax(minutes[enough], axis=1) - np.nanmin(minutes[enough], axis=1)
    return ranges


def bandwidth_bpm(fhr_bpm: Floats, quiet: Mask) -> float:
    """Median over minutes of swings_bpm(), NaN without such a minute."""
    swings = swings_bpm(fhr_bpm, quiet)
    return float(np.nanmedian(swings)) if np.isfinite(swings).any() else float("nan")


def swings_bpm(fhr_bpm: Floats, quiet: Mask) -> Floats:
    """Swing of the rate in each whole minute (k,), in bpm, where `quiet` (n,): outside events.

    The 98th minus the 2nd centile of the rate from 0.02 to 0.5 Hz. NaN in a minute of which not
    half is valid and quiet. Events are bridged like gaps before the filter: the edge of a
    deceleration would swing into the quiet minute beside it.
    """
    usable = quiet & np.isfinite(fhr_bpm)
    rate = filled(np.where(usable, fhr_bpm, np.nan))
    count = len(rate) // PER_MINUTE
    swings = np.full(count, np.nan)
    if not count or np.isnan(rate[0]):
        return swings
    band = np.where(usable, band_pass(rate, *BAND_CYCLES), np.nan)
    order = np.sort(band[: count * PER_MINUTE].reshape(count, PER_MINUTE), axis=1)  # NaN last
    valid = np.isfinite(order).sum(axis=1)
    rows = np.flatnonzero(valid >= MINUTE_VALID * PER_MINUTE)
    low = np.round(LOW_CENTILE * (valid[rows] - 1)).astype(int)
    high = np.round(HIGH_CENTILE * (valid[rows] - 1)).astype(int)
    swings[rows] = order[rows, high] - order[rows, low]
    return swings


def _inner(epochs: Floats) -> Floats:
    """The epochs (n,) without those beside a missing one."""
    missing = np.isnan(epochs)
    beside = np.zeros(len(epochs), bool)
    beside[1:] |= missing[:-1]
    beside[:-1] |= missing[1:]
    return np.where(beside, np.nan, epochs)


def _minutes(epochs: Floats) -> Floats:
    """Whole minutes (k, EPOCHS_A_MINUTE) of `epochs` (n,)."""
    count = len(epochs) // EPOCHS_A_MINUTE
    return epochs[: count * EPOCHS_A_MINUTE].reshape(count, EPOCHS_A_MINUTE)
