"""The safety set of models/safety.py: strips on which a wrong verdict would be dangerous."""

from collections import Counter
from functools import partial

from cloud.research.evaluations.plan import Plan
from cloud.research.evaluations.table import Cell, Table
from models.assess import assess
from models.safety import SIZES, strips
from models.verdict import Verdict

WANTED = {  # group: what it is, what the verdict must be
    "flat_late": ("absent variability, recurrent late decelerations", "all pathological"),
    "lost": ("60 % lost or more", "all unknown"),
    "mother": ("only the mother's rate", "all unknown"),
    "safe": ("nothing dangerous", "none pathological"),
}
VERDICTS = tuple(Verdict)
PARTS = 8  # of a group, each for one process at a time


def measure(plan: Plan) -> list[Table]:
    parts = [(group, part) for group in SIZES for part in range(1 if plan.quick else PARTS)]
    found = plan.mapped(partial(verdicts, quick=plan.quick), parts)
    rows: list[tuple[Cell, ...]] = []
    for group in SIZES:
        total: Counter[Verdict] = sum(
            (one for (name, _), one in zip(parts, found, strict=True) if name == group), Counter()
        )
        what, wanted = WANTED[group]
        rows.append((what, total.total(), *(total[one] for one in VERDICTS), wanted))
    columns = ("strips", "n", *(one.value for one in VERDICTS), "wanted")
    return [Table("safety set, synthetic", columns, tuple(rows))]


def verdicts(part: tuple[str, int], quick: bool) -> Counter[Verdict]:
    """Of each PARTS-th strip of a group."""
    group, first = part
    step = SIZES[group] // 2 if quick else PARTS
    picked = (one for one in strips(group) if one.number % step == first)
    return Counter(assess(one.trace).verdict for one in picked)
