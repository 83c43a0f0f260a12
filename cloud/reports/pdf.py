"""A report as PDF: pages of A4 with a summary, then the strip cut into pages at true scale.

Where a second and a value lie says models/paper.py, as for `lucina plot`; cloud/drawing draws. One
report at a time in a process: reportlab's fonts are shared, and alerts need the other core.
"""

from dataclasses import dataclass
from io import BytesIO
from threading import Lock

from cloud.drawing.foot import draw_foot, draw_last
from cloud.drawing.found import of_document
from cloud.drawing.look import INK
from cloud.drawing.marks import Strip, marks_of, only_gaps
from cloud.drawing.strip import draw_strip
from cloud.reports.facts import Facts
from cloud.reports.fonts import width_mm
from cloud.reports.head import draw_head
from cloud.reports.layout import POINT_MM, Line, columns, wrapped
from cloud.reports.pen import PagePen
from cloud.reports.summary import lines_of
from cloud.reports.words import plain, say, time_of
from models.paper import MARGIN_MM, SHEET_MM, Paper, page_seconds, pages

TOP_MM, BOTTOM_MM = 35.0, 197.0  # of the columns of the summary
COLUMNS, APART_MM = 3, 6.0
COLUMN_MM = (SHEET_MM[0] - 2 * MARGIN_MM - (COLUMNS - 1) * APART_MM) / COLUMNS
CODE_MM, CODE_HIGH_MM = 32.0, 38.0  # on the first page, over the last column
_one_at_a_time = Lock()


@dataclass(frozen=True)
class Options:
    speed_cm_per_min: int = 1
    scale_bpm_per_cm: int = 20
    language: str = "en"
    verify_url: str = ""  # of this report's seal; "": unknown


def pdf_of(facts: Facts, options: Options) -> bytes:
    """The whole file. fonts.NoFont: it has Chinese and no font for it is installed."""
    with _one_at_a_time:
        return _drawn(facts, options)


def _drawn(facts: Facts, options: Options) -> bytes:
    language, trace = options.language, facts.trace
    strip = _strip(facts, language)
    parts = pages(trace.start_s, trace.end_s, page_seconds(options.speed_cm_per_min))
    filled = columns(wrapped(lines_of(facts, language), COLUMN_MM, width_mm), _height_mm)
    summaries = -(-len(filled) // COLUMNS)
    count = summaries + len(parts)
    file = BytesIO()
    pen = PagePen(file, plain(language, "title", number=facts.recording.id))
    whole = Paper(options.speed_cm_per_min, options.scale_bpm_per_cm, *parts[0])
    for page in range(summaries):
        draw_head(pen, facts, whole, language, (page + 1, count), is_strip=False)
        for n, column in enumerate(filled[page * COLUMNS : (page + 1) * COLUMNS]):
            last = COLUMNS - 1
            top_mm = TOP_MM + (CODE_HIGH_MM if page == 0 and n == last else 0)
            _write(pen, column, MARGIN_MM + n * (COLUMN_MM + APART_MM), top_mm)
        if page == 0:
            _write_code(pen, facts, options)
        draw_last(pen, language, "")
        pen.next_page()
    for number, (from_s, to_s) in enumerate(parts, summaries + 1):
        paper = Paper(options.speed_cm_per_min, options.scale_bpm_per_cm, from_s, to_s)
        draw_strip(pen, paper, strip)
        draw_head(pen, facts, paper, language, (number, count), is_strip=True)
        draw_foot(pen, strip)
        pen.next_page()
    pen.save()
    return file.getvalue()


def _strip(facts: Facts, language: str) -> Strip:
    found = of_document(facts.document, facts.trace) if facts.document else None
    gaps = facts.gaps
    return Strip(
        trace=facts.trace,
        baseline=found.baseline if found else facts.trace.fhr_bpm.astype(float),
        marks=marks_of(found, language, gaps) if found else only_gaps(facts.trace, language, gaps),
        language=language,
        marked=found is not None,
        rules_version=facts.document["rules_version"] if facts.document else "",
        start_unix_s=facts.recording.start_ms // 1000,
        zone=facts.zone,
        presses=facts.presses,
    )


def _height_mm(column: int) -> float:
    is_under_code = column == COLUMNS - 1
    return BOTTOM_MM - TOP_MM - (CODE_HIGH_MM if is_under_code else 0)


def _write(pen: PagePen, column: list[Line], left_mm: float, top_mm: float) -> None:
    y_mm = top_mm
    for n, line in enumerate(column):
        y_mm += (line.above_mm if n else 0) + line.height_mm
        middle_mm = y_mm - line.height_mm / 2
        at_mm = left_mm + line.indent_mm
        pen.text(line.words, at_mm, middle_mm, line.size_pt, INK, bold=line.bold)
        if line.tail:
            right_mm = left_mm + COLUMN_MM
            pen.text(line.tail, right_mm, middle_mm, line.size_pt, INK, "right", line.bold)


def _write_code(pen: PagePen, facts: Facts, options: Options) -> None:
    """The seal: a code to scan, and in words what it is for."""
    left_mm, language = SHEET_MM[0] - MARGIN_MM - COLUMN_MM, options.language
    beside_mm = left_mm
    if options.verify_url:
        pen.code(options.verify_url, left_mm, TOP_MM, CODE_MM)
        beside_mm += CODE_MM + 4
    room_mm = left_mm + COLUMN_MM - beside_mm
    words = [
        Line(say(language, "verify" if options.verify_url else "no address")),
        Line(plain(language, "fingerprint", digest=facts.seal.digest), 6.5, above_mm=2),
        Line(plain(language, "printed", time=time_of(facts.made_ms, facts.zone)), 6.5),
    ]
    y_mm = TOP_MM
    for line in wrapped(words, room_mm, width_mm):
        y_mm += line.above_mm + line.size_pt * POINT_MM * 1.4
        pen.text(line.words, beside_mm, y_mm, line.size_pt, INK)
