"""What a learned detector of false signal looks at, second part: the mother's channel, and toco."""

import numpy as np

from models.learned.false_features import (
    Cut,
    Floats,
    Ints,
    Rows,
    edges,
    running,
    shape,
    share_of,
    spread_of,
)
from models.trace import FS_HZ, Trace
from models.windows import Mask

NEAR_BPM = (3.0, 5.0, 8.0, 12.0)
FAR_BPM = 30.0  # a difference counts for no more
LAGS = (0, 2 * FS_HZ, 4 * FS_HZ)  # the mother's channel earlier than the fetal
MOTHERS_S = (60, 300)  # her level before and after
USUAL_S = 600  # of the toco


def own_features(trace: Trace, parts: Cut, rows: Rows) -> dict[str, Floats]:
    """Columns (r,) of one piece by itself: shape, edges, the mother's channel, contractions."""
    mhr = trace.mhr_bpm.astype(float)
    return (
        shape(parts, rows)
        | edges(parts, rows)
        | _together(parts, rows, mhr)
        | _mother(parts, rows, mhr)
        | _toco(parts, rows, trace.toco.astype(float))
    )


def _together(parts: Cut, rows: Rows, mhr: Floats) -> dict[str, Floats]:
    """The fetal and the mother's rate at the same time."""
    hers = mhr[parts.at]
    off = parts.bpm - hers
    apart = np.abs(off)
    both = np.isfinite(off)
    tracks = [both, off, np.minimum(apart, FAR_BPM)]
    tracks += [apart <= limit for limit in NEAR_BPM]
    tracks += [np.abs(parts.bpm - 2 * hers) <= NEAR_BPM[2]]
    tracks += [np.where(both, one, 0.0) for one in (parts.bpm, hers)]
    tracks += [np.where(both, one, 0.0) for one in (parts.bpm**2, hers**2, parts.bpm * hers)]
    lagged = [np.abs(parts.bpm - _earlier(mhr, lag)[parts.at]) for lag in LAGS[1:]]
    tracks += [np.minimum(one, FAR_BPM) for one in lagged]
    sums = running(np.stack(tracks).astype(float))
    found: dict[str, Floats] = {}
    for name, first, stop in (
        ("own", rows.first, rows.stop),
        ("segment", rows.segment_first, rows.segment_stop),
    ):
        total = sums[:, stop] - sums[:, first]
        share = share_of(total[1:], np.broadcast_to(total[0], total[1:].shape))
        found |= {
            f"{name}_both": total[0] / (stop - first),
            f"{name}_off": share[0],
            f"{name}_apart": share[1],
            **{f"{name}_near_{int(b)}": share[2 + i] for i, b in enumerate(NEAR_BPM)},
            f"{name}_twice": share[6],
        }
        fetal, hers_sd = spread_of(share[7], share[9]), spread_of(share[8], share[10])
        found[f"{name}_like"] = share_of(share[11] - share[7] * share[8], fetal * hers_sd)
        found[f"{name}_hers_sd"] = hers_sd
        found |= {f"{name}_lag_{i}": share[12 + i] for i in range(len(lagged))}
    return found


def _earlier(values: Floats, by: int) -> Floats:
    shifted = np.full(len(values), np.nan)
    shifted[by:] = values[: max(len(values) - by, 0)]
    return shifted


def _mother(parts: Cut, rows: Rows, mhr: Floats) -> dict[str, Floats]:
    """Her level when it was last and is next known, and over some time."""
    begin, end = parts.at[rows.first], parts.at[rows.stop - 1] + 1
    own = running(parts.bpm)
    level = (own[rows.stop] - own[rows.first]) / (rows.stop - rows.first)
    known = np.flatnonzero(np.isfinite(mhr))
    found = {}
    if len(known):
        at = np.searchsorted(known, begin, "right") - 1
        found["hers_last"], found["hers_last_s"] = _known(mhr, known, at, begin, level, at >= 0)
        at = np.minimum(np.searchsorted(known, end - 1), len(known) - 1)
        there = (known[at] >= end - 1) & (known[at] < rows.horizon)
        found["hers_next"], found["hers_next_s"] = _known(mhr, known, at, end, level, there)
    else:
        lost = np.full(len(begin), np.nan)
        found = dict.fromkeys(("hers_last", "hers_last_s", "hers_next", "hers_next_s"), lost)
    sums = running(np.stack([np.isfinite(mhr).astype(float), mhr, mhr**2]))
    for seconds in MOTHERS_S:
        first = np.maximum(begin - seconds * FS_HZ, 0)
        stop = np.minimum(end + seconds * FS_HZ, rows.horizon)
        total = sums[:, stop] - sums[:, first]
        mean = share_of(total[1], total[0])
        found[f"hers_{seconds}"] = level - mean
        found[f"hers_{seconds}_sd"] = spread_of(mean, share_of(total[2], total[0]))
        found[f"hers_{seconds}_share"] = total[0] / (stop - first)
    return found


def _known(
    mhr: Floats, known: Ints, at: Ints, of: Ints, level: Floats, there: Mask
) -> tuple[Floats, Floats]:
    """How far the piece is from her rate at known[at], and how long ago that was."""
    sample = known[np.maximum(at, 0)]
    apart = np.where(there, level - mhr[sample], np.nan)
    return apart, np.where(there, np.abs(of - sample) / FS_HZ, np.nan)


def _toco(parts: Cut, rows: Rows, toco: Floats) -> dict[str, Floats]:
    """Contraction and pushing: the toco of the piece against that of the last ten minutes."""
    sums = running(np.stack([np.isfinite(toco).astype(float), toco, toco**2]))
    begin, end = parts.at[rows.first], parts.at[rows.stop - 1] + 1
    here = sums[:, end] - sums[:, begin]
    long = sums[:, end] - sums[:, np.maximum(end - USUAL_S * FS_HZ, 0)]
    mean, usual = share_of(here[1], here[0]), share_of(long[1], long[0])
    return {
        "toco": mean - usual,
        "toco_sd": spread_of(mean, share_of(here[2], here[0])),
        "toco_usual_sd": spread_of(usual, share_of(long[2], long[0])),
    }
