import numpy as np
import pytest

from models.contractions import Contraction
from models.decelerations import MOST, typed
from models.events import Deceleration

SQUEEZE = Contraction(600.0, 690.0, 640.0, 40.0)


def only(start_s: float, nadir_s: float, end_s: float, *squeezes: Contraction, depth: float = 30):
    (dec,) = typed((Deceleration(start_s, end_s, nadir_s, depth, 140 - depth),), squeezes)
    return dec


@pytest.mark.parametrize(
    ("times", "squeezes", "kind"),
    [
        ((600, 620, 720), (SQUEEZE,), "prolonged"),
        ((600, 620, 719.75), (SQUEEZE,), "variable"),
        ((640, 669.75, 710), (SQUEEZE,), "variable"),
        ((640, 670, 710), (SQUEEZE,), "late"),
        ((620.25, 655, 700), (SQUEEZE,), "late"),
        ((620, 656, 700), (SQUEEZE,), "unclassified"),  # onset not over 20 s behind
        ((640, 675, 704.75), (SQUEEZE,), "unclassified"),  # returns in less than 30 s
        ((625, 640, 690), (SQUEEZE,), "variable"),
        ((605, 655, 690), (SQUEEZE,), "early"),
        ((605, 655.25, 690), (SQUEEZE,), "unclassified"),  # nadir over 15 s from the peak
        ((605, 655, 690), (), "unclassified"),
        ((605, 625, 690), (), "variable"),
    ],
)
def test_a_kind_ends_at_its_limits(times, squeezes, kind):
    assert only(*times, *squeezes).kind == kind


def test_an_early_deceleration_is_shallow():
    assert only(605, 655, 690, SQUEEZE, depth=39.9).kind == "early"
    assert only(605, 655, 690, SQUEEZE, depth=40).kind == "unclassified"


def test_a_kind_is_sure_far_from_its_limits_only():
    falls = [only(640, 640 + fall_s, 800 - 90, SQUEEZE) for fall_s in (5, 15, 25, 29)]
    shares = [dec.kind_probability for dec in falls]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0.7 and 0.4 < shares[-1] < 0.7


def test_no_kind_is_certain():
    for dec in (only(600, 700, 1100), only(600, 601, 640), only(640, 690, 760, SQUEEZE)):
        assert 0 < dec.kind_probability <= MOST < 1


def test_the_contraction_itself_is_not_certain():
    late = only(660, 710, 760, SQUEEZE)
    abrupt = only(660, 665, 730, SQUEEZE)
    assert late.kind == "late"
    assert late.kind_probability < abrupt.kind_probability == MOST


def test_a_probability_does_not_depend_on_the_others_or_on_when():
    moved = Contraction(10_600.0, 10_690.0, 10_640.0, 40.0)
    later = only(10_640, 10_690, 10_750, moved)
    falls = tuple(Deceleration(s, s + 60, s + 20, 30.0, 110.0) for s in (100.0, 640.0, 900.0))
    one, all_three = typed(falls[1:2], (SQUEEZE,)), typed(falls, (SQUEEZE,))
    assert one[0] == all_three[1]
    assert later.kind_probability == only(640, 690, 750, SQUEEZE).kind_probability


def test_without_decelerations_there_is_nothing_to_type():
    assert typed((), (SQUEEZE,)) == ()
    assert np.isnan(Deceleration(0.0, 60.0, 20.0, 30.0, 110.0).kind_probability)
