"""Where the fetal rate is not the fetus's: the mother's heart, or noise, by networks and trees.

The networks read the pieces of a recording in order (both ways; live, forwards only), the trees
each piece by itself. They serve recordings with and without a maternal channel; which it is, the
data say. Card: docs/models/false-signal.md.
"""

from functools import cache

import numpy as np

from models.learned.false_context import context_features
from models.learned.false_features import Cut, Rows, cut, live_rows, whole_rows
from models.learned.false_mother import own_features
from models.learned.forest import Floats, Forest, weights
from models.learned.recurrent import Networks, Singles, joined, walk
from models.trace import Samples, Trace
from models.windows import Mask

NAME = "false_signal"
NETWORKS = {False: 4, True: 4}  # that are averaged: whole, live
TREES = {False: 0.35, True: 0.5}  # their share of the log odds: cross-validated
FARTHEST = 3.0  # a feature from its median, in halves of the spread of the middle 80 %


def false_probability(trace: Trace, live: bool = False) -> Samples:
    """(n,) that a sample of the fetal rate is false; NaN where there is none.

    live  nothing later than AHEAD_S after a sample is used for it
    """
    found = np.full(len(trace.fhr_bpm), np.nan, np.float32)
    parts = cut(trace.fhr_bpm.astype(float))
    if len(parts.at):
        rows = rows_of(parts, live)
        arrays = weights(NAME)
        mode = mode_name(live)
        known = table(trace, parts, rows, live)
        x = scaled(known, arrays[mode + "centre"], arrays[mode + "scale"])
        odds = walk(networks(live), x).mean(axis=0)
        found[parts.at] = together(odds, trees(live).log_odds(known), live)[rows.row]
    return found


def together(by_networks: Singles, by_trees: Floats, live: bool) -> Floats:
    """The probability (r,) from two log odds (r,)."""
    odds = (1 - TREES[live]) * by_networks + TREES[live] * by_trees
    found: Floats = 1 / (1 + np.exp(-odds))
    return found


def false_mask(trace: Trace, live: bool = False) -> Mask:
    """(n,) where the fetal rate is taken for false."""
    return taken_for_false(false_probability(trace, live), trace, live)


def taken_for_false(probability: Samples, trace: Trace, live: bool = False) -> Mask:
    """(n,) where `probability` (n,) of the trace reaches the limit."""
    return np.nan_to_num(probability) >= np.where(_has_mother(trace, live), *thresholds(live))


def thresholds(live: bool) -> tuple[float, float]:
    """The probability from which a sample is false, with and without a maternal channel."""
    found = weights(NAME)[mode_name(live) + "thresholds"]
    return float(found[0]), float(found[1])


def mode_name(live: bool) -> str:
    """How names of weights begin."""
    return "live_" if live else "whole_"


def rows_of(parts: Cut, live: bool) -> Rows:
    return live_rows(parts) if live else whole_rows(parts)


def table(trace: Trace, parts: Cut, rows: Rows, live: bool) -> Singles:
    """Features (r, columns), NaN where not known."""
    columns = own_features(trace, parts, rows) | context_features(parts, rows, live)
    return np.stack(list(columns.values()), 1).astype(np.float32)


def scaled(x: Singles, centre: Singles, scale: Singles) -> Singles:
    """What the network reads; 0 where not known."""
    near: Singles = np.clip((x - centre) / scale, -FARTHEST, FARTHEST)
    return np.nan_to_num(near)


@cache
def networks(live: bool) -> Networks:
    starts = [f"{mode_name(live)}{nth}_" for nth in range(NETWORKS[live])]
    found = weights(NAME).items()
    return joined(
        [
            {
                name.removeprefix(start): np.asarray(one, np.float32)
                for name, one in found
                if name.startswith(start)
            }
            for start in starts
        ]
    )


@cache
def trees(live: bool) -> Forest:
    return Forest.from_arrays(weights(NAME), mode_name(live) + "trees_")


def _has_mother(trace: Trace, live: bool) -> Mask:
    """(n,) whether her rate is recorded: anywhere, or live, so far."""
    known = np.isfinite(trace.mhr_bpm)
    return np.logical_or.accumulate(known) if live else np.full(len(known), known.any())
