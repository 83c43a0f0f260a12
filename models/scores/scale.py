"""A scale: which cell of a printed table a measured value falls into.

Cells are written as the source prints them: "<100, >180" or "100-119" for numbers, else words.
A number is rounded to the scale's step before it is looked up, halves upwards.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import floor, inf

Result = int | str  # points, or the name of a column
Value = float | str
Cells = Mapping[int, str] | Mapping[str, str]
RANGE = re.compile(r"(<=|>=|<|>)?(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?")


@dataclass(frozen=True)
class Unknown:
    """In the place of a value: why there is none, a gettext message id with %(name)s fields."""

    text: str
    args: Mapping[str, float | str] = field(default_factory=dict)

    @property
    def why(self) -> str:
        return self.text % self.args


@dataclass(frozen=True)
class Cell:
    result: Result
    text: str


@dataclass(frozen=True)
class Scale:
    """One row of a table: result by cell. Words have the unit ""."""

    id: str
    unit: str
    cells: Cells
    step: float = 1.0

    def cell(self, value: Value) -> Cell | None:
        """The cell of `value`; None where the table has none."""
        if isinstance(value, str):
            named = (item for item in self.cells.items() if value in item[1].split(", "))
            return next((Cell(result, value) for result, _ in named), None)
        steps = floor(value / self.step + 0.5)
        for result, text in self.cells.items():
            for span in text.split(", "):
                low, high = limits(span, self.step)
                if low <= steps <= high:
                    return Cell(result, span)
        return None


@cache
def limits(span: str, step: float) -> tuple[float, float]:
    """Lowest and highest value in steps that lie in one printed span.

    >>> limits("100-119", 1.0), limits("<2.6", 0.1), limits(">180", 1.0), limits("3", 1.0)
    ((100, 119), (-inf, 25), (181, inf), (3, 3))
    """
    found = RANGE.fullmatch(span)
    if not found:
        raise ValueError(f"{span!r} is not a span of numbers")
    sign, low, high = found[1], round(float(found[2]) / step), found[3]
    if sign:
        return {
            "<": (-inf, low - 1),
            "<=": (-inf, low),
            ">": (low + 1, inf),
            ">=": (low, inf),
        }[sign]
    return low, round(float(high) / step) if high else low
