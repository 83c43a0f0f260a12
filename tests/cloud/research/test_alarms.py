"""Counting alerts: what is one episode, and what lies on a doctor's mark."""

from collections import Counter

import pytest

from cloud.research.ctu_marks import Marks
from cloud.research.evaluations.alarms import (
    ROUTINE,
    Load,
    Ring,
    _on_marks,
    _sums,
    is_marked,
    rings,
)
from cloud.research.evaluations.plan import Plan
from models.conditions import Change
from models.rules import BY_ID
from models.verdict import Reason


def told(rule: str, onset_s: float, at_s: float) -> Change:
    return Change(BY_ID[rule], "raised", onset_s, at_s, Reason("", {}, onset_s, at_s, rule))


def ids(found: list[Ring]) -> list[tuple[str, int]]:
    return [(one.change.rule.id, one.asked) for one in found]


LOW, SLOW = told("low_rate", 0, 180), told("bradycardia_100", 10, 190)
LATER = told("low_rate", 1300, 1480)


def test_what_is_weaker_joins_and_what_is_more_urgent_is_asked_anew():
    assert ids(rings([SLOW, told("low_rate", 0, 200)], 1200)) == [("bradycardia_100", 1)]
    assert ids(rings([LOW, SLOW], 1200)) == [("bradycardia_100", 2)]
    assert ids(rings([LOW, told("fever", 0, 200)], 1200)) == [("low_rate", 1), ("fever", 1)]


def test_it_is_handled_so_long_after_it_became_more_urgent():
    assert ids(rings([LOW, LATER], 1200)) == [("low_rate", 1)] * 2
    assert ids(rings([LOW, told("bradycardia_100", 300, 480), LATER], 1200)) == [
        ("bradycardia_100", 2)
    ]


def marks(**found: list[tuple[float, float]]) -> Marks:
    rows = ("bradycardias", "tachycardias", "accelerations", "decelerations", "contractions")
    return Marks(**{row: found.get(row, []) for row in rows}, kinds=(), seen_s=3600.0)


@pytest.mark.parametrize(
    ("row", "span", "rule", "lies"),
    [
        ("decelerations", (170, 400), "low_rate", True),
        ("decelerations", (175, 400), "low_rate", False),  # 5 s are not enough
        ("bradycardias", (0, 60), "prolonged_deceleration_180", True),
        ("tachycardias", (0, 60), "prolonged_deceleration_180", False),
        ("tachycardias", (0, 60), "tachycardia_180", True),
        ("decelerations", (0, 60), "tachycardia_180", False),
        ("decelerations", (0, 60), "tachysystole", None),  # a strip's: it has no such mark
    ],
)
def test_an_alert_lies_on_a_mark_of_what_its_rule_is_about(row, span, rule, lies):
    assert is_marked(told(rule, 0, 180), marks(**{row: [span]})) is lies


def test_where_nobody_looked_nothing_is_said():
    assert is_marked(LOW, None) is None
    assert is_marked(LOW, marks()) is None
    assert is_marked(told("low_rate", 3500, 3680), marks(decelerations=[(0, 60)])) is None


def test_the_tables_count_recordings_together(tmp_path):
    one = Load(2.0, Counter(low_rate=3), Counter(low_rate=2), 1, Counter(low_rate=1))
    other = Load(2.0, Counter(), Counter(gap=5), 0)
    sums = _sums(Plan(tmp_path), {"both": [one, other]}).to_json()["rows"]
    assert (sums[0]["patient alerts an hour"]["value"], sums[0]["recordings"]) == (0.5, "both")
    assert sums[0]["times asked an hour"]["value"] == 0.25
    table = _on_marks(Plan(tmp_path), [one, other])
    assert table.title.startswith(ROUTINE)
    assert [row[:5] for row in table.rows] == [
        ("low_rate", 2, 1, 0, 1), ("all patient", 2, 1, 0, 1),
    ]  # fmt: skip
