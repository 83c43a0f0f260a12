"""One message of a consultation, with what it changes, in a transaction of the caller."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection

from cloud.alerts.answers import ReasonMissing, Refused
from cloud.consultations import notices
from cloud.consultations.segments import Segment
from cloud.consultations.sight import audience_of, consent_of, is_centre
from cloud.store import consultations, people
from cloud.store.consultations import Consultation
from models import consultations as rules

SAY_SOMETHING = "write something first"
NOT_NOW = "not possible now: the consultation is %(phase)s"
NOT_AGREED = "she does not let %(organisation)s see her"
NOT_HOLDER = "only %(organisation)s, which has it, or the centre can do this"


class Writer(Protocol):
    """Who acts: cloud.deps.Principal is one."""

    @property
    def role(self) -> str: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def organisation_id(self) -> int | None: ...
    @property
    def mother_id(self) -> int | None: ...


@dataclass(frozen=True)
class Written:
    """One message, as somebody writes it."""

    text: str
    segment: Segment | None = None


@dataclass(frozen=True)
class Case:
    """What doctors discuss: of which mother (None: not known), and what it is about."""

    mother_id: int | None
    alert_id: int | None = None
    referral_id: int | None = None


def move(
    conn: Connection, one: Consultation, event: str, who: Writer, written: Written,
    now_ms: int, row: Mapping[str, Any], more: Mapping[str, Any] | None = None,
) -> Consultation:  # fmt: skip
    if (one.phase, event) not in rules.TRANSITIONS:
        raise Refused(NOT_NOW, phase=one.phase.value)
    moved = consultations.change(conn, one, {**row, "phase": rules.after(one.phase, event)})
    return say(conn, moved, event, who, written, now_ms, more or {})


def say(
    conn: Connection, one: Consultation, event: str, who: Writer, written: Written,
    now_ms: int, more: Mapping[str, Any],
) -> Consultation:  # fmt: skip
    strip = vars(written.segment) if written.segment else {}
    message = consultations.add_message(
        conn, one, at_ms=now_ms, event=event, person_id=who.person_id,
        organisation_id=who.organisation_id, text=written.text, **strip, **more,
    )  # fmt: skip
    notices.tell_of(conn, one, message, audience_of(conn, one), now_ms)
    return one


def has_it(one: Consultation, who: Writer) -> bool:
    """Whether this person may hand it over and end it."""
    return who.role == "centre" or who.organisation_id == one.organisation_id


def locked(conn: Connection, consultation_id: int) -> Consultation:
    one = consultations.get_locked(conn, consultation_id)
    if one is None:
        raise LookupError(f"no consultation {consultation_id}")
    return one


def checked(written: Written) -> Written:
    if not written.text:
        raise ReasonMissing(SAY_SOMETHING)
    return written


def check_agreed(conn: Connection, mother_id: int | None, organisation_id: int) -> None:
    """The centre may know of all; a hospital only of those who let it."""
    if mother_id is None or is_centre(conn, organisation_id):
        return
    if not consent_of(conn, mother_id).holds_for(organisation_id):
        raise Refused(NOT_AGREED, organisation=name(conn, organisation_id))


def check_holder(conn: Connection, one: Consultation, who: Writer) -> None:
    if not has_it(one, who):
        raise Refused(NOT_HOLDER, organisation=name(conn, one.organisation_id))


def name(conn: Connection, organisation_id: int) -> dict[str, str] | None:
    place = people.get_organisation(conn, organisation_id)
    return {"en": place.name, "zh": place.name_zh} if place else None


def centre(conn: Connection) -> int | None:
    every = people.all_organisations(conn)
    return next((place.id for place in every if place.kind == "centre"), None)
