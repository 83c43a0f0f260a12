"""Limits of short-term variation, and the list of criteria."""

import numpy as np
import pytest

from models.features import Episode
from models.scores.measures import Measures
from models.sinusoidal import Sinusoidal
from tests.models.scores.part import fall, one, part


def band(name: str, measures: Measures) -> str | None:
    return one(name, measures).band


def steps(low_ms: float, high_ms: float, minutes: int) -> np.ndarray:
    epochs = np.where(np.arange(16 * minutes) % 2, low_ms, high_ms)
    return np.repeat(60_000 / epochs, 15)


@pytest.mark.parametrize(
    ("weeks", "limit"),
    [(26.0, 2.6), (28.9, 2.6), (29.0, 3.0), (31.9, 3.0), (32.0, 3.5), (33.9, 3.5), (34.0, 4.5),
     (41.0, 4.5)],
)  # fmt: skip
def test_the_limit_of_short_term_variation_goes_with_gestation(weeks, limit):
    for stv_ms, word in ((limit - 0.02, "below"), (limit + 0.01, "not below")):
        measures = part(60, fhr=steps(428, 428 + stv_ms, 60), gestation_weeks=weeks)
        assert band("stv_limit", measures) == word


def test_short_term_variation_needs_gestation_and_an_hour():
    assert one("stv_limit", part(60, gestation_weeks=None)).why == "gestation is not known"
    assert one("stv_limit", part(60, gestation_weeks=25.9)).why == "no limit before 26 weeks"
    assert one("stv_limit", part(59)).why == "60 min are needed, 59 min are recorded"


HIGH = (Episode(0.0, 360.0, "high", 40.0),)


@pytest.mark.parametrize(
    ("changes", "item"),
    [
        ({"episodes": ()}, "high_episode"),
        ({"level": 115}, "basal_rate"),
        ({"level": 161}, "basal_rate"),
        ({"sinusoidal": (Sinusoidal(0.0, 600.0, "suspect", 10.0),)}, "sinusoidal"),
        ({"fhr": steps(428, 430.98, 30)}, "stv"),
        ({"falls": (fall(600, 60, "variable", lost_beats=20.6),)}, "lost_beats"),
        ({"falls": (fall(1745, 50, "variable"),)}, "end_of_strip"),
        ({"accelerations": (), "movements_s": ()}, "movement_or_three_accelerations"),
    ],
)
def test_one_criterion_that_fails_is_enough(changes, item):
    found = one("antepartum_criteria", part(30, **({"episodes": HIGH} | changes)))
    assert found.band == "not met yet"
    assert [hit.item.scale.id for hit in found.hits if hit.result == "not met"] == [item]


def test_after_an_hour_criteria_that_fail_are_not_met():
    for minutes, word in ((59, "not met yet"), (60, "not met")):
        assert band("antepartum_criteria", part(minutes, level=115)) == word


def test_the_criteria_are_never_said_to_be_met():
    found = one("antepartum_criteria", part(30, episodes=HIGH))
    assert found.band is None
    assert found.why == "high_episode_centile: not evaluated: centiles for gestation are not public"
    large = (fall(600, 60, "variable", lost_beats=99.0),)
    assert one("antepartum_criteria", part(31, episodes=HIGH, falls=large)).band is None
