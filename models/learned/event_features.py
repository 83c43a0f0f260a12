"""What is known of each candidate event, for the trees to judge: its levels and its shape.

Everything is seen from the candidate's side: levels are turned over for decelerations, so that an
event always points up. Rates are in bpm, times in seconds; NaN where not known. What lies around
the candidate is in models/learned/event_context.py.
"""

import numpy as np
from numpy.typing import NDArray

from models.learned.event_candidates import Candidates, Ints, Seconds
from models.learned.event_context import Means, Table, around, context, rule, sides, squeezed

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
SIGN = 0  # the column of the kind: 1 acceleration, -1 deceleration
NEAR_S = 60  # before and after, for the fast changes


def features(record: Seconds, toco: Floats, found: Candidates) -> tuple[Singles, list[str]]:
    """(m, columns) of the candidates of a record, `toco` (n,) at FS_HZ; and the columns' names."""
    if not len(found.sign):
        raise ValueError("no candidate to describe")
    peak = _peak_seconds(record.shape, found)
    table: Table = {
        "sign": found.sign.astype(float),
        "lasts": np.log((found.stop - found.first).astype(float)),
    }
    table |= _levels(record, found)
    table |= _shape(record, found, peak)
    table |= around(record, found)
    table |= context(record, found)
    table |= rule(record, found)
    table |= sides(record, found)
    table |= squeezed(toco, record, found, peak)
    return np.stack(list(table.values()), axis=1).astype(np.float32), list(table)


def _peaks(values: Floats, found: Candidates) -> Floats:
    """The highest of sign * `values` (n,) in each candidate."""
    index = np.column_stack([found.first, found.stop]).ravel()
    high = np.maximum.reduceat(np.append(values, -np.inf), index)[::2]
    low = np.minimum.reduceat(np.append(values, np.inf), index)[::2]
    return np.where(found.sign > 0, high, -low)


def _peak_seconds(values: Floats, found: Candidates) -> Ints:
    """The second of the highest of sign * `values` (n,) in each candidate."""
    at = np.empty(len(found.sign), np.int64)
    for k, (sign, first, stop) in enumerate(zip(*map(np.ndarray.tolist, found), strict=True)):
        part = values[first:stop]
        at[k] = first + (part.argmax() if sign > 0 else part.argmin())
    return at


def _levels(record: Seconds, found: Candidates) -> Table:
    """Against every line that could be the baseline."""
    sign, first, stop = found
    middle = (first + stop) // 2
    ends = np.minimum(stop, len(record.rate) - 1)
    opposite = found._replace(sign=-sign)
    table: Table = {}
    for k, line in enumerate(record.lines):
        above = record.shape - line
        table[f"peak{k}"] = _peaks(above, found)
        table[f"mean{k}"] = sign * Means(above)(first, stop)
        table[f"low{k}"] = -_peaks(above, opposite)
        table[f"starts{k}"] = sign * above[first]
        table[f"ends{k}"] = sign * above[ends]
        if k:
            table[f"apart{k}"] = sign * (line - record.lines[0])[middle]
    return table


def _shape(record: Seconds, found: Candidates, peak: Ints) -> Table:
    sign, first, stop = found
    up, lasts = record.shape, stop - first
    height = sign * up[peak]
    left, right = sign * up[first], sign * up[np.minimum(stop, len(up) - 1)]
    slope = np.gradient(up)
    quick, speed = Means(np.abs(record.rate - up)), Means(np.abs(np.diff(up, prepend=up[0])))
    valid, level = Means(record.valid), Means(up)
    table: Table = {
        f"third{a}": height - sign * level(first + lasts * a // 3, first + lasts * (a + 1) // 3)
        for a in range(3)
    }
    low_end = np.minimum(left, right)
    return table | {
        "rise": (peak - first).astype(float),
        "fall": (stop - peak).astype(float),
        "where": (peak - first) / lasts,
        "over_low": height - low_end,
        "over_high": height - np.maximum(left, right),
        "tilt": right - left,
        "steepest": _peaks(slope, found),
        "steepest_back": _peaks(-slope, found),
        "area": sign * Means(up - record.lines[0])(first, stop) * lasts,
        "fast": quick(first, stop),
        "fast_before": quick(first - NEAR_S, first),
        "fast_after": quick(stop, stop + NEAR_S),
        "wander": speed(first, stop) * lasts / np.maximum(height - low_end, 1),
        "speed": speed(first, stop),
        "valid": valid(first, stop),
        "valid_before": valid(first - NEAR_S // 2, first),
        "valid_after": valid(stop, stop + NEAR_S // 2),
    }
