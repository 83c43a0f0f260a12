"""A strip on one sheet, from the paper up: hatches, areas of events, curves, brackets, words."""

from collections.abc import Sequence
from math import ceil, floor

import numpy as np

from cloud.drawing.labels import placed, text_mm
from cloud.drawing.look import (
    AREAS,
    CURVES,
    FAINT,
    HATCHES,
    INK,
    LOOK,
    draw_grid,
    draw_numbers,
)
from cloud.drawing.marks import Bracket, Marks, Press, Strip
from cloud.drawing.pen import SIGN_MM, Box, Pen
from models.completeness import runs
from models.features import Floats, Timed
from models.paper import JUMP_BPM, RATE_TOP_MM, TOCO, Paper, curves
from models.trace import FS_HZ

LABEL_PT = 6.0
ROW_MM = 2.8
BRACKET_MM, TICK_MM = 1.4, 0.8
REASON_MM = 1.6
PRESS_MM = 2.6  # below the rate, between the bars of reasons and the brackets
LABEL_ROWS, CAUSE_ROWS = 3, 2
DOT_MM = 0.2  # a sample that stands alone
UNKNOWN_BASE_S = 60.0  # without a usable rate for so long the baseline is not drawn


def draw_strip(pen: Pen, paper: Paper, strip: Strip) -> None:
    draw_grid(pen, paper)
    draw_numbers(pen, paper, strip)
    _draw_hatches(pen, paper, strip.marks)
    if strip.marked:
        _draw_areas(pen, paper, strip)
    _draw_curves(pen, paper, strip)
    _draw_all_brackets(pen, paper, strip.marks)
    _draw_presses(pen, paper, strip.presses)


def _ends_mm(paper: Paper, one: Timed) -> tuple[float, float]:
    """Where it begins and ends on this sheet; nothing of it when they are in the wrong order."""
    left, right = float(paper.x_mm(one.start_s)), float(paper.x_mm(one.end_s))
    return max(left, paper.left_mm), min(right, paper.right_mm)


def _draw_hatches(pen: Pen, paper: Paper, marks: Marks) -> None:
    boxes: dict[str, list[Box]] = {cause: [] for cause in HATCHES}
    rate, toco = (RATE_TOP_MM, paper.rate_bottom_mm), (paper.toco_top_mm, paper.toco_bottom_mm)
    for hatches, (top, bottom) in ((marks.hatches, rate), (marks.toco_gaps, toco)):
        for hatch in hatches:
            left, right = _ends_mm(paper, hatch)
            if left < right:
                boxes[hatch.cause].append((left, top, right, bottom))
    for cause, (colour, pattern) in HATCHES.items():
        if boxes[cause]:
            pen.boxes(boxes[cause], colour, pattern)
    middle_mm = (RATE_TOP_MM + paper.rate_bottom_mm) / 2
    for hatch in marks.hatches:
        left, right = _ends_mm(paper, hatch)
        for words in hatch.words:
            if text_mm(words, LABEL_PT) + 3 < right - left:
                x_mm = (left + right) / 2
                pen.text(words, x_mm, middle_mm, LABEL_PT, INK, "center", paper=LOOK["paper"])
                break


def _draw_areas(pen: Pen, paper: Paper, strip: Strip) -> None:
    """Between the baseline and the rate of each event, and under each contraction."""
    for squeeze in strip.marks.toco:
        left, right = _ends_mm(paper, squeeze)
        if left < right:
            box = (left, paper.toco_top_mm, right, paper.toco_bottom_mm)
            pen.boxes([box], AREAS["contraction"])
    shown, times_s = _shown(paper, strip)
    low, high = paper.axis_bpm
    rate = paper.rate_mm(np.clip(strip.marks.used_bpm[shown], low, high))
    base = paper.rate_mm(strip.baseline[shown])
    for event in (*strip.marks.above, *strip.marks.below):
        inside = (times_s >= event.start_s) & (times_s <= event.end_s)
        if event.kind in AREAS and not event.faint and inside.any():
            x_mm = paper.x_mm(times_s[inside])
            pen.between(x_mm, rate[inside], base[inside], AREAS[event.kind])


def _shown(paper: Paper, strip: Strip) -> tuple[slice, Floats]:
    """The samples on this sheet, and their recorded seconds."""
    start_s, count = strip.trace.start_s, len(strip.trace.fhr_bpm)
    first = max(ceil((paper.from_s - start_s) * FS_HZ), 0)
    stop = min(floor((paper.to_s - start_s) * FS_HZ) + 1, count)
    return slice(first, stop), start_s + np.arange(first, stop) / FS_HZ


def _draw_curves(pen: Pen, paper: Paper, strip: Strip) -> None:
    shown, times_s = _shown(paper, strip)
    x_mm = paper.x_mm(times_s)
    trace, used = strip.trace, strip.marks.used_bpm[shown]
    raw = trace.fhr_bpm[shown].astype(float)
    if strip.marked:
        base = _known_baseline(strip)[shown]
        pen.curve(x_mm, paper.rate_mm(base), CURVES["baseline"], "baseline")
    rates = {
        "mhr": trace.mhr_bpm[shown].astype(float),
        "fhr2": trace.fhr2_bpm[shown].astype(float),
        "unused": np.where(np.isnan(used), raw, np.nan),
        "fhr": used,
    }
    for name, bpm in rates.items():
        at, values = lifted(x_mm, bpm, *paper.axis_bpm, JUMP_BPM)
        pen.curve(at, paper.rate_mm(values), CURVES[name], name)
        low, high = (float(paper.rate_mm(edge)) for edge in paper.axis_bpm)
        _draw_outside(pen, x_mm, bpm, paper.axis_bpm, (low, high))
    toco = trace.toco[shown].astype(float)
    at, values = lifted(x_mm, toco, *TOCO, np.inf)
    pen.curve(at, paper.toco_mm(values), CURVES["toco"], "toco")
    _draw_outside(pen, x_mm, toco, TOCO, (paper.toco_bottom_mm, paper.toco_top_mm))


