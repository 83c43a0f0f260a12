"""A drawing of places on a plane: hospitals, and the mothers who are watched now. Pure.

No tiles and no roads: distances and directions are true within some 100 km, where the earth is
flat enough, and that is what the drawing is for. Units of x and y are those of the SVG.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

WIDTH, HEIGHT = 640, 360
EDGE = 48  # around the outermost places, for their names
KM_PER_DEGREE = 111.2  # of latitude
LEAST_KM = 2.0  # a single place needs some ground around it
SCALES_KM = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
NAMED = 14  # more names than that hide each other: then only larger hospitals have one
LABEL = 15  # a line of text; names that would lie nearer than that are moved down


@dataclass(frozen=True)
class Place:
    kind: str  # hospital, centre, mother
    name: str
    latitude: float
    longitude: float
    mark: str = (
        ""  # of a mother: priority of her worst alert; of a hospital: "off" (nobody on call)
    )
    level: int = 0
    link: str = ""
    to: int | None = None  # number of the place that expects her, or was asked about her


@dataclass(frozen=True)
class Dot:
    place: Place
    x: float
    y: float
    label_y: float | None  # None: its name would be in the way; a reader gets it as a title


@dataclass(frozen=True)
class Drawing:
    dots: tuple[Dot, ...]
    lines: tuple[tuple[float, float, float, float], ...]
    scale_km: int
    scale_px: float


def drawing(places: Sequence[Place]) -> Drawing | None:
    """None: there is nothing to draw."""
    if not places:
        return None
    middle = sum(one.latitude for one in places) / len(places)
    east_km = [one.longitude * KM_PER_DEGREE * cos(radians(middle)) for one in places]
    south_km = [-one.latitude * KM_PER_DEGREE for one in places]
    px = min(_px_per_km(east_km, WIDTH), _px_per_km(south_km, HEIGHT))
    xs = [WIDTH / 2 + px * (one - _middle(east_km)) for one in east_km]
    ys = [HEIGHT / 2 + px * (one - _middle(south_km)) for one in south_km]
    lines = tuple(
        (xs[n], ys[n], xs[p.to], ys[p.to]) for n, p in enumerate(places) if p.to is not None
    )
    scale_km = max((km for km in SCALES_KM if km * px <= WIDTH / 4), default=SCALES_KM[0])
    return Drawing(_dots(places, xs, ys), lines, scale_km, scale_km * px)


def _dots(places: Sequence[Place], xs: Sequence[float], ys: Sequence[float]) -> tuple[Dot, ...]:
    dots: list[Dot] = []
    few = len(places) <= NAMED
    for place, x, y in zip(places, xs, ys, strict=True):
        at = y + 4 if few or place.level == 3 else None
        while at is not None and any(_meets(x, at, dot) for dot in dots):
            at += LABEL
        dots.append(Dot(place, round(x, 1), round(y, 1), at))
    return tuple(dots)


def _meets(x: float, at: float, other: Dot) -> bool:
    near = other.label_y is not None and abs(at - other.label_y) < LABEL
    return near and abs(x - other.x) < WIDTH / 3


def _middle(values: Sequence[float]) -> float:
    return (min(values) + max(values)) / 2


def _px_per_km(values_km: Sequence[float], room: float) -> float:
    return (room - 2 * EDGE) / max(LEAST_KM, max(values_km) - min(values_km))
