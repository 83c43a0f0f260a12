"""The words above each page of a report: whose it is, of what, how it is to be read."""

from cloud.drawing.look import INK, LOOK
from cloud.drawing.pen import Pen
from cloud.i18n import translate
from cloud.reports.facts import Facts
from cloud.reports.fonts import width_mm
from cloud.reports.summary import signature
from cloud.reports.words import plain, time_of
from cloud.research.said import clock
from cloud.research.said import say as say_strip
from models.paper import MARGIN_MM, SHEET_MM, Paper

ROWS_MM = (8.5, 13.8, 18.4, 23.0, 27.6)
TITLE_PT, TEXT_PT = 12.0, 8.0
LEFT_MM, RIGHT_MM = MARGIN_MM, SHEET_MM[0] - MARGIN_MM
PAGE_MM = 30.0  # kept for "page n of m"


def draw_head(
    pen: Pen, facts: Facts, paper: Paper, language: str, page: tuple[int, int], is_strip: bool
) -> None:
    title, who, what, how, read = ROWS_MM
    number, count = page
    room_mm = RIGHT_MM - LEFT_MM
    pen.text(
        clipped(_title(facts, language), room_mm - PAGE_MM, TITLE_PT, True),
        LEFT_MM, title, TITLE_PT, INK, bold=True,
    )  # fmt: skip
    pages = say_strip(language, "page", page=number, pages=count)
    pen.text(pages, RIGHT_MM, title, TEXT_PT, INK, "right")
    rows = (
        (who, _who(facts, language), False),
        (what, _what(facts, language), False),
        (how, _how(facts, paper, language, is_strip), False),
        (read, [signature(facts, language)], True),
    )
    for y_mm, words, bold in rows:
        text = clipped("  ·  ".join(words), room_mm, TEXT_PT, bold)
        pen.text(text, LEFT_MM, y_mm, TEXT_PT, INK, bold=bold)
    made_up = _made_up(facts)
    if made_up:
        pen.text(plain(language, made_up), RIGHT_MM, who, TEXT_PT, LOOK["mark"], "right", bold=True)


def clipped(words: str, room_mm: float, size_pt: float, bold: bool) -> str:
    """As much of it as there is room for."""
    if width_mm(words, size_pt, bold) <= room_mm:
        return words
    most = len(words)
    while most and width_mm(words[:most] + "…", size_pt, bold) > room_mm:
        most = min(most - 1, int(most * 0.9))
    return words[:most] + "…"


def _title(facts: Facts, language: str) -> str:
    if facts.mother is None:
        return plain(language, "nobody")
    return f"{facts.mother.name}  ·  {plain(language, 'number', number=facts.mother.id)}"


def _who(facts: Facts, language: str) -> list[str]:
    words = [plain(language, "no weeks") if facts.weeks is None else
             plain(language, "weeks", weeks=facts.weeks)]  # fmt: skip
    if facts.mother is not None and not facts.plain:
        words.append(plain(language, "risk", colour=translate(language, facts.mother.risk)))
    if facts.organisation is not None:
        own = facts.organisation
        words.append(own.name_zh if language == "zh" else own.name)
    return words


def _what(facts: Facts, language: str) -> list[str]:
    one = facts.recording
    words = [
        plain(language, "recording", number=one.id),
        plain(language, "device", device=one.device_id),
        plain(language, "began", time=time_of(one.start_ms, facts.zone)),
    ]
    return [*words, plain(language, "open")] if one.closed_ms is None else words


def _how(facts: Facts, paper: Paper, language: str, is_strip: bool) -> list[str]:
    low, high = paper.axis_bpm
    speed, scale = paper.speed_cm_per_min, paper.scale_bpm_per_cm
    words = plain(language, "scale", speed=speed, scale=scale, low=low, high=high)
    whole = clock(facts.trace.duration_s)
    start_s, end_s = (
        (paper.from_s, paper.to_s) if is_strip else (facts.trace.start_s, facts.trace.end_s)
    )
    part = say_strip(language, "part", start=clock(start_s), end=clock(end_s), whole=whole)
    return [part, words]


def _made_up(facts: Facts) -> str:
    if facts.recording.synthetic:
        return "synthetic"
    return "replayed" if facts.recording.replayed else ""
