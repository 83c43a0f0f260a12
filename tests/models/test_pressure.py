import pytest

from models.pressure import Pressure, Reading, pressure

MINUTE, HOUR = 60.0, 3600.0


def readings(*values: tuple[float, int, int]) -> tuple[Reading, ...]:
    return tuple(Reading(*value) for value in values)


@pytest.mark.parametrize(
    ("values", "level"),
    [
        ((), "none"),
        (((0, 139, 89),), "normal"),
        (((0, 140, 89),), "raised"),
        (((0, 139, 90),), "raised"),
        (((0, 159, 109),), "raised"),
        (((0, 160, 89),), "severe once"),
        (((0, 139, 110),), "severe once"),
        (((0, 160, 100), (15 * MINUTE, 130, 110)), "severe"),
        (((0, 160, 100), (15 * MINUTE + 1, 160, 100)), "severe once"),
        (((0, 160, 100), (10 * MINUTE, 159, 109)), "raised"),
        (((0, 140, 80), (4 * HOUR, 120, 90)), "hypertension"),
        (((0, 140, 80), (4 * HOUR - 1, 120, 90)), "raised"),
        (((0, 140, 80), (2 * HOUR, 120, 80), (4 * HOUR, 141, 80)), "hypertension"),
        (((0, 140, 80), (5 * HOUR, 120, 80)), "normal"),
        (((0, 140, 80), (5 * HOUR, 142, 80), (6 * HOUR, 118, 70)), "hypertension"),
    ],
)
def test_levels_and_the_rule_of_repeating(values, level):
    assert pressure(readings(*values)).level == level


def test_what_comes_next_and_until_when():
    severe = pressure(readings((100, 165, 95)))
    assert (severe.do, severe.due_s) == ("repeat within 15 min", 100 + 15 * MINUTE)
    raised = pressure(readings((100, 145, 80), (200, 145, 80)))
    assert (raised.do, raised.due_s) == ("repeat after 4 h", 100 + 4 * HOUR)
    again = pressure(readings((0, 165, 95), (60, 165, 95)))
    assert again == Pressure("severe", "treat within 30 to 60 min")


@pytest.mark.parametrize(
    ("systolic", "diastolic", "level"), [(134, 84, "normal"), (135, 84, "home"), (134, 85, "home")]
)
def test_at_home_the_level_is_lower(systolic, diastolic, level):
    one = readings((0, systolic, diastolic))
    assert pressure(one, home=True).level == level
    assert pressure(one).level == "normal"


def test_symptoms_are_red_flags_beside_a_raised_pressure():
    assert pressure(readings((0, 140, 80)), ("headache", "hunger")).red_flags == ("headache",)
    assert pressure(readings((0, 139, 89)), ("headache",)).red_flags == ()
