"""How well samples are called false, pooled over recordings, with intervals by bootstrap."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Counts:
    """Samples of one recording: false and found, false and missed, true and flagged, true."""

    hit: int
    missed: int
    flagged: int
    passed: int

    def __add__(self, other: "Counts") -> "Counts":
        both = zip(vars(self).values(), vars(other).values(), strict=True)
        return Counts(*(a + b for a, b in both))

    @property
    def sensitivity(self) -> float:
        return _share(self.hit, self.missed)

    @property
    def ppv(self) -> float:
        return _share(self.hit, self.flagged)

    @property
    def specificity(self) -> float:
        return _share(self.passed, self.flagged)

    @property
    def f1(self) -> float:
        return _share(2 * self.hit, self.missed + self.flagged)


def _share(part: float, rest: float) -> float:
    return part / (part + rest) if part + rest else float("nan")


def pooled(counts: Iterable[Counts]) -> Counts:
    return sum(counts, Counts(0, 0, 0, 0))


def interval(counts: list[Counts], name: str, seed: int = 0) -> tuple[float, float]:
    """95 % of 2000 bootstrap samples over recordings, of a property of pooled Counts."""
    table = np.array([list(vars(one).values()) for one in counts])
    random = np.random.default_rng(seed)
    drawn = random.multinomial(len(table), np.full(len(table), 1 / len(table)), 2000)
    values = [getattr(Counts(*row), name) for row in (drawn @ table).tolist()]
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)
