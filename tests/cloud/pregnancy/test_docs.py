"""docs/pregnancy.md has the tables of the code; `python -m tests.cloud.pregnancy.test_docs` writes
them."""

from pathlib import Path

from models import journeys
from models.advice import RULES, TRANSITIONS
from models.pregnancy_risk import CRITERIA
from tests.cloud.journeys.test_docs import generated, table

PAGE = Path(__file__).parents[3] / "docs" / "pregnancy.md"
PARTS = {
    "risk": table(
        ("id", "colour", "criterion", "source"),
        [(one.id, one.colour, one.text, one.source) for one in CRITERIA],
    ),
    "advice": table(
        ("id", "words", "source"), [(rule.id, rule.text, rule.source) for rule in RULES]
    ),
    "life": f"```mermaid\n{journeys.mermaid(TRANSITIONS)}```\n",
}


def test_the_page_has_the_tables_of_the_code() -> None:
    page = PAGE.read_text()
    assert generated(page, PARTS) == page


if __name__ == "__main__":
    PAGE.write_text(generated(PAGE.read_text(), PARTS))
