"""Which hospital is asked first, which next, and why: a plan in words with numbers.

Pure: no I/O and no clock. Fit to be asked is a hospital whose position is known, that has an
obstetrician on call and a free bed, and is of level 2 or more for a mother at risk; of these the
nearest comes first. It measures the great circle, not the road and not the traffic.
"""

from collections.abc import Collection, Sequence
from itertools import takewhile
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cloud.store.people import Mother
from cloud.store.people import Organisation as Hospital

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG
RAISED_RISK = ("yellow", "orange", "red")  # of the Chinese five colours; purple is a flag
LEVEL_AT_RISK = 2  # FIELD: a raised risk colour asks for a hospital of the second level

NEAR = "%(km)s km, level %(level)s, obstetrician on call, free beds: %(beds)s"
NEAR_OWN = (
    "her position is not known; %(km)s km from her own hospital, "
    "level %(level)s, obstetrician on call, free beds: %(beds)s"
)
OWN = (
    "her position is not known, so her own hospital is asked first; "
    "level %(level)s, obstetrician on call, free beds: %(beds)s"
)
ANYWHERE = (
    "her position is not known and no distance either; "
    "level %(level)s, obstetrician on call, free beds: %(beds)s"
)
NO_POSITION = "the hospital's position is not known"
NOT_ON_CALL = "no obstetrician on call"
NO_BED = "no free bed"
LEVEL_TOO_LOW = "level %(level)s, but her risk colour asks for level 2"
ASKED = "has been asked already"
NOBODY_KNOWN = "no hospital is registered"
NOBODY_FIT = "no hospital is fit: of %(count)s, %(asked)s asked already, %(refused)s not fit"

Words = dict[str, object]  # {"text": msgid, "args": {...}}


class Choice(NamedTuple):
    """One hospital, chosen or refused, and the words that say why."""

    hospital: Hospital
    distance_km: float | None  # None: not known
    text: str

    @property
    def why(self) -> Words:
        args: dict[str, object] = {"level": self.hospital.level, "beds": self.hospital.free_beds}
        if self.distance_km is not None:
            args["km"] = in_words(self.distance_km)
        return {"text": self.text, "args": args}


class Plan(NamedTuple):
    choices: tuple[Choice, ...]  # best first
    unfit: tuple[tuple[Hospital, float | None, str], ...]  # nearest first

    @property
    def refused(self) -> tuple[Choice, ...]:
        """Nearest first, with why. Made when asked for: there may be thousands."""
        return tuple(map(Choice._make, self.unfit))

    @property
    def passed_over(self) -> tuple[Choice, ...]:
        """Those nearer than the first choice that were not asked before, nearest first."""
        limit_km = self.choices[0].distance_km if self.choices else None
        if limit_km is None:
            return ()
        near = takewhile(lambda look: look[1] is not None and look[1] < limit_km, self.unfit)
        return tuple(Choice._make(look) for look in near if look[2] != ASKED)

    @property
    def why_nobody(self) -> Words:
        """Why `choices` is empty."""
        if not self.unfit:
            return {"text": NOBODY_KNOWN, "args": {}}
        count = len(self.unfit)
        asked = sum(text == ASKED for _, _, text in self.unfit)
        return {
            "text": NOBODY_FIT,
            "args": {"count": count, "asked": asked, "refused": count - asked},
        }


def plan(mother: Mother, hospitals: Sequence[Hospital], already_asked: Collection[int]) -> Plan:
    """Whom to ask for this mother, best first; equal distances in the order of their ids.

    Without her position her own hospital is first, even if its position is unknown too, and the
    others follow by their distance from it.
    """
    own = next((h for h in hospitals if h.id == mother.organisation_id), None)
    here = _position(mother)
    origin = here or (_position(own) if own else None)
    ids = np.array([h.id for h in hospitals], dtype=int)
    first = (ids == mother.organisation_id) & (here is None)
    known, km = _distances_km(origin, hospitals)
    at_risk = mother.purple or mother.risk in RAISED_RISK
    said = (  # what is said of a hospital: the first line that holds
        (ASKED, np.isin(ids, list(already_asked))),
        (NO_POSITION, ~known & ~first),
        (NOT_ON_CALL, np.array([not h.on_call for h in hospitals], dtype=bool)),
        (NO_BED, np.array([h.free_beds < 1 for h in hospitals], dtype=bool)),
        (LEVEL_TOO_LOW, np.array([at_risk and h.level < LEVEL_AT_RISK for h in hospitals], bool)),
        (OWN, first),
        (NEAR if here else NEAR_OWN if origin else ANYWHERE, np.full(len(ids), True)),
    )
    line = np.argmax([holds for _, holds in said], axis=0)
    unfit = line < len(said) - 2
    km[first & ~unfit] = np.inf  # how far it is from itself says nothing
    order = np.lexsort((ids, km, 2 * unfit - first))
    looks = list(
        zip(
            [hospitals[n] for n in order.tolist()],
            [n if n < np.inf else None for n in km[order].tolist()],
            [said[n][0] for n in line[order].tolist()],
            strict=True,
        )
    )
    fit = len(looks) - int(unfit.sum())
    return Plan(tuple(map(Choice._make, looks[:fit])), tuple(looks[fit:]))


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great circle between two (latitude, longitude) in degrees.

    >>> round(distance_km((31.23, 121.47), (31.15, 121.12)), 1)  # Shanghai to Qingpu
    34.5
    """
    return float(_haversine_km(a, np.array([b]))[0])


def in_words(km: float) -> str:
    """Kilometres as people say them.

    >>> in_words(3.44), in_words(14.2)
    ('3.4', '14')
    """
    return f"{km:.1f}" if km < 9.95 else f"{km:.0f}"


def _position(place: Hospital | Mother) -> tuple[float, float] | None:
    latitude, longitude = place.latitude, place.longitude
    if latitude is None or longitude is None:
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # NaN too
        return None
    return latitude, longitude


def _distances_km(
    origin: tuple[float, float] | None, hospitals: Sequence[Hospital]
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """(n,) whether a hospital's position is known, (n,) km from origin, infinite if unknown."""
    latitudes = [h.latitude for h in hospitals]
    longitudes = [h.longitude for h in hospitals]
    there = np.array((latitudes, longitudes), dtype=float).T  # None becomes NaN
    known = (np.abs(there) <= (90, 180)).all(axis=1)
    km = np.full(len(there), np.inf)
    if origin is not None:
        km[known] = _haversine_km(origin, there[known])
    return known, km


def _haversine_km(origin: tuple[float, float], there: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) km from origin to (n, 2) places in degrees, R.W. Sinnott's form (1984)."""
    lat0, lon0 = np.radians(origin)
    lat, lon = np.radians(there).T
    a = np.sin((lat - lat0) / 2) ** 2 + np.cos(lat0) * np.cos(lat) * np.sin((lon - lon0) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(a, 1))))
