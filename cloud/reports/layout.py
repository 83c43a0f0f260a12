"""Lines of text in columns: wrapped by their true width, headings kept with what follows."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

LEADING = 1.32  # height of a line, of its size
POINT_MM = 25.4 / 72
_PIECES = re.compile(
    r"[\u2e80-\u9fff\uff00-\uffef][，。；：、）！？]*|[^\s\u2e80-\u9fff\uff00-\uffef]+\s*|\s+"
)


@dataclass(frozen=True)
class Line:
    words: str
    size_pt: float = 7.5
    bold: bool = False
    indent_mm: float = 0.0
    above_mm: float = 0.0  # empty space before it, except at the top of a column
    keep: bool = False  # not at the foot of a column, without its next
    tail: str = ""  # at the right edge of the column

    @property
    def height_mm(self) -> float:
        return self.size_pt * POINT_MM * LEADING


Width = Callable[[str, float, bool], float]  # words, size_pt, bold: mm


def wrapped(lines: Sequence[Line], room_mm: float, width: Width) -> list[Line]:
    """Each in so many lines as it needs; those of one text stay together as far as `keep` says."""
    found: list[Line] = []
    for line in lines:
        tail_mm = width(line.tail, line.size_pt, line.bold) + 2 if line.tail else 0.0
        parts = _broken(line, room_mm - line.indent_mm, tail_mm, width)
        for n, words in enumerate(parts):
            last = n == len(parts) - 1
            found.append(
                replace(
                    line,
                    words=words,
                    above_mm=0.0 if n else line.above_mm,
                    keep=line.keep or not last,
                    tail=line.tail if last else "",
                )
            )
    return found


def _broken(line: Line, room_mm: float, tail_mm: float, width: Width) -> list[str]:
    rows = [""]
    for piece in _PIECES.findall(line.words):
        for part in _cut(piece, line, room_mm, width):
            if rows[-1] and width((rows[-1] + part).rstrip(), line.size_pt, line.bold) > room_mm:
                rows.append("")
            rows[-1] += part
    rows = [row.rstrip() for row in rows]
    if tail_mm and width(rows[-1], line.size_pt, line.bold) > room_mm - tail_mm:
        rows.append("")  # for the tail alone
    return rows


def _cut(piece: str, line: Line, room_mm: float, width: Width) -> list[str]:
    """A word that is longer than a line, in parts."""
    if width(piece, line.size_pt, line.bold) <= room_mm:
        return [piece]
    most = max(1, int(len(piece) * room_mm / width(piece, line.size_pt, line.bold) * 0.8))
    return [piece[at : at + most] for at in range(0, len(piece), most)]


def columns(lines: Sequence[Line], heights_mm: Callable[[int], float]) -> list[list[Line]]:
    """The lines of each column; heights_mm(n) is how high the n-th may be."""
    done: list[list[Line]] = [[]]
    used_mm = 0.0
    at = 0
    while at < len(lines):
        block = _block(lines, at)
        needs_mm = sum(one.height_mm + one.above_mm for one in block)
        if done[-1] and used_mm + needs_mm > heights_mm(len(done) - 1):
            done.append([])
            used_mm = -block[0].above_mm
        done[-1] += block
        used_mm += needs_mm
        at += len(block)
    return done


def _block(lines: Sequence[Line], at: int) -> list[Line]:
    """From here to the first that may end a column, of at most a few lines."""
    stop = at
    while lines[stop].keep and stop + 1 < len(lines) and stop - at < 12:
        stop += 1
    return list(lines[at : stop + 1])
