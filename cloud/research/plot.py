"""`lucina plot`: the annotated strip on paper, as PNG, SVG or PDF, at true scale.

The geometry is models/paper.py, cloud/drawing draws the strip, the pen is matplotlib (imported here
only, and this file only by the command). A millimetre of models/paper.py is one on the sheet.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import floor
from pathlib import Path
from typing import Any, TextIO

import matplotlib as mpl
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from cloud.drawing.foot import draw_foot
from cloud.drawing.found import of_analysis
from cloud.drawing.marks import Strip, marks_of, only_gaps
from cloud.drawing.pen import MM_PER_INCH
from cloud.drawing.strip import draw_strip
from cloud.i18n import LANGUAGES
from cloud.research.analyze import read
from cloud.research.plot_head import Sheet, draw_head
from cloud.research.plot_pen import FigurePen, chinese_font
from models.analysis import Analysis, analyse
from models.formats import FormatError, Recording
from models.paper import (
    AXES_BPM,
    BESIDE_MM,
    SHEET_MM,
    SPEEDS_CM_PER_MIN,
    Paper,
    page_seconds,
    pages,
)
from models.synth import named

SUFFIXES = (".png", ".svg", ".pdf")
DPI = 200
MOST_PIXELS = 40_000_000  # of a PNG: 1 h 40 min at 3 cm/min
MOST_SIDE = 1 << 16  # pixels: the limit of the renderer
NO_FONT = "no Chinese font is installed (fonts-noto-cjk has one), so the words are English"
SETTINGS: dict[Any, Any] = {
    "pdf.fonttype": 42,  # text stays text
    "svg.fonttype": "none",
    "svg.hashsalt": "lucina",  # the same strip gives the same file
    "path.simplify": False,
    "agg.path.chunksize": 20_000,
    "hatch.linewidth": 0.4,
}


@dataclass(frozen=True)
class Options:
    """How it is drawn. Seconds are recorded ones; None: from the start, to the end."""

    speed_cm_per_min: int = 1
    scale_bpm_per_cm: int = 20
    from_s: float | None = None
    to_s: float | None = None
    marks: bool = True
    language: str = "en"
    synthetic: bool = False
    start_unix_s: int | None = None  # clock at the first sample
    note: str = ""  # how the recording was read

    def __post_init__(self) -> None:
        for name, value, known in (
            ("speed", self.speed_cm_per_min, SPEEDS_CM_PER_MIN),
            ("scale", self.scale_bpm_per_cm, tuple(AXES_BPM)),
            ("language", self.language, tuple(LANGUAGES)),
        ):
            if value not in known:
                raise ValueError(f"{name} {value!r}: must be {', '.join(map(str, known))}")


def plot(
    file: str,
    out: Path | None,
    options: Options,
    gestation_weeks: float | None,
    ignore_maternal: bool,
    err: TextIO,
) -> None:
    """Analyse a recording and draw it; notes go to `err`. ValueError, OSError: it cannot be."""
    if file.startswith("synthetic:"):
        name, trace = named(file)
        recording = Recording(name, trace, None, "")
        options = replace(options, synthetic=True)
    else:
        try:
            recording = read(Path(file))
        except FormatError as error:
            raise ValueError(f"{Path(file).parent / str(error)}") from None
        options = replace(options, start_unix_s=recording.start_unix_s, note=recording.note)
    weeks = recording.gestation_weeks if gestation_weeks is None else gestation_weeks
    analysis = analyse(recording.trace, weeks, ignore_maternal)
    note = save(analysis, recording.name, out or Path(f"{recording.name}.png"), options)
    if note:
        err.write(f"lucina: {note}\n")


def save(analysis: Analysis, name: str, out: Path, options: Options) -> str:
    """Draw the recording called `name` into a .png, .svg or .pdf file; what to tell, or "".

    ValueError for what cannot be drawn. A file that is there is replaced when all went well.
    """
    suffix = out.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"{out}: the name must end in {', '.join(SUFFIXES)}")
    if suffix == ".png":
        _check_pixels(_paper(options, *_window(analysis, options)))
    with _replacing(out) as part:
        figures = draw(analysis, name, options, paged=suffix == ".pdf")
        with mpl.rc_context(SETTINGS):
            if suffix == ".pdf":
                with PdfPages(part, metadata={"Title": name, "CreationDate": None}) as book:
                    for figure in figures:
                        book.savefig(figure)
            elif suffix == ".png":
                next(figures).savefig(part, format="png", dpi=DPI)
            else:
                next(figures).savefig(part, format="svg", metadata={"Title": name, "Date": None})
    return NO_FONT if options.language == "zh" and not chinese_font() else ""


def draw(analysis: Analysis, name: str, options: Options, paged: bool = False) -> Iterator[Figure]:
    """The sheets in order: one long strip, or pages of A4."""
    from_s, to_s = _window(analysis, options)
    page_s = page_seconds(options.speed_cm_per_min) if paged else to_s - from_s
    parts = pages(from_s, to_s, page_s)
    language = options.language if options.language == "en" or chinese_font() else "en"
    marked = options.marks
    found = of_analysis(analysis)
    strip = Strip(
        trace=analysis.trace,
        baseline=found.baseline,
        marks=marks_of(found, language) if marked else only_gaps(analysis.trace, language),
        language=language,
        marked=marked,
        rules_version=analysis.assessment.rules_version,
        start_unix_s=options.start_unix_s,
    )
    sheet = Sheet(
        analysis=analysis,
        strip=strip,
        name=name,
        page=1,
        pages=len(parts),
        synthetic=options.synthetic,
        note=options.note,
    )
    for number, (first_s, last_s) in enumerate(parts, 1):
        paper = _paper(options, first_s, last_s)
        with mpl.rc_context(SETTINGS):
            pen = FigurePen(paper)
            draw_strip(pen, paper, strip)
            draw_head(pen, paper, replace(sheet, page=number))
            draw_foot(pen, strip)
        yield pen.figure


def _window(analysis: Analysis, options: Options) -> tuple[float, float]:
    trace = analysis.trace
    from_s = trace.start_s if options.from_s is None else options.from_s
    to_s = trace.end_s if options.to_s is None else min(options.to_s, trace.end_s)
    if not trace.start_s <= from_s < to_s:
        raise ValueError(
            f"from {from_s:g} s to {to_s:g} s is not a part of this recording, "
            f"which is from {trace.start_s:g} s to {trace.end_s:g} s"
        )
    return from_s, to_s


def _paper(options: Options, from_s: float, to_s: float) -> Paper:
    return Paper(options.speed_cm_per_min, options.scale_bpm_per_cm, from_s, to_s)


def _check_pixels(paper: Paper) -> None:
    width, height = (round(mm / MM_PER_INCH * DPI) for mm in (paper.width_mm, SHEET_MM[1]))
    if width * height > MOST_PIXELS or width >= MOST_SIDE:
        most_mm = min(MOST_PIXELS / height, MOST_SIDE) / DPI * MM_PER_INCH - BESIDE_MM
        most_min = floor(most_mm / (paper.speed_cm_per_min * 10))
        raise ValueError(
            f"a PNG of {width} x {height} pixels is too large: choose at most {most_min} min "
            "with --from and --to, or a lower --speed, or a .pdf or .svg"
        )


@contextmanager
def _replacing(out: Path) -> Iterator[Path]:
    """A name beside `out` to write to; it takes the place of `out` at the end, or is removed."""
    if out.is_dir():
        raise IsADirectoryError(21, os.strerror(21), str(out))
    if not out.parent.is_dir():
        raise FileNotFoundError(2, os.strerror(2), str(out.parent))
    part = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        yield part
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
