import pytest

from models.mother import (
    CHECK,
    HBA1C,
    MEOWS,
    OGTT,
    TARGETS,
    meows,
    tolerance,
)
from models.scores.scale import Scale
from tests.models.scores.test_cells import by_hand, edges, result

NUMBERS = [scale for scale in (*MEOWS, *OGTT, *TARGETS, HBA1C) if scale.unit]
WELL = {
    "temperature": 36.8,
    "systolic": 118,
    "diastolic": 74,
    "pulse": 82,
    "breaths": 16,
    "spo2": 98,
    "consciousness": "alert",
    "pain": 0,
}


@pytest.mark.parametrize("scale", NUMBERS, ids=lambda scale: scale.id)
def test_each_side_of_each_limit_is_in_exactly_one_cell(scale: Scale):
    for value in [*edges(scale), *range(301)]:
        assert by_hand(scale, value) == [result(scale, value)], value


@pytest.mark.parametrize(
    ("sign", "expected"),
    [
        ("temperature", {34.9: "red", 35: "yellow", 36: "yellow", 36.1: "normal", 38.1: "red"}),
        ("systolic", {89: "red", 90: "yellow", 100: "yellow", 101: "normal", 149: "normal"}),
        ("systolic", {150: "yellow", 160: "yellow", 161: "red"}),
        ("diastolic", {89: "normal", 90: "yellow", 100: "yellow", 101: "red"}),
        ("pulse", {39: "red", 40: "yellow", 50: "yellow", 51: "normal", 99: "normal", 121: "red"}),
        ("breaths", {9: "red", 10: "normal", 20: "normal", 21: "yellow", 30: "yellow", 31: "red"}),
        ("spo2", {94: "red", 95: "normal"}),
        ("consciousness", {"alert": "normal", "voice": "yellow", "pain": "red"}),
        ("pain", {1: "normal", 2: "yellow"}),
    ],
)
def test_a_sign_has_its_colour(sign, expected):
    for value, colour in expected.items():
        found = next(one for one in meows(WELL | {sign: value}).signs if one.name == sign)
        assert (found.result, found.cell is not None) == (colour, True)


@pytest.mark.parametrize(
    ("signs", "triggered"),
    [
        ({}, False),
        ({"spo2": 94}, True),
        ({"pulse": 105}, False),
        ({"pulse": 105, "breaths": 22}, True),
        ({"pulse": 125, "breaths": 22}, True),
    ],
)
def test_one_red_or_two_yellow_trigger(signs, triggered):
    assert meows(WELL | signs).triggered is triggered


def test_what_was_not_measured_is_not_normal():
    found = meows({"pulse": 82, "spo2": 97})
    assert found.triggered is None
    assert found.missing == (
        "temperature", "systolic", "diastolic", "breaths", "consciousness", "pain",
    )  # fmt: skip
    assert meows({"spo2": 90}).triggered is True
    asleep = meows(WELL | {"consciousness": "asleep"})
    assert (asleep.triggered, asleep.missing) == (None, ("consciousness",))
    assert found.check == CHECK
    with pytest.raises(ValueError, match="no sign is called weight"):
        meows({"weight": 70})


@pytest.mark.parametrize(
    ("measured", "word"),
    [
        ({"fasting": 5.0, "1 h": 9.9, "2 h": 8.4}, "normal"),
        ({"fasting": 5.1, "1 h": 9.9, "2 h": 8.4}, "gestational diabetes"),
        ({"fasting": 5.0, "1 h": 10.0, "2 h": 8.4}, "gestational diabetes"),
        ({"fasting": 5.0, "1 h": 9.9, "2 h": 8.5}, "gestational diabetes"),
        ({"fasting": 7.0, "1 h": 9.9, "2 h": 8.5}, "diabetes"),
        ({"fasting": 5.0, "1 h": 9.9, "2 h": 11.1}, "diabetes"),
        ({"fasting": 5.0}, None),
        ({"fasting": 5.2}, "gestational diabetes"),
        ({}, None),
    ],
)
def test_any_one_value_of_a_tolerance_test_is_enough(measured, word):
    assert tolerance(measured) == word


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("fasting", {3.2: "very low", 3.3: "low", 3.9: "in target", 5.2: "in target", 5.3: "high"}),
        ("1 h", {7.7: "in target", 7.8: "high"}),
        ("2 h", {6.6: "in target", 6.7: "high"}),
    ],
)
def test_targets_of_treatment(when, expected):
    scale = next(scale for scale in TARGETS if scale.id == when)
    assert {value: result(scale, value) for value in expected} == expected
