"""What the form of a new referral offers: whom, to where, on which grounds."""

from typing import Any

from sqlalchemy import Connection

from cloud.gestation import gestation_weeks
from cloud.routing.distance import distance_km, point
from cloud.store import people, recordings, referrals, sight
from cloud.store.people import Organisation
from models.referrals import CRITERIA, direction_of


def choices(conn: Connection, organisation_id: int, direction: str, now_ms: int) -> dict[str, Any]:
    """Hospitals nearest first; of each mother the newest recording."""
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
        "hospitals": _hospitals(conn, own, direction),
        "mothers": [
            {
                "id": mother.id,
                "name": mother.name,
                "gestation_weeks": gestation_weeks(mother.due_date, now_ms),
                "recording_id": newest[mother.id]
                if mother.id in newest and own.id in seen[newest[mother.id]]
                else None,
            }
            for mother in mothers
        ],
    }


def _hospitals(conn: Connection, own: Organisation, direction: str) -> list[dict[str, Any]]:
    here = point(own.latitude, own.longitude)
    found = []
    for one in people.hospitals(conn):
        there = point(one.latitude, one.longitude)
        km = round(distance_km(here, there), 1) if here and there else None
        if direction_of(own.level, one.level) == direction:
            names = {"id": one.id, "name": one.name, "name_zh": one.name_zh}
            found.append({**names, "level": one.level, "free_beds": one.free_beds, "km": km})
    return sorted(found, key=lambda one: (one["km"] is None, one["km"]))
