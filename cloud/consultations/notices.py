"""Who is told of a new message beside the pages. No text says what it is about, or whom.

Called inside the transaction of the message itself.
"""

from typing import Any

from sqlalchemy import Connection

from cloud.outgoing.outbox import said_as, staff_rows, tell_mother
from cloud.store import messages, people
from cloud.store.consultations import Consultation, Message

HER_TITLE = "Lucina: your question"
HER_ANSWER = "A doctor has written to you. Open the page to read it."
TITLE = "Consultation %(number)d"
QUESTION = "A mother has asked a question. Open the page and answer."
CASE = "A doctor asks about a case. Open the page and answer."
REPLY = "There is a new message in a case that you discuss. Open the page to read it."
HANDED = "A consultation has been handed to you. Open the page to see all of it."
LATE = "A question has waited for %(minutes)d min without an answer. Open the page and answer it."


def tell_of(
    conn: Connection, one: Consultation, message: Message, hospitals: frozenset[int], now_ms: int
) -> None:
    """Everybody who takes part but the one who wrote it: of these hospitals, and the mother."""
    if one.kind == "mother" and message.event in ("answer", "end"):
        _tell_her(conn, one, message, now_ms)
    if message.event in ("hand over", "moved"):
        tell_staff(conn, one, message.id, one.organisation_id, said_as(HANDED), now_ms)
    elif one.kind == "case":
        text = CASE if message.event == "ask" else REPLY
        for organisation_id in sorted(hospitals - {message.organisation_id}):
            tell_staff(conn, one, message.id, organisation_id, said_as(text), now_ms)
    elif message.event == "ask":
        tell_staff(conn, one, message.id, one.organisation_id, said_as(QUESTION), now_ms)


def tell_late(conn: Connection, one: Consultation, minutes: int, now_ms: int) -> None:
    """The centre, that nobody has answered."""
    for place in people.all_organisations(conn):
        if place.kind == "centre":
            about = f"late {one.asked_ms}"
            tell_staff(conn, one, about, place.id, said_as(LATE, minutes=minutes), now_ms)


def tell_staff(
    conn: Connection, one: Consultation, about: int | str, organisation_id: int,
    said: dict[str, Any], now_ms: int,
) -> None:  # fmt: skip
    """The doctor who has it if that one works there and can be reached, else all who can."""
    place = people.get_organisation(conn, organisation_id)
    if place is None:
        return
    row = _row(f"consultation {one.id} {about} {place.id}", said_as(TITLE, number=one.id))
    row["text"]["body"] = said
    rows = staff_rows(conn, place, row | {"mother_id": None}, now_ms)
    own = [r for r in rows if r["person_id"] is not None and r["person_id"] == one.person_id]
    messages.add(conn, own or rows)


def _tell_her(conn: Connection, one: Consultation, message: Message, now_ms: int) -> None:
    if one.mother_id is None:
        return
    row = _row(f"consultation {one.id} {message.id} mother", said_as(HER_TITLE))
    row["text"]["body"] = said_as(HER_ANSWER)
    tell_mother(conn, one.mother_id, "important", row, now_ms)


def _row(key: str, title: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": key,
        "alert_id": None,
        "recording_id": None,
        "step": "consultation",
        "priority": "medium",
        "urgent": False,
        "text": {"title": title},
    }
