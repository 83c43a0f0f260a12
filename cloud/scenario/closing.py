"""What the centre is shown of the day when it is over, and the files that it takes away."""

import csv
import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from cloud.scenario.service import Service

ACCOUNT = "centre.lena"
PAGES = {
    "balance": "/api/referrals/balance",
    "ledger": "/api/contributions",
    "statistics": "/api/statistics?months=1",
    "school": "/api/school",
}
FIRST_SHEET = "xl/worksheets/sheet1.xml"
NUMBER = re.compile(r"<c [^>]*><v>([^<]+)</v>")
TEXT = re.compile(r'<c [^>]*t="s"[^>]*>.*?</c>')


def read(service: Service) -> dict[str, Any]:
    """The JSON of each of PAGES; the numbers of the ledger's two files, row by row."""
    shown = {name: service.get(ACCOUNT, path) for name, path in PAGES.items()}
    return {
        **shown,
        "csv": _of_csv(service.download(ACCOUNT, "/api/contributions.csv")),
        "xlsx": _of_xlsx(service.download(ACCOUNT, "/api/contributions.xlsx")),
    }


def _of_csv(body: bytes) -> list[float]:
    rows = csv.reader(body.decode("utf-8-sig").splitlines())
    return [float(cell) for row in rows for cell in row if _is_number(cell)]


def _of_xlsx(body: bytes) -> list[float]:
    with ZipFile(BytesIO(body)) as book:
        sheet = TEXT.sub("", book.read(FIRST_SHEET).decode())
    return [float(cell) for cell in NUMBER.findall(sheet)]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
