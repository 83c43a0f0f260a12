import pytest

from models.pregnancy_risk import (
    CHOSEN,
    COLOURS,
    CRITERIA,
    STEPS,
    bmi_of,
    due_again_days,
    pregnancy_risk,
)
from models.scores.scale import limits


@pytest.mark.parametrize(
    ("age", "bmi", "chosen", "colour", "purple"),
    [
        (28, 22.0, (), "green", False),
        (18, 22.0, (), "yellow", False),
        (19, 22.0, (), "green", False),
        (34, 22.0, (), "green", False),
        (35, 22.0, (), "yellow", False),
        (40, 22.0, (), "orange", False),
        (28, 18.4, (), "yellow", False),
        (28, 25.0, (), "green", False),
        (28, 25.1, (), "yellow", False),
        (28, 28.0, (), "orange", False),
        (28, 22.0, ("twins", "heart"), "orange", False),
        (36, 22.0, ("threat",), "red", False),
        (28, 22.0, ("hepatitis",), "green", True),
        (28, 22.0, ("pre_eclampsia", "syphilis"), "orange", True),
    ],
)
def test_the_highest_colour_wins_and_purple_stands_beside(age, bmi, chosen, colour, purple):
    found = pregnancy_risk(age, bmi, chosen)
    assert (found.colour, found.purple, found.missing) == (colour, purple, ())
    assert set(chosen) <= {one.id for one in found.met}


def test_what_nobody_has_given_is_named_and_unknown_criteria_are_refused():
    assert pregnancy_risk(None, None, ("twins",)).missing == ("age", "bmi")
    for wrong in ("bad luck", "age_40"):  # one that is computed cannot be chosen
        with pytest.raises(ValueError, match=f"no criterion is called {wrong}"):
            pregnancy_risk(30, 22.0, (wrong,))


def test_every_row_has_a_colour_a_source_and_a_way_to_be_met():
    assert len({one.id for one in CRITERIA}) == len(CRITERIA)
    for one in CRITERIA:
        assert one.colour in (*COLOURS[1:], "purple")
        assert one.source
        assert (one in CHOSEN) == (not one.measure)
        if one.measure:
            low, high = limits(one.span, STEPS[one.measure])
            assert low <= high


def test_bmi_and_the_day_of_the_next_assessment():
    assert bmi_of(160, 64) == pytest.approx(25.0)
    assert bmi_of(None, 64) is None
    assert [due_again_days(weeks) for weeks in (12, 27, 28, 35, 36, 43, None)] == [
        28, 28, 14, 14, 7, 7, 7,
    ]  # fmt: skip
