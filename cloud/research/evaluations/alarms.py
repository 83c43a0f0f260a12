"""Patient alerts an hour on the real recordings, as the service raises them: rule by rule.

models/watch.py over whole records, and models/findings.py on an analysis each STEP_S of recorded
time (a live recording has one each 15 to 30 s). What is of one episode is one alert, by the rule of
cloud/alerts/episodes.py; when staff has handled it, what comes is a new one: HANDLED_S is assumed.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cloud.research import ctu_marks
from cloud.research.analyze import read
from cloud.research.evaluations.plan import NotMeasuredError, Plan
from cloud.research.evaluations.table import Cell, Table
from cloud.research.routine import first_stage_s, is_held_out
from models.analysis import analyse
from models.conditions import Change
from models.findings import Findings
from models.live import KEEP_S
from models.rules import BY_ID, JOIN_S, JUDGED, RANK, STREAMED
from models.trace import Trace
from models.watch import changes

STEP_S = 300
HANDLED_S = 1200.0  # from the alert until staff has written down what was done [assumed]
SHARED_S = 5.0  # of an alert and a mark: as two events match, models/agreement.py
ROUTINE = "CTU-UHB, routine first stage"
RULES = (*STREAMED, *JUDGED)


@dataclass(frozen=True)
class Load:
    """Of one recording: how often each rule was told at first, and as an alert of its own."""

    hours: float
    told: Counter[str]
    alerts: Counter[str]
    asked: int  # times that somebody is asked: patient alerts, and those that became more urgent
    marked: Counter[str] = field(default_factory=Counter)  # alerts that lie on a doctor's mark
    unmarked: Counter[str] = field(default_factory=Counter)  # on none, of what the doctor looked at


def load(path: Path) -> Load:
    return of_trace(read(path).trace)


def of_routine(path: Path) -> Load:
    """Of the routine part of a CTU-UHB recording, with a doctor's marks where there are some."""
    lasts_s = first_stage_s(path.read_text(encoding="latin-1")) or 0.0
    trace = read(path).trace
    try:
        marks = ctu_marks.recording(path.parent.parent, path.stem).marks
    except FileNotFoundError:
        marks = None
    return of_trace(trace.window(trace.start_s, trace.start_s + lasts_s), marks)


SETS: tuple[tuple[str, str, str, int, Callable[[Path], Load]], ...] = (
    # title, folder, files, one of so many
    (ROUTINE, "ctu-uhb", "*.hea", 1, of_routine),
    ("CTU-UHB, late labour", "ctu-uhb", "*.hea", 6, load),
    ("FHRMA, routine labour", "fhrma", "*.fhr", 1, load),
    ("FHRMA false signals, val", "fhrma-false-signals", "val/*.fhrm", 3, load),
)


def measure(plan: Plan) -> list[Table]:
    missing, found = [], {}
    for title, folder, pattern, every, function in SETS:
        try:
            files = _files(plan, title, folder, pattern)[::every]
            loads = plan.mapped(function, files)
        except NotMeasuredError as error:
            missing.append(f"Not measured: {error}.")
            continue
        hours = sum(one.hours for one in loads)
        found[f"{title} ({len(loads)}, {hours:.0f} h)"] = loads
    if not found:
        raise NotMeasuredError(" ".join(dict.fromkeys(missing)))
    rows = [_row(rule.id, [rule.id], found) for rule in RULES]
    rows += [_row(f"all {kind}", _of_kind(kind), found) for kind in ("patient", "technical")]
    columns = [f"{title}: {what}" for title in found for what in ("conditions", "alerts")]
    note = (
        "Conditions: what becomes true. Alerts: one an episode, by its most urgent rule, each "
        f"handled after {HANDLED_S / 60:.0f} min; an analysis each {STEP_S} s. Routine: by "
        "clinical labels alone (`cloud/research/routine.py`), recordings with an odd number. The "
        "false-signal set is chosen for the mother's pulse: its rates are not those of a ward."
    )
    each = Table(
        "alarms an hour",
        ("rule", "kind", *columns),
        tuple(rows),
        (note, *dict.fromkeys(missing)),
        2,
    )
    routine = [loads for title, loads in found.items() if title.startswith(ROUTINE)]
    return [each, _sums(plan, found), *(_on_marks(plan, loads) for loads in routine)]


def _files(plan: Plan, title: str, folder: str, pattern: str) -> list[Path]:
    if title != ROUTINE:
        return plan.files(folder, pattern)
    every = sorted(path for path in plan.folder(folder).glob(pattern) if is_held_out(path))
    found = plan.some([path for path in every if first_stage_s(path.read_text("latin-1"))])
    if not found:
        raise NotMeasuredError(f"no routine recording in {plan.folder(folder)}")
    return found


def of_trace(trace: Trace, marks: ctu_marks.Marks | None = None) -> Load:
    told = [c for c in (*changes(trace), *judged(trace)) if c.what == "raised"]
    told.sort(key=lambda change: change.at_s)
    rung = rings(told, HANDLED_S)
    on_mark = [(one.change.rule.id, is_marked(one.change, marks)) for one in rung]
    return Load(
        trace.duration_s / 3600,
        Counter(change.rule.id for change in told),
        Counter(one.change.rule.id for one in rung),
        sum(one.asked for one in rung if one.change.rule.kind == "patient"),
        Counter(rule for rule, marked in on_mark if marked),
        Counter(rule for rule, marked in on_mark if marked is False),
    )


