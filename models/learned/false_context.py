"""What a learned detector of false signal looks at, last part: a piece among its neighbours.

Levels of the rate before and after it, weighted by time. A neighbour is a piece of the cut
(models/learned/false_features.py); live, only one before the current piece.
"""

import numpy as np

from models.learned.false_features import Cut, Floats, Ints, Rows
from models.trace import FS_HZ

BLOCK = 128  # rows at a time
FARTHEST_S = 3600.0  # a neighbour
MOST = 250  # neighbours on a side: noise is cut into one a sample
BEFORE_S = (15.0, 60.0, 300.0)  # time constants of what came before,
AFTER_S = (15.0, 60.0, 300.0)  # of what comes after,
AROUND_S = (1200.0,)  # and of both together
QUANTILES = (0.1, 0.5, 0.9)


def pieces(parts: Cut) -> tuple[Floats, Floats, Floats, Floats]:
    """Of every piece of the cut (p,): begin and end in s, mean level in bpm, seconds of signal."""
    first, stop = parts.piece_first[:-1], parts.piece_first[1:]
    count = (stop - first).astype(float)
    level = np.add.reduceat(parts.bpm, first) / count if len(first) else count
    begin = parts.at[first] / FS_HZ
    return begin, (parts.at[stop - 1] + 1) / FS_HZ, level, count / FS_HZ


def context_features(parts: Cut, rows: Rows, live: bool) -> dict[str, Floats]:
    """Columns (r,) of the neighbours: how far the row is from their levels, how many they are."""
    begin, end, level, weight = pieces(parts)
    own = _own_level(parts, rows)
    found: dict[str, list[Floats]] = {}
    starts = parts.at[rows.first] / FS_HZ
    stops = (parts.at[rows.stop - 1] + 1) / FS_HZ
    for at in range(0, len(own), BLOCK):
        some = slice(at, at + BLOCK)
        low, high = int(rows.piece[some][0]), int(rows.piece[some][-1]) + 1
        low = max(low - MOST, int(np.searchsorted(end, starts[some][0] - FARTHEST_S)))
        if not live:
            last = int(np.searchsorted(begin, stops[some][-1] + FARTHEST_S))
            high = max(high, min(high + MOST, last))
        near = slice(low, high)
        ago = starts[some, None] - end[None, near]
        ahead = begin[None, near] - stops[some, None]
        mine = rows.piece[some, None] - np.arange(low, high)[None, :]
        kernels = _kernels(ago, ahead, mine, live)
        for name, column in _levels(kernels, own[some], level[near], weight[near]).items():
            found.setdefault(name, []).append(column)
    return {name: np.concatenate(several) for name, several in found.items()}


def _own_level(parts: Cut, rows: Rows) -> Floats:
    sums = np.concatenate([[0.0], np.cumsum(parts.bpm)])
    mean: Floats = (sums[rows.stop] - sums[rows.first]) / (rows.stop - rows.first)
    return mean


def _kernels(ago: Floats, ahead: Floats, mine: Ints, live: bool) -> dict[str, Floats]:
    """Weights (rows, neighbours) that fade with time, by name."""
    past, future = mine > 0, mine < 0
    found = {
        f"before_{tau:g}": np.where(past, np.exp(-np.maximum(ago, 0) / tau), 0) for tau in BEFORE_S
    }
    if live:
        for tau in AROUND_S:
            found[f"around_{tau:g}"] = np.where(past, np.exp(-np.maximum(ago, 0) / tau), 0)
        return found
    for tau in AFTER_S:
        found[f"after_{tau:g}"] = np.where(future, np.exp(-np.maximum(ahead, 0) / tau), 0)
    for tau in AROUND_S:
        away = np.maximum(np.where(past, ago, ahead), 0)
        found[f"around_{tau:g}"] = np.where(past | future, np.exp(-away / tau), 0)
    return found


def _levels(
    kernels: dict[str, Floats], own: Floats, level: Floats, weight: Floats
) -> dict[str, Floats]:
    order = np.argsort(level)
    found = {}
    for name, kernel in kernels.items():
        heavy = kernel * weight
        sums = np.cumsum(heavy[:, order], 1)
        total = sums[:, -1]
        for share in QUANTILES:
            at = (sums >= share * total[:, None]).argmax(1)
            there = np.where(total > 0, level[order[at]], np.nan)
            found[f"{name}_q{share:g}"] = own - there
        found[f"{name}_weight"] = total
        found[f"{name}_pieces"] = kernel.sum(1)
    return found
