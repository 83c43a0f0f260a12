"""A table of results: for the terminal, for Markdown, and as data."""

from dataclasses import asdict, dataclass
from math import isfinite

from cloud.research.bootstrap import Interval

Cell = str | int | float | Interval | None
UNKNOWN = "-"


@dataclass(frozen=True)
class Table:
    """`places` is how many decimals numbers are shown with; data keep all of them."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    places: int = 3

    def texts(self) -> list[list[str]]:
        return [[self._text(cell) for cell in row] for row in self.rows]

    def to_json(self) -> dict[str, object]:
        """Rows as objects; what is not known is None."""
        return {
            "title": self.title,
            "rows": [
                {name: _plain(cell) for name, cell in zip(self.columns, row, strict=True)}
                for row in self.rows
            ],
            "notes": list(self.notes),
        }

    def to_markdown(self) -> str:
        lines = [f"**{self.title}**", "", _line(self.columns), "|---" * len(self.columns) + "|"]
        lines += [_line(row) for row in self.texts()]
        return "\n".join([*lines, *(("", *self.notes) if self.notes else ())])

    def _text(self, cell: Cell) -> str:
        if isinstance(cell, Interval):
            value = self._text(cell.value)
            if not isfinite(cell.low):
                return value
            return f"{value} ({self._text(cell.low)} to {self._text(cell.high)})"
        if isinstance(cell, float):
            return f"{cell:.{self.places}f}" if isfinite(cell) else UNKNOWN
        return UNKNOWN if cell is None else str(cell)


def _line(cells: tuple[str, ...] | list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _plain(cell: Cell) -> object:
    if isinstance(cell, Interval):
        return {name: _plain(value) for name, value in asdict(cell).items()}
    return None if isinstance(cell, float) and not isfinite(cell) else cell
