"""The synthetic ladder of difficulty: how hard it is for a running median, and for us."""

from dataclasses import dataclass

import numpy as np

from cloud.research import ladder
from cloud.research.evaluations import agreeing
from cloud.research.evaluations.plan import Plan
from cloud.research.evaluations.table import Cell, Table
from models.agreement import Agreement, compare
from models.assess import assess
from models.synth import synthetic
from models.synth_plan import LADDER

SEEDS = range(100, 120)
QUICK_SEEDS = range(100, 101)
METHODS = ("running median", "weighted median", "`assess()`")
COLUMNS = ("step", "MADI", "method", "RMSD, bpm", "F1 accelerations", "F1 decelerations")
NOTE = "MADI is between the running and the weighted median. Not clinical performance."


@dataclass(frozen=True)
class Rung:
    """One recording: discordance of the two medians, and what each of METHODS found."""

    madi: float
    found: tuple[ladder.Found, ...]


def measure(plan: Plan) -> list[Table]:
    seeds = QUICK_SEEDS if plan.quick else SEEDS
    keys = [(name, seed) for name in LADDER for seed in seeds]
    found = plan.mapped(climbed, keys)
    rows: list[tuple[Cell, ...]] = []
    for name in LADDER:
        rungs = [one for (step, _), one in zip(keys, found, strict=True) if step == name]
        apart = f"{100 * np.mean([one.madi for one in rungs]):.1f} %"
        for at, method in enumerate(METHODS):
            rows.append((name, apart, method, *_figures([one.found[at] for one in rungs])))
    title = f"synthetic ladder, {len(seeds)} hours a step"
    return [Table(title, COLUMNS, tuple(rows), (NOTE,), 2)]


def climbed(key: tuple[str, int]) -> Rung:
    name, seed = key
    madi, *found = ladder.measure(seed, name)
    trace, truth = synthetic(seed, ladder.MINUTES, name)
    known = assess(trace)
    valid = ladder.known_samples(trace)
    away = (known.baseline - truth.baseline_bpm)[valid]
    shipped = ladder.Found(
        float(np.sqrt(np.mean(away.astype(float) ** 2))),
        compare(agreeing.spans(truth.accelerations), agreeing.spans(known.accelerations), valid),
        compare(agreeing.spans(truth.decelerations), agreeing.spans(known.decelerations), valid),
    )
    return Rung(madi, (*found, shipped))


def _figures(found: list[ladder.Found]) -> tuple[Cell, ...]:
    rises = sum((one.rises for one in found), Agreement())
    falls = sum((one.falls for one in found), Agreement())
    return float(np.median([one.rmsd_bpm for one in found])), rises.f1, falls.f1
