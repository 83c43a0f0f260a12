"""Accelerations and decelerations against the expert consensus on `fhrma/`."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cloud.research.analyze import read
from cloud.research.evaluations import agreeing
from cloud.research.evaluations.plan import Plan
from cloud.research.evaluations.table import Table
from cloud.research.event_marks import Marked, parse_marks
from cloud.research.train_events import OutOfFold, cross_validated
from models.agreement import Agreement, Spans, compare
from models.baseline import baseline
from models.clean import clean
from models.events import accelerations, decelerations
from models.reference import running_median, standard_events, trimmed_low_pass

Floats = NDArray[np.float64]
Both = tuple[Agreement, Agreement]  # accelerations, decelerations
KINDS = ("accelerations", "decelerations")
BASELINE = "weighted median, its own rule"
LEARNED = "learned choice, cross-validated by recording"
NOTE = (
    "Matched by FHRMA's rule (`models/agreement.py`); the difference is that of the pooled F1 to "
    f"'{BASELINE}', over the same resamples."
)


def measure(plan: Plan) -> list[Table]:
    files = plan.files("fhrma", "*.fhrh")
    found = plan.mapped(agreements, files)
    if not plan.quick:  # it trains for minutes, on all of them
        for path, one in zip(files, found, strict=True):
            one[LEARNED] = out_of_fold(plan.data)[path.stem].agreement
    draws = plan.draws(len(files))
    return [
        Table(
            f"{kind}, expert consensus, {len(files)} FHRMA recordings",
            agreeing.COLUMNS,
            tuple(
                agreeing.rows(
                    {name: [one[name][at] for one in found] for name in found[0]}, BASELINE, draws
                )
            ),
            (NOTE,),
        )
        for at, kind in enumerate(KINDS)
    ]


@cache
def out_of_fold(data: Path) -> dict[str, OutOfFold]:
    """By name, the events of a judge that never saw the recording."""
    return {one.marked.name: one for one in cross_validated(data)}


def agreements(path: Path) -> dict[str, Both]:
    """What each plain method agrees on with the experts, on the recording of an .fhrh file."""
    marked = marked_by_experts(path)
    fhr = clean(marked.trace.fhr_bpm.astype(float))
    return {name: against(marked, *method(fhr)) for name, method in METHODS.items()}


def marked_by_experts(path: Path) -> Marked:
    marks = parse_marks(path.read_text(encoding="ascii"))
    return Marked(path.stem, read(path.with_suffix(".fhr")).trace, marks)


def against(marked: Marked, rises: Spans, falls: Spans) -> Both:
    valid = marked.valid
    return (
        compare(marked.marks.accelerations, rises, valid),
        compare(marked.marks.decelerations, falls, valid),
    )


def _standard(line: Callable[[Floats], Floats], fhr_bpm: Floats) -> tuple[Spans, Spans]:
    return standard_events(fhr_bpm, line(fhr_bpm))


def _own_rule(fhr_bpm: Floats) -> tuple[Spans, Spans]:
    line = baseline(fhr_bpm)
    rises, falls = accelerations(fhr_bpm, line, None), decelerations(fhr_bpm, line)
    return agreeing.spans(rises), agreeing.spans(falls)


METHODS: dict[str, Callable[[Floats], tuple[Spans, Spans]]] = {
    "running median of 10 min, standard rule": partial(_standard, running_median),
    "trimmed low-pass, standard rule": partial(_standard, trimmed_low_pass),
    "weighted median, standard rule": partial(_standard, baseline),
    BASELINE: _own_rule,
}
