"""How active the uterus is, how tense it rests, and whether the toco can be trusted to say so.

Of the end of a strip. Tachysystole and the basal tone are those of ALGORITHMS 4.4, adequate
contractions those of the stress test (5.6). Toco has no absolute zero: the tone is in its units,
and only its change means something. A toco that hardly moves for ten minutes shows not even
breaths: the belt is loose, and no contraction can be expected from it.
"""

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from models.clean import filled
from models.completeness import runs
from models.contractions import Contraction
from models.trace import FS_HZ
from models.windows import Mask

Floats = NDArray[np.float64]
OVER_S = 1800.0
TACHYSYSTOLE = 5.0  # more than so many in 10 min, averaged over OVER_S
TONE_S, TONE_CENTILE = 600, 10
ADEQUATE, ADEQUATE_S, WITHIN_S = 3, 40.0, 600.0  # so many, so long, in so long
FLAT_S, FLAT_UNITS = 600, 2.0  # [design]; breaths move the toco by more
TOP, TOP_S = 95.0, 2.0  # so long at its highest value, and that so high: saturated [design]
LEAST_SHARE = 0.5  # of OVER_S with a toco that moves; less says nothing [design]
LEAST_MIN = 10.0


@dataclass(frozen=True)
class Activity:
    """Of the last `over_s`. NaN, None: not known."""

    over_s: float
    per_10_min: float  # contractions, over the time with a toco that moves
    tachysystole: bool | None  # None also before OVER_S
    adequate: bool | None  # ADEQUATE contractions of ADEQUATE_S in the last WITHIN_S
    tone: float  # toco units, last TONE_S
    lost: float  # shares of the time, 0..1
    flat: float
    saturated: float

    @property
    def trusted(self) -> bool:
        """Enough toco that moves: else that none was found says nothing."""
        return self.lost + self.flat <= 1 - LEAST_SHARE


def activity(toco: Floats, found: tuple[Contraction, ...], start_s: float = 0.0) -> Activity:
    """Of `toco` (n,) at FS_HZ, NaN where lost, that begins at `start_s`; `found` in all of it."""
    end_s = start_s + len(toco) / FS_HZ
    recent = toco[-round(OVER_S * FS_HZ) :]
    over_s = len(recent) / FS_HZ
    lost, flat = np.isnan(recent), flat_mask(toco)[len(toco) - len(recent) :]
    moving_min = int(np.count_nonzero(~lost & ~flat)) / FS_HZ / 60
    known = moving_min >= max(LEAST_MIN, LEAST_SHARE * over_s / 60)
    count = sum(c.start_s >= end_s - over_s for c in found)
    rate = 10 * count / moving_min if known else nan
    long = [c for c in found if c.end_s - c.start_s >= ADEQUATE_S and c.start_s >= end_s - WITHIN_S]
    last = toco[-TONE_S * FS_HZ :]
    return Activity(
        over_s=over_s,
        per_10_min=rate,
        tachysystole=rate > TACHYSYSTOLE if known and over_s >= OVER_S else None,
        adequate=len(long) >= ADEQUATE if known else None,
        tone=float(np.nanpercentile(last, TONE_CENTILE)) if np.isfinite(last).any() else nan,
        lost=float(lost.mean()) if len(recent) else 1.0,
        flat=float(flat.mean()) if len(recent) else 0.0,
        saturated=float(saturated_mask(recent).mean()) if len(recent) else 0.0,
    )


def flat_mask(toco: Floats) -> Mask:
    """Samples (n,) within FLAT_S of which `toco` moves by FLAT_UNITS at most; not those lost."""
    width = FLAT_S * FS_HZ
    whole = filled(toco)
    still = np.zeros(len(toco), bool)
    if len(whole) < width or np.isnan(whole[0]):
        return still
    moves = maximum_filter1d(whole, width) - minimum_filter1d(whole, width)
    inner = slice(width // 2, len(whole) - width // 2 + 1)
    still[inner] = moves[inner] <= FLAT_UNITS
    around: Mask = maximum_filter1d(still, width, origin=-1, mode="constant")
    return around & np.isfinite(toco)


def saturated_mask(toco: Floats) -> Mask:
    """Samples (n,) of `toco` that stay at its highest value, TOP or more, for TOP_S."""
    mask = np.zeros(len(toco), bool)
    if np.isfinite(toco).any() and (top := np.nanmax(toco)) >= TOP:
        for first, stop in runs(toco == top).tolist():
            mask[first:stop] = stop - first >= TOP_S * FS_HZ
    return mask
