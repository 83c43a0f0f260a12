"""Consultations as JSON, and what people write. Rules: cloud.consultations."""

import re
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, BeforeValidator, Field, StringConstraints
from sqlalchemy import Connection

from cloud.alerts.answers import ReasonMissing
from cloud.consultations import asking, moves
from cloud.consultations.segments import Segment, segment_of
from cloud.consultations.service import Change
from cloud.consultations.sight import seen, sees
from cloud.consultations.steps import Case, Written
from cloud.consultations.views import consultation_views
from cloud.deps import MAX_ID, Id, Now, Principal, Services, ServicesDep, Who, find_visible
from cloud.journeys.sight import sees_referral
from cloud.routes.examples import example
from cloud.routes.refusals import in_words
from cloud.store import alerts, consultations, referrals
from cloud.store.consultations import Consultation
from cloud.store.db import reading, writing
from models.consultations import MAX_CHARS

router = APIRouter(tags=["consultations"])
BEFORE_S, AFTER_S = 120.0, 60.0  # what is shown around an alert unless said otherwise
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)")


def recorded_s(said: Any) -> Any:
    """Recorded time as a strip writes it, h:mm:ss or mm:ss, in seconds; numbers as they are."""
    found = _CLOCK.fullmatch(said.strip()) if isinstance(said, str) else None
    if found is None:
        return said
    return int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])


SomeId = Annotated[int, Field(ge=1, le=MAX_ID)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_CHARS)]
Subject = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
RecordedS = Annotated[float, BeforeValidator(recorded_s), Field(ge=0, le=1e6)]


class Letter(BaseModel):
    """A text, and the part of a strip that it shows."""

    model_config = example(text="Is this dip normal?", recording_id=7, start_s=600, end_s="12:30")
    text: Words | None = None
    recording_id: SomeId | None = None
    start_s: RecordedS | None = None
    end_s: RecordedS | None = None


class Question(Letter):
    model_config = example(subject="Fewer movements", text="Since this morning. Shall I come?")
    subject: Subject | None = None
    mother_id: SomeId | None = None  # to whom a doctor writes; a mother leaves it out
    former_id: SomeId | None = None  # the one that is over, with which this goes on


class CaseOf(Letter):
    model_config = example(alert_id=3, organisation_id=1, text="Late or variable?", start_s="5:00")
    alert_id: SomeId | None = None
    referral_id: SomeId | None = None
    organisation_id: SomeId  # who is asked
    subject: Subject | None = None


class HandOver(BaseModel):
    model_config = example(person_id=12, reason="My shift ends; she waits for the glucose result.")
    person_id: SomeId
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] | None = None


class Summary(BaseModel):
    model_config = example(summary="Movements normal since noon; next recording tomorrow.")
    summary: Words | None = None


class Through(BaseModel):
    model_config = example(through=41)
    through: SomeId  # the last message that was on the screen


def visible_consultation(consultation_id: Id, who: Who, parts: ServicesDep) -> Consultation:
    """The consultation of the path; 404 when it is not theirs, as if it did not exist."""
    with reading(parts.engine) as conn:
        found = consultations.get(conn, consultation_id)
        if found is None or not sees(conn, who.viewer, found):
            raise HTTPException(404, "no such consultation")
        return found


VisibleConsultation = Annotated[Consultation, Depends(visible_consultation)]


def theirs(conn: Connection, who: Principal) -> list[Consultation]:
    organisation_id = who.organisation_id if who.role == "hospital" else None
    rows = consultations.visible(conn, organisation_id=organisation_id, mother_id=who.mother_id)
    return seen(conn, who.viewer, rows)


@router.get("/api/consultations")
def list_consultations(who: Who, parts: ServicesDep, now_ms: Now) -> list[dict[str, Any]]:
    """The open ones, the longest waiting first, and the newest of the others."""
    with reading(parts.engine) as conn:
        return consultation_views(conn, theirs(conn, who), who, now_ms)


@router.get("/api/consultations/waiting")
def get_waiting(who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, int]:
    """For staff: how many wait for an answer of their organisation; for a mother: how many messages
    she has not read."""
    with reading(parts.engine) as conn:
        if who.organisation_id is not None:
            return {"count": consultations.waiting(conn, who.organisation_id)}
        rows = consultation_views(conn, theirs(conn, who), who, now_ms)
        return {"count": sum(row["unread"] for row in rows)}


