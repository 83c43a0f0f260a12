"""What else there is of a mother, as links: recordings, alerts, readings, referrals; and whom her
team may be chosen from. Only what the asker may see by the rules of each (cloud.store.sight)."""

from typing import Any

from sqlalchemy import Connection

from cloud.hub import Viewer, may_see
from cloud.journeys.sight import sees_referral
from cloud.pregnancy.names import Names
from cloud.store import alerts, mother_sight, people, readings, recordings, referrals, sight
from cloud.store.people import Mother
from models.alerts import Phase

SHOWN = 10


def related(
    conn: Connection, mother: Mother, viewer: Viewer, person_id: int | None
) -> dict[str, list[dict[str, Any]]]:
    """Without the closed alerts of what this person reads blind."""
    blind = readings.held_unread(conn, person_id)
    names = Names(conn)
    every = recordings.latest(conn, mother_ids=[mother.id])
    told = alerts.visible(conn, mother_id=mother.id, recent=SHOWN)
    read = readings.visible(conn, mother_id=mother.id, recent=SHOWN)
    ids = {one.id for one in every} | {one.recording_id for one in told}
    ids |= {one.recording_id for one in read}
    places = sight.organisations_of_all(conn, ids)
    seen = {i for i in ids if may_see(viewer, mother.id, places[i])}
    return {
        "recordings": [
            {"id": one.id, "start_ms": one.start_ms, "open": one.closed_ms is None}
            for one in every
            if one.id in seen and one.gateway_id != recordings.HOME
        ][:SHOWN],
        "alerts": [
            {
                "id": one.id,
                "recording_id": one.recording_id,
                "priority": one.priority,
                "reason": dict(one.reason),
                "raised_ms": one.raised_ms,
                "phase": one.phase.value,
            }
            for one in told
            if one.recording_id in seen
            and not (one.recording_id in blind and one.phase is Phase.CLOSED)
        ],
        "readings": [
            {
                "id": one.id,
                "recording_id": one.recording_id,
                "phase": one.phase.value,
                "wanted_ms": one.wanted_ms,
                "signed_ms": one.signed_ms,
                "signed_class": one.signed_class.value if one.signed_class else None,
            }
            for one in read
            if one.recording_id in seen
        ],
        "referrals": [
            {
                "id": one.id,
                "direction": one.direction,
                "phase": one.phase.value,
                "requested_ms": one.requested_ms,
                "from": names.place(one.from_id),
                "to": names.place(one.to_id),
            }
            for one in referrals.visible(conn, mother_id=mother.id, recent=SHOWN)
            if sees_referral(viewer, one)
        ],
    }


def candidates(conn: Connection, mother: Mother) -> list[dict[str, Any]]:
    """Who can be in her team: staff of the hospitals that may see her record, and of the centre."""
    names = Names(conn)
    centres = [one.id for one in people.all_organisations(conn) if one.kind == "centre"]
    return [
        {"id": person.id, "name": person.name, "organisation": names.place(place)}
        for place in [*sorted(mother_sight.hospitals_of(conn, mother.id)), *centres]
        for person in people.staff_of(conn, place)
        if person.role in ("hospital", "centre")
    ]
