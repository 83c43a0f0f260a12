"""Which recordings are routine, by labels alone."""

from pathlib import Path

import pytest

from cloud.research.routine import first_stage_s, is_held_out

HEADER = """1001 2 4 19200
1001.dat 16 100(0)/bpm 12 0 15050 20101 0 FHR
#pH           7.20
#Apgar1       2
#Apgar5       7
#Gest. weeks  37
#Pos. II.st.  14400
"""


def test_the_first_stage_of_a_baby_that_was_born_well_is_routine():
    assert first_stage_s(HEADER) == 3600.0


@pytest.mark.parametrize(
    ("label", "worse"),
    [
        ("#pH           7.20", "#pH           7.19"),
        ("#pH           7.20\n", ""),
        ("#pH           7.20", "#pH           NaN"),
        ("#Apgar5       7", "#Apgar5       6"),
        ("#Gest. weeks  37", "#Gest. weeks  36"),
        ("#Pos. II.st.  14400", "#Pos. II.st.  -1"),
        ("#Pos. II.st.  14400", "#Pos. II.st.  4799"),
    ],
)
def test_every_other_is_not(label, worse):
    assert first_stage_s(HEADER.replace(label, worse)) is None


def test_limits_are_chosen_on_even_numbers_and_told_on_odd_ones():
    assert [is_held_out(Path(name)) for name in ("1001.hea", "1002.hea")] == [True, False]
