"""The mother's rate taken for the fetal: samples against the labels of `fhrma-false-signals/`."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cloud.research.analyze import read
from cloud.research.bootstrap import Draws
from cloud.research.evaluations.plan import NotMeasuredError, Plan
from cloud.research.evaluations.table import Cell, Table
from models.clean import maternal_mask
from models.reference import coincident
from models.trace import FS_HZ, Trace
from models.windows import Mask

Floats = NDArray[np.float64]
Labels = dict[str, list[tuple[int, int]]]  # kind: first and last sample of each stretch
SET = "fhrma-false-signals"
COLUMNS = ("method", "sensitivity", "PPV", "specificity", "F1", "difference of F1")
RULE = "coincidence in 30 s, whole"
METHODS: dict[str, Callable[[Trace], Mask]] = {
    RULE: coincident,
    "coincidence as the alarm rule sees it, live": maternal_mask,
}


def measure(plan: Plan) -> list[Table]:
    files = plan.files(SET, "val/*.fhrm")
    labels = _labels(plan.folder(SET) / "labels.json")
    known = [path for path in files if f"val/{path.name}" in labels]
    if not known:
        raise NotMeasuredError(f"no recording of {SET}/val has labels")
    found = plan.mapped(partial(compared, labels), known)
    counts = {name: np.array([one[name] for one in found], float) for name in METHODS}
    draws = plan.draws(len(known))
    rows = tuple(_row(name, counts, draws) for name in METHODS)
    total_h = counts[RULE].sum(axis=0) / FS_HZ / 3600
    note = (
        f"Labelled samples with a fetal rate: {total_h[:2].sum():.1f} h false, "
        f"{total_h[2:].sum():.1f} h true. The difference is to '{RULE}'."
    )
    return [Table(f"false signal on {len(known)} val recordings", COLUMNS, rows, (note,))]


def compared(labels: dict[str, Labels], path: Path) -> dict[str, list[int]]:
    """Samples of each method: found, missed, wrongly found, rightly left."""
    trace = read(path).trace
    signal = np.isfinite(trace.fhr_bpm)
    false, true = (
        _inside(labels[f"val/{path.name}"][kind], len(signal)) & signal
        for kind in ("false_fhr", "true_fhr")
    )
    found = {name: method(trace) for name, method in METHODS.items()}
    return {
        name: [int((part & mask).sum()) for part in (false, true) for mask in (hit, ~hit)]
        for name, hit in found.items()
    }


def _labels(path: Path) -> dict[str, Labels]:
    try:
        found: dict[str, Labels] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise NotMeasuredError(f"{path}: {error}") from None
    return found


def _inside(stretches: list[tuple[int, int]], count: int) -> Mask:
    mask = np.zeros(count, bool)
    for first, last in stretches:
        mask[first : last + 1] = True
    return mask


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
