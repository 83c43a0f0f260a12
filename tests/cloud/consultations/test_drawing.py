"""The small picture of a strip: gaps stay open, and it lies where the paper says."""

import numpy as np

from cloud.consultations.drawing import picture
from models.trace import FS_HZ, Trace


def flat(seconds: int, bpm: float) -> Trace:
    trace = Trace.empty(seconds, 60.0)
    trace.fhr_bpm[:] = bpm
    return trace


def test_a_gap_is_open_and_a_jump_is_no_line() -> None:
    trace = flat(120, 140)
    assert picture(trace, 60, 180).curves["fhr"].count("M") == 1
    trace.fhr_bpm[40 * FS_HZ : 50 * FS_HZ] = np.nan
    trace.fhr_bpm[80 * FS_HZ :] = 90
    drawn = picture(trace, 60, 180)
    assert drawn.curves.keys() == {"fhr"}  # nothing else was measured
    parts = drawn.curves["fhr"].split("M")[1:]
    assert [len(part.split()) for part in parts] == [40, 30, 40]


def test_it_begins_where_the_part_begins() -> None:
    trace = flat(60, 140)
    first = picture(trace, 60, 120).curves["fhr"].split()[0]
    left, *_ = (float(value) for value in picture(trace, 60, 120).box.split())
    x, y = (float(value) for value in first.removeprefix("M").split(","))
    assert x == left + 1.0
    assert y == round(51.0 + (240 - 140) * 10 / 30, 2)


def test_axis_and_minutes_have_numbers_on_their_lines() -> None:
    drawn = picture(flat(1200, 140), 60, 1260)
    found = {words: (x, y) for x, y, words in drawn.numbers}
    assert found["120"][1] == 51.0 + (240 - 120) * 10 / 30 - 0.5
    assert [words for words in found if ":" in words] == [
        f"0:{minute:02}" for minute in (5, 10, 15)
    ]


def test_nothing_measured_is_an_empty_paper() -> None:
    drawn = picture(flat(60, np.nan), 60, 120)
    assert drawn.curves == {}
    assert drawn.thin and drawn.bold
