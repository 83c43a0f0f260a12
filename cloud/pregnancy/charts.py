"""Home values as small charts: where the lines, limits, ticks and words go, for an SVG template.

A line joins values that are not further apart than GAP_DAYS: what lies between is not known and is
not drawn. Limits come with their source's table (models); the scale covers them and every value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import pairwise
from typing import Any

from cloud.store.home_values import UNITS, HomeValue
from models.advice import HIGH_GLUCOSE, LOW_GLUCOSE, LOW_SPO2
from models.pressure import HOME, SEVERE
from models.rules import BY_ID

WIDTH, HEIGHT = 320, 130  # of the drawing; the page scales it
LEFT, RIGHT, TOP, BOTTOM = 34, 8, 8, 18
DAY_MS = 24 * 3600 * 1000
GAP_DAYS = 7
TITLES = {  # in this order; msgids
    "pressure": "Blood pressure",
    "glucose": "Blood glucose",
    "weight": "Weight",
    "spo2": "Oxygen",
    "pulse": "Pulse",
    "temperature": "Temperature",
    "movements": "Movements an hour",
}
LIMITS: dict[str, tuple[float, ...]] = {  # lines to look at; those of alarms among them
    "pressure": (*HOME, *SEVERE),
    "glucose": (LOW_GLUCOSE[0], HIGH_GLUCOSE),
    "spo2": LOW_SPO2,
    "temperature": (BY_ID["fever"].limit,),
}
LEAST_SPAN = {"weight": 4.0, "pulse": 40.0, "movements": 10.0, "temperature": 2.0}
Point = tuple[int, float]  # at_ms, value


@dataclass(frozen=True)
class Scale:
    """From values and times to places in the drawing."""

    from_ms: int
    to_ms: int
    least: float
    most: float

    def x(self, at_ms: int) -> float:
        share = (at_ms - self.from_ms) / max(1, self.to_ms - self.from_ms)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        share = (value - self.least) / (self.most - self.least)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def charts(
    values: Sequence[HomeValue], from_ms: int, to_ms: int, zone: tzinfo
) -> list[dict[str, Any]]:
    """One for each measure that she has values of since `from_ms`, with the days of her own
    hospital's calendar; the words are msgids."""
    shown = [one for one in values if from_ms <= one.at_ms <= to_ms]
    found = []
    for measure, title in TITLES.items():
        lines = _lines([one for one in shown if one.measure == measure])
        if lines:
            found.append({"title": title, **_chart(measure, lines, from_ms, to_ms, zone)})
    return found


def _lines(values: Sequence[HomeValue]) -> list[list[Point]]:
    """One for each number that the measure has."""
    if not values:
        return []
    if values[0].measure == "movements":
        return [[(v.at_ms, round(60 * v.value / (v.other or 60), 1)) for v in values]]
    lines = [[(v.at_ms, v.value) for v in values]]
    if values[0].measure == "pressure":
        lines.append([(v.at_ms, v.other) for v in values if v.other is not None])
    return lines


def _chart(
    measure: str, lines: Sequence[Sequence[Point]], from_ms: int, to_ms: int, zone: tzinfo
) -> dict[str, Any]:
    limits = LIMITS.get(measure, ())
    numbers = [value for line in lines for _, value in line] + [*limits]
    least, most = min(numbers), max(numbers)
    spare = max(LEAST_SPAN.get(measure, 0.0) - (most - least), 0.1 * (most - least)) / 2 or 1.0
    scale = Scale(from_ms, to_ms, least - spare, most + spare)
    newest = [line[-1] for line in lines if line]
    return {
        "unit": UNITS[measure],
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "bottom": HEIGHT - BOTTOM,
        "lines": [_points(scale, part) for line in lines for part in _parts(line)],
        "dots": [
            {"x": scale.x(at_ms), "y": scale.y(value), "value": _plain(value)}
            | {"at": datetime.fromtimestamp(at_ms / 1000, zone).strftime("%m-%d %H:%M")}
            for line in lines
            for at_ms, value in line
        ],
        "limits": [{"y": scale.y(limit), "value": _plain(limit)} for limit in limits],
        "ends": [
            {"y": scale.y(value), "value": _plain(value)}
            for value in ((least, most) if not limits else ())
        ],
        "days": [
            {"x": scale.x(ms), "day": datetime.fromtimestamp(ms / 1000, zone).strftime("%m-%d")}
            for ms in (from_ms, (from_ms + to_ms) // 2, to_ms)
        ],
        "newest": "/".join(_plain(value) for _, value in newest),
        "newest_ms": max(at_ms for at_ms, _ in newest),
    }


def _parts(line: Sequence[Point]) -> list[list[Point]]:
    """Where it is broken: nothing was measured for too long."""
    parts = [[line[0]]]
    for (before_ms, _), point in pairwise(line):
        if point[0] - before_ms > GAP_DAYS * DAY_MS:
            parts.append([])
        parts[-1].append(point)
    return [part for part in parts if len(part) > 1]


def _points(scale: Scale, part: Sequence[Point]) -> str:
    return " ".join(f"{scale.x(at_ms)},{scale.y(value)}" for at_ms, value in part)


def _plain(value: float) -> str:
    return f"{value:g}"
