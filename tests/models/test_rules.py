import re

import pytest

from models.rules import BY_ID, RULES, Rule

FIELDS = {"bpm", "limit", "seconds", "window"}


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.?!;])\s+", text) if part]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_complete(rule: Rule):
    assert rule.kind in ("patient", "technical")
    assert rule.priority in ("high", "medium", "low")
    assert rule.source
    assert 0 < rule.share <= 1 and rule.window_s >= rule.rearm_s >= 0
    assert set(re.findall(r"%\((\w+)\)d", rule.reason)) <= FIELDS
    assert rule.reason % dict.fromkeys(FIELDS, 7)
    assert "%" not in rule.mother_text + rule.doctor_text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_mother_can_read_it(rule: Rule):
    text = rule.mother_text.lower()
    assert "left side" in text and "call" in text
    for sentence in sentences(rule.mother_text):
        words = sentence.split()
        assert len(words) <= 20, sentence
        assert max(len(word.strip(".,'")) for word in words) <= 11, sentence


def test_only_a_stronger_rule_covers_another():
    order = [rule.id for rule in RULES]
    assert len(BY_ID) == len(RULES)
    for rule in RULES:
        for other in rule.covered_by:
            assert order.index(other) < order.index(rule.id)
            assert BY_ID[other].kind == rule.kind == "patient"


def test_limits_are_those_of_the_source():
    """ALGORITHMS 8.2, row by row: id, limit, window, share."""
    assert [(r.id, r.limit, r.window_s, r.share) for r in RULES] == [
        ("bradycardia_80", 80, 60, 0.8),
        ("bradycardia_100", 100, 180, 0.8),
        ("prolonged_deceleration_300", 15, 300, 0.8),
        ("tachycardia_180", 180, 180, 0.8),
        ("low_rate", 110, 180, 0.8),
        ("prolonged_deceleration_180", 15, 180, 0.8),
        ("tachycardia_160", 160, 600, 0.8),
        ("signal_lost", 0, 120, 1.0),
        ("maternal_rate", 5, 30, 0.5),
        ("link_lost", 0, 30, 1.0),
    ]
