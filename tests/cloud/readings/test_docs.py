"""docs/reading.md says what the code does: `python -m tests.cloud.readings.test_docs` fixes it."""

import re
from pathlib import Path

from models.readings import DEADLINES_MIN, mermaid

PAGE = Path(__file__).parents[3] / "docs" / "reading.md"
STATES = re.compile(r"(<!-- states -->\n).*?(<!-- end of states -->)", re.DOTALL)


def generated(page: str) -> str:
    """The page with the diagram as the table has it."""
    assert STATES.search(page)
    return STATES.sub(lambda match: f"{match[1]}```mermaid\n{mermaid()}```\n{match[2]}", page)


def test_the_page_has_not_drifted() -> None:
    page = PAGE.read_text()
    assert generated(page) == page, "run: python -m tests.cloud.readings.test_docs"


def test_the_deadlines_are_those_of_the_table() -> None:
    said = dict(re.findall(r"^\| (\w+) \| (\d+ (?:min|h)) \|", PAGE.read_text(), re.MULTILINE))
    minutes = {
        name: int(n) * (60 if unit == "h" else 1)
        for name, (n, unit) in ((name, text.split()) for name, text in said.items())
    }
    assert minutes == DEADLINES_MIN


if __name__ == "__main__":
    PAGE.write_text(generated(PAGE.read_text()))
