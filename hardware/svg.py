"""Just enough SVG for line drawings: a page collects shapes and becomes text."""

from dataclasses import dataclass, field
from html import escape

FONT = "Liberation Sans, Helvetica, Arial, sans-serif"
INK, FAINT, PAPER = "#1c2430", "#8a94a3", "#ffffff"
SIGNAL, POWER, FILL = "#0b5fa5", "#b03a1e", "#f3f6fa"
CHAR_WIDTH = 0.56  # of the font size, mean of the fonts above


def text_width(text: str, size: float) -> float:
    return CHAR_WIDTH * size * len(text)


@dataclass
class Page:
    """Coordinates in px, y down; shapes are drawn in the order of the calls."""

    width: float
    height: float
    _shapes: list[str] = field(default_factory=list)

    def rect(self, x: float, y: float, w: float, h: float, fill: str = FILL) -> None:
        self._shapes.append(
            f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="3" fill="{fill}" '
            f'stroke="{INK}" stroke-width="1.3"/>'
        )

    def line(self, points: list[tuple[float, float]], color: str = INK, width: float = 1.3) -> None:
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        self._shapes.append(
            f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="{width:g}"/>'
        )

    def arrow(self, points: list[tuple[float, float]], color: str = SIGNAL) -> None:
        """A line with a head at its last point; the last stretch is horizontal or vertical."""
        self.line(points, color, 1.6)
        (x0, y0), (x, y) = points[-2], points[-1]
        dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
        head = [
            (x, y),
            (x - 8 * dx - 4 * dy, y - 8 * dy - 4 * dx),
            (x - 8 * dx + 4 * dy, y - 8 * dy + 4 * dx),
        ]
        path = " ".join(f"{a:g},{b:g}" for a, b in head)
        self._shapes.append(f'<polygon points="{path}" fill="{color}"/>')

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float = 11,
        color: str = INK,
        anchor: str = "start",
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        """`y` is the base line; a halo keeps words readable across a line."""
        weight = ' font-weight="bold"' if bold else ""
        edge = f' stroke="{PAPER}" stroke-width="4" paint-order="stroke"' if halo else ""
        self._shapes.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{color}" '
            f'text-anchor="{anchor}"{weight}{edge}>{escape(words)}</text>'
        )

    def svg(self, title: str) -> str:
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'width="{self.width:g}" height="{self.height:g}" font-family="{FONT}">'
        )
        paper = f'<rect width="100%" height="100%" fill="{PAPER}"/>'
        return "\n".join(
            [head, f"<title>{escape(title)}</title>", paper, *self._shapes, "</svg>\n"]
        )
