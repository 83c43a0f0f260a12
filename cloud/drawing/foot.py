"""The words below a strip: what the marks mean, who reads, and a bar to check a print with."""

import numpy as np

from cloud.drawing.labels import text_mm
from cloud.drawing.look import AREAS, CURVES, HATCHES, INK, LOOK
from cloud.drawing.marks import Strip
from cloud.drawing.pen import Pen, Style
from cloud.research.said import say
from models.paper import MARGIN_MM, SHEET_MM

LEGEND_MM, LEGEND_STEP_MM, LAST_MM = 195.6, 3.6, 203.2
TEXT_PT, SMALL_PT = 8.0, 6.5
SAMPLE_MM = 5.0  # of a line in the legend
BAR_MM = 50.0


def draw_foot(pen: Pen, strip: Strip) -> None:
    """Legend, rules, the sentence on who reads, and a bar to check a print with."""
    tell = strip.language
    _legend(pen, strip, MARGIN_MM, SHEET_MM[0] - MARGIN_MM)
    words = [say(tell, "rules", version=strip.rules_version), say(tell, "how to read")]
    draw_last(pen, tell, "  ·  ".join(words) if strip.marked else "")


def draw_last(pen: Pen, language: str, words: str) -> None:
    """The last line of any sheet, with `words` in its middle."""
    left, right = MARGIN_MM, SHEET_MM[0] - MARGIN_MM
    decision = say(language, "decision")
    pen.text(decision, left, LAST_MM, TEXT_PT, INK, bold=True)
    after = left + text_mm(decision, TEXT_PT) * 1.2 + 3
    if words:
        pen.text(words, after, LAST_MM, SMALL_PT, INK)
    bar = right - BAR_MM
    pen.lines([(bar, LAST_MM, right, LAST_MM)], INK, 0.8, "bar")
    pen.lines([(x, LAST_MM - 1, x, LAST_MM + 1) for x in (bar, right)], INK, 0.8)
    middle = bar + BAR_MM / 2
    pen.text(say(language, "bar"), middle, LAST_MM, SMALL_PT, INK, "center", paper="white")


def _legend(pen: Pen, strip: Strip, left: float, right: float) -> None:
    x, y = left, LEGEND_MM
    for word, look, hatch in _entries(strip):
        words = say(strip.language, word)
        room = SAMPLE_MM + 1 + text_mm(words, SMALL_PT) + 2
        if x + room > right:
            x, y = left, y + LEGEND_STEP_MM
        if isinstance(look, Style):
            pen.curve(np.array([x, x + SAMPLE_MM]), np.array([y, y]), look)
        elif hatch == "^":
            pen.points(np.array([x + SAMPLE_MM / 2]), np.array([y]), look, hatch)
        else:
            pen.boxes([(x, y - 1.2, x + SAMPLE_MM, y + 1.2)], look, hatch)
        pen.text(words, x + SAMPLE_MM + 1, y, SMALL_PT, INK)
        x += room


def _entries(strip: Strip) -> list[tuple[str, Style | str, str]]:
    """(word, style or colour, hatch or "^") of what this recording shows."""
    trace, marks = strip.trace, strip.marks
    kinds = {bracket.kind for bracket in (*marks.above, *marks.below, *marks.toco)}
    causes = {hatch.cause for hatch in marks.hatches}
    rows: list[tuple[bool, str, Style | str, str]] = [
        (True, "fhr", CURVES["fhr"], ""),
        (bool(np.isfinite(trace.fhr2_bpm).any()), "fhr2", CURVES["fhr2"], ""),
        (bool(np.isfinite(trace.mhr_bpm).any()), "mhr", CURVES["mhr"], ""),
        (strip.marked, "unused", CURVES["unused"], ""),
        (strip.marked, "baseline", CURVES["baseline"], ""),
        (True, "normal band", LOOK["normal"], ""),
        *((kind in kinds, kind, AREAS[kind], "") for kind in AREAS),
        (bool(marks.reasons), "reason", LOOK["mark"], ""),
        *((cause in causes, cause, *HATCHES[cause]) for cause in HATCHES),
        (bool(strip.presses), "presses", LOOK["press"], "^"),
    ]
    return [(word, look, hatch) for there, word, look, hatch in rows if there]
