"""When somebody will be there: estimates by cloud.routing, with the words that say from where."""

from math import ceil
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection

from cloud.hospitals.planner import Planner
from cloud.routing.distance import Point, distance_km, point, road_minutes
from cloud.routing.origin import PHONE, PHONE_ROUGH
from cloud.routing.plan import ESTIMATED, Roads
from cloud.store import people
from cloud.store.people import Organisation


class Way(NamedTuple):
    km: float  # great circle
    minutes: float  # by road


Expected = tuple[int | None, list[dict[str, Any]]]  # when (None: not known), and how it was found

NOT_KNOWN = "the way is not known: say when she will be there"
FROM_LEAVING = "%(minutes)s min on the way, once she has left"
FROM_PLACE = "measured from %(organisation)s"


def expected(
    conn: Connection,
    planner: Planner,
    mother_id: int,
    hospital_id: int,
    now_ms: int,
    roads: Roads | None,
) -> Expected:
    """When a mother who leaves now is at this hospital: the travel time of the routing plan."""
    mother = people.get_mother(conn, mother_id)
    assert mother is not None  # it has a row that refers to her
    plan = planner.plan(conn, mother, (), True, now_ms, roads)
    here = plan.hospitals.ids[plan.rows] == hospital_id
    minutes = plan.minutes[here]
    if not len(minutes) or np.isnan(minutes[0]):
        return None, [{"text": NOT_KNOWN, "args": {}}]
    return now_ms + round(float(minutes[0]) * 60_000), list(plan.notes)


def once_left(expected: Expected, now_ms: int) -> Expected:
    """The same for a mother who has not left yet: how long, and no time of arrival."""
    at_ms, how = expected
    if at_ms is None:
        return expected
    minutes = ceil((at_ms - now_ms) / 60_000)
    said = {"text": FROM_LEAVING, "args": {"minutes": minutes}, "travel_min": minutes}
    return None, [said, *how]


def between(conn: Connection, planner: Planner, from_id: int, to_id: int, now_ms: int) -> Expected:
    """When somebody who leaves one hospital now is at the other."""
    sender, to = (people.get_organisation(conn, one) for one in (from_id, to_id))
    found = way(planner, sender, to)
    if sender is None or found is None:
        return None, [{"text": NOT_KNOWN, "args": {}}]
    name = {"en": sender.name, "zh": sender.name_zh}
    how = [{"text": FROM_PLACE, "args": {"organisation": name}}, {"text": ESTIMATED, "args": {}}]
    return now_ms + round(found.minutes * 60_000), how


def of_referral(
    conn: Connection, planner: Planner, from_id: int, to_id: int, seen: Expected, now_ms: int
) -> Expected:
    """When a mother who was sent is there. `seen`: from where she is, which only her phone knows:
    she left the hospital, not her home."""
    if seen[1][0]["text"] in (PHONE, PHONE_ROUGH):
        return seen
    return between(conn, planner, from_id, to_id, now_ms)


def way(planner: Planner, a: Organisation | None, b: Organisation | None) -> Way | None:
    """From one hospital to another, estimated as in the plan of an alert; None: not known."""
    here, there = _place(a), _place(b)
    if here is None or there is None:
        return None
    km = distance_km(here, there)
    return Way(km, float(road_minutes(np.array([km]), planner.road_kmh)[0]))


def _place(one: Organisation | None) -> Point | None:
    return point(one.latitude, one.longitude) if one else None
