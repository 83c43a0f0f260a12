"""A stored recording beside what its sound was made from."""

from pathlib import Path

import numpy as np
import pytest

from cloud.research.plot_beside import WINDOW, beside, compare, draw, trailing_mean
from cloud.store.db import open_engine
from tests.cloud.stores import bring_up_to_date


def test_the_reference_is_the_mean_of_the_last_three_seconds() -> None:
    rate = np.full(40, 120, np.float32)
    rate[20:] = 132
    rate[35] = np.nan
    mean = trailing_mean(rate)
    assert np.isnan(mean[: WINDOW - 1]).all() and np.isnan(mean[35:]).all()
    assert mean[[WINDOW - 1, 19, 25, 31]].tolist() == [120, 120, 126, 132]
    assert np.isnan(trailing_mean(rate[: WINDOW - 1])).all()


def test_what_is_near_and_what_is_half() -> None:
    true = np.array([140, 140, 140, 140, 140, np.nan], np.float32)
    told = np.array([141, 150, 70, 280, np.nan, 140], np.float32)
    found = compare(told, true)
    assert (found.known, found.told, found.near_share, found.near_bpm) == (5, 4, 2, 1)
    assert (found.half_or_double, found.middle_bpm) == (2, 40)
    nothing = compare(np.full(6, np.nan, np.float32), true)
    assert nothing.told == 0 and nothing.lines()[0] == (
        "told: 0 of 5 (0.00%) samples that have a reference"
    )


def test_a_picture_of_more_than_half_an_hour(tmp_path: Path) -> None:
    rate = np.full(4 * 2000, 140, np.float32)
    draw(rate + 1, rate, tmp_path / "b.png")
    assert (tmp_path / "b.png").read_bytes()[:4] == b"\x89PNG"


def test_a_recording_that_is_not_there(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'l.sqlite'}")
    bring_up_to_date(engine)
    with pytest.raises(ValueError, match="recording 7: there is none"):
        beside(engine, 7, "synthetic:normal:1:1", tmp_path / "b.png", print)
    engine.dispose()
