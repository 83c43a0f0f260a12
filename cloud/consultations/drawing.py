"""A part of a strip as a small picture: SVG paths on the paper of models.paper.

Pure. One value a second is drawn, enough to know the place again; the link beside it opens the
strip itself. Gaps and jumps stay open, as everywhere.
"""

from dataclasses import dataclass

import numpy as np

from models.paper import RATE_TOP_MM, SPEEDS_CM_PER_MIN, TOCO, Paper, Values, curves
from models.trace import FS_HZ, Trace

LONGEST_S = 1200.0  # more is a link only
SCALE_BPM_PER_CM = 30
SHORT_S = 300.0  # is drawn at the fastest paper speed
SHOWN = 0.6  # of the size on paper
TOCO_JUMP = 1000.0  # uterine activity is one curve however steep
EDGE_MM = 1.0
NUMBER_MM = 5.5  # from the lines down to the foot of the minutes
WORDS_MM = 15.0  # a time of the axis, at most


@dataclass(frozen=True)
class Picture:
    """viewBox and paths in millimetres of paper, the size on the screen; no value, no curve."""

    box: str
    width_mm: float
    height_mm: float
    thin: str  # lines of the paper
    bold: str
    curves: dict[str, str]  # fhr, fhr2, mhr, toco
    numbers: list[tuple[float, float, str]]  # x, y, bpm or minutes since the start


def picture(trace: Trace, from_s: float, to_s: float) -> Picture:
    speed = SPEEDS_CM_PER_MIN[-1 if to_s - from_s <= SHORT_S else 0]
    paper = Paper(speed, SCALE_BPM_PER_CM, from_s, to_s)
    width = paper.right_mm - paper.left_mm + 2 * EDGE_MM
    height = paper.toco_bottom_mm - RATE_TOP_MM + 2 * EDGE_MM
    box = (paper.left_mm - EDGE_MM, RATE_TOP_MM - EDGE_MM, width, height)
    seconds = trace.start_s + np.arange(len(trace.fhr_bpm))[::FS_HZ] / FS_HZ
    x = paper.x_mm(seconds)
    rates = {"fhr": trace.fhr_bpm, "fhr2": trace.fhr2_bpm, "mhr": trace.mhr_bpm}
    found = {}
    for name, values in rates.items():
        bpm = values[::FS_HZ].astype(float)
        found[name] = _curve(x, paper.rate_mm(bpm), curves(bpm, *paper.axis_bpm))
    toco = trace.toco[::FS_HZ].astype(float)
    found["toco"] = _curve(x, paper.toco_mm(toco), curves(toco, *TOCO, TOCO_JUMP))
    return Picture(
        " ".join(f"{value:g}" for value in box),
        round(width * SHOWN, 1),
        round(height * SHOWN, 1),
        _lines(paper, bold=False),
        _lines(paper, bold=True),
        {name: path for name, path in found.items() if path},
        _numbers(paper),
    )


def _numbers(paper: Paper) -> list[tuple[float, float, str]]:
    """Of the rate's axis just above its lines, of the time below them."""
    left, below = paper.left_mm + 0.5, paper.rate_bottom_mm + NUMBER_MM
    every_s = 60 if paper.to_s - paper.from_s <= SHORT_S else 300
    rates = [bpm for bpm, _ in paper.rate_lines() if bpm % SCALE_BPM_PER_CM == 0]
    times = [s for s, _ in paper.second_lines() if s % every_s == 0]
    times = [s for s in times if paper.x_mm(s) + WORDS_MM <= paper.right_mm]
    return [
        *((left, float(paper.rate_mm(bpm)) - 0.5, str(bpm)) for bpm in rates[1:-1]),
        *((float(paper.x_mm(s)), below, f"{s // 3600}:{s // 60 % 60:02}") for s in times),
    ]


def _curve(x: Values, y: Values, parts: list[list[int]]) -> str:
    """One second alone is a dot of no length: round line ends show it."""
    drawn = []
    for first, stop in parts:
        points = [f"{a:.2f},{b:.2f}" for a, b in zip(x[first:stop], y[first:stop], strict=True)]
        drawn.append("M" + " ".join(points + points[:1] * (len(points) == 1)))
    return "".join(drawn)


def _lines(paper: Paper, bold: bool) -> str:
    left, right = paper.left_mm, paper.right_mm
    rows = [float(paper.rate_mm(bpm)) for bpm, is_bold in paper.rate_lines() if is_bold == bold]
    rows += [float(paper.toco_mm(n)) for n, is_bold in paper.toco_lines() if is_bold == bold]
    level = "".join(f"M{left:g},{y:.2f}H{right:.2f}" for y in rows)
    spans = (RATE_TOP_MM, paper.rate_bottom_mm), (paper.toco_top_mm, paper.toco_bottom_mm)
    places = [float(paper.x_mm(s)) for s, is_bold in paper.second_lines() if is_bold == bold]
    upright = (f"M{x:.2f},{top:g}V{bottom:g}" for x in places for top, bottom in spans)
    return level + "".join(upright)
