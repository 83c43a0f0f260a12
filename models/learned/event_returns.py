"""Rises that only lead back: out of a fall which the baseline has followed, they are nothing.

A change of the rate that lasts less than ten minutes is none of its baseline (NICHD 2008). A median
cannot know that while a long fall goes on, or where several lie close to each other: it goes down
with them, and each recovery to the earlier level then seems to stand high above it.
"""

import numpy as np
from numpy.typing import NDArray

from models.learned.event_candidates import Candidates
from models.trace import FS_HZ

Floats = NDArray[np.float64]
LEVEL_S = 600.0  # a longer change is one of the baseline: NICHD
DIP_BPM = 15.0  # of the baseline under its level before and after: as deep as a deceleration
MINOR_BPM = 5.0  # least height of an event that is told


def rising(fhr_bpm: Floats, line: Floats, found: Candidates, chosen: list[int]) -> list[int]:
    """Those of the candidates `chosen` that are falls, or rises that lead to where the rate has not
    just been. `line` (n,): the baseline of `fhr_bpm` (n,) at FS_HZ."""
    return [k for k in chosen if found.sign[k] < 0 or not _returns(fhr_bpm, line, found, k)]


def _returns(fhr_bpm: Floats, line: Floats, found: Candidates, k: int) -> bool:
    """Within LEVEL_S before and after, the baseline is DIP_BPM higher, and the rise hardly gets
    over that. What comes after the end of the record may be as high as it likes."""
    first, stop = int(found.first[k]) * FS_HZ, int(found.stop[k]) * FS_HZ
    reach = round(LEVEL_S * FS_HZ)
    level = float(line[max(0, first - reach) : first + 1].max())
    if stop + reach <= len(line):
        level = min(level, float(line[stop : stop + reach].max()))
    high = float(np.nanmax(fhr_bpm[first:stop], initial=-np.inf))
    return level - float(line[first:stop].min()) >= DIP_BPM and high - level < MINOR_BPM
