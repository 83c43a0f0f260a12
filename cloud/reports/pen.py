"""reportlab's pen: cloud.drawing.pen.Pen on pages of A4, where a millimetre is one on paper."""

from collections.abc import Iterator
from math import ceil, floor
from typing import BinaryIO

import numpy as np
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from cloud.drawing.pen import SIGN_MM, Box, Style
from cloud.reports.fonts import CHINESE, runs, width_mm
from models.completeness import runs as runs_of
from models.features import Floats
from models.paper import SHEET_MM

HATCH_MM, HATCH_PT = 1.6, 0.4
MIDDLE = 0.36  # of the size: from the middle of a line of text down to its base
PAD_MM = 0.5
BOLD_EDGE = 0.02  # of the size: the Chinese font has one weight, so its edge is drawn too
RGB = len("#rrggbb")
_SLOPES = {"/": (-1,), "\\": (1,), "x": (-1, 1)}


class PagePen:
    """Draws on the newest page. Names of lines are for formats that have them; this one has not."""

    def __init__(self, file: BinaryIO, title: str) -> None:
        size = (SHEET_MM[0] * mm, SHEET_MM[1] * mm)
        self._canvas = Canvas(file, pagesize=size, invariant=1)  # the same facts, the same file
        self._canvas.setTitle(title)
        self._canvas.setCreator("Lucina")
        # "none": a viewer that fits the page to the sheet would break the scale
        self._canvas.setViewerPreference("PrintScaling", "None")

    def next_page(self) -> None:
        self._canvas.showPage()

    def save(self) -> None:
        self._canvas.save()

    def lines(self, ends: list[Box], colour: str, width_pt: float, name: str = "") -> None:  # noqa: ARG002
        self._canvas.setStrokeColor(_colour(colour))
        self._canvas.setLineWidth(width_pt)
        self._canvas.lines([(x1 * mm, _y(y1), x2 * mm, _y(y2)) for x1, y1, x2, y2 in ends])

    def boxes(self, boxes: list[Box], colour: str, hatch: str = "") -> None:
        canvas = self._canvas
        canvas.saveState()
        if hatch:
            for box in boxes:
                self.lines(list(_hatched(box, hatch[0])), colour, HATCH_PT)
        else:
            canvas.setFillColor(_colour(colour))
            for left, top, right, bottom in boxes:
                size = (right - left) * mm, (bottom - top) * mm
                canvas.rect(left * mm, _y(bottom), *size, stroke=0, fill=1)
        canvas.restoreState()

    def curve(self, x_mm: Floats, y_mm: Floats, style: Style, name: str = "") -> None:  # noqa: ARG002
        canvas = self._canvas
        code: list[str] = []
        for first, stop in runs_of(np.isfinite(y_mm)).tolist():
            code += _path(x_mm[first:stop], y_mm[first:stop])
        canvas.saveState()
        canvas.setStrokeColor(HexColor(style.colour))
        canvas.setLineWidth(style.width_pt)
        canvas.setLineJoin(1)
        canvas.setLineCap(0 if style.dashes else 1)
        if style.dashes:
            canvas.setDash([one * style.width_pt for one in style.dashes])
        canvas.drawPath(PDFPathObject(code), stroke=1, fill=0)
        canvas.restoreState()

    def between(self, x_mm: Floats, y1_mm: Floats, y2_mm: Floats, colour: str) -> None:
        canvas = self._canvas
        canvas.saveState()
        canvas.setFillColor(_colour(colour))
        for first, stop in runs_of(np.isfinite(y1_mm) & np.isfinite(y2_mm)).tolist():
            x = x_mm[first:stop]
            there_and_back = np.concatenate((y1_mm[first:stop], y2_mm[first:stop][::-1]))
            code = [*_path(np.concatenate((x, x[::-1])), there_and_back), "h"]
            canvas.drawPath(PDFPathObject(code), stroke=0, fill=1)
        canvas.restoreState()

    def points(self, x_mm: Floats, y_mm: Floats, colour: str, marker: str) -> None:
        half = SIGN_MM / 2
        tip, foot = (-half, half) if marker == "^" else (half, -half)
        self._canvas.setFillColor(_colour(colour))
        for x, y in zip(x_mm.tolist(), y_mm.tolist(), strict=True):
            path = self._canvas.beginPath()
            path.moveTo(x * mm, _y(y + tip))
            path.lineTo((x - half) * mm, _y(y + foot))
            path.lineTo((x + half) * mm, _y(y + foot))
            path.close()
            self._canvas.drawPath(path, stroke=0, fill=1)

    def text(
        self,
        words: str,
        x_mm: float,
        y_mm: float,
        size_pt: float,
        colour: str,
        align: str = "left",
        bold: bool = False,
        paper: str = "",
    ) -> None:
        wide_mm = width_mm(words, size_pt, bold)
        left_mm = x_mm - wide_mm * {"left": 0.0, "center": 0.5, "right": 1.0}[align]
        if paper:
            high_mm = size_pt / mm
            sides = (left_mm - PAD_MM, y_mm - high_mm / 2, left_mm + wide_mm + PAD_MM)
            self.boxes([(*sides, y_mm + high_mm / 2)], paper)
        self._canvas.saveState()  # how text is filled outlives the text
        line = self._canvas.beginText(left_mm * mm, _y(y_mm) - MIDDLE * size_pt)
        line.setFillColor(_colour(colour))
        for font, part in runs(words, bold):
            line.setFont(font, size_pt)
            line.setTextRenderMode(2 if bold and font == CHINESE else 0)
            line.textOut(part)
        self._canvas.setStrokeColor(_colour(colour))
        self._canvas.setLineWidth(BOLD_EDGE * size_pt)
        self._canvas.drawText(line)
        self._canvas.restoreState()

    def code(self, words: str, left_mm: float, top_mm: float, size_mm: float) -> None:
        """A QR code that reads `words`; 15 % of it may be dirty."""
        widget = QrCodeWidget(words, barLevel="M", barBorder=0)
        widget.barWidth = widget.barHeight = size_mm * mm
        drawing = Drawing(size_mm * mm, size_mm * mm)
        drawing.add(widget)
        renderPDF.draw(drawing, self._canvas, left_mm * mm, _y(top_mm + size_mm))


