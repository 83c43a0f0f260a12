"""The safety set of models/safety.py: strips on which a wrong verdict would be dangerous."""

from collections import Counter

from cloud.research.evaluations.plan import Plan
from cloud.research.evaluations.table import Cell, Table
from models.assess import assess
from models.safety import SIZES, strip
from models.verdict import Verdict

WANTED = {  # group: what it is, what the verdict must be
    "flat_late": ("absent variability, recurrent late decelerations", "all pathological"),
    "lost": ("60 % lost or more", "all unknown"),
    "mother": ("only the mother's rate", "all unknown"),
    "safe": ("nothing dangerous", "none pathological"),
}
VERDICTS = tuple(Verdict)


def measure(plan: Plan) -> list[Table]:
    keys = [(group, number) for group in SIZES for number in plan.some(range(SIZES[group]))]
    found = Counter(plan.mapped(verdict, keys))
    rows: list[tuple[Cell, ...]] = []
    for group, (what, wanted) in WANTED.items():
        counts = [found[group, one] for one in VERDICTS]
        rows.append((what, sum(counts), *counts, wanted))
    columns = ("strips", "n", *(one.value for one in VERDICTS), "wanted")
    return [Table("safety set, synthetic", columns, tuple(rows))]


def verdict(key: tuple[str, int]) -> tuple[str, Verdict]:
    """Group and verdict of a strip of the set."""
    return key[0], assess(strip(*key).trace).verdict
