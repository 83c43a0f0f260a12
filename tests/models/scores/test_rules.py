"""What the tables of columns and rules make of a strip."""

from dataclasses import replace

import numpy as np
import pytest

from models.scores.measures import Measures
from models.sinusoidal import Sinusoidal
from tests.models.scores.part import fall, falls_with, one, part, rises, squeezes

WAVE = (Sinusoidal(0.0, 1800.0, "sinusoidal", 10.0),)


def band(name: str, measures: Measures) -> str | None:
    return one(name, measures).band


@pytest.mark.parametrize(
    ("minutes", "count", "every_s", "word"),
    [
        (20, 2, 100, "reactive"),
        (20, 1, 100, None),
        (39, 1, 100, None),
        (40, 1, 100, "non-reactive"),
        (40, 2, 1199, "reactive"),
        (40, 2, 1201, "non-reactive"),
        (19, 5, 100, None),
    ],
)
def test_acog_wants_two_in_twenty_of_forty_minutes(minutes, count, every_s, word):
    measures = part(minutes, accelerations=rises(count, minutes * 60, every_s))
    assert band("nst_acog", measures) == word


def test_a_rise_of_two_minutes_is_no_acceleration_for_acog():
    long = tuple(replace(rise, end_s=rise.start_s + 120) for rise in rises(2, 2400))
    assert band("nst_acog", part(40, accelerations=long)) == "non-reactive"


@pytest.mark.parametrize(
    ("minutes", "changes", "word"),
    [
        (30, {}, "reactive"),
        (30, {"level": 105}, "suspicious"),
        (20, {"level": 165}, "suspicious"),
        (30, {"level": 165}, "non-reactive"),
        (30, {"level": 95}, "non-reactive"),
        (35, {"swing": 4}, "reactive"),
        (45, {"swing": 4}, "suspicious"),
        (80, {"swing": 4}, "non-reactive"),
        (30, {"swing": 26}, "non-reactive"),
        (30, {"accelerations": ()}, None),
        (45, {"accelerations": ()}, "suspicious"),
        (80, {"accelerations": ()}, "non-reactive"),
        (30, {"falls": (fall(600, 45, "variable"),)}, "suspicious"),
        (30, {"falls": (fall(600, 61, "variable"),)}, "non-reactive"),
        (30, {"falls": (fall(600, 45, "late"),)}, "non-reactive"),
        (30, {"sinusoidal": WAVE}, "non-reactive"),
    ],
)
def test_the_worst_column_of_the_three_level_nst(minutes, changes, word):
    assert band("nst_three_level", part(minutes, **changes)) == word


SQUEEZES = squeezes(18, 3600)
LATE = falls_with(SQUEEZES, "late")


@pytest.mark.parametrize(
    ("changes", "figo", "nice"),
    [
        ({}, "normal", "normal"),
        ({"level": 105}, "suspicious", "suspicious"),
        ({"level": 165}, "suspicious", "pathological"),
        ({"level": 99}, "pathological", "pathological"),
        ({"swing": 4}, "pathological", "pathological"),  # for an hour
        ({"swing": 26}, "pathological", "pathological"),
        ({"sinusoidal": WAVE}, "normal", "pathological"),  # 30 min, and FIGO asks for more
        ({"falls": LATE}, "pathological", "pathological"),
        ({"falls": LATE[:10]}, "suspicious", "pathological"),  # over 28 min
        ({"falls": LATE[:9]}, "normal", "pathological"),
        ({"falls": falls_with(SQUEEZES, "variable")}, "suspicious", "normal"),
        ({"falls": falls_with(SQUEEZES, "variable", 70.0)}, "suspicious", "pathological"),
        ({"falls": falls_with(SQUEEZES[:4], "variable", 70.0)}, "normal", "suspicious"),
        ({"falls": falls_with(SQUEEZES, "early")}, "normal", "normal"),
        ({"falls": (fall(600, 179, "prolonged"),)}, "normal", "normal"),
        ({"falls": (fall(600, 180, "prolonged"),)}, "normal", "pathological"),
        ({"falls": (fall(600, 301, "prolonged"),)}, "pathological", "pathological"),
        (
            {"falls": (fall(600, 200, "prolonged", swing_bpm=4.0),)},
            "pathological",
            "pathological",
        ),
    ],
)  # fmt: skip
def test_figo_and_nice(changes, figo, nice):
    measures = part(60, **({"contractions": SQUEEZES} | changes))
    assert (band("figo_2015", measures), band("nice_ng229", measures)) == (figo, nice)


