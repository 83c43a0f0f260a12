"""Patient alerts an hour on the real recordings, as the service raises them: rule by rule.

models/watch.py over whole records, and models/findings.py on an analysis each STEP_S of recorded
time (a live recording has one each 15 to 30 s). Alerts of one episode are one alert, by the rule of
cloud/alerts/episodes.py; when staff has handled it, what comes is a new one: HANDLED_S is assumed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cloud.research.analyze import read
from cloud.research.evaluations.plan import NotMeasuredError, Plan
from cloud.research.evaluations.table import Cell, Table
from models.analysis import analyse
from models.conditions import Change
from models.findings import Findings
from models.live import KEEP_S
from models.rules import BY_ID, JOIN_S, JUDGED, RANK, STREAMED
from models.trace import Trace
from models.watch import changes

STEP_S = 300
HANDLED_S = 1200.0  # from the alert until staff has written down what was done [assumed]
SETS = (  # title, folder, files, one of so many
    ("CTU-UHB, late labour", "ctu-uhb", "*.hea", 6),
    ("FHRMA, routine labour", "fhrma", "*.fhr", 1),
    ("FHRMA false signals, val", "fhrma-false-signals", "val/*.fhrm", 3),
)


@dataclass(frozen=True)
class Load:
    """Of one recording: how often each rule was told at first, and as an alert of its own."""

    hours: float
    told: Counter[str]
    alerts: Counter[str]


def measure(plan: Plan) -> list[Table]:
    missing, found = [], {}
    for title, folder, pattern, every in SETS:
        try:
            loads = plan.mapped(load, plan.files(folder, pattern)[::every])
        except NotMeasuredError as error:
            missing.append(f"Not measured: {error}.")
            continue
        hours = sum(one.hours for one in loads)
        found[f"{title} ({len(loads)}, {hours:.0f} h)"] = loads
    if not found:
        raise NotMeasuredError(" ".join(missing))
    rows = [_row(rule.id, [rule.id], found) for rule in (*STREAMED, *JUDGED)]
    for kind in ("patient", "technical"):
        ids = [rule.id for rule in (*STREAMED, *JUDGED) if rule.kind == kind]
        rows.append(_row(f"all {kind}", ids, found))
    columns = [f"{title}: {what}" for title in found for what in ("conditions", "alerts")]
    note = (
        "Conditions: what becomes true. Alerts: what rings, one an episode, each handled after "
        f"{HANDLED_S / 60:.0f} min; an analysis each {STEP_S} s. Antepartum recordings are not "
        "marked in the data. The false-signal set is chosen for the mother's pulse: its rates are "
        "not those of a ward."
    )
    return [Table("alarms an hour", ("rule", "kind", *columns), tuple(rows), (note, *missing), 2)]


def load(path: Path) -> Load:
    trace = read(path).trace
    told = [c for c in (*changes(trace), *judged(trace)) if c.what == "raised"]
    told.sort(key=lambda change: change.at_s)
    alone = rings(told, HANDLED_S)
    count = Counter(change.rule.id for change in told)
    return Load(trace.duration_s / 3600, count, Counter(change.rule.id for change in alone))


def judged(trace: Trace) -> list[Change]:
    """What a live recording finds in its analyses."""
    findings, found = Findings(), list[Change]()
    for at_s in range(2 * STEP_S, int(trace.duration_s) + 1, STEP_S):
        end_s = trace.start_s + at_s
        found += findings.look(analyse(trace.window(end_s - KEEP_S, end_s)))
    return found


def rings(told: Sequence[Change], handled_s: float) -> list[Change]:
    """Those of these conditions, by time, that are alerts and no step of another one."""
    alone: list[Change] = []
    for change in told:
        rule = change.rule
        still = [one for one in alone if change.at_s - one.at_s < handled_s]
        same = any(one.rule.id == rule.id for one in still)
        joins = rule.joins and any(
            one.rule.joins
            and RANK[one.rule.priority] >= RANK[rule.priority]
            and change.at_s - one.at_s <= JOIN_S
            for one in still
        )
        if not same and not joins:
            alone.append(change)
    return alone


def _row(name: str, ids: list[str], found: dict[str, list[Load]]) -> tuple[Cell, ...]:
    cells: list[Cell] = [name, BY_ID[ids[0]].kind]
    for loads in found.values():
        hours = sum(one.hours for one in loads)
        for counts in ([one.told for one in loads], [one.alerts for one in loads]):
            total = sum(count[i] for count in counts for i in ids)
            cells += [total / hours]
    return tuple(cells)
