"""What assess() says of real recordings, and how much of their signal it can use."""

from collections import Counter
from pathlib import Path

from cloud.research.analyze import read
from cloud.research.evaluations.plan import NotMeasuredError, Plan
from cloud.research.evaluations.table import Cell, Table
from models.assess import assess
from models.verdict import Verdict

SETS = (  # title, folder, files
    ("CTU-UHB, end of labour", "ctu-uhb", "*.hea"),
    ("FHRMA, labour", "fhrma", "*.fhr"),
    ("FHRMA false signals, val", "fhrma-false-signals", "val/*.fhrm"),
)
VERDICTS = tuple(Verdict)
COLUMNS = ("set", "recordings", *(f"share {one.value}" for one in VERDICTS), "reasons of unknown")


def measure(plan: Plan) -> list[Table]:
    missing, rows = [], list[tuple[Cell, ...]]()
    for title, folder, pattern in SETS:
        try:
            found = plan.mapped(verdict, plan.files(folder, pattern))
        except NotMeasuredError as error:
            missing.append(f"Not measured: {error}.")
            continue
        counted = Counter(one for one, _ in found)
        shares = (counted[one] / len(found) for one in VERDICTS)
        rows.append((title, len(found), *shares, _words(found)))
    if not rows:
        raise NotMeasuredError(" ".join(missing))
    note = (
        "The verdict is about the last 30 min, which for CTU-UHB is the end of labour: "
        "decelerations are usual there. No outcome is predicted."
    )
    return [Table("verdicts on real recordings", COLUMNS, tuple(rows), (note, *missing), 2)]


def verdict(path: Path) -> tuple[Verdict, tuple[str, ...]]:
    """The verdict, and the rules of its reasons."""
    recording = read(path)
    known = assess(recording.trace, recording.gestation_weeks)
    return known.verdict, tuple(reason.rule for reason in known.reasons)


def _words(found: list[tuple[Verdict, tuple[str, ...]]]) -> str:
    why = Counter(rule for one, rules in found if one is Verdict.UNKNOWN for rule in set(rules))
    return ", ".join(f"{rule} {count}" for rule, count in why.most_common()) or "none"
