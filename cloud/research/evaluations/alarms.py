"""Alarms an hour of each rule on the real recordings: models/watch.py over whole records."""

from collections import Counter
from pathlib import Path

from cloud.research.analyze import read
from cloud.research.evaluations.plan import NotMeasuredError, Plan
from cloud.research.evaluations.table import Cell, Table
from models.rules import BY_ID, STREAMED
from models.watch import changes

SETS = (  # title, folder, files
    ("CTU-UHB, end of labour", "ctu-uhb", "*.hea"),
    ("FHRMA, labour", "fhrma", "*.fhr"),
    ("FHRMA false signals", "fhrma-false-signals", "*/*.fhrm"),
)


def measure(plan: Plan) -> list[Table]:
    missing, columns = [], {}
    for title, folder, pattern in SETS:
        try:
            found = plan.mapped(raised, plan.files(folder, pattern))
        except NotMeasuredError as error:
            missing.append(f"Not measured: {error}.")
            continue
        hours = sum(duration_s for duration_s, _ in found) / 3600
        columns[f"{title} ({len(found)}, {hours:.0f} h)"] = _rates(found, hours)
    if not columns:
        raise NotMeasuredError(" ".join(missing))
    rows: list[tuple[Cell, ...]] = [
        (rule.id, rule.kind, *(rates[rule.id] for rates in columns.values())) for rule in STREAMED
    ]
    for kind in ("patient", "technical"):
        total = (
            sum(r for name, r in c.items() if BY_ID[name].kind == kind) for c in columns.values()
        )
        rows.append((f"all {kind}", kind, *total))
    note = (
        "What a watch tells, weaker rules silent beside stronger ones. The false-signal set is "
        "chosen for the mother's pulse, so its rates are not those of a ward."
    )
    return [Table("alarms an hour", ("rule", "kind", *columns), tuple(rows), (note, *missing), 2)]


def raised(path: Path) -> tuple[float, Counter[str]]:
    """Seconds, and how often each rule was raised."""
    trace = read(path).trace
    found = (change.rule.id for change in changes(trace) if change.what == "raised")
    return trace.duration_s, Counter(found)


def _rates(found: list[tuple[float, Counter[str]]], hours: float) -> dict[str, float]:
    total: Counter[str] = sum((counts for _, counts in found), Counter())
    return {rule.id: total[rule.id] / hours for rule in STREAMED}