def _path(x_mm: Floats, y_mm: Floats) -> list[str]:
    """In points to 0.004 mm: reportlab's own numbers take ten times as long."""
    places = np.column_stack((x_mm, SHEET_MM[1] - y_mm)) * mm
    code = [f"{x:.2f} {y:.2f} l" for x, y in places.tolist()]
    return [code[0][:-1] + "m", *code[1:]]


def _colour(name: str) -> Color:
    return white if name == "white" else HexColor(name, hasAlpha=len(name) > RGB)


def _y(y_mm: float) -> float:
    """Points from the lower edge of the sheet."""
    return float((SHEET_MM[1] - y_mm) * mm)


def _hatched(box: Box, pattern: str) -> Iterator[Box]:
    """Lines of a pattern inside a box; those of neighbours meet."""
    left, top, right, bottom = box
    if pattern in "|+":
        yield from ((x, top, x, bottom) for x in _steps(left, right))
    if pattern in "-+":
        yield from ((left, y, right, y) for y in _steps(top, bottom))
    for slope in _SLOPES.get(pattern, ()):
        ends = [y - slope * x for y in (top, bottom) for x in (left, right)]
        for c in _steps(min(ends), max(ends)):  # y = slope * x + c
            x1, x2 = sorted((slope * (top - c), slope * (bottom - c)))
            x1, x2 = max(x1, left), min(x2, right)
            if x1 < x2:
                yield (x1, slope * x1 + c, x2, slope * x2 + c)


def _steps(low: float, high: float) -> list[float]:
    return [n * HATCH_MM for n in range(ceil(low / HATCH_MM), floor(high / HATCH_MM) + 1)]
