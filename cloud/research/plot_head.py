"""The words around a strip: header with what was found, footer with what the marks mean."""

from dataclasses import dataclass
from datetime import UTC, datetime
from textwrap import wrap

import numpy as np

from cloud.research.plot_labels import text_mm
from cloud.research.plot_marks import Marks
from cloud.research.plot_paper import AREAS, CURVES, HATCHES, INK, LOOK
from cloud.research.plot_pen import Pen, Style
from cloud.research.said import clock, figure, reason_text, say
from models.analysis import Analysis
from models.paper import MARGIN_MM, SHEET_MM, Paper

ROWS_MM = (8.5, 13.6, 18.0, 23.0)  # title, how, measured, verdict
REASONS_MM, REASON_STEP_MM, MOST_REASONS = 27.4, 3.3, 4
LEGEND_MM, LEGEND_STEP_MM, LAST_MM = 195.6, 3.6, 203.2
TITLE_PT, TEXT_PT, SMALL_PT = 12.0, 8.0, 6.5
SAMPLE_MM = 5.0  # of a line in the legend
BAR_MM = 50.0


@dataclass(frozen=True, eq=False)
class Sheet:
    """What one sheet is about."""

    analysis: Analysis
    marks: Marks
    name: str
    language: str
    marked: bool  # with what the analysis found
    page: int
    pages: int
    synthetic: bool
    start_unix_s: int | None
    note: str


def draw_head(pen: Pen, paper: Paper, sheet: Sheet) -> None:
    left, right = MARGIN_MM, SHEET_MM[0] - MARGIN_MM
    known, tell = sheet.analysis.assessment, sheet.language
    title, how, measured, verdict = ROWS_MM
    pen.text(say(tell, "recording", name=sheet.name), left, title, TITLE_PT, INK, bold=True)
    pen.text(_where(paper, sheet), right, title, TEXT_PT, INK, "right")
    pen.text("  ·  ".join(_how(paper, sheet)), left, how, TEXT_PT, INK)
    if sheet.synthetic:
        pen.text(say(tell, "synthetic"), right, how, TEXT_PT, LOOK["mark"], "right", bold=True)
    if not sheet.marked:
        return
    pen.text("  ·  ".join(_measured(sheet)), left, measured, TEXT_PT, INK)
    word = say(tell, known.verdict.value)
    pen.text(say(tell, "verdict", verdict=word), left, verdict, 10, INK, bold=True)
    for row, line in enumerate(_reasons(sheet, right - left)):
        pen.text(line, left, REASONS_MM + row * REASON_STEP_MM, 7.5, INK)


def _where(paper: Paper, sheet: Sheet) -> str:
    part = say(
        sheet.language,
        "part",
        start=clock(paper.from_s),
        end=clock(paper.to_s),
        whole=clock(sheet.analysis.trace.duration_s),
    )
    if sheet.pages == 1:
        return part
    return f"{part}, {say(sheet.language, 'page', page=sheet.page, pages=sheet.pages)}"


def _how(paper: Paper, sheet: Sheet) -> list[str]:
    weeks, tell = sheet.analysis.assessment.gestation_weeks, sheet.language
    words = [
        say(tell, "no weeks") if weeks is None else say(tell, "weeks", weeks=f"{weeks:g}"),
        say(tell, "paper", speed=paper.speed_cm_per_min, scale=paper.scale_bpm_per_cm),
    ]
    if sheet.start_unix_s is not None:
        began = datetime.fromtimestamp(sheet.start_unix_s, UTC)
        words.append(say(tell, "starts", time=began.strftime("%Y-%m-%d %H:%M:%S")))
    return [*words, sheet.note] if sheet.note else words


def _measured(sheet: Sheet) -> list[str]:
    known = sheet.analysis.assessment
    return [
        say(sheet.language, word, value=figure(value, places))
        for word, value, places in (
            ("baseline is", known.baseline_bpm, 0),
            ("variability is", known.bandwidth_bpm, 0),
            ("stv is", known.stv_ms, 1),
            ("loss is", 100 * known.loss, 0),
            ("hers is", 100 * known.maternal, 0),
        )
    ]


