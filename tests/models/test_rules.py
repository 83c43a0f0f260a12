import re

import pytest

from models.rules import BY_ID, RANK, RULES, STREAMED, Rule

FIELDS = {
    *("bpm", "limit", "seconds", "valid", "window", "value", "count", "minutes"),
    *("systolic", "diastolic"),
}
NEVER = ("no heartbeat", "%", "normal", "suspicious", "pathological", "bradycardia", "deceleration")


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.?!;])\s+", text) if part]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_complete(rule: Rule):
    assert rule.kind in ("patient", "technical")
    assert rule.priority in ("high", "medium", "low")
    assert rule.source
    assert 0 < rule.share <= 1 and rule.rearm_s >= 0 and rule.times >= 1
    assert rule.window_s >= rule.rearm_s or rule.where != "trace"
    assert rule.where in ("trace", "strip", "report", "link", "look")
    assert bool(rule.measure) is (rule.where == "report")
    assert set(re.findall(r"%\((\w+)\)[ds]", rule.reason)) <= FIELDS
    assert rule.reason % dict.fromkeys(FIELDS, 7)
    assert "%" not in rule.mother_text + rule.doctor_text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_mother_can_read_it(rule: Rule):
    text = rule.mother_text.lower()
    assert not any(word in text for word in NEVER)
    assert "call" in text or rule.kind == "technical"
    assert "left side" in text or not rule.joins
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
            assert BY_ID[other].kind == rule.kind
            assert RANK[BY_ID[other].priority] >= RANK[rule.priority]


def test_limits_are_those_of_the_source():
    """ALGORITHMS 8.2, row by row, but for 20 bpm in place of 15: id, limit, window, share."""
    assert [(r.id, r.limit, r.window_s, r.share) for r in STREAMED] == [
        ("bradycardia_80", 80, 60, 0.8),
        ("bradycardia_100", 100, 180, 0.8),
        ("prolonged_deceleration_300", 15, 300, 0.8),
        ("tachycardia_180", 180, 180, 0.8),
        ("low_rate", 110, 180, 0.8),
        ("prolonged_deceleration_180", 20, 180, 0.8),
        ("tachycardia_160", 160, 600, 0.8),
        ("signal_lost", 0, 120, 1.0),
        ("maternal_rate", 5, 30, 0.5),
    ]
