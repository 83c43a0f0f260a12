"""Conditions on reports: vitals, contact, battery, clock."""

from math import nan

import pytest

from models.conditions import Change
from models.reports import Report, Reports


def told(*reports: tuple[float, str, float] | tuple[float, str, float, float]) -> list[str]:
    watch = Reports()
    return [_short(c) for one in reports for c in watch.put(Report(*one))]


def _short(change: Change) -> str:
    return f"{change.rule.id} {change.what} {change.onset_s:g}-{change.at_s:g}"


@pytest.mark.parametrize(
    ("measure", "values", "rules"),
    [
        ("temperature", [38.0], []),
        ("temperature", [38.1], ["fever raised 0-0"]),
        ("temperature", [38.5, 37.8, 37.5], ["fever raised 0-0", "fever cleared 0-120"]),
        ("spo2", [89], []),
        ("spo2", [89, 89], ["oxygen_low raised 0-60"]),
        ("spo2", [89, 93, 89], []),
        ("glucose", [3.2], ["glucose_low raised 0-0"]),
        ("glucose", [11.1], ["glucose_high raised 0-0"]),
        ("battery", [19, 7], ["battery_low raised 0-0", "battery_empty raised 60-60"]),
        ("battery", [19, 24, 25], ["battery_low raised 0-0", "battery_low cleared 0-120"]),
        ("battery", [5], ["battery_empty raised 0-0"]),
        ("clock_offset_s", [9.9], []),
        ("clock_offset_s", [-3, 12], ["clock raised 60-60"]),
        ("reduced_movement", [1], ["reduced_movement raised 0-0"]),
        ("danger_signs", [1], ["danger_sign raised 0-0"]),
        ("pulse", [200], []),
    ],
)
def test_limits_and_hysteresis(measure: str, values: list[float], rules: list[str]) -> None:
    assert told(*((60.0 * n, measure, value) for n, value in enumerate(values))) == rules


def test_a_severe_pressure_is_repeated_and_then_urgent() -> None:
    assert told((0, "pressure", 165, 100)) == ["pressure_repeat raised 0-0"]
    assert told((0, "pressure", 165, 100), (600, "pressure", 162, 95)) == [
        "pressure_repeat raised 0-0",
        "pressure_severe raised 600-600",
    ]
    assert told((0, "pressure", 165, 100), (600, "pressure", 130, 80)) == [
        "pressure_repeat raised 0-0",
        "pressure_repeat cleared 0-600",
    ]
    assert told((0, "pressure", 165, 100), (1000, "pressure", 165, 100)) == [
        "pressure_repeat raised 0-0"
    ]


def test_a_reason_has_its_figures() -> None:
    watch = Reports()
    watch.put(Report(0, "pressure", 165, 100))
    (change,) = watch.put(Report(300, "pressure", 171, 104))
    assert change.reason.text % change.reason.args == (
        "Blood pressure 171/104 mmHg: severe, and again within 15 min"
    )


def test_a_probe_that_is_off_is_told_after_its_delay() -> None:
    watch = Reports()
    assert watch.put(Report(100, "contact", 0)) == []
    assert watch.look(129) == []
    assert [_short(c) for c in watch.look(131)] == ["probe_off raised 100-130"]
    assert watch.look(500) == []
    assert [_short(c) for c in watch.put(Report(600, "contact", 2))] == [
        "probe_off cleared 100-600"
    ]
    assert told((100, "contact", 0), (110, "contact", 3), (200, "contact", 3)) == []


def test_the_same_report_twice_is_one() -> None:
    assert told((0, "spo2", 89), (0, "spo2", 89)) == []


def test_silence_clears_nothing() -> None:
    watch = Reports()
    watch.put(Report(0, "temperature", 39.0))
    assert watch.look(7200) == []


def test_a_report_that_comes_late_is_put_in_its_place() -> None:
    watch = Reports()
    assert watch.put(Report(600, "pressure", 165, 100))[0].rule.id == "pressure_repeat"
    found = watch.put(Report(0, "pressure", 170, 100))
    assert [_short(c) for c in found] == [
        "pressure_repeat raised 0-0",
        "pressure_severe raised 600-600",
    ]
    assert nan not in [c.onset_s for c in found]