def _reasons(sheet: Sheet, room_mm: float) -> list[str]:
    reasons = sheet.analysis.assessment.reasons
    most = int(room_mm / text_mm("x", 7.5))
    lines = [
        line
        for reason in reasons
        for line in wrap(reason_text(sheet.language, reason), most, subsequent_indent="    ")
    ]
    if len(lines) <= MOST_REASONS:
        return lines
    left_out = len(lines) - MOST_REASONS + 1
    return [*lines[: MOST_REASONS - 1], say(sheet.language, "more", count=left_out)]


def draw_foot(pen: Pen, sheet: Sheet) -> None:
    """Legend, rules, the sentence on who reads, and a bar to check a print with."""
    left, right = MARGIN_MM, SHEET_MM[0] - MARGIN_MM
    _legend(pen, sheet, left, right)
    known, tell = sheet.analysis.assessment, sheet.language
    pen.text(say(tell, "decision"), left, LAST_MM, TEXT_PT, INK, bold=True)
    after = left + text_mm(say(tell, "decision"), TEXT_PT) * 1.2 + 3
    words = [say(tell, "rules", version=known.rules_version), say(tell, "how to read")]
    if sheet.marked:
        pen.text("  ·  ".join(words), after, LAST_MM, SMALL_PT, INK)
    bar = right - BAR_MM
    pen.lines([(bar, LAST_MM, right, LAST_MM)], INK, 0.8, "bar")
    pen.lines([(x, LAST_MM - 1, x, LAST_MM + 1) for x in (bar, right)], INK, 0.8)
    pen.text(say(tell, "bar"), bar + BAR_MM / 2, LAST_MM, SMALL_PT, INK, "center", paper="white")


def _legend(pen: Pen, sheet: Sheet, left: float, right: float) -> None:
    x, y = left, LEGEND_MM
    for word, look, hatch in _entries(sheet):
        words = say(sheet.language, word)
        room = SAMPLE_MM + 1 + text_mm(words, SMALL_PT) + 2
        if x + room > right:
            x, y = left, y + LEGEND_STEP_MM
        if isinstance(look, Style):
            pen.curve(np.array([x, x + SAMPLE_MM]), np.array([y, y]), look)
        else:
            pen.boxes([(x, y - 1.2, x + SAMPLE_MM, y + 1.2)], look, hatch)
        pen.text(words, x + SAMPLE_MM + 1, y, SMALL_PT, INK)
        x += room


def _entries(sheet: Sheet) -> list[tuple[str, Style | str, str]]:
    """(word, style or colour, hatch) of what this recording shows."""
    trace, marks = sheet.analysis.trace, sheet.marks
    kinds = {bracket.kind for bracket in (*marks.above, *marks.below, *marks.toco)}
    causes = {hatch.cause for hatch in marks.hatches}
    rows: list[tuple[bool, str, Style | str, str]] = [
        (True, "fhr", CURVES["fhr"], ""),
        (bool(np.isfinite(trace.fhr2_bpm).any()), "fhr2", CURVES["fhr2"], ""),
        (bool(np.isfinite(trace.mhr_bpm).any()), "mhr", CURVES["mhr"], ""),
        (sheet.marked, "unused", CURVES["unused"], ""),
        (sheet.marked, "baseline", CURVES["baseline"], ""),
        (True, "normal band", LOOK["normal"], ""),
        *((kind in kinds, kind, AREAS[kind], "") for kind in AREAS),
        (bool(marks.reasons), "reason", LOOK["mark"], ""),
        *((cause in causes, cause, *HATCHES[cause]) for cause in HATCHES),
    ]
    return [(word, look, hatch) for there, word, look, hatch in rows if there]
