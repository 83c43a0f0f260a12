"""One step of a reading, and who may take it, in a transaction of the caller."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.answers import Actor, Refused
from cloud.store import people, readings
from cloud.store.readings import Reading, Step
from models import readings as rules

Text = Mapping[str, Any] | str  # {"text": msgid, "args": {...}}, or a person's own words
NOT_HOLDER = "take the reading first: only the one who has it can do this"
NOT_YOURS = "only %(organisation)s or the centre can read this"
NOT_AN_EXPERT = "only an expert of the centre can read this now"
NOT_NOW = "not possible now: the reading is %(phase)s"


def note(
    conn: Connection, reading: Reading, event: str, actor: Actor | None, text: Text, now_ms: int
) -> None:
    who = (actor.organisation_id, actor.person_id) if actor else (None, None)
    readings.add_step(conn, Step(reading.id, now_ms, event, reading.phase, *who, text))


def move(
    conn: Connection, reading: Reading, event: str, actor: Actor, text: Text, now_ms: int,
    row: Mapping[str, Any] | None = None,
) -> Reading:  # fmt: skip
    phase = rules.after(reading.phase, event)
    moved = readings.change(conn, reading, {**(row or {}), "phase": phase})
    note(conn, moved, event, actor, text, now_ms)
    return moved


def locked(conn: Connection, reading_id: int) -> Reading:
    reading = readings.get_locked(conn, reading_id)
    if reading is None:
        raise LookupError(f"no reading {reading_id}")
    return reading


def held(conn: Connection, reading_id: int, actor: Actor, event: str) -> Reading:
    """The reading, if this person has it and this can happen now."""
    reading = locked(conn, reading_id)
    if reading.phase in rules.HELD:
        check_holder(reading, actor)
    if (reading.phase, event) not in rules.TRANSITIONS:
        raise Refused(NOT_NOW, phase=reading.phase.value)
    return reading


def check_holder(reading: Reading, actor: Actor) -> None:
    if reading.person_id != actor.person_id:
        raise Refused(NOT_HOLDER)


def check_reader(conn: Connection, reading: Reading, actor: Actor) -> None:
    """The centre may read all; a hospital those of its own mothers, until an expert is asked."""
    if reading.phase not in rules.OPEN:
        raise Refused(NOT_NOW, phase=reading.phase.value)
    if actor.role == "centre":
        return
    if reading.phase in rules.OF_EXPERTS:
        raise Refused(NOT_AN_EXPERT)
    if reading.organisation_id is None or reading.organisation_id != actor.organisation_id:
        place = people.get_organisation(conn, reading.organisation_id or 0)
        raise Refused(NOT_YOURS, organisation=place.name if place else "–")


def holder(conn: Connection, reading: Reading) -> dict[str, str]:
    person = people.get_person(conn, reading.person_id or 0)
    place = people.get_organisation(conn, reading.holder_id or 0)
    return {
        "person": person.name if person else "–",
        "organisation": place.name if place else "–",
    }
