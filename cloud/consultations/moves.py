"""What people do with a consultation that is open, inside one transaction of the caller.

Each function returns the consultation as it has become. Refused: not possible for this person, or
not now; its words say why. Only people write; the service only hands on what a hospital may not
see any more.
"""

from typing import Any

from sqlalchemy import Connection

from cloud.alerts.answers import ReasonMissing, Refused
from cloud.alerts.moves import words
from cloud.consultations import notices
from cloud.consultations.sight import audience_of
from cloud.consultations.steps import (
    Writer,
    Written,
    centre,
    check_agreed,
    check_holder,
    checked,
    locked,
    move,
    name,
)
from cloud.store import consultations, people
from cloud.store.consultations import Consultation
from models.consultations import Phase

SAY_WHY = "say why you hand it over"
SUM_UP = "sum up what was said, for those who read it later"
NOBODY_THERE = "nobody with an account works there: choose somebody else"
SAME_AGAIN = "this doctor has it already"
WITHDRAWN = (
    "%(organisation)s does not see this any more, as the mother wishes; the monitoring "
    "centre goes on"
)


def write(
    conn: Connection, consultation_id: int, who: Writer, written: Written, now_ms: int
) -> Consultation:
    """One more message: of whoever began it a question, of the others an answer."""
    one = locked(conn, consultation_id)
    asks = who.role == "mother" if one.kind == "mother" else who.person_id == one.opener_id
    event = "ask" if asks else "answer"
    row: dict[str, Any] = {"asked_ms": (one.asked_ms or now_ms) if asks else None}
    if asks and one.phase is not Phase.ASKED:
        row["late_ms"] = None
    if event == "answer" and one.person_id is None:
        row |= {"person_id": who.person_id, "organisation_id": who.organisation_id}
    moved = move(conn, one, event, who, checked(written), now_ms, row)
    if event == "answer":
        _has_read(conn, one, who, now_ms)
    return moved


def _has_read(conn: Connection, one: Consultation, who: Writer, now_ms: int) -> None:
    """Who answers has read the question that waited, and what stands before it; not what came
    while the answer was written."""
    if one.asked_ms is None or who.person_id is None:
        return
    every = consultations.messages_of(conn, [one.id])[one.id]
    up_to = [m.id for m in every if m.at_ms <= one.asked_ms and m.person_id != who.person_id]
    consultations.mark_read(conn, up_to, who.person_id, now_ms)


def hand_over(
    conn: Connection, consultation_id: int, who: Writer, to_person_id: int, reason: str,
    now_ms: int,
) -> Consultation:  # fmt: skip
    """Another doctor goes on, and sees everything that was written."""
    one = locked(conn, consultation_id)
    check_holder(conn, one, who)
    if not reason:
        raise ReasonMissing(SAY_WHY)
    to = people.get_person(conn, to_person_id)
    if to is None or to.organisation_id is None:
        raise Refused(NOBODY_THERE)
    if to.id == one.person_id:
        raise Refused(SAME_AGAIN)
    check_agreed(conn, one.mother_id, to.organisation_id)
    row = {"organisation_id": to.organisation_id, "person_id": to.id}
    more = {"to_id": to.organisation_id, "to_person_id": to.id}
    return move(conn, one, "hand over", who, Written(reason), now_ms, row, more)


def end(
    conn: Connection, consultation_id: int, who: Writer, summary: str, now_ms: int
) -> Consultation:
    """A doctor closes it with a summary, which all who take part see."""
    one = locked(conn, consultation_id)
    if not (one.kind == "case" and who.person_id == one.opener_id):
        check_holder(conn, one, who)
    if not summary:
        raise ReasonMissing(SUM_UP)
    return move(conn, one, "end", who, Written(summary), now_ms, {"asked_ms": None})


def withdrawn(conn: Connection, mother_id: int, now_ms: int) -> list[tuple[Consultation, int]]:
    """She has decided anew who sees her: what a hospital has and may not see goes to the centre.
    Each with the hospital that had it."""
    moved = []
    for found in consultations.open_with(conn, mother_id):
        one = locked(conn, found.id)
        centre_id = centre(conn)
        if centre_id is None or one.organisation_id in audience_of(conn, one):
            continue
        lost_id = one.organisation_id
        one = consultations.change(conn, one, {"organisation_id": centre_id, "person_id": None})
        message = consultations.add_message(
            conn, one, at_ms=now_ms, event="moved", to_id=centre_id,
            text=words(WITHDRAWN, organisation=name(conn, lost_id)),
        )  # fmt: skip
        notices.tell_of(conn, one, message, audience_of(conn, one), now_ms)
        moved.append((one, lost_id))
    return moved


def overdue(conn: Connection, consultation_id: int, now_ms: int) -> Consultation | None:
    """Nobody has answered in time: the centre is told, once for each question."""
    one = locked(conn, consultation_id)
    if one.asked_ms is None or one.late_ms is not None:
        return None
    minutes = (now_ms - one.asked_ms) // 60_000
    notices.tell_late(conn, one, minutes, now_ms)
    return consultations.change(conn, one, {"late_ms": now_ms})
