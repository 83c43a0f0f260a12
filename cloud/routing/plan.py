"""The plan of one alert: every hospital once, best first, each with the words that say why.

Pure. The order: the hospital that expects her by an open green channel; her own hospital when it is
fit and within its limit; the fit ones that have her consent, by travel time; for an alert of high
priority the fit ones without it (break-glass); the rest is not asked, and why is said. Whoever was
asked before is not asked again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from math import ceil
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cloud.routing.distance import ROAD_KMH, Point, distances_km, in_words, road_minutes
from cloud.routing.expecting import EXPECTED, Expecting, expects
from cloud.routing.needs import Needs
from cloud.routing.origin import Origin, Words
from cloud.routing.rules import ASKED, NO_CONSENT, agreed_with, unfit
from cloud.store.consents import Consent
from cloud.store.hospitals import Hospitals

FIT = (
    "%(how)s: %(minutes)s min (%(km)s km), level %(level)s, obstetrician on call, "
    "free beds: %(beds)s"
)
FIT_ANYWHERE = (
    "%(how)s: the way is not known, level %(level)s, obstetrician on call, free beds: %(beds)s"
)
OWN = "her own hospital, which comes first within its limit"
BY_TIME = "by travel time"
BREAK_GLASS = "without her consent, because nobody else is left and the alert is urgent"

NOBODY_KNOWN = "no hospital is registered"
NOBODY_FIT = "no hospital is fit: of %(count)s, %(asked)s asked already, %(refused)s not fit"
NOT_AGREED = (
    "no hospital is left: of %(count)s, %(asked)s asked already, %(refused)s not fit, "
    "%(without)s without her consent"
)
ESTIMATED = "travel times are estimated from the distance"
ROADS = "travel times by road for the nearest %(count)s hospitals"
ROADS_AWAY = "the road server does not answer: travel times are estimated from the distance"

LATEST_MIN = 1e6  # no way on earth takes that long: it keeps the groups apart
_GREEN, _OWN, _FIT, _GLASS, _UNFIT = range(5)  # the order in which they are asked


@dataclass(frozen=True)
class Limits:
    """Of her own hospital: it comes first when one of the two holds."""

    own_first_min: float = 30.0  # our choice: an emergency team is expected to be ready by then
    own_extra_min: float = 15.0  # later than the nearest fit one
    road_kmh: float = ROAD_KMH


@dataclass(frozen=True)
class Roads:
    """What a road server said about the ways from one place."""

    origin: Point
    minutes: Mapping[int, float] | None  # by hospital; None: it did not answer


class Choice(NamedTuple):
    """One hospital, to be asked or not, and the words that say why."""

    hospital_id: int
    minutes: float | None  # None: not known
    km: float | None  # great circle
    why: Words
    break_glass: bool = False


@dataclass(frozen=True)
class Plan:
    """All arrays (n,) in the order of asking; words are made for those that are looked at."""

    hospitals: Hospitals
    rows: NDArray[np.int64]  # of `hospitals`
    group: NDArray[np.int64]
    said: tuple[str, ...]  # msgids that `line` counts
    line: NDArray[np.int64]
    minutes: NDArray[np.float64]  # NaN: not known
    km: NDArray[np.float64]
    notes: tuple[Words, ...]  # what holds for the whole plan: from where, how measured, her needs

    @cached_property
    def fit(self) -> int:
        """How many can be asked."""
        return int(np.searchsorted(self.group, _UNFIT))

    @property
    def choices(self) -> tuple[Choice, ...]:
        return self.first(self.fit)

    def first(self, count: int) -> tuple[Choice, ...]:
        """The best ones."""
        return tuple(self._choice(n) for n in range(min(count, self.fit)))

    @property
    def refused(self) -> tuple[Choice, ...]:
        return self.unfit(len(self.rows))

    def unfit(self, count: int) -> tuple[Choice, ...]:
        """Those that are not asked, nearest first."""
        last = min(self.fit + count, len(self.rows))
        return tuple(self._choice(n) for n in range(self.fit, last))

    def matter(self, count: int) -> list[int]:
        """The ids of the first choices and of the nearest others, so many of each."""
        rows = [*self.rows[: min(count, self.fit)], *self.rows[self.fit : self.fit + count]]
        found: list[int] = self.hospitals.ids[rows].tolist()
        return found

    def passed_over(self, count: int) -> tuple[Choice, ...]:
        """Those nearer than the first choice that were not asked before, nearest first."""
        limit = self.minutes[0] if self.fit else np.nan
        if np.isnan(limit):
            return ()
        near = takewhile(lambda n: self.minutes[n] < limit, range(self.fit, len(self.rows)))
        news = [n for n in near if self.said[self.line[n]] != ASKED]
        return tuple(self._choice(n) for n in news[:count])

    @property
    def why_nobody(self) -> Words:
        """Why there is no choice."""
        count = len(self.rows)
        if not count:
            return {"text": NOBODY_KNOWN, "args": {}}
        asked, without = (
            int(np.count_nonzero(self.line == self.said.index(text)))
            for text in (ASKED, NO_CONSENT)
        )
        args = {"count": count, "asked": asked, "refused": count - asked - without}
        if without:
            return {"text": NOT_AGREED, "args": {**args, "without": without}}
        return {"text": NOBODY_FIT, "args": args}

    def _choice(self, n: int) -> Choice:
        row = self.rows[n]
        minutes, km = _known(self.minutes[n]), _known(self.km[n])
        level = int(self.hospitals.level[row])
        text = self.said[self.line[n]]
        args: dict[str, Any] = {"level": level}
        if n < self.fit:
            args |= {"how": text, "beds": int(self.hospitals.free_beds[row])}
            text = FIT_ANYWHERE if minutes is None else FIT
        if minutes is not None and n < self.fit:
            args |= {"minutes": ceil(minutes), "km": in_words(km or 0.0)}
        if self.group[n] == _GREEN:  # asked with or without a bed or an obstetrician on call
            text, args = self.said[self.line[n]], {}
        glass = bool(self.group[n] == _GLASS)
        why = {"text": text, "args": args}
        return Choice(int(self.hospitals.ids[row]), minutes, km, why, glass)


def plan(
    needs: Needs,
    consent: Consent,
    origin: Origin,
    hospitals: Hospitals,
    asked: Collection[int],
    urgent: bool,
    limits: Limits = Limits(),
    roads: Roads | None = None,
    expecting: Expecting | None = None,
) -> Plan:
    """Whom to ask, best first; equal times in the order of the ids. Who expects her needs no more
    than somebody there who can answer, and that she has not refused it."""
    own = hospitals.ids == (consent.own_id or 0)
    km, minutes = _way(origin, hospitals, limits, roads)
    unmeasured = np.isnan(km) & ~(own & (not origin.is_hers))
    agreed = agreed_with(consent, hospitals.ids)
    before = np.isin(hospitals.ids, list(asked))
    said = unfit(needs, hospitals, before, unmeasured)
    fit = ~np.any([holds for _, holds in said], axis=0)
    green = expects(expecting, consent, hospitals) & ~before
    if not origin.is_hers:  # how far her hospital is from itself says nothing
        km[own & fit] = minutes[own & fit] = np.nan
    first = _own_first(own, fit & agreed, minutes, origin, limits)
    held = [green, first, fit & agreed, fit & np.full(len(fit), urgent)]
    group = np.select(held, [_GREEN, _OWN, _FIT, _GLASS], _UNFIT)
    said.insert(0, (expecting.why if expecting else EXPECTED, green))
    said += [(OWN, group == _OWN), (BY_TIME, group == _FIT), (BREAK_GLASS, group == _GLASS)]
    said += [(NO_CONSENT, np.full(len(fit), True))]
    line = np.argmax([holds for _, holds in said], axis=0)
    order = np.argsort(
        group * LATEST_MIN + np.nan_to_num(minutes, nan=LATEST_MIN / 2), kind="stable"
    )
    return Plan(
        hospitals, order, group[order], tuple(text for text, _ in said), line[order],
        minutes[order], km[order], (*origin.notes, *_measured(origin, roads), *needs.notes),
    )  # fmt: skip


def _way(
    origin: Origin, h: Hospitals, limits: Limits, roads: Roads | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n,) km as the crow flies and (n,) minutes by road, NaN where not known."""
    if origin.at is None:
        return np.full(len(h), np.nan), np.full(len(h), np.nan)
    km = distances_km(origin.at, h.latitude, h.longitude)
    minutes = road_minutes(km, limits.road_kmh)
    if roads is not None and roads.minutes:
        ids = np.fromiter(roads.minutes, np.int64)
        rows = np.minimum(np.searchsorted(h.ids, ids), len(h) - 1)
        there = (h.ids[rows] == ids) & ~np.isnan(km[rows])
        minutes[rows[there]] = np.fromiter(roads.minutes.values(), float)[there]
    return km, minutes


def _own_first(
    own: NDArray[np.bool_],
    fit: NDArray[np.bool_],
    minutes: NDArray[np.float64],
    origin: Origin,
    limits: Limits,
) -> NDArray[np.bool_]:
    """(n,) true for her own hospital when it is fit and near enough, or nothing better is known."""
    if not (own & fit).any():
        return np.full(len(own), False)
    if not origin.is_hers:
        return own
    nearest = np.nanmin(minutes[fit], initial=np.inf)
    limit = max(limits.own_first_min, float(nearest) + limits.own_extra_min)
    return own & (minutes <= limit)


def _measured(origin: Origin, roads: Roads | None) -> tuple[Words, ...]:
    if origin.at is None:
        return ()
    if roads is None:
        return ({"text": ESTIMATED, "args": {}},)
    if roads.minutes is None:
        return ({"text": ROADS_AWAY, "args": {}},)
    return ({"text": ROADS, "args": {"count": len(roads.minutes)}},)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