def lifted(
    x_mm: Floats, values: Floats, low: float, high: float, jump: float
) -> tuple[Floats, Floats]:
    """The points of one path with NaN where the pen is lifted; a lone sample becomes a dot."""
    at: list[Floats] = [np.empty(0)]
    drawn: list[Floats] = [np.empty(0)]
    for first, stop in curves(values, low, high, jump):
        if stop - first == 1:
            at.append(x_mm[first] + np.array([-DOT_MM / 2, DOT_MM / 2, np.nan]))
            drawn.append(np.array([values[first], values[first], np.nan]))
        else:
            at.append(np.append(x_mm[first:stop], np.nan))
            drawn.append(np.append(values[first:stop], np.nan))
    return np.concatenate(at), np.concatenate(drawn)


def _draw_outside(
    pen: Pen,
    x_mm: Floats,
    values: Floats,
    axis: tuple[int, int],
    edges_mm: tuple[float, float],
) -> None:
    """An arrow inside the (low, high) edge of the axis where the value lies beyond."""
    with np.errstate(invalid="ignore"):
        beyond = {"v": values < axis[0], "^": values > axis[1]}
    for (sign, there), edge_mm, inwards in zip(beyond.items(), edges_mm, (-1, 1), strict=True):
        at = x_mm[there]
        pen.points(at, np.full(len(at), edge_mm + inwards * SIGN_MM / 2), LOOK["outside"], sign)


def _known_baseline(strip: Strip) -> Floats:
    """Without the stretches that were only bridged."""
    base = strip.baseline.copy()
    for first, stop in runs(np.isnan(strip.marks.used_bpm)).tolist():
        if stop - first >= UNKNOWN_BASE_S * FS_HZ:
            base[first:stop] = np.nan
    return base


def _draw_all_brackets(pen: Pen, paper: Paper, marks: Marks) -> None:
    top, bottom = RATE_TOP_MM, paper.rate_bottom_mm
    _draw_brackets(pen, paper, marks.above, top - BRACKET_MM, -ROW_MM)
    _draw_brackets(pen, paper, marks.below, bottom + REASON_MM + 2 * BRACKET_MM, ROW_MM)
    _draw_labels(pen, paper, marks.causes, bottom - ROW_MM, -ROW_MM, CAUSE_ROWS)
    bars = []
    for reason in marks.reasons:
        left, right = _ends_mm(paper, reason)
        if left < right:
            bars.append((left, bottom + BRACKET_MM / 2, right, bottom + REASON_MM))
    pen.boxes(bars, LOOK["mark"])


def _draw_presses(pen: Pen, paper: Paper, presses: Sequence[Press]) -> None:
    """As on the live strip: movements below the rate, contractions at the foot of the activity."""
    for kind, y_mm in (
        ("movement", paper.rate_bottom_mm + PRESS_MM),
        ("contraction", paper.toco_bottom_mm - SIGN_MM / 2),
    ):
        here = [p.at_s for p in presses if p.kind == kind and paper.from_s <= p.at_s <= paper.to_s]
        pen.points(paper.x_mm(np.array(here)), np.full(len(here), y_mm), LOOK["press"], "^")


def _draw_brackets(
    pen: Pen, paper: Paper, brackets: list[Bracket], y_mm: float, step_mm: float
) -> None:
    """A level line with ends that point at the strip; its words beyond it."""
    lines: dict[bool, list[Box]] = {False: [], True: []}
    tick_mm = np.copysign(TICK_MM, -step_mm)
    for one in brackets:
        left, right = _ends_mm(paper, one)
        if left < right:
            lines[one.faint].append((left, y_mm, right, y_mm))
            ends = [x for x in (left, right) if paper.left_mm < x < paper.right_mm]
            lines[one.faint] += [(x, y_mm, x, y_mm + tick_mm) for x in ends]
    pen.lines(lines[False], INK, 0.8)
    pen.lines(lines[True], FAINT, 0.5)
    _draw_labels(pen, paper, brackets, y_mm + 0.8 * step_mm, step_mm, LABEL_ROWS)


def _draw_labels(
    pen: Pen, paper: Paper, brackets: list[Bracket], y_mm: float, step_mm: float, rows: int
) -> None:
    wanted = []
    for one in brackets:
        left, right = _ends_mm(paper, one)
        if left < right:
            wanted.append(((left + right) / 2, one))
    for label in placed(wanted, rows, LABEL_PT, (paper.left_mm, paper.right_mm)):
        colour = FAINT if label.faint else INK
        y = y_mm + label.row * step_mm
        pen.text(label.words, label.x_mm, y, LABEL_PT, colour, "center", paper="white")
