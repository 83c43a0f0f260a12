"""Strips on which a wrong verdict would be dangerous: some of each group; `lucina evaluate`
has all."""

from itertools import islice

import numpy as np
import pytest

from models.analysis import analyse
from models.assess import assess
from models.safety import RECURRENT_SHARE, SIZES, recurrence, strips
from models.verdict import Verdict


def test_the_set_is_what_it_says():
    for strip in islice(strips("flat_late"), 20):
        assert recurrence(strip.truth, strip.trace.end_s) >= RECURRENT_SHARE
        assert strip.truth.stv_ms < 1.2 and np.isnan(strip.trace.fhr_bpm).mean() < 0.22
    few = islice(strips("flat_late"), 40)
    depths = np.array([-strip.truth.decelerations[0].amplitude for strip in few])
    assert 0.25 < (depths < 15).mean() < 0.6
    assert SIZES["flat_late"] == 200
    for strip in islice(strips("lost"), 8):
        assert np.isnan(strip.trace.fhr_bpm).mean() >= 0.6
    for strip in islice(strips("mother"), 8):
        assert strip.truth.maternal.all()
        assert np.isnan(strip.trace.mhr_bpm).all() == bool(strip.number % 2)


@pytest.mark.parametrize(
    ("group", "verdict", "band"),
    [
        ("flat_late", Verdict.PATHOLOGICAL, "III"),
        ("lost", Verdict.UNKNOWN, None),
        ("mother", Verdict.UNKNOWN, None),
    ],
)
def test_dangerous_strips_have_their_verdict(group, verdict, band):
    wrong = []
    for strip in islice(strips(group), 0, None, 13):
        analysis = analyse(strip.trace)
        given = analysis.scores["nichd"].to_json().get("band")
        if (analysis.assessment.verdict, given) != (verdict, band):
            wrong.append((strip.number, analysis.assessment.verdict, given))
    assert not wrong


def test_strips_without_danger_are_not_called_pathological():
    verdicts = [assess(strip.trace).verdict for strip in islice(strips("safe"), 0, None, 4)]
    assert Verdict.PATHOLOGICAL not in verdicts and Verdict.NORMAL in verdicts
