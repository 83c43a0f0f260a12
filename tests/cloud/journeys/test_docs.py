"""docs/consortium.md is what the tables say; `python -m tests.cloud.journeys.test_docs` writes."""

import re
from collections.abc import Mapping
from pathlib import Path

from models import consultations, green, referrals
from tests.cloud.web.texts import all_texts

PAGE = Path(__file__).parents[3] / "docs" / "consortium.md"
SIDES = {"from": "the hospital that sends", "to": "the hospital that receives"}


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def who(event: str) -> str:
    sides = sorted(referrals.BY[event], key=["from", "to", "centre"].index)
    return ", ".join(SIDES.get(side, f"the {side}") for side in sides)


PARTS = {
    "green": f"```mermaid\n{green.mermaid()}```\n",
    "referrals": f"```mermaid\n{referrals.mermaid()}```\n",
    "consultations": f"```mermaid\n{consultations.mermaid()}```\n",
    "checklist": table(("id", "line"), [(item.id, item.text) for item in green.CHECKLIST]),
    "criteria": table(
        ("id", "direction", "ground"),
        [(one.id, one.direction, one.text) for one in referrals.CRITERIA],
    ),
    "by": table(("event", "by"), [(event, who(event)) for event in referrals.EVENTS]),
}


def generated(page: str, parts: Mapping[str, str] = PARTS) -> str:
    """The page with each generated part as the code has it."""
    for name, text in parts.items():
        between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        assert between.search(page), f"the page has no place for {name}"
        page = between.sub(lambda match, text=text: match[1] + text + match[2], page)
    return page


def test_the_page_has_not_drifted() -> None:
    page = PAGE.read_text()
    assert generated(page) == page, "run: python -m tests.cloud.journeys.test_docs"
    assert "reserved --> cancelled: cancel" in page
    assert "| accept | the hospital that receives |" in page


def test_bad_input_has_the_words_of_the_screen_and_a_test() -> None:
    """What is quoted is a text of a page, letter for letter; what is named is a file."""
    lines = [row.split(" | ") for row in PAGE.read_text().partition("## Bad input")[2].splitlines()]
    rows = [row for row in lines[4:] if len(row) == 4]
    assert len(rows) >= 14
    files = {path.name for path in (PAGE.parents[1] / "tests").rglob("test_*.py")} | {"pending/"}
    shown = all_texts()
    for row in rows:
        assert set(re.findall(r'"([^"]+)"', row[2])) <= shown, row[0]
        named = re.findall(r"`(?:tests/[\w/]+/)?(test_\w+\.py|pending/)`", row[3])
        assert named and set(named) <= files, row[0]


if __name__ == "__main__":
    PAGE.write_text(generated(PAGE.read_text()))