@router.get("/api/consultations/{consultation_id}", summary="One consultation with its messages")
def get_consultation(
    found: VisibleConsultation, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    return view_of(parts, found.id, who, now_ms)


@router.post("/api/consultations")
def ask(question: Question, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """A mother asks doctors, or a doctor writes to a mother."""

    def do(conn: Connection) -> Consultation:
        subject = question.subject or ""
        mother_id = who.mother_id or question.mother_id
        if mother_id is None:
            raise ReasonMissing(asking.TO_WHOM)
        written = _written(conn, who, question, mother_id)
        if who.role == "mother":
            return asking.ask(conn, who, subject, written, question.former_id, now_ms)
        return asking.write_to(conn, who, mother_id, subject, written, now_ms)

    return _change(parts, who, do, now_ms)


@router.post("/api/consultations/cases")
def discuss(case: CaseOf, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """Ask other doctors about a recording, an alert or a referral. The mother does not see it."""

    def do(conn: Connection) -> Consultation:
        about, letter = _case(conn, who, case)
        written = _written(conn, who, letter, about.mother_id)
        asked_id, subject = case.organisation_id, case.subject or ""
        return asking.discuss(conn, who, about, asked_id, subject, written, now_ms)

    return _change(parts, who, do, now_ms)


@router.post("/api/consultations/{consultation_id}/messages", summary="Write a message")
def write(
    found: VisibleConsultation, letter: Letter, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    def do(conn: Connection) -> Consultation:
        written = _written(conn, who, letter, found.mother_id)
        return moves.write(conn, found.id, who, written, now_ms)

    return _change(parts, who, do, now_ms)


@router.post("/api/consultations/{consultation_id}/read")
def read(
    found: VisibleConsultation, what: Through, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """The messages up to this one have been on the screen of this person."""
    assert who.person_id is not None
    with writing(parts.engine) as conn:
        written = consultations.messages_of(conn, [found.id])[found.id]
        ids = [m.id for m in written if m.id <= what.through and m.person_id != who.person_id]
        consultations.mark_read(conn, ids, who.person_id, now_ms)
    parts.consultations.publish(found)
    return view_of(parts, found.id, who, now_ms)


@router.post("/api/consultations/{consultation_id}/hand-over")
def hand_over(
    found: VisibleConsultation, to: HandOver, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """Another doctor goes on, and sees everything."""
    do = partial(
        moves.hand_over, consultation_id=found.id, who=who, to_person_id=to.person_id,
        reason=to.reason or "", now_ms=now_ms,
    )  # fmt: skip
    return _change(parts, who, do, now_ms)


@router.post(
    "/api/consultations/{consultation_id}/end", summary="End a consultation with a summary"
)
def end(
    found: VisibleConsultation, what: Summary, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    summary = what.summary or ""
    do = partial(moves.end, consultation_id=found.id, who=who, summary=summary, now_ms=now_ms)
    return _change(parts, who, do, now_ms)


def view_of(parts: Services, consultation_id: int, who: Principal, now_ms: int) -> dict[str, Any]:
    with reading(parts.engine) as conn:
        found = consultations.get(conn, consultation_id)
        assert found is not None  # it was seen a moment ago, and none is ever removed
        return consultation_views(conn, [found], who, now_ms)[0]


def _change(parts: Services, who: Principal, do: Change, now_ms: int) -> dict[str, Any]:
    with in_words():
        consultation_id = parts.consultations.change(do)
    return view_of(parts, consultation_id, who, now_ms)


def _written(conn: Connection, who: Principal, letter: Letter, mother_id: int | None) -> Written:
    part: Segment | None = None
    if letter.recording_id is not None:
        recording = find_visible(conn, who, letter.recording_id)
        part = segment_of(conn, recording, mother_id, letter.start_s, letter.end_s)
    return Written(letter.text or "", part)


def _case(conn: Connection, who: Principal, case: CaseOf) -> tuple[Case, Letter]:
    """What it is about, and the letter with the strip that belongs to that. 404: not theirs."""
    recording_id, start_s, end_s = case.recording_id, case.start_s, case.end_s
    if case.referral_id is not None:
        referral = referrals.get(conn, case.referral_id)
        if referral is None or not sees_referral(who.viewer, referral):
            raise HTTPException(404, "no such referral")
        recording_id = recording_id or referral.recording_id
        about = Case(referral.mother_id, referral_id=referral.id)
    else:
        alert = alerts.get(conn, case.alert_id) if case.alert_id else None
        if alert is not None:
            recording_id = alert.recording_id
            if start_s is None and end_s is None:
                start_s, end_s = max(0.0, alert.onset_s - BEFORE_S), alert.at_s + AFTER_S
        recording = find_visible(conn, who, recording_id or 0)
        about = Case(recording.mother_id, alert_id=alert.id if alert else None)
    return about, Letter(text=case.text, recording_id=recording_id, start_s=start_s, end_s=end_s)
