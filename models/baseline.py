"""The baseline of the fetal heart rate: a weighted median that trims in six passes.

After Boudet et al. 2019 (weighted median filter baseline), written anew from the description in
ALGORITHMS 3.3, where all constants are from. Weights are the chance that the rate is stable just
there; each pass looks at a finer trace in a narrower window and trusts less what lies away from
the baseline so far. Two points differ from the description: the window is cut at the record's
ends, and gaps count little instead of fully.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from models.clean import filled
from models.filters import PER_MINUTE, band_pass, envelope, low_pass
from models.trace import FS_HZ

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
DECIMATE = 24  # to 10 points a minute
SECONDS = 60  # a minute
POINTS_A_MINUTE = PER_MINUTE // DECIMATE
REACH = 20 * POINTS_A_MINUTE  # half of the triangular window
BAND = 10 * POINTS_A_MINUTE  # windows of the tolerated band
EVERY = 4  # the median is taken at each fourth point: measured on fhrma/, 1 to 4 are alike
FAR_WEIGHT = 0.001  # of the window: points beyond it are left out
BLOCK = 120  # points computed together: bounds memory on long records
GAP_WEIGHT = 0.1  # of interpolated points; measured on fhrma/: 1.0 follows the lines across gaps
LEAST_WEIGHT = 0.1  # of the untrimmed: below it the previous baseline counts as a value
TRIM_SLOPE = 0.19  # per bpm away from the previous baseline


class Pass(NamedTuple):
    cycles: int  # low-pass of the trace whose median is taken, cycles a minute
    squarings: int  # of the window's triangle: powers 1, 2, 4, 8, 16
    offset: float | None  # of the trimming; None: not trimmed
    trim_cycles: int  # low-pass of the trace that is compared with the previous baseline


PASSES = (
    Pass(2, 0, None, 2),
    Pass(2, 1, 3.21, 1),
    Pass(4, 2, 2.5, 4),
    Pass(8, 3, 2.0, 8),
    Pass(16, 4, 1.5, 16),
    Pass(16, 4, 1.0, 16),
)


def baseline(fhr_bpm: Floats) -> Floats:
    """Baseline in bpm (n,) of a cleaned `fhr_bpm` (n,) at FS_HZ; NaN only if all of it is lost."""
    rate = filled(fhr_bpm)
    if len(rate) < 2 * DECIMATE or np.isnan(rate[0]):
        return np.full(len(rate), np.nanmedian(fhr_bpm) if np.isfinite(fhr_bpm).any() else np.nan)
    stable = stability(rate)[:: DECIMATE // FS_HZ]
    stable *= np.where(np.isfinite(fhr_bpm[::DECIMATE]), 1.0, GAP_WEIGHT)
    smooth = {k: low_pass(rate, k)[::DECIMATE] for k in (1, 2, 4, 8, 16)}
    bands = {k: _tolerated(smooth[k]) for k in {step.cycles for step in PASSES}}
    line = smooth[2]
    for step in PASSES:
        weights = stable
        if step.offset is not None:
            away = np.abs(smooth[step.trim_cycles] - line)
            weights = stable * _sigmoid(step.offset - TRIM_SLOPE * away)
        series, band = smooth[step.cycles], bands[step.cycles]
        line = _median_line(series, band, weights, stable, step, line)
    points = np.arange(len(line)) * DECIMATE
    return np.interp(np.arange(len(rate)), points, line)


def stability(rate_bpm: Floats) -> Floats:
    """The chance (n / FS_HZ,), each second, that the rate is at its baseline.

    That is where it moves little on three time scales.
    """
    slopes = [
        (np.gradient(part) * PER_MINUTE)[::FS_HZ]
        for part in (low_pass(rate_bpm, 1), band_pass(rate_bpm, 1, 3), band_pass(rate_bpm, 3, 7))
    ]
    unstable = (
        -2.4744
        + 0.0266 * np.abs(slopes[0])
        + 0.0413 * envelope(slopes[0], 2, SECONDS)
        + 0.0105 * envelope(slopes[1], 6, SECONDS)
        + 0.0036 * envelope(slopes[2], 14, SECONDS)
    )
    return _sigmoid(-unstable)


def _sigmoid(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))


def _median_line(
    series: Floats,
    band: tuple[Singles, Singles],
    weights: Floats,
    untrimmed: Floats,
    step: Pass,
    previous: Floats,
) -> Floats:
    """Sliding weighted median (n,) of `series` (n,), at each EVERY-th point, then interpolated."""
    low, high = band
    level, weight, usual_weight = (one.astype(np.float32) for one in (series, weights, untrimmed))
    reach = round(REACH * (1 - FAR_WEIGHT ** (0.5**step.squarings)))
    parts = []
    points = np.unique(np.append(np.arange(0, len(series), EVERY), len(series) - 1))
    for at in range(0, len(points), BLOCK // EVERY):
        here = points[at : at + BLOCK // EVERY]
        near = np.arange(max(here[0] - reach, 0), min(here[-1] + reach + 1, len(series)))
        near = near[np.argsort(series[near])]
        values = level[near]
        window = np.abs(here.astype(np.float32)[:, None] - near.astype(np.float32))
        window *= np.float32(-1 / REACH)
        window += 1
        np.maximum(window, 0, out=window)
        for _ in range(step.squarings):
            window *= window
        mass = window * weight[near]
        mass *= (values >= low[here, None]) & (values <= high[here, None])
        if step.offset is None:
            spare = np.zeros(len(here), np.float32)
        else:
            usual = np.einsum("ij,j->i", window, usual_weight[near])
            spare = np.maximum(LEAST_WEIGHT * usual - mass.sum(axis=1), 0)
        parts.append(_weighted_median(values, mass, previous[here], spare))
    return np.interp(np.arange(len(series)), points, np.concatenate(parts))


def _weighted_median(values: Singles, mass: Singles, extra: Floats, spare: Singles) -> Floats:
    """Medians (k,) of sorted `values` (m,) with weights `mass` (k, m), which it overwrites.

    Each row has `extra` (k,) as one more value, of weight `spare` (k,).
    """
    rows = np.arange(len(mass))
    total = np.cumsum(mass, axis=1, out=mass)
    half = (total[:, -1] + spare) / 2
    if not spare.any():
        found: Floats = values[(total >= half[:, None]).argmax(axis=1)].astype(float)
        return found
    below = total + spare[:, None] * (values >= extra[:, None].astype(np.float32))
    at = np.minimum((below < half[:, None]).sum(axis=1), len(values) - 1)
    before = np.where(at > 0, total[rows, at - 1], 0)
    on_extra = (spare > 0) & (values[at] >= extra) & (before + spare >= half)
    return np.where(on_extra, extra, values[at])


def _tolerated(series: Floats) -> tuple[Singles, Singles]:
    """For each point the highest minimum and the lowest maximum of the 10 min windows around it."""
    width = min(BAND, len(series))
    windows = slice(width // 2, width // 2 + len(series) - width + 1)  # those inside the record
    pad = (width - 1, width - 1)
    minima = np.pad(minimum_filter1d(series, width)[windows], pad, constant_values=-np.inf)
    maxima = np.pad(maximum_filter1d(series, width)[windows], pad, constant_values=np.inf)
    around = slice(width // 2, width // 2 + len(series))
    low, high = maximum_filter1d(minima, width)[around], minimum_filter1d(maxima, width)[around]
    return low.astype(np.float32), high.astype(np.float32)
