"""Paper in millimetres, and that the live strip draws on the same."""

import json
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from models import paper
from models.paper import Paper, curves, page_seconds, pages

STATIC = Path(__file__).parents[2] / "cloud" / "web" / "static"


@pytest.mark.parametrize("speed", [1, 2, 3])
def test_a_minute_is_so_many_centimetres(speed):
    sheet = Paper(speed, 20, 120.0, 600.0)
    assert sheet.x_mm(180.0) - sheet.x_mm(120.0) == pytest.approx(10 * speed)
    assert sheet.x_mm(120.0) == sheet.left_mm
    assert sheet.x_mm(600.0) == pytest.approx(sheet.right_mm)


@pytest.mark.parametrize(("scale", "low", "high"), [(20, 50, 210), (30, 30, 240)])
def test_a_centimetre_is_so_many_beats(scale, low, high):
    sheet = Paper(1, scale, 0.0, 60.0)
    assert sheet.axis_bpm == (low, high)
    assert sheet.rate_mm(120.0) - sheet.rate_mm(120.0 + scale) == pytest.approx(10)
    assert sheet.rate_mm(low) == pytest.approx(sheet.rate_bottom_mm)
    assert sheet.rate_mm(high) == paper.RATE_TOP_MM


def test_uterine_activity_lies_below_the_rate_and_has_25_units_a_centimetre():
    sheet = Paper(1, 20, 0.0, 60.0)
    assert sheet.toco_mm(0.0) == sheet.toco_bottom_mm
    assert sheet.toco_mm(0.0) - sheet.toco_mm(25.0) == pytest.approx(10)
    assert sheet.rate_bottom_mm < sheet.toco_mm(100.0)


def test_lines_of_the_grid():
    sheet = Paper(1, 20, 50.0, 130.0)
    assert sheet.second_lines() == [(60, True), (80, False), (100, False), (120, True)]
    lines = sheet.rate_lines()
    assert (lines[0], lines[1], lines[-1]) == ((50, False), (60, True), (210, False))
    assert sheet.toco_lines()[:3] == [(0, True), (10, False), (20, True)]


def test_times_do_not_touch():
    for speed in paper.SPEEDS_CM_PER_MIN:
        sheet = Paper(speed, 20, 70.0, 1800.0)
        places = sheet.x_mm(60.0 * np.array(sheet.labelled_minutes()))
        assert places[0] >= sheet.left_mm
        assert np.diff(places).min() >= paper.MINUTES_MM


def test_a_sheet_is_a4_or_as_long_as_the_strip():
    assert Paper(1, 20, 0.0, 60.0).width_mm == 297
    assert Paper(1, 20, 0.0, page_seconds(1)).width_mm == 297
    assert Paper(3, 20, 0.0, 3600.0).width_mm > 1800
    assert Paper(1, 30, 0.0, 60.0).toco_bottom_mm < Paper(1, 20, 0.0, 60.0).toco_bottom_mm < 210


def test_numbers_stand_again_only_inside_long_strips():
    assert Paper(3, 20, 3120.0, 3120.0 + page_seconds(3)).numbers_mm() == []
    long = Paper(1, 20, 0.0, 3600.0)
    assert long.numbers_mm() == [long.x_mm(900.0), long.x_mm(1800.0), long.x_mm(2700.0)]


@pytest.mark.parametrize(("speed", "minutes"), [(1, 26), (2, 13), (3, 8)])
def test_pages_lie_side_by_side(speed, minutes):
    assert page_seconds(speed) == 60 * minutes
    found = pages(30.0, 4000.5, page_seconds(speed))
    assert (found[0][0], found[-1][1]) == (30.0, 4000.5)
    assert all(one[1] == after[0] for one, after in pairwise(found))
    assert all(0 < to_s - from_s <= 60 * minutes for from_s, to_s in found)


def test_a_whole_page_has_no_empty_one_behind_it():
    assert pages(0.0, 1560.0, 1560.0) == [(0.0, 1560.0)]


def test_curves_end_at_gaps_jumps_and_the_edge_of_the_axis():
    nan = np.nan
    bpm = np.array([140, 141, nan, 142, 143, 173, 174, 143.5, 260, 140, 45, nan])
    assert curves(bpm, 50, 210) == [[0, 2], [3, 7], [7, 8], [9, 10]]
    assert curves(np.array([140.0, 170.0]), 50, 210) == [[0, 2]]  # a jump of 30 is still joined
    assert curves(np.array([140.0, 170.5]), 50, 210) == [[0, 1], [1, 2]]
    assert curves(np.array([140.0, nan, 140.0]), 50, 210) == [[0, 1], [2, 3]]
    assert curves(np.array([49.0, 50.0, 210.0, 211.0]), 50, 210, np.inf) == [[1, 3]]
    assert curves(np.array([nan, nan]), 50, 210) == []


def js(file: str, name: str) -> object:
    """The value of a constant of a script."""
    found = re.search(rf"const {name} = ([^;]+);", (STATIC / file).read_text())
    assert found, name
    return json.loads(re.sub(r"(\w+):", r'"\1":', found[1]))


def test_the_live_strip_has_the_same_paper():
    assert js("paper.js", "NORMAL") == list(paper.NORMAL_BPM)
    lines_s = js("paper.js", "LINES_S")
    assert isinstance(lines_s, list)
    assert lines_s[0] == [paper.SQUARE_S, paper.BOLD_S]
    assert js("strip.js", "AXES") == {
        "narrow": list(paper.AXES_BPM[20]),
        "wide": list(paper.AXES_BPM[30]),
    }
    assert js("strip.js", "JUMP_BPM") == paper.JUMP_BPM
    assert js("strip.js", "GAP_S") == paper.GAP_S
    script = (STATIC / "paper.js").read_text()
    assert "bpm += 10) this.#across(this.rateY(bpm), bpm % 20)" in script
    assert (paper.SQUARE_BPM, paper.BOLD_BPM) == (10, 20)
