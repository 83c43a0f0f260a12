from datetime import date

from models.adherence import Plan, is_poor, streak, weeks

MONDAY = date(2026, 11, 2).toordinal()
PLAN = Plan(MONDAY, 4, 20)


def on(*numbers: int) -> list[int]:
    """Days after the first Monday."""
    return [MONDAY + number for number in numbers]


def test_done_of_planned_in_each_week_and_the_days_that_were_missed():
    first, second = weeks([PLAN], on(0, 2, 4, 5, 5, 7), [], today=MONDAY + 9)
    assert (first.done, first.planned, first.missed) == (4, 4, ())
    assert (second.done, second.planned, second.missed) == (1, 4, ())  # there is time left
    (late,) = weeks([PLAN], on(0, 1), [], today=MONDAY + 6)
    assert late.missed == tuple(on(5))  # three days may be left out: 2, 3, 4


def test_a_plan_that_begins_in_the_middle_asks_for_no_more_than_the_days_left():
    (week,) = weeks([Plan(MONDAY + 5, 4, 20)], on(1, 5, 6), [], on(6)[0])
    assert (week.done, week.planned) == (2, 2)


def test_of_the_week_in_which_a_plan_begins_only_its_share_is_asked_for():
    (week,) = weeks([Plan(MONDAY + 4, 3, 20)], [], [], on(6)[0])  # Friday to Sunday, three a week
    assert (week.planned, week.missed) == (2, tuple(on(5)))
    for day in range(7):
        (week,) = weeks([Plan(MONDAY + day, 3, 20)], [], [], on(day)[0])
        assert 1 <= week.planned <= min(3, 7 - day)
        assert week.missed == ()  # today is not over, and nothing counts before the plan


def test_a_new_plan_holds_from_its_week_on():
    new = Plan(MONDAY + 7, 2, 30)
    assert [week.planned for week in weeks([PLAN, new], [], [], on(15)[0])] == [4, 2, 2]


def test_an_excused_day_keeps_the_row_and_is_not_done():
    found = weeks([PLAN], on(0, 2, 4), on(5), today=on(7)[0])
    assert (found[0].done, found[0].excused, found[0].held) == (3, 1, True)
    assert streak(found) == 1


def test_weeks_in_a_row():
    kept = on(0, 1, 2, 3, 7, 8, 9, 10)
    assert streak(weeks([PLAN], kept, [], today=on(15)[0])) == 2
    assert streak(weeks([PLAN], [*kept, *on(14, 15, 16, 17)], [], today=on(18)[0])) == 3
    assert streak(weeks([PLAN], kept, [], today=on(22)[0])) == 0
    assert streak([]) == 0


def test_poor_is_less_than_half_of_two_full_weeks():
    assert not is_poor(weeks([PLAN], [], [], today=on(7)[0]))  # one week says little
    assert is_poor(weeks([PLAN], on(0, 1, 7), [], today=on(14)[0]))
    assert not is_poor(weeks([PLAN], on(0, 1, 7, 8), [], today=on(14)[0]))
    assert not is_poor(weeks([PLAN], on(0), on(1, 8, 9), today=on(14)[0]))
    assert weeks([], on(1), [], MONDAY) == []
