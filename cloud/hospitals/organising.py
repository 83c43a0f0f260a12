"""What an organisation says about itself: its state now, and its duty roster; each change kept."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from cloud.store import changes, duties, people
from cloud.store.duties import Duty, OnDuty
from cloud.store.people import Organisation

STATE = ("on_call", "by_roster", "free_beds", "nicu", "blood_bank")


def set_state(
    conn: Connection, organisation: Organisation, state: Mapping[str, Any], person_id: int | None,
    now_ms: int,
) -> None:  # fmt: skip
    """Write what differs from what was said before, and who said so."""
    before = {name: getattr(organisation, name) for name in STATE}
    differs = {name: state[name] for name in STATE if state[name] != before[name]}
    if not differs:
        return
    people.set_organisation(conn, organisation.id, **differs)
    for name, value in differs.items():
        changes.add(
            conn, name, before[name], value, now_ms,
            person_id=person_id, organisation_id=organisation.id,
        )  # fmt: skip


def set_duties(
    conn: Connection, organisation_id: int, roster: Sequence[Duty], person_id: int | None,
    now_ms: int,
) -> None:  # fmt: skip
    before = duties.of_organisation(conn, organisation_id)
    duties.replace(conn, organisation_id, roster)
    changes.add(
        conn, "duties", [duty_view(duty) for duty in before], [duty_view(duty) for duty in roster],
        now_ms, person_id=person_id, organisation_id=organisation_id,
    )  # fmt: skip


def organisation_view(conn: Connection, organisation: Organisation, now_ms: int) -> dict[str, Any]:
    """All of it, for its own staff."""
    here = [organisation.id]
    return {
        "id": organisation.id,
        "kind": organisation.kind,
        "phone": organisation.phone,
        "zone": organisation.zone,
        **{name: getattr(organisation, name) for name in STATE},
        "on_duty": {
            role: [on_duty_view(one) for one in duties.on_duty(conn, here, role, now_ms)]
            for role in duties.ROLES
        },
        "duties": [duty_view(duty) for duty in duties.of_organisation(conn, organisation.id)],
        "staff": [
            {"id": person.id, "name": person.name}
            for person in people.staff_of(conn, organisation.id)
        ],
        "changes": [
            {
                "at_ms": change.at_ms,
                "person": _name(conn, change.person_id),
                "what": change.what,
                "before": change.before,
                "after": change.after,
            }
            for change in changes.of_organisation(conn, organisation.id)
        ],
    }


def duty_view(duty: Duty) -> dict[str, Any]:
    return {**vars(duty), "day": duty.day.isoformat() if duty.day else None}


def on_duty_view(one: OnDuty) -> dict[str, Any]:
    return {"name": one.name, "phone": one.phone}


def _name(conn: Connection, person_id: int | None) -> str | None:
    person = people.get_person(conn, person_id) if person_id else None
    return person.name if person else None
