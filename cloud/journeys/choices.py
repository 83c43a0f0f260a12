"""What the form of a new referral offers: whom, to where, on which grounds."""

from math import ceil
from typing import Any

from sqlalchemy import Connection

from cloud.gestation import gestation_weeks
from cloud.hospitals import travel
from cloud.hospitals.planner import Planner
from cloud.store import people, recordings, referrals, sight
from cloud.store.people import Organisation
from models.referrals import CRITERIA, direction_of


def choices(
    conn: Connection, planner: Planner, organisation_id: int, direction: str, now_ms: int
) -> dict[str, Any]:
    """Hospitals nearest first, from the one that sends her; of each mother the newest recording."""
    own = people.get_organisation(conn, organisation_id)
    assert own is not None  # who asks works there
    mothers = people.mothers_of_org(conn, own.id)
    known = {mother.id for mother in mothers}
    for mother_id in referrals.who_came(conn, own.id) - known:
        mother = people.get_mother(conn, mother_id)
        mothers += [mother] if mother else []
    newest = recordings.newest_of(conn, [mother.id for mother in mothers])
    seen = sight.organisations_of_all(conn, newest.values())
    return {
        "criteria": [
            {"id": one.id, "text": one.text} for one in CRITERIA if one.direction == direction
        ],
        "hospitals": _hospitals(conn, planner, own, direction),
        "mothers": [
            {
                "id": mother.id,
                "name": mother.name,
                "gestation_weeks": gestation_weeks(mother.due_date, now_ms, own),
                "recording_id": newest[mother.id]
                if mother.id in newest and own.id in seen[newest[mother.id]]
                else None,
            }
            for mother in mothers
        ],
    }


def _hospitals(
    conn: Connection, planner: Planner, own: Organisation, direction: str
) -> list[dict[str, Any]]:
    found = []
    for one in people.hospitals(conn):
        if direction_of(own.level, one.level) == direction:
            way = travel.way(planner, own, one)
            km, minutes = (round(way.km, 1), ceil(way.minutes)) if way else (None, None)
            row = {"id": one.id, "name": one.name, "name_zh": one.name_zh, "level": one.level}
            found.append({**row, "free_beds": one.free_beds, "km": km, "minutes": minutes})
    return sorted(found, key=lambda one: (one["km"] is None, one["km"]))
