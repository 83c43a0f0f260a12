"""A strip without variability, and the decelerations that show in it however shallow they are.

NICHD 2008 gives late decelerations no least depth ("visually apparent, gradual"); FIGO 1987 calls a
steady baseline without variability and with small decelerations after each contraction the most
ominous trace. Where variability is absent there is nothing else that such a fall could be, so the
15 bpm of models/events.py do not hold here, and neither does the kind: people agree on it with
kappa 0.12 to 0.23 (ALGORITHMS 4.5). Figures without a source are a design, measured on the safety
set (docs/synthetic.md).
"""

from dataclasses import dataclass
from math import isnan, nan

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import percentile_filter

from models.clean import filled
from models.completeness import runs
from models.contractions import Contraction
from models.decelerations import BEFORE_S, GRADUAL_S, RECURRENT_S, typed
from models.events import Deceleration
from models.filters import low_pass
from models.trace import FS_HZ
from models.variability import bandwidth_bpm
from models.windows import Mask

Floats = NDArray[np.float64]
ABSENT_BPM = 2.0  # NICHD: "undetectable"; the noise of a measurement, ALGORITHMS 10.1
LOOKED_AT_BPM = 6.0  # a larger swing with the falls in it is not that of a flat strip
LEVEL_S, LEVEL_CENTILE = 600, 80  # falls may fill half of the time, and nothing rises
POINT_S = 5  # the level is taken so often
CALM_CYCLES = 6.0  # a minute
FALL_LOST = 0.5  # at most: a line across a gap makes no fall, its measured part must be one
BESIDE_S = 10  # a fall's foot under EDGE_BPM, which is no variability
SEEN_LOSS = 0.2  # of the time after a contraction; with more lost, no fall is not known
RECURRENT_SHARE = 0.5  # NICHD 2008
FALLS = 3  # in RECURRENT_S, where no contraction is known
EDGE_BPM, LEAST_BPM = 1.5, 4.0  # under the level: a fall begins, and is one


@dataclass(frozen=True)
class Flat:
    """Of a strip without variability."""

    swing_bpm: float  # outside of rises and falls
    falls: tuple[Deceleration, ...]  # of the last RECURRENT_S
    share: float  # of the contractions of that time that have one; NaN without a contraction

    @property
    def recurrent(self) -> bool:
        """Where no contraction is known the falls are counted, so that the worse is said."""
        return len(self.falls) >= FALLS if isnan(self.share) else self.share >= RECURRENT_SHARE


def flat(
    fhr_bpm: Floats, rising: Mask, contractions: tuple[Contraction, ...], start_s: float
) -> Flat | None:
    """Of a cleaned rate (n,) at FS_HZ from `start_s`; None where it has variability.

    rising  samples (n,) in accelerations
    """
    rate = filled(np.where(rising, nan, fhr_bpm))
    if len(rate) < LEVEL_S * FS_HZ or np.isnan(rate[0]):
        return None
    calm = low_pass(rate, CALM_CYCLES)
    under = _level(calm) - calm
    spans = _falls(under, np.isnan(fhr_bpm))
    quiet = np.isfinite(fhr_bpm) & ~rising
    for first, stop in spans:
        quiet[max(first - BESIDE_S * FS_HZ, 0) : stop + BESIDE_S * FS_HZ] = False
    swing_bpm = bandwidth_bpm(np.where(quiet, fhr_bpm, nan), quiet)
    if not swing_bpm < ABSENT_BPM:
        return None
    end_s = start_s + len(rate) / FS_HZ
    found = []
    for first, stop in spans:
        nadir = first + int(np.argmax(under[first:stop]))
        from_s, to_s, nadir_s = (start_s + at / FS_HZ for at in (first, stop, nadir))
        if to_s > end_s - RECURRENT_S:
            depth = float(under[nadir])
            found.append(Deceleration(from_s, to_s, nadir_s, depth, float(calm[nadir])))
    falls = typed(tuple(found), contractions)
    return Flat(swing_bpm, falls, _share(falls, contractions, np.isnan(fhr_bpm), start_s))


def _level(calm: Floats) -> Floats:
    """What the rate (n,) comes back to."""
    step = POINT_S * FS_HZ
    points = percentile_filter(calm[::step], LEVEL_CENTILE, LEVEL_S // POINT_S, mode="nearest")
    line: Floats = np.interp(np.arange(len(calm)), step * np.arange(len(points)), points)
    return line


def _falls(under: Floats, lost: Mask) -> list[tuple[int, int]]:
    """(first, stop) of each fall that lasts and is deep enough where it is measured."""
    depth = np.where(lost, 0.0, under)
    return [
        (first, stop)
        for first, stop in runs(under > EDGE_BPM).tolist()
        if stop - first >= GRADUAL_S * FS_HZ
        and depth[first:stop].max() >= LEAST_BPM
        and lost[first:stop].mean() <= FALL_LOST
    ]


def _share(
    falls: tuple[Deceleration, ...],
    contractions: tuple[Contraction, ...],
    lost: Mask,
    start_s: float,
) -> float:
    """Of the contractions of the last RECURRENT_S that have a fall, or where one would be seen."""
    end_s = start_s + len(lost) / FS_HZ
    hit = {fall.contraction for fall in falls}
    recent = [
        c
        for c in contractions
        if c.start_s >= end_s - RECURRENT_S and (c in hit or _would_be_seen(c, lost, start_s))
    ]
    return sum(c in hit for c in recent) / len(recent) if recent else nan


def _would_be_seen(contraction: Contraction, lost: Mask, start_s: float) -> bool:
    """Whether the time of its fall is over and mostly measured: a gap is no absence of a fall."""
    first = round((contraction.start_s - start_s) * FS_HZ)
    after = lost[max(first, 0) : first + round(BEFORE_S * FS_HZ)]
    return len(after) >= BEFORE_S * FS_HZ and bool(after.mean() <= SEEN_LOSS)
