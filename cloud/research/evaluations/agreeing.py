"""Sensitivity, PPV and F1 with intervals, of methods that were compared on the same recordings."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cloud.research.bootstrap import Draws, Interval
from cloud.research.evaluations.table import Cell
from models.agreement import Agreement, Spans
from models.events import Acceleration, Deceleration
from models.synth_events import Event

Floats = NDArray[np.float64]
COLUMNS = ("method", "sensitivity", "PPV", "F1 pooled", "F1 median of recordings", "difference")


def counts(found: Iterable[Agreement]) -> Floats:
    """(n, 3): match, only_expert, only_method of each recording."""
    return np.array([[a.match, a.only_expert, a.only_method] for a in found], float).reshape(-1, 3)


def sens(total: Floats) -> Floats:
    return np.asarray(total[..., 0] / (total[..., 0] + total[..., 1]))


def ppv(total: Floats) -> Floats:
    return np.asarray(total[..., 0] / (total[..., 0] + total[..., 2]))


def f1(total: Floats) -> Floats:
    return np.asarray(2 * total[..., 0] / (2 * total[..., 0] + total[..., 1] + total[..., 2]))


def rows(
    found: Mapping[str, Sequence[Agreement]], baseline: str, draws: Draws
) -> list[tuple[Cell, ...]]:
    """A row of COLUMNS for each method; differences are to the F1 of `baseline`."""
    theirs = counts(found[baseline])
    return [
        (
            name,
            *figures(counts(mine), draws),
            None if name == baseline else draws.pooled_difference(counts(mine), theirs, f1),
        )
        for name, mine in found.items()
    ]


def figures(mine: Floats, draws: Draws) -> tuple[Interval, ...]:
    """Sensitivity, PPV, F1 pooled, and the median F1, of `mine` (n, 3)."""
    with np.errstate(invalid="ignore"):
        each = f1(mine)
    return (
        draws.pooled(mine, sens),
        draws.pooled(mine, ppv),
        draws.pooled(mine, f1),
        draws.median(each),
    )


def spans(events: Iterable[Acceleration | Deceleration | Event]) -> Spans:
    return [(event.start_s, event.end_s) for event in events]
