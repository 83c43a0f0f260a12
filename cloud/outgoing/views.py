"""The messages of an alert as JSON, for staff: to whom, on which ways, and what came of each."""

from typing import Any

from sqlalchemy import Connection

from cloud.store import messages, people
from cloud.store.messages import Message, Try


def of_alert(conn: Connection, alert_id: int) -> list[dict[str, Any]]:
    found = messages.of_alert(conn, alert_id)
    tries = messages.tries_of(conn, [message.id for message in found])
    return [_view(conn, message, tries[message.id]) for message in found]


def _view(conn: Connection, message: Message, tries: list[Try]) -> dict[str, Any]:
    return {
        "id": message.id,
        "step": message.step,
        "to": _recipient(conn, message),
        "made_ms": message.made_ms,
        "sent_ms": message.sent_ms,
        "delivered_ms": message.delivered_ms,
        "read_ms": message.read_ms,
        "next_ms": message.next_ms,
        "next_channel": message.channel if message.next_ms is not None else None,
        "ended_why": message.ended_why,
        "tries": [
            {
                "channel": one.channel,
                "at_ms": one.at_ms,
                "delivered_ms": one.delivered_ms,
                "read_ms": one.read_ms,
                "failed_why": one.failed_why,
            }
            for one in tries
        ],
    }


def _recipient(conn: Connection, message: Message) -> dict[str, Any]:
    """role: mother, person or organisation; names as far as they apply."""
    if message.mother_id is not None:
        mother = people.get_mother(conn, message.mother_id)
        return {"role": "mother", "name": mother.name if mother else None}
    organisation = people.get_organisation(conn, message.organisation_id or 0)
    place = {
        "organisation": organisation.name if organisation else None,
        "organisation_zh": organisation.name_zh if organisation else None,
    }
    if message.person_id is None:
        return {"role": "organisation", "name": None, **place}
    person = people.get_person(conn, message.person_id)
    return {"role": "person", "name": person.name if person else None, **place}
