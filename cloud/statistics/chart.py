"""A bar chart by month as SVG: axes with units, a title and a description for who cannot see it.

Pure. Colours come from the style sheet by class, one light and one dark. What is not known has no
bar. The figures stand in a table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 360, 230
LEFT, RIGHT, TOP, BOTTOM = 44, 16, 24, 62  # around the bars
LABELS = 6  # at most so many stand below the axis
LEAST = 1e-6  # less is drawn as nothing
TICKS = 4  # at most so many steps of the vertical axis


@dataclass(frozen=True)
class Series:
    name: str
    values: Sequence[float | None]  # one for each label; None: not known


def bars(
    id_: str, title: str, summary: str, unit: str, labels: Sequence[str], series: Sequence[Series]
) -> str:
    """One <svg>; `unit` stands at the vertical axis, `labels` at the horizontal one."""
    known = [value for one in series for value in one.values if value is not None]
    step, top = scale(max(known, default=0), all(value == int(value) for value in known))
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-labelledby="{id_}-title" aria-describedby="{id_}-desc">',
        f'<title id="{id_}-title">{escape(title)}</title>',
        f'<desc id="{id_}-desc">{escape(summary)}</desc>',
        *_vertical(unit, step, top),
    ]
    room = (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    every = max(1, ceil(len(labels) / LABELS))  # so that the labels do not touch
    for place, label in enumerate(labels):
        x = LEFT + place * room
        for number, one in enumerate(series):
            value = one.values[place]
            if value is not None:
                parts.append(_bar(x, room, number, len(series), value / top))
        if (len(labels) - 1 - place) % every == 0:
            parts.append(_text(x + room / 2, HEIGHT - BOTTOM + 16, label, "middle"))
    parts += [_named(number, one.name) for number, one in enumerate(series)]
    return "".join([*parts, "</svg>"])


def scale(highest: float, whole: bool = False) -> tuple[float, float]:
    """(step, top) of an axis from 0 that holds the highest value, in round numbers; `whole`: of
    what is counted.

    >>> scale(0), scale(7), scale(130), scale(0.3), scale(2, whole=True)
    ((1, 1), (2, 8), (50, 150), (0.1, 0.3), (1, 2))
    """
    if highest < LEAST:
        return 1, 1
    rough = highest / TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(power * round_ for round_ in (1, 2, 5, 10) if power * round_ >= rough * 0.999)
    step = max(step, 1) if whole else step
    steps = ceil(round(highest / step, 9))
    return _tidy(step), _tidy(step * steps)


def _vertical(unit: str, step: float, top: float) -> list[str]:
    parts = [_text(4, 14, unit, "start")]
    for number in range(round(top / step) + 1):
        y = _y(number * step / top)
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        )
        parts.append(_text(LEFT - 6, y + 4, f"{_tidy(number * step):g}", "end"))
    return parts


def _bar(x: float, room: float, number: int, count: int, share: float) -> str:
    width = room * 0.8 / count
    left, y = x + room * 0.1 + number * width, _y(share)
    high = max(HEIGHT - BOTTOM - y, 1.0)  # a value of 0 is a line, not nothing
    return (
        f'<rect class="bar{number}" x="{left:.1f}" y="{HEIGHT - BOTTOM - high:.1f}" '
        f'width="{width:.1f}" height="{high:.1f}"/>'
    )


def _named(number: int, name: str) -> str:
    x, y = LEFT, HEIGHT - 24 + number * 18
    key = f'<rect class="bar{number}" x="{x}" y="{y - 10}" width="12" height="12"/>'
    return key + _text(x + 18, y, name, "start")


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)


def _tidy(value: float) -> float:
    """Without the dust of binary fractions."""
    tidy = round(value, 9)
    return int(tidy) if tidy == int(tidy) else tidy
