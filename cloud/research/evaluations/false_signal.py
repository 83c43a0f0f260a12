"""The mother's rate taken for the fetal: samples against the labels of `fhrma-false-signals/`."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cloud.research.bootstrap import Draws
from cloud.research.evaluations.plan import NotMeasuredError, Plan
from cloud.research.evaluations.table import Cell, Table
from cloud.research.false_labels import FOLDER, Labelled, labelled
from models.clean import maternal_mask
from models.learned.false_signal import false_mask
from models.reference import coincident
from models.trace import FS_HZ, Trace
from models.windows import Mask

Floats = NDArray[np.float64]
Method = Callable[[Trace], Mask]
COLUMNS = ("method", "sensitivity", "PPV", "specificity", "F1", "difference of F1")
RULE = "coincidence in 30 s, whole"


def measure(plan: Plan) -> list[Table]:
    plan.folder(FOLDER)
    known = plan.some(list(labelled(plan.data, "val")))
    if not known:
        raise NotMeasuredError(f"no recording of {FOLDER}/val has labels")
    found = plan.mapped(compared, known)
    counts = {name: np.array([one[name] for one in found], float) for name in METHODS}
    draws = plan.draws(len(known))
    rows = tuple(_row(name, counts, draws) for name in METHODS)
    total_h = counts[RULE].sum(axis=0) / FS_HZ / 3600
    note = (
        f"Labelled samples with a fetal rate: {total_h[:2].sum():.1f} h false, "
        f"{total_h[2:].sum():.1f} h true. The difference is to '{RULE}'."
    )
    return [Table(f"false signal on {len(known)} val recordings", COLUMNS, rows, (note,))]


def compared(one: Labelled) -> dict[str, list[int]]:
    """Samples of each method: found, missed, wrongly found, rightly left."""
    found = {name: method(one.trace) for name, method in METHODS.items()}
    return {
        name: [int((part & mask).sum()) for part in (one.false, one.true) for mask in (hit, ~hit)]
        for name, hit in found.items()
    }


def _blanked(method: Method, trace: Trace) -> Mask:
    """As if the mother's rate had not been recorded."""
    return method(replace(trace, mhr_bpm=np.full_like(trace.mhr_bpm, np.nan)))


LIVE = partial(false_mask, live=True)
METHODS: dict[str, Method] = {
    RULE: coincident,
    "coincidence as the alarm rule sees it, live": maternal_mask,
    "learned, whole": false_mask,
    "learned, live": LIVE,
    "learned, whole, her channel blanked": partial(_blanked, false_mask),
    "learned, live, her channel blanked": partial(_blanked, LIVE),
}


def _row(name: str, counts: dict[str, Floats], draws: Draws) -> tuple[Cell, ...]:
    mine = counts[name]
    return (
        name,
        draws.pooled(mine, _sens),
        draws.pooled(mine, _ppv),
        draws.pooled(mine, _spec),
        draws.pooled(mine, _f1),
        None if name == RULE else draws.pooled_difference(mine, counts[RULE], _f1),
    )


def _sens(total: Floats) -> Floats:
    return np.asarray(total[..., 0] / (total[..., 0] + total[..., 1]))


def _ppv(total: Floats) -> Floats:
    return np.asarray(total[..., 0] / (total[..., 0] + total[..., 2]))


def _spec(total: Floats) -> Floats:
    return np.asarray(total[..., 3] / (total[..., 2] + total[..., 3]))


def _f1(total: Floats) -> Floats:
    return np.asarray(2 * total[..., 0] / (2 * total[..., 0] + total[..., 1] + total[..., 2]))
