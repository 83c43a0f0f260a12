"""docs/alerts.md says what the code does. `python -m tests.cloud.alerts.test_docs` rewrites it."""

import re
from pathlib import Path

from models.alerts import mermaid
from models.rules import RULES, Rule

PAGE = Path(__file__).parents[3] / "docs" / "alerts.md"
LIMITS = {
    "below": "FHR < {limit:g} bpm",
    "above": "FHR > {limit:g} bpm",
    "under reference": "FHR {limit:g} bpm or more under its earlier level",
    "missing": "no valid FHR",
    "coincident": "FHR within {limit:g} bpm of the mother's pulse",
    "silent": "no data arrive (wall clock)",
}


def row(rule: Rule) -> str:
    limit = LIMITS[rule.side].format(limit=rule.limit)
    share = f"{100 * rule.share:g} % of {rule.window_s} s"
    cells = (rule.id, rule.kind, rule.priority, limit, share, f"{rule.rearm_s} s", rule.source)
    return "| " + " | ".join(cells) + " |"


def rules_table() -> str:
    head = ("rule", "kind", "priority", "condition", "for", "over after", "source")
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *map(row, RULES)]) + "\n"


PARTS = {"rules": rules_table(), "states": f"```mermaid\n{mermaid()}```\n"}


def generated(page: str) -> str:
    """The page with each generated part as the code has it."""
    for name, text in PARTS.items():
        between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        assert between.search(page), f"{PAGE.name} has no place for {name}"
        page = between.sub(lambda match, text=text: match[1] + text + match[2], page)
    return page


def test_the_page_has_not_drifted() -> None:
    page = PAGE.read_text()
    assert generated(page) == page, "run: python -m tests.cloud.alerts.test_docs"


def test_every_rule_and_phase_is_there() -> None:
    page = PAGE.read_text()
    for rule in RULES:
        assert f"| {rule.id} |" in page
    assert "told --> escalated: time up" in page


if __name__ == "__main__":
    PAGE.write_text(generated(PAGE.read_text()))
