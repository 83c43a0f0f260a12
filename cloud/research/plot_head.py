"""The words above a strip that `lucina plot` has drawn: what it is, and what was found."""

from dataclasses import dataclass
from datetime import UTC, datetime
from textwrap import wrap

from cloud.drawing.labels import text_mm
from cloud.drawing.look import INK, LOOK
from cloud.drawing.marks import Strip
from cloud.drawing.pen import Pen
from cloud.findings import minutes_of
from cloud.research.said import clock, figure, reason_text, say
from models.analysis import Analysis
from models.paper import MARGIN_MM, SHEET_MM, Paper

ROWS_MM = (8.5, 13.6, 18.0, 23.0)  # title, how, measured, verdict
REASONS_MM, REASON_STEP_MM, MOST_REASONS = 27.4, 3.3, 4
TITLE_PT, TEXT_PT = 12.0, 8.0


@dataclass(frozen=True, eq=False)
class Sheet:
    """What one sheet is about."""

    analysis: Analysis
    strip: Strip
    name: str
    page: int
    pages: int
    synthetic: bool
    note: str


def draw_head(pen: Pen, paper: Paper, sheet: Sheet) -> None:
    left, right = MARGIN_MM, SHEET_MM[0] - MARGIN_MM
    known, tell = sheet.analysis.assessment, sheet.strip.language
    title, how, measured, verdict = ROWS_MM
    pen.text(say(tell, "recording", name=sheet.name), left, title, TITLE_PT, INK, bold=True)
    pen.text(_where(paper, sheet), right, title, TEXT_PT, INK, "right")
    pen.text("  ·  ".join(_how(paper, sheet)), left, how, TEXT_PT, INK)
    if sheet.synthetic:
        pen.text(say(tell, "synthetic"), right, how, TEXT_PT, LOOK["mark"], "right", bold=True)
    if not sheet.strip.marked:
        return
    pen.text("  ·  ".join(_measured(sheet)), left, measured, TEXT_PT, INK)
    word = say(tell, known.verdict.value)
    said = say(tell, "verdict", verdict=word, minutes=_minutes(sheet, 30))
    pen.text(said, left, verdict, 10, INK, bold=True)
    for row, line in enumerate(_reasons(sheet, right - left)):
        pen.text(line, left, REASONS_MM + row * REASON_STEP_MM, 7.5, INK)


def _where(paper: Paper, sheet: Sheet) -> str:
    part = say(
        sheet.strip.language,
        "part",
        start=clock(paper.from_s),
        end=clock(paper.to_s),
        whole=clock(sheet.analysis.trace.duration_s),
    )
    if sheet.pages == 1:
        return part
    return f"{part}, {say(sheet.strip.language, 'page', page=sheet.page, pages=sheet.pages)}"


def _how(paper: Paper, sheet: Sheet) -> list[str]:
    weeks, tell = sheet.analysis.assessment.gestation_weeks, sheet.strip.language
    words = [
        say(tell, "no weeks") if weeks is None else say(tell, "weeks", weeks=f"{weeks:g}"),
        say(tell, "paper", speed=paper.speed_cm_per_min, scale=paper.scale_bpm_per_cm),
    ]
    if sheet.strip.start_unix_s is not None:
        began = datetime.fromtimestamp(sheet.strip.start_unix_s, UTC)
        words.append(say(tell, "starts", time=began.strftime("%Y-%m-%d %H:%M:%S")))
    return [*words, sheet.note] if sheet.note else words


def _measured(sheet: Sheet) -> list[str]:
    known = sheet.analysis.assessment
    return [
        say(sheet.strip.language, word, value=figure(value, places), minutes=_minutes(sheet, most))
        for word, value, places, most in (
            ("baseline is", known.baseline_bpm, 0, 10),
            ("variability is", known.bandwidth_bpm, 0, 30),
            ("stv is", known.stv_ms, 1, 0),
            ("loss is", 100 * known.loss, 0, 0),
            ("hers is", 100 * known.maternal, 0, 0),
        )
    ]


def _minutes(sheet: Sheet, most: int) -> int:
    return minutes_of({"duration_s": sheet.analysis.trace.duration_s}, most)


def _reasons(sheet: Sheet, room_mm: float) -> list[str]:
    reasons = sheet.analysis.assessment.reasons
    most = int(room_mm / text_mm("x", 7.5))
    lines = [
        line
        for reason in reasons
        for line in wrap(reason_text(sheet.strip.language, reason), most, subsequent_indent="    ")
    ]
    if len(lines) <= MOST_REASONS:
        return lines
    left_out = len(lines) - MOST_REASONS + 1
    return [*lines[: MOST_REASONS - 1], say(sheet.strip.language, "more", count=left_out)]
