"""Accelerations and decelerations: where the rate leaves its baseline far and long enough.

ALGORITHMS 3.3: between two crossings of the baseline, 15 bpm or more beyond it, for 15 s or more,
and so large that the rate without its fast changes is 5 bpm beyond it too. Before 32 weeks an
acceleration needs 10 bpm and 10 s (ACOG, ALGORITHMS 5.1). An event of which more than a third is
lost is not counted.
"""

from dataclasses import dataclass
from math import nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.clean import filled
from models.completeness import runs
from models.contractions import Contraction
from models.filters import low_pass
from models.trace import FS_HZ

Floats = NDArray[np.float64]
EARLY_WEEKS = 32.0
LOST_SHARE = 1 / 3  # FHRMA's rule for counting an event, ALGORITHMS 9.3
SLOW_CYCLES = 1.0  # a minute
PEAK_CYCLES = 4.0  # a minute; the peak is one of the rate without its beat-to-beat swings


class Size(NamedTuple):
    """What an event needs at least."""

    amplitude_bpm: float
    lasts_s: float
    slow_bpm: float  # of the rate below SLOW_CYCLES


USUAL = Size(15.0, 15.0, 5.0)
EARLY = Size(10.0, 10.0, 5.0 * (10 * 10) / (15 * 15))  # the slow part goes with the area


@dataclass(frozen=True)
class Acceleration:
    start_s: float
    end_s: float
    peak_s: float
    amplitude_bpm: float  # above the baseline at the peak
    probability: float = nan  # that experts mark it (models/learned/); NaN: the plain rule's
    minor: bool = False  # kept beside, not counted


@dataclass(frozen=True)
class Deceleration:
    start_s: float
    end_s: float
    nadir_s: float
    depth_bpm: float  # below the baseline at the nadir
    nadir_bpm: float
    kind: str = "unclassified"  # prolonged, variable, late, early: models/decelerations.py
    contraction: Contraction | None = None
    kind_probability: float = nan  # that the kind stands when times are read anew; NaN: not typed
    probability: float = nan  # as of an acceleration
    minor: bool = False

    @property
    def lag_s(self) -> float | None:
        """Onset after that of its contraction."""
        return self.start_s - self.contraction.start_s if self.contraction else None

    @property
    def lasts_s(self) -> float:
        return self.end_s - self.start_s


def accelerations(
    fhr_bpm: Floats, baseline_bpm: Floats, gestation_weeks: float | None, start_s: float = 0.0
) -> tuple[Acceleration, ...]:
    """Accelerations of a cleaned rate (n,) at FS_HZ that begins at `start_s`."""
    early = gestation_weeks is not None and gestation_weeks < EARLY_WEEKS
    return tuple(
        Acceleration(
            start_s + first / FS_HZ, start_s + stop / FS_HZ, start_s + peak / FS_HZ, height
        )
        for first, stop, peak, height in _excursions(
            fhr_bpm, baseline_bpm, EARLY if early else USUAL
        )
    )


def decelerations(
    fhr_bpm: Floats, baseline_bpm: Floats, start_s: float = 0.0
) -> tuple[Deceleration, ...]:
    """Decelerations of a cleaned rate (n,) at FS_HZ that begins at `start_s`, not yet typed."""
    found = _excursions(-fhr_bpm, -baseline_bpm, USUAL)
    return tuple(
        Deceleration(
            start_s + first / FS_HZ,
            start_s + stop / FS_HZ,
            start_s + nadir / FS_HZ,
            depth,
            float(baseline_bpm[nadir] - depth),
        )
        for first, stop, nadir, depth in found
    )


def _excursions(rate: Floats, base: Floats, least: Size) -> list[tuple[int, int, int, float]]:
    """(first, stop, peak, height) of each excursion of `rate` above `base`, both (n,)."""
    whole = filled(rate)
    if len(whole) < 2 or np.isnan(whole[0]):
        return []
    slow = low_pass(whole, SLOW_CYCLES) - base
    shape = low_pass(whole, PEAK_CYCLES) - base
    above = rate - base
    spans = runs(whole > base)
    long = np.diff(spans).ravel() >= least.lasts_s * FS_HZ
    found = []
    for first, stop in spans[long].tolist():
        part = above[first:stop]
        if np.isnan(part).mean() > LOST_SHARE:
            continue
        height = float(np.nanmax(part))
        if height >= least.amplitude_bpm and slow[first:stop].max() > least.slow_bpm:
            peak = first + int(np.argmax(shape[first:stop]))
            found.append((first, stop, peak, height))
    return found
