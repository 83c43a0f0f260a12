"""CSV and XLSX as other programs read them."""

import csv
import zipfile
from io import BytesIO, StringIO
from typing import Any
from xml.etree import ElementTree

from cloud.contributions.columns import COLUMNS
from cloud.contributions.export import csv_of, xlsx_of
from cloud.sheets import Sheet, as_csv, as_xlsx

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
ROW = {one.id: n + 0.25 for n, one in enumerate(COLUMNS)}
FOUND: dict[str, Any] = {
    "month": "2026-09",
    "zone": "Asia/Shanghai",
    "rows": [
        {"organisation": {"id": 2, "name": "Near", "name_zh": "近医院"}, **ROW},
        {"organisation": None, **ROW, "answer_s": None},
    ],
    "total": ROW,
}


def sheets_in(body: bytes) -> dict[str, list[list[Any]]]:
    """{name: rows} read from the parts of the file, without the library that wrote it."""
    with zipfile.ZipFile(BytesIO(body)) as book:
        names = [
            one.get("name") for one in _xml(book, "xl/workbook.xml").iterfind(".//m:sheet", _NS)
        ]
        strings = ["".join(one.itertext()) for one in _xml(book, "xl/sharedStrings.xml")]
        return {
            str(name): [
                [_cell(cell, strings) for cell in row]
                for row in _xml(book, f"xl/worksheets/sheet{number}.xml").iterfind(".//m:row", _NS)
            ]
            for number, name in enumerate(names, start=1)
        }


def _xml(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(book.read(name))


def _cell(cell: ElementTree.Element, strings: list[str]) -> Any:
    text = cell.findtext("m:v", "", _NS)
    return strings[int(text)] if cell.get("t") == "s" else float(text)


def test_xlsx_has_the_table_and_what_every_column_counts() -> None:
    sheets = sheets_in(xlsx_of(FOUND, "zh"))
    assert list(sheets) == ["2026-09", "定义"]
    table, words = sheets.values()
    assert table[0][:5] == ["月份", "时区", "ID", "成员单位", "监护次数"]
    assert table[1][:5] == ["2026-09", "Asia/Shanghai", 2.0, "近医院", 0.25]
    assert [row[3 if n == 0 else 2] for n, row in enumerate(table[1:])] == [
        "近医院",
        "无成员单位",
        "合计",
    ]
    assert len(table[2]) == len(table[1]) - 2  # no id, and an answer that is not known: empty
    assert [row[0] for row in words[3:-2]] == [one.id for one in COLUMNS]
    assert words[1][2] == "按中心所在时区的自然月：Asia/Shanghai"


def test_csv_has_ids_of_columns_and_says_the_zone_in_each_row() -> None:
    body = csv_of(FOUND, "en")
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(body.decode("utf-8-sig"))))
    assert [row["member"] for row in rows] == ["Near", "no member", "Total"]
    assert {row["time_zone"] for row in rows} == {"Asia/Shanghai"}
    assert (rows[0]["member_id"], rows[1]["member_id"], rows[1]["answer_s"]) == ("2", "", "")
    assert [float(rows[2][one.id]) for one in COLUMNS] == list(ROW.values())


def test_text_that_looks_like_a_formula_stays_text() -> None:
    rows = [["name", "n"], ["=1+1", 2], ["@x", None]]
    assert "'=1+1" in as_csv(rows).decode("utf-8-sig")
    assert sheets_in(as_xlsx([Sheet("x", rows)]))["x"] == [["name", "n"], ["=1+1", 2.0], ["@x"]]
    with zipfile.ZipFile(BytesIO(as_xlsx([Sheet("x", rows)]))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