def test_two_ambers_are_pathological_for_nice():
    often = squeezes(31, 3600, 116.0)
    assert band("nice_ng229", part(60, contractions=often)) == "suspicious"
    assert band("nice_ng229", part(60, level=105, contractions=often)) == "pathological"


def test_late_decelerations_are_worse_sooner_without_variability():
    some = squeezes(8, 3600)  # 22 min
    for swing, word in ((12, "suspicious"), (4.5, "pathological")):
        swings = np.full(60, 12.0)
        swings[30:] = swing
        measures = part(60, contractions=some, falls=falls_with(some, "late"), swings_bpm=swings)
        assert band("figo_2015", measures) == word


SIX = squeezes(6, 1800)


@pytest.mark.parametrize(
    ("changes", "category"),
    [
        ({}, "I"),
        ({"falls": falls_with(SIX, "early")}, "I"),
        ({"level": 107}, "II"),
        ({"level": 108}, "I"),  # rounded to 110
        ({"level": 163}, "II"),
        ({"swing": 5}, "II"),
        ({"swing": 25.1}, "II"),
        ({"falls": falls_with(SIX, "late")}, "II"),
        ({"falls": falls_with(SIX, "late"), "swing": 1}, "III"),
        ({"falls": falls_with(SIX[:3], "late"), "swing": 1}, "III"),
        ({"falls": falls_with(SIX[:2], "late"), "swing": 1}, "II"),
        ({"falls": falls_with(SIX, "variable"), "swing": 1}, "III"),
        ({"level": 100, "swing": 1}, "III"),
        ({"level": 100, "swing": 2}, "II"),
        ({"sinusoidal": WAVE}, "III"),
        ({"sinusoidal": (Sinusoidal(0.0, 1140.0, "suspect", 10.0),)}, "I"),
        ({"falls": (fall(300, 60, "unclassified"),), "contractions": (), "swing": 1}, None),
    ],
)
def test_nichd_categories(changes, category):
    assert band("nichd", part(**({"contractions": SIX} | changes))) == category


@pytest.mark.parametrize(
    ("contractions", "falls", "word"),
    [
        (SIX, (), "negative"),
        (SIX, falls_with(SIX[:3], "late"), "positive"),
        (SIX, falls_with(SIX[:2], "late"), "suspicious"),
        (SIX, falls_with(SIX[:1], "variable", 70.0), "suspicious"),
        (SIX, falls_with(SIX[:1], "variable", 40.0), "negative"),
        (SIX, (fall(700, 457, "prolonged"),), "suspicious"),  # ended in its 20 minutes
        (squeezes(9, 1200, 110.0), falls_with(squeezes(9, 1200, 110.0)[:1], "late"),
         "suspicious, hyperstimulation"),
        (squeezes(2, 1200), (), None),
        (squeezes(2, 1200), falls_with(squeezes(2, 1200)[:1], "late"), "positive"),
        (None, (), None),
    ],
)  # fmt: skip
def test_categories_of_a_stress_test(contractions, falls, word):
    measures = part(30 if contractions is SIX else 20, contractions=contractions, falls=falls)
    assert band("cst", measures) == word


def test_only_a_long_contraction_with_a_deceleration_is_hyperstimulation():
    first, *others = SIX
    long = replace(first, end_s=first.start_s + 91)
    for hit, word in ((first, "suspicious"), (long, "suspicious, hyperstimulation")):
        measures = part(30, contractions=(hit, *others), falls=falls_with((hit,), "late"))
        assert band("cst", measures) == word
    spared = part(30, contractions=(long, *others), falls=falls_with(SIX[1:2], "late"))
    assert band("cst", spared) == "suspicious"
