"""A pen on one sheet of paper: matplotlib with millimetres from the upper left corner."""

import logging
from functools import cache
from typing import Any

import numpy as np
from matplotlib import font_manager
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font

from cloud.drawing.pen import MM_PER_INCH, SIGN_MM, Box, Style
from models.features import Floats
from models.paper import SHEET_MM, Paper

logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # of missing weights
LATIN = "DejaVu Sans"  # comes with matplotlib
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "SimHei",
)


@cache
def chinese_font() -> str | None:
    """An installed font with Chinese characters."""
    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE if name in installed), None)


@cache
def _families() -> tuple[str, ...]:
    chinese = chinese_font()
    return (LATIN, chinese) if chinese else (LATIN,)


@cache
def _signs(family: str) -> frozenset[int]:
    """The characters for which a font has a picture."""
    return frozenset(FT2Font(font_manager.findfont(family)).get_charmap())


def _is_foreign(words: str) -> bool:
    return any(ord(sign) not in _signs(LATIN) for sign in words)


def drawable(words: str) -> str:
    """`words` with a question mark for each character that would be an empty box."""
    known = [_signs(family) for family in _families()]
    return "".join(s if any(ord(s) in signs for signs in known) else "?" for s in words)


class FigurePen:
    """cloud.drawing.pen.Pen on `figure`."""

    def __init__(self, paper: Paper) -> None:
        size_mm = (paper.width_mm, SHEET_MM[1])
        self.figure = Figure(figsize=(size_mm[0] / MM_PER_INCH, size_mm[1] / MM_PER_INCH))
        self._axes = self.figure.add_axes((0, 0, 1, 1))
        self._axes.set_xlim(0, size_mm[0])
        self._axes.set_ylim(size_mm[1], 0)
        self._axes.set_axis_off()
        self._depth = 0.0

    def _next(self) -> float:
        self._depth += 1
        return self._depth

    def lines(self, ends: list[Box], colour: str, width_pt: float, name: str = "") -> None:
        pairs = [((x1, y1), (x2, y2)) for x1, y1, x2, y2 in ends]
        self._axes.add_collection(
            LineCollection(
                pairs, colors=colour, linewidths=width_pt, zorder=self._next(), gid=name or None
            ),
            autolim=False,
        )

    def boxes(self, boxes: list[Box], colour: str, hatch: str = "") -> None:
        """Filled, or hatched without a frame."""
        corners = [((x1, y1), (x2, y1), (x2, y2), (x1, y2)) for x1, y1, x2, y2 in boxes]
        look: dict[str, Any] = {"facecolors": colour, "linewidths": 0}
        if hatch:
            look |= {"facecolors": "none", "edgecolors": colour, "hatch": hatch}
        self._axes.add_collection(
            PolyCollection(corners, zorder=self._next(), **look), autolim=False
        )

    def curve(self, x_mm: Floats, y_mm: Floats, style: Style, name: str = "") -> None:
        """One path (n,), lifted at NaN."""
        if np.isfinite(y_mm).any():
            self._axes.plot(
                x_mm,
                y_mm,
                color=style.colour,
                linewidth=style.width_pt,
                linestyle=(0, style.dashes) if style.dashes else "-",
                solid_joinstyle="round",
                solid_capstyle="round",
                zorder=self._next(),
                scalex=False,
                scaley=False,
                gid=name or None,
            )

    def between(self, x_mm: Floats, y1_mm: Floats, y2_mm: Floats, colour: str) -> None:
        """The area between two curves (n,), where both are known."""
        where = np.isfinite(y1_mm) & np.isfinite(y2_mm)
        if where.any():
            self._axes.fill_between(
                x_mm, y1_mm, y2_mm, where.tolist(), color=colour, linewidth=0, zorder=self._next()
            )

    def points(self, x_mm: Floats, y_mm: Floats, colour: str, marker: str) -> None:
        """A sign of matplotlib at each place (n,)."""
        if len(x_mm):
            self._axes.plot(
                x_mm,
                y_mm,
                marker,
                color=colour,
                markersize=SIGN_MM / MM_PER_INCH * 72,
                markeredgewidth=0,
                zorder=self._next(),
                scalex=False,
                scaley=False,
            )

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
        self._axes.text(
            x_mm,
            y_mm,
            drawable(words).replace("$", r"\$"),
            fontsize=size_pt,
            family=list(_families()) if _is_foreign(words) else LATIN,
            color=colour,
            ha=align,
            va="center",
            weight="bold" if bold else "normal",
            zorder=self._next(),
            bbox={"facecolor": paper, "linewidth": 0, "pad": 0.8} if paper else None,
        )
