"""docs/consortium.md is what the tables say; `python -m tests.cloud.journeys.test_docs` writes."""

import re
from pathlib import Path

from models import green, referrals

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
    "checklist": table(("id", "line"), [(item.id, item.text) for item in green.CHECKLIST]),
    "criteria": table(
        ("id", "direction", "ground"),
        [(one.id, one.direction, one.text) for one in referrals.CRITERIA],
    ),
    "by": table(("event", "by"), [(event, who(event)) for event in referrals.EVENTS]),
}


def generated(page: str) -> str:
    """The page with each generated part as the code has it."""
    for name, text in PARTS.items():
        between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        assert between.search(page), f"{PAGE.name} has no place for {name}"
        page = between.sub(lambda match, text=text: match[1] + text + match[2], page)
    return page


def test_the_page_has_not_drifted() -> None:
    page = PAGE.read_text()
    assert generated(page) == page, "run: python -m tests.cloud.journeys.test_docs"
    assert "reserved --> cancelled: cancel" in page
    assert "| accept | the hospital that receives |" in page


if __name__ == "__main__":
    PAGE.write_text(generated(PAGE.read_text()))
