"""The ledger of a month as files: the table, and on a second sheet what every column counts."""

from collections.abc import Mapping
from typing import Any

from cloud.contributions.columns import COLUMNS, MEMBER_IS, TOTAL, TOTAL_IS
from cloud.i18n import translate
from cloud.sheets import Cell, Column, Sheet, as_csv, as_xlsx, definitions, name_of

MEMBER = Column("member", "Member", MEMBER_IS)


def csv_of(found: Mapping[str, Any], language: str) -> bytes:
    """The head has the ids of the columns, for programs; each row says month and time zone."""
    head = ["month", "time_zone", "member_id", "member", *(one.id for one in COLUMNS)]
    return as_csv([head, *_rows(found, language)])


def xlsx_of(found: Mapping[str, Any], language: str) -> bytes:
    head = [translate(language, text) for text in ("Month", "Time zone", "ID", "Member")]
    head += [translate(language, one.heading) for one in COLUMNS]
    digits = [0] * 4 + [one.digits for one in COLUMNS]
    table = Sheet(str(found["month"]), [head, *_rows(found, language)], digits)
    words = definitions((MEMBER, *COLUMNS), found["zone"], language, TOTAL_IS)
    return as_xlsx([table, words])


def _rows(found: Mapping[str, Any], language: str) -> list[list[Cell]]:
    rows: list[tuple[Cell, str, Mapping[str, Any]]] = []
    for row in found["rows"]:
        place = row["organisation"]
        rows.append((place["id"] if place else None, name_of(place, language), row))
    rows.append((None, translate(language, TOTAL), found["total"]))
    return [
        [found["month"], found["zone"], place_id, name, *(values[one.id] for one in COLUMNS)]
        for place_id, name, values in rows
    ]
