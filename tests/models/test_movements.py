from math import isnan

import pytest

from models.movements import USUAL_FROM, Count, compare

DAY_S = 86400.0


def days(*numbers: int, minutes: float = 60) -> list[Count]:
    return [Count(day * DAY_S, number, minutes) for day, number in enumerate(numbers)]


@pytest.mark.parametrize(
    ("number", "change"), [(4, "fewer"), (5, "as usual"), (20, "as usual"), (21, "more")]
)
def test_against_her_own_usual(number, change):
    found = compare(days(10, 12, 8, 10, 11), Count(5 * DAY_S, number, 60))
    assert (found.change, found.usual_per_hour, found.counts) == (change, 10, 5)


def test_a_usual_of_four_is_enough_for_her_who_counts_four():
    assert compare(days(4, 4, 4, 4, 4), Count(5 * DAY_S, 4, 60)).change == "as usual"
    assert compare(days(30, 30, 30, 30, 30), Count(5 * DAY_S, 12, 60)).change == "fewer"


def test_half_an_hour_counts_by_its_rate():
    found = compare(days(10, 10, 10, 10, 10), Count(5 * DAY_S, 5, 30))
    assert (found.change, found.per_hour) == ("as usual", 10)


def test_before_her_usual_is_known_only_none_at_all_is_a_change():
    few = days(*[10] * (USUAL_FROM - 1))
    found = compare(few, Count(5 * DAY_S, 3, 60))
    assert found.change == "unknown"
    assert isnan(found.usual_per_hour)
    assert compare([], Count(0, 0, 60)).change == "fewer"


def test_old_counts_and_later_ones_are_not_her_usual():
    now = Count(30 * DAY_S, 3, 60)
    assert compare(days(10, 10, 10, 10, 10), now).change == "unknown"
    later = [Count((31 + n) * DAY_S, 10, 60) for n in range(5)]
    assert compare(later, now).counts == 0
