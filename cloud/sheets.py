"""Tables of figures as files that other programs open: CSV (UTF-8 with a mark, so that Excel reads
Chinese) and XLSX. No formulas: text stays text, whatever it begins with."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter

from cloud.i18n import say, translate

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
Cell = str | int | float | None  # None: empty, not known
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that Excel would calculate
_WIDEST = 60
_HEAD = ("Column", "Heading", "What it counts")
MONTH_IS = "Calendar month of the centre's time zone: %(zone)s"
QUANTILE_IS = (
    "A median or 90 % is a value that occurred (nearest rank); none where nothing was counted"
)
NOBODY = "no member"


@dataclass(frozen=True)
class Column:
    """Of a table of figures that people read and settle by."""

    id: str
    heading: str  # msgid, with its unit
    definition: str  # msgid
    digits: int = 0  # after the point
    sums: bool = True  # members add up to the total


@dataclass(frozen=True)
class Sheet:
    name: str
    rows: Sequence[Sequence[Cell]]  # the first is the head
    digits: Sequence[int] = field(default=())  # of each column, after the point


def as_csv(rows: Sequence[Sequence[Cell]]) -> bytes:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    text = StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow(_plain(cell) for cell in row)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(sheets: Sequence[Sheet]) -> bytes:
    body = BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            formats = [book.add_format({"num_format": _pattern(n)}) for n in sheet.digits]
            for y, row in enumerate(sheet.rows):
                for x, cell in enumerate(row):
                    if isinstance(cell, str):
                        page.write_string(y, x, cell, head if y == 0 else None)
                    elif cell is not None:
                        page.write_number(y, x, cell, formats[x] if x < len(formats) else None)
            for x, width in enumerate(_widths(sheet.rows)):
                page.set_column(x, x, width)
            page.freeze_panes(1, 0)
    return body.getvalue()


def definitions(
    columns: Sequence[Column], zone: str, language: str, note: str | None = None
) -> Sheet:
    """The second sheet: what every column counts, and in which time zone a month begins."""
    rows: list[list[Cell]] = [[translate(language, text) for text in _HEAD]]
    month_is = say(language, {"text": MONTH_IS, "args": {"zone": zone}})
    rows.append(["month", translate(language, "Month"), month_is])
    rows += [
        [one.id, translate(language, one.heading), translate(language, one.definition)]
        for one in columns
    ]
    notes = [QUANTILE_IS] if note is None else [note, QUANTILE_IS]
    rows += [[None, None, translate(language, text)] for text in notes]
    return Sheet(translate(language, "Definitions"), rows)


def name_of(organisation: Mapping[str, Any] | None, language: str) -> str:
    if organisation is None:
        return translate(language, NOBODY)
    return str(organisation["name_zh" if language == "zh" else "name"])


def _plain(cell: Cell) -> Cell:
    return "'" + cell if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _pattern(digits: int) -> str:
    return "0" if digits == 0 else "0." + "0" * digits


def _widths(rows: Sequence[Sequence[Cell]]) -> list[int]:
    """Of the text below the head, which wraps; Chinese signs take twice the room."""
    columns = zip(*rows[1:], strict=False) if len(rows) > 1 else ()
    return [
        min(
            _WIDEST,
            max(10, *(2 + sum(1 + (ord(c) > 0x2E80) for c in str(cell)) for cell in column)),
        )
        for column in columns
    ]
