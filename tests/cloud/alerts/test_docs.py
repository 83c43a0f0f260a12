"""docs/alerts.md says what the code does. `python -m tests.cloud.alerts.test_docs` rewrites it."""

import re
from pathlib import Path

from models.alerts import REMIND_AFTER_S, mermaid
from models.rules import CATALOGUE_VERSION, RULES, Rule

PAGE = Path(__file__).parents[3] / "docs" / "alerts.md"
LIMITS = {
    ("trace", "below"): "FHR < {limit:g} bpm",
    ("trace", "above"): "FHR > {limit:g} bpm",
    ("trace", "under reference"): "FHR {limit:g} bpm or more under its earlier level",
    ("trace", "missing"): "no valid FHR",
    ("trace", "coincident"): "FHR within {limit:g} bpm of the mother's pulse",
    ("link", "silent"): "no data arrive (wall clock)",
    ("look", "failed"): "the assessment fails {limit:g} times in a row",
    ("report", "below"): "{measure} < {limit:g}",
    ("report", "above"): "{measure} > {limit:g}",
    ("report", "at least"): "{measure} >= {limit:g}",
    ("strip", "below"): "measured < {limit:g}",
    ("strip", "above"): "measured > {limit:g}",
    ("strip", "at least"): "measured >= {limit:g}",
}


def row(rule: Rule) -> str:
    limit = LIMITS[rule.where, rule.side].format(limit=rule.limit, measure=rule.measure)
    times = f", {rule.times} times in a row" if rule.times > 1 else ""
    share = f"{100 * rule.share:g} % of {rule.window_s} s" if rule.window_s else "at once"
    over = f"{rule.rearm_s} s" if rule.where != "report" else f"{rule.back:g}"
    cells = (rule.id, rule.kind, rule.priority, rule.where, limit + times, share, over, rule.source)
    return "| " + " | ".join(cells) + " |"


def rules_table() -> str:
    head = ("rule", "kind", "priority", "seen in", "condition", "for", "over after", "source")
    lines = [f"Catalogue version {CATALOGUE_VERSION}.", ""]
    lines += ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *map(row, RULES)]) + "\n"


def words_table() -> str:
    lines = ["| rule | the mother reads | staff read |", "|---|---|---|"]
    lines += [f"| {rule.id} | {rule.mother_text} | {rule.doctor_text} |" for rule in RULES]
    return "\n".join(lines) + "\n"


def reminders_table() -> str:
    lines = ["| while it is | priority | again after |", "|---|---|---|"]
    lines += [f"| {p.value} | {priority} | {s} s |" for (p, priority), s in REMIND_AFTER_S.items()]
    return "\n".join(lines) + "\n"


PARTS = {
    "rules": rules_table(),
    "words": words_table(),
    "reminders": reminders_table(),
    "states": f"```mermaid\n{mermaid()}```\n",
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
    assert generated(page) == page, "run: python -m tests.cloud.alerts.test_docs"


def test_every_rule_and_phase_is_there() -> None:
    page = PAGE.read_text()
    for rule in RULES:
        assert f"| {rule.id} |" in page
    assert "told --> escalated: time up" in page


if __name__ == "__main__":
    PAGE.write_text(generated(PAGE.read_text()))
