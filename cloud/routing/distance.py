"""How far it is: great circles, and an estimate of the way by road. No traffic, no rivers."""

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG
ROAD_FACTOR = 1.33  # road over great circle, China: Ballou, Rahardja, Sakai 2002, Transp Res A 36
ROAD_KMH = 40.0  # assumed, not measured: between a city at rush hour and a county road at night

Point = tuple[float, float]  # latitude, longitude in degrees WGS 84


def point(latitude: float | None, longitude: float | None) -> Point | None:
    """None when it is not known or no place on earth.

    >>> point(31.2, 181.0) is None
    True
    """
    if latitude is None or longitude is None:
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # NaN too
        return None
    return latitude, longitude


def distances_km(
    origin: Point, latitude: NDArray[np.float64], longitude: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n,) great circles in km from the origin, R.W. Sinnott's form (1984); NaN stays NaN."""
    lat0, lon0 = np.radians(origin)
    lat, lon = np.radians(latitude), np.radians(longitude)
    a = np.sin((lat - lat0) / 2) ** 2 + np.cos(lat0) * np.cos(lat) * np.sin((lon - lon0) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(a, 1))))


def distance_km(a: Point, b: Point) -> float:
    """Great circle between two places.

    >>> round(distance_km((31.23, 121.47), (31.15, 121.12)), 1)  # Shanghai to Qingpu
    34.5
    """
    return float(distances_km(a, np.array([b[0]]), np.array([b[1]]))[0])


def road_minutes(km: NDArray[np.float64], road_kmh: float) -> NDArray[np.float64]:
    """(n,) estimated minutes by road for great circles in km.

    >>> float(road_minutes(np.array([20.0]), 40.0)[0])
    39.9
    """
    return np.round(km * ROAD_FACTOR / road_kmh * 60, 1)


def in_words(km: float) -> str:
    """Kilometres as people say them.

    >>> in_words(3.44), in_words(14.2)
    ('3.4', '14')
    """
    return f"{km:.1f}" if km < 9.95 else f"{km:.0f}"
