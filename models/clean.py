"""The fetal rate as analysis sees it: ALGORITHMS 2, rules 2 to 6. The raw trace stays as it is."""

import numpy as np
from numpy.typing import NDArray

from models.completeness import runs
from models.conditions import maternal
from models.rules import BY_ID
from models.trace import FS_HZ, Trace
from models.windows import Mask

Floats = NDArray[np.float64]
ANALYSED_BPM = (50.0, 220.0)  # outside: missing. ALGORITHMS 2, rule 2
SHORTEST_RUN_S = 5  # rule 3
ISLAND_S = 30  # rule 4: half and double counting, the mother's rate
ISLAND_JUMP_BPM = 25.0  # rule 4


def clean(fhr_bpm: Floats) -> Floats:
    """`fhr_bpm` (n,) at FS_HZ without what no fetal heart can have done; NaN there."""
    with np.errstate(invalid="ignore"):
        possible = (fhr_bpm >= ANALYSED_BPM[0]) & (fhr_bpm <= ANALYSED_BPM[1])
    kept = np.where(possible, fhr_bpm, np.nan)
    for first, stop in runs(np.isfinite(kept)):
        if stop - first < SHORTEST_RUN_S * FS_HZ:
            kept[first:stop] = np.nan
    _drop_islands(kept)
    return kept


def _drop_islands(bpm: Floats) -> None:
    """Short pieces that lie apart, on one side, from what comes before and after them."""
    valid = np.flatnonzero(np.isfinite(bpm))
    if not len(valid):
        return
    steps = (np.diff(valid) > 1) | (np.abs(np.diff(bpm[valid])) > ISLAND_JUMP_BPM)
    first = valid[np.concatenate(([True], steps))]
    last = valid[np.concatenate((steps, [True]))]
    before = bpm[last[0]]
    for at in range(1, len(first) - 1):
        rise = bpm[first[at]] - before
        fall = bpm[last[at]] - bpm[first[at + 1]]
        apart = min(abs(rise), abs(fall)) > ISLAND_JUMP_BPM and (rise > 0) == (fall > 0)
        if apart and last[at] - first[at] + 1 < ISLAND_S * FS_HZ:
            bpm[first[at] : last[at] + 1] = np.nan
        else:
            before = bpm[last[at]]


def filled(bpm: Floats) -> Floats:
    """`bpm` (n,) with gaps interpolated, for filters only; all NaN stays so."""
    valid = np.flatnonzero(np.isfinite(bpm))
    if not len(valid):
        return bpm.copy()
    return np.interp(np.arange(len(bpm)), valid, bpm[valid])


def maternal_mask(trace: Trace) -> Mask:
    """Samples (n,) of the fetal rate that the coincidence rule takes for the mother's."""
    whole = len(trace.fhr_bpm) // FS_HZ * FS_HZ
    fhr, mhr = trace.fhr_bpm[:whole].astype(float), trace.mhr_bpm[:whole].astype(float)
    mask = np.zeros(len(trace.fhr_bpm), bool)
    mask[:whole] = maternal(BY_ID["maternal_rate"], fhr, mhr)[2]
    return mask
