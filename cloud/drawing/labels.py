"""Where the words of marks find a place: no two touch, and what has none is left out."""

from collections.abc import Iterable
from dataclasses import dataclass

from cloud.drawing.marks import Bracket

POINT_MM = 25.4 / 72
WIDE = 0x2E80  # from here on characters are as wide as high
APART_MM = 0.8


@dataclass(frozen=True)
class Label:
    """Words that found a place: centred on `x_mm`, in a row of their lane."""

    x_mm: float
    row: int
    words: str
    faint: bool


def text_mm(words: str, size_pt: float) -> float:
    """About how long a text is; rather too long than too short."""
    return sum(1.0 if ord(sign) >= WIDE else 0.6 for sign in words) * size_pt * POINT_MM


def placed(
    wanted: Iterable[tuple[float, Bracket]],
    rows: int,
    size_pt: float,
    edges_mm: tuple[float, float],
) -> list[Label]:
    """Labels that do not touch: (x_mm of the middle, its bracket), the surest of names first.

    Each takes the longest words that fit beside those already there, in the first free row.
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in range(rows)]
    labels = []
    for middle_mm, bracket in sorted(wanted, key=lambda pair: (pair[1].faint, pair[0])):
        for words in bracket.words:
            half = text_mm(words, size_pt) / 2
            x_mm = min(max(middle_mm, edges_mm[0] + half), edges_mm[1] - half)
            free = _free_row(taken, x_mm - half, x_mm + half)
            if free is not None:
                taken[free].append((x_mm - half, x_mm + half))
                labels.append(Label(x_mm, free, words, bracket.faint))
                break
    return labels


def _free_row(
    taken: list[list[tuple[float, float]]], left_mm: float, right_mm: float
) -> int | None:
    for row, places in enumerate(taken):
        if all(right_mm + APART_MM < left or left_mm > right + APART_MM for left, right in places):
            return row
    return None
