"""docs/consortium.md and docs/statistics.md say what the code does;
`python -m tests.cloud.resources.test_docs` writes."""

import re
from pathlib import Path

import pytest

from cloud.contributions.columns import COLUMNS
from cloud.sheets import Column
from cloud.statistics.columns import FIGURES, RULES
from models import resources as rules
from tests.cloud.journeys.test_docs import table

DOCS = Path(__file__).parents[3] / "docs"
SIDES = {
    "lender": "the member that lends",
    "holder": "the member that has it",
    "asker": "the member that asks",
    "centre": "the centre",
}


def who(by: dict[str, frozenset[str]]) -> str:
    rows = [(event, ", ".join(SIDES[side] for side in SIDES if side in by[event])) for event in by]
    return table(("event", "by"), rows)


def columns(ones: tuple[Column, ...]) -> str:
    return table(
        ("id", "heading", "what it counts"), [(one.id, one.heading, one.definition) for one in ones]
    )


PARTS = {
    "consortium.md": {
        "resources": f"```mermaid\n{rules.mermaid()}```\n",
        "resources by": who(rules.BY),
        "leases": f"```mermaid\n{rules.lease_mermaid()}```\n",
        "leases by": who(rules.LEASE_BY),
        "ledger": columns(COLUMNS),
    },
    "statistics.md": {"figures": columns(FIGURES), "rules": columns(RULES)},
}


def generated(name: str) -> str:
    """The page with each generated part as the code has it."""
    page = (DOCS / name).read_text()
    for part, text in PARTS[name].items():
        between = re.compile(rf"(<!-- {part} -->\n).*?(<!-- end of {part} -->)", re.DOTALL)
        assert between.search(page), f"{name} has no place for {part}"
        page = between.sub(lambda match, text=text: match[1] + text + match[2], page)
    return page


@pytest.mark.parametrize("name", PARTS)
def test_the_page_has_not_drifted(name: str) -> None:
    page = (DOCS / name).read_text()
    assert generated(name) == page, "run: python -m tests.cloud.resources.test_docs"


if __name__ == "__main__":
    for name in PARTS:
        (DOCS / name).write_text(generated(name))
