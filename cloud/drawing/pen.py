"""What a strip is drawn with: millimetres from the upper left corner of a sheet.

There are two: matplotlib's for `lucina plot` (cloud/research/plot_pen.py: PNG, SVG and PDF), and
reportlab's for printed reports (cloud/reports/pen.py: PDF only, and quick).
"""

from typing import NamedTuple, Protocol

from models.features import Floats

MM_PER_INCH = 25.4
SIGN_MM = 1.4  # of an arrow
Box = tuple[float, float, float, float]  # left, top, right, bottom


class Style(NamedTuple):
    """Of a curve; dashes are lengths on and off in widths of the line."""

    colour: str
    width_pt: float
    dashes: tuple[float, ...] = ()


class Pen(Protocol):
    """Later things lie on earlier ones. A colour is #rrggbb, or #rrggbbaa to be seen through."""

    def lines(self, ends: list[Box], colour: str, width_pt: float, name: str = "") -> None:
        """Each from (left, top) to (right, bottom)."""

    def boxes(self, boxes: list[Box], colour: str, hatch: str = "") -> None:
        """Filled, or hatched without a frame: a key of cloud.drawing.look.HATCHES' patterns."""

    def curve(self, x_mm: Floats, y_mm: Floats, style: Style, name: str = "") -> None:
        """One path (n,), lifted at NaN."""

    def between(self, x_mm: Floats, y1_mm: Floats, y2_mm: Floats, colour: str) -> None:
        """The area between two curves (n,), where both are known."""

    def points(self, x_mm: Floats, y_mm: Floats, colour: str, marker: str) -> None:
        """An arrow at each place (n,): ^ up, v down."""

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
        """On the middle of the line at `y_mm`; `paper`: on a clean piece of that colour."""
