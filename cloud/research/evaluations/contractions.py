"""Contractions, events and kinds of deceleration against one person's marks on CTU-UHB."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np

from cloud.research import ctu_marks
from cloud.research.evaluations import agreeing
from cloud.research.evaluations.events import BASELINE, METHODS
from cloud.research.evaluations.plan import NotMeasuredError, Plan
from cloud.research.evaluations.table import Table
from models.agreement import Agreement, compare, counted, matched
from models.assess import Assessment, assess
from models.clean import clean
from models.reference import TOCO_LEAST_S, TOCO_RISE, threshold_contractions
from models.windows import Mask

THRESHOLD = f"{TOCO_RISE:g} units above rest for {TOCO_LEAST_S} s"
SHIPPED = "`assess()`"
UNSEEN = "the half on which nothing was chosen"
KINDS = ("early", "late", "variable", "prolonged")
FOUND_KINDS = (*KINDS, "unclassified")
WEAK = (
    "One person's marks, a weak reference: a third of the starts lie on a 15 s grid, few "
    "accelerations are marked. Matched like the events of FHRMA."
)


@dataclass(frozen=True)
class Compared:
    """One recording: agreement by table and method, and (marked, found) kinds of the same falls."""

    name: str
    agreements: dict[str, dict[str, Agreement]]
    kinds: Counter[tuple[str, str]]


def measure(plan: Plan) -> list[Table]:
    plan.folder("ctu-uhb")
    plan.folder(ctu_marks.FOLDER)
    names = plan.some(ctu_marks.names(plan.data))
    if not names:
        raise NotMeasuredError(f"no marked recording in {plan.data / ctu_marks.FOLDER}")
    found = [one for one in plan.mapped(partial(compared, plan.data), names) if one]
    if not found:
        raise NotMeasuredError(f"no mark in {plan.data / ctu_marks.FOLDER}")
    unseen = [one for one in found if not is_chosen_on(one.name)]
    return [
        *([_table("contractions", unseen, plan, f", {UNSEEN}")] if unseen else []),
        *(_table(what, found, plan) for what in found[0].agreements),
        _confusion(sum((one.kinds for one in found), Counter())),
    ]


def is_chosen_on(name: str) -> bool:
    """In the half of the recordings on which figures of models/contractions.py were chosen."""
    return sha256(name.encode()).digest()[0] % 2 == 0


def _table(what: str, found: list[Compared], plan: Plan, which: str = "") -> Table:
    each = [one.agreements[what] for one in found]
    methods = {name: [one[name] for one in each] for name in each[0]}
    rows = agreeing.rows(methods, next(iter(methods)), plan.draws(len(found)))
    title = f"{what}, marks on {len(found)} CTU-UHB recordings{which}"
    return Table(title, agreeing.COLUMNS, tuple(rows), (WEAK,))


def compared(data: Path, name: str) -> Compared | None:
    """None of a recording that nobody marked."""
    marked = ctu_marks.recording(data, name)
    marks = marked.marks
    if not marks.any:
        return None
    trace = marked.trace.window(0.0, marks.seen_s)
    known = assess(trace, marked.gestation_weeks)
    toco, fhr = np.isfinite(trace.toco), np.isfinite(trace.fhr_bpm)
    plain = METHODS[BASELINE](clean(trace.fhr_bpm.astype(float)))
    squeezes = [(one.start_s, one.end_s) for one in known.contractions]
    thresholded = threshold_contractions(trace.toco.astype(float))
    rises, falls = agreeing.spans(known.accelerations), agreeing.spans(known.decelerations)
    return Compared(
        name,
        {
            "contractions": {
                THRESHOLD: compare(marks.contractions, thresholded, toco),
                "`models/contractions.py`": compare(marks.contractions, squeezes, toco),
            },
            "accelerations": {
                BASELINE: compare(marks.accelerations, plain[0], fhr),
                SHIPPED: compare(marks.accelerations, rises, fhr),
            },
            "decelerations": {
                BASELINE: compare(marks.decelerations, plain[1], fhr),
                SHIPPED: compare(marks.decelerations, falls, fhr),
            },
        },
        Counter(kinds(marks, known, fhr)),
    )


def kinds(marks: ctu_marks.Marks, known: Assessment, valid: Mask) -> Iterable[tuple[str, str]]:
    """(marked, found) of each deceleration that both have."""
    by_mark = dict(zip(marks.decelerations, marks.kinds, strict=True))
    by_span = {(dec.start_s, dec.end_s): dec.kind for dec in known.decelerations}
    marked, found = counted(list(by_mark), valid), counted(list(by_span), valid)
    for here, there in matched(marked, found):
        yield by_mark[marked[here]], by_span[found[there]]


def _confusion(pairs: Counter[tuple[str, str]]) -> Table:
    rows = tuple(
        (
            marked,
            *(pairs[marked, found] for found in FOUND_KINDS),
            pairs[marked, marked] / total if (total := _total(pairs, marked)) else None,
        )
        for marked in KINDS
    )
    return Table(
        "kind of the decelerations that both have, CTU-UHB",
        ("marked", *(f"found {kind}" for kind in FOUND_KINDS), "share alike"),
        rows,
        (
            f"Kappa {kappa(pairs):.2f} over those that are not called unclassified; people reach "
            "0.12 to 0.23 among each other. The kind is an opinion.",
        ),
    )


def _total(pairs: Counter[tuple[str, str]], marked: str) -> int:
    return sum(pairs[marked, found] for found in FOUND_KINDS)


def kappa(pairs: Counter[tuple[str, str]]) -> float:
    """Cohen's, over KINDS; NaN without a pair."""
    table = np.array([[pairs[marked, found] for found in KINDS] for marked in KINDS], float)
    total = table.sum()
    if not total:
        return float("nan")
    chance = float(table.sum(axis=0) @ table.sum(axis=1)) / total**2
    return (float(np.trace(table)) / total - chance) / (1 - chance) if chance < 1 else float("nan")
