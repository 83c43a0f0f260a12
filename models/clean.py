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
# Sample and hold. In 68 h of ctu-uhb/ and 20 h of fhrma-false-signals/ no value stays for 15 s, in
# 40 h of fhrma/ three do, one of them for 200 s. A flat rate in whole bpm may, for 150 s in the
# safety set, but then it moves on by 1 bpm: it does not jump.
STUCK_S, STUCK_JUMP_BPM = 15, 1.0
STUCK_ANYHOW_S = 300


def clean(fhr_bpm: Floats) -> Floats:
    """`fhr_bpm` (n,) at FS_HZ without what no fetal heart can have done; NaN there."""
    with np.errstate(invalid="ignore"):
        possible = (fhr_bpm >= ANALYSED_BPM[0]) & (fhr_bpm <= ANALYSED_BPM[1])
    kept = np.where(possible, fhr_bpm, np.nan)
    pieces = runs(np.isfinite(kept))
    short = np.diff(pieces).ravel() < SHORTEST_RUN_S * FS_HZ
    for first, stop in pieces[short].tolist():
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


def stuck(fhr_bpm: Floats) -> Mask:
    """Samples (n,) of a value that stays too long to be measured, before it jumps."""
    held = np.zeros(len(fhr_bpm), bool)
    held[1:] = fhr_bpm[1:] == fhr_bpm[:-1]
    mask = np.zeros(len(fhr_bpm), bool)
    stays = runs(held)
    long = np.diff(stays).ravel() + 1 >= STUCK_S * FS_HZ
    for before, stop in stays[long].tolist():
        first = before - 1
        lasts_s = (stop - first) / FS_HZ
        jumps = stop < len(fhr_bpm) and abs(fhr_bpm[stop] - fhr_bpm[first]) > STUCK_JUMP_BPM
        if lasts_s >= STUCK_ANYHOW_S or jumps:
            mask[first:stop] = True
    return mask


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