def is_marked(change: Change, marks: ctu_marks.Marks | None) -> bool | None:
    """Whether a doctor marked what the rule is about there; None: nobody looked, or such a thing
    has no mark."""
    if marks is None or not marks.any or change.at_s > marks.seen_s:
        return None
    low = (*marks.decelerations, *marks.bradycardias)
    spans = {"below": low, "under reference": low, "above": marks.tachycardias}
    if change.rule.where != "trace" or change.rule.side not in spans:
        return None
    return any(
        min(end_s, change.at_s) - max(start_s, change.onset_s) > SHARED_S
        for start_s, end_s in spans[change.rule.side]
    )


def judged(trace: Trace) -> list[Change]:
    """What a live recording finds in its analyses."""
    findings, found = Findings(), list[Change]()
    for at_s in range(2 * STEP_S, int(trace.duration_s) + 1, STEP_S):
        end_s = trace.start_s + at_s
        found += findings.look(analyse(trace.window(end_s - KEEP_S, end_s)))
    return found


@dataclass
class Ring:
    """An alert."""

    change: Change  # what it is of: the most urgent of its episode
    asked: int = 1  # once, and again each time that it became more urgent


def rings(told: Sequence[Change], handled_s: float) -> list[Ring]:
    """The alerts of these conditions, by time; the others are steps of them. Each is handled so
    long after it was raised, or became more urgent."""
    found: list[Ring] = []
    for change in told:
        rule = change.rule
        still = [one for one in found if change.at_s - one.change.at_s < handled_s]
        if any(one.change.rule.id == rule.id for one in still):
            continue
        hosts = [
            one
            for one in still
            if rule.joins and one.change.rule.joins and change.at_s - one.change.at_s <= JOIN_S
        ]
        weaker = [one for one in hosts if RANK[one.change.rule.priority] < RANK[rule.priority]]
        if not hosts:
            found.append(Ring(change))
        elif len(weaker) == len(hosts):
            weaker[0].change = change
            weaker[0].asked += 1
    return found


def _of_kind(kind: str) -> list[str]:
    return [rule.id for rule in RULES if rule.kind == kind]


def _row(name: str, ids: list[str], found: dict[str, list[Load]]) -> tuple[Cell, ...]:
    cells: list[Cell] = [name, BY_ID[ids[0]].kind]
    for loads in found.values():
        hours = sum(one.hours for one in loads)
        for counts in ([one.told for one in loads], [one.alerts for one in loads]):
            total = sum(count[i] for count in counts for i in ids)
            cells += [total / hours]
    return tuple(cells)


def _sum(count: Counter[str], ids: Sequence[str]) -> int:
    return sum(count[i] for i in ids)


def _sums(plan: Plan, found: dict[str, list[Load]]) -> Table:
    """Patient alerts an hour of each set, with intervals."""
    ids, rows = _of_kind("patient"), list[tuple[Cell, ...]]()
    for title, loads in found.items():
        draws = plan.draws(len(loads))
        counts = [(_sum(one.alerts, ids), one.asked, one.hours) for one in loads]
        told = np.array(counts, float)
        rows.append(
            (
                title,
                draws.pooled(told, lambda total: total[..., 0] / total[..., 2]),
                draws.pooled(told, lambda total: total[..., 1] / total[..., 2]),
            )
        )
    note = (
        "Times asked: each alert once, and again when a condition of its episode that is more "
        "urgent becomes true: then it rings as more urgent and has to be answered again."
    )
    columns = ("recordings", "patient alerts an hour", "times asked an hour")
    return Table("patient alerts an hour, all rules", columns, tuple(rows), (note,), 2)


def _on_marks(plan: Plan, loads: list[Load]) -> Table:
    """Routine alerts and what one gynaecologist marked there."""
    draws, patient = plan.draws(len(loads)), _of_kind("patient")
    rung = [i for i in patient if any(one.alerts[i] for one in loads)]
    rows = list[tuple[Cell, ...]]()
    for name, ids in [*((i, [i]) for i in rung), ("all patient", patient)]:
        counts = np.array([(_sum(o.marked, ids), _sum(o.unmarked, ids)) for o in loads], float)
        told = sum(_sum(one.alerts, ids) for one in loads)
        on, off = counts.sum(axis=0).astype(int).tolist()
        share = draws.pooled(counts, lambda total: total[..., 0] / total.sum(axis=-1))
        rows.append((name, told, on, off, told - on - off, share))
    note = (
        "An alert of a low or falling rate lies on a mark if it shares more than "
        f"{SHARED_S:.0f} s with a marked deceleration or bradycardia, of a high rate with a marked "
        "tachycardia. One person's marks, and few: what lies on none need not be false."
    )
    columns = ("rule", "alerts", "on a mark", "on none", "not judged", "share on a mark")
    title = f"{ROUTINE}: alerts and one gynaecologist's marks"
    return Table(title, columns, tuple(rows), (note,), 2)
