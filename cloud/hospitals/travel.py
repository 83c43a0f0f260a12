"""When somebody will be there: estimates by cloud.routing, with the words that say from where."""

from math import ceil
from typing import Any

import numpy as np
from sqlalchemy import Connection

from cloud.hospitals.planner import Planner
from cloud.routing.distance import ROAD_KMH, distance_km, point, road_minutes
from cloud.routing.plan import ESTIMATED, Roads
from cloud.store import people

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


def between(conn: Connection, from_id: int, to_id: int, now_ms: int) -> Expected:
    """When somebody who leaves one hospital now is at the other."""
    places = []
    for organisation_id in (from_id, to_id):
        one = people.get_organisation(conn, organisation_id)
        places.append((one, point(one.latitude, one.longitude) if one else None))
    (sender, a), (_, b) = places
    if sender is None or a is None or b is None:
        return None, [{"text": NOT_KNOWN, "args": {}}]
    minutes = float(road_minutes(np.array([distance_km(a, b)]), ROAD_KMH)[0])
    name = {"en": sender.name, "zh": sender.name_zh}
    how = [{"text": FROM_PLACE, "args": {"organisation": name}}, {"text": ESTIMATED, "args": {}}]
    return now_ms + round(minutes * 60_000), how
