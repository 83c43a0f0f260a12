"""What people may do with an alert, inside one transaction of the caller.

Each function returns the alert as it has become, or None when there was nothing to do, and
raises Refused when it is not possible: for this person, or any more.
"""

from typing import Any, Protocol

from sqlalchemy import Connection

from cloud.alerts.moves import move, words
from cloud.store import alerts, people
from cloud.store.alerts import Alert
from models.alerts import ANSWERED, TRANSITIONS, WAITING, NotAllowed, Phase

HAS_IT = "%(organisation)s has it: %(person)s"
NOT_ASKED = "your hospital has not been asked to take this alert"
NOT_ITS_TURN = "another hospital is being asked now"
NOT_OWNER = "only %(organisation)s, which has it, or the centre can do this"
NOT_NOW = "not possible now: the alert is %(phase)s"
NOT_A_CLINICIAN = "only a hospital or the centre can do this"
SAY_WHY = "say why you decline"
NO_SUCH_ACTION = "there is no such action: %(event)s"
NOT_TECHNICAL = "only a technical alert can be acknowledged: accept this one"
ENDED_TOO = "the condition had already gone away"


class Actor(Protocol):
    """Who acts: cloud.deps.Principal is one."""

    @property
    def role(self) -> str: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def organisation_id(self) -> int | None: ...


class Refused(NotAllowed):
    """Not possible for this person, or not now; `words` say why, as msgid and arguments."""

    def __init__(self, text: str, **args: Any) -> None:
        super().__init__(text % args)
        self.words = words(text, **args)


class ReasonMissing(Refused):
    """A decline has to say why."""


def answer(
    conn: Connection,
    alert: Alert,
    event: str,
    actor: Actor,
    reason: str,
    now_ms: int,
    useful: bool | None = None,
) -> Alert | None:
    """accept, decline, read, acknowledge, handle or close; `useful` is kept when it is handled."""
    if actor.role not in ("hospital", "centre"):
        raise Refused(NOT_A_CLINICIAN)
    does = {
        "accept": _accept,
        "decline": _decline,
        "read": _read,
        "acknowledge": _acknowledge,
        "handle": _finish,
        "close": _finish,
    }
    if event not in does:
        raise Refused(NO_SUCH_ACTION, event=event)
    row = does[event](conn, alert, event, actor, reason)
    if row is None:
        return None
    if (alert.phase, event) not in TRANSITIONS:
        raise Refused(NOT_NOW, phase=alert.phase.value)
    if event == "handle":
        row["useful"] = useful
    alert = move(conn, alert, event, now_ms, row, reason, actor.organisation_id, actor.person_id)
    if alert.phase is Phase.ACKNOWLEDGED and alert.cleared_s is not None:
        alert = move(conn, alert, "over", now_ms, {}, words(ENDED_TOO))
    return alert


def _accept(
    conn: Connection, alert: Alert, _event: str, actor: Actor, _reason: str
) -> dict[str, Any] | None:
    """The first accept wins, of any hospital asked so far or of the centre."""
    if alert.phase in ANSWERED:
        if actor.person_id is not None and alert.person_id == actor.person_id:
            return None  # pressed twice
        raise Refused(HAS_IT, **_owner(conn, alert))
    told_ms = alert.told_ms
    if alert.organisation_id != actor.organisation_id:
        steps = alerts.steps_of(conn, [alert.id])[alert.id]
        asked = [s for s in steps if s.event == "tell"]
        told_ms = next((s.at_ms for s in asked if s.organisation_id == actor.organisation_id), None)
        if told_ms is None and actor.role == "hospital":
            raise Refused(NOT_ASKED)
    return {
        "organisation_id": actor.organisation_id,
        "person_id": actor.person_id,
        "told_ms": told_ms,
        "deadline_ms": None,
    }


def _acknowledge(
    conn: Connection, alert: Alert, _event: str, actor: Actor, _reason: str
) -> dict[str, Any] | None:
    """Of a technical alert, by the centre or her own hospital; the first wins."""
    if alert.kind != "technical":
        raise Refused(NOT_TECHNICAL)
    if alert.phase in ANSWERED:
        if actor.person_id is not None and alert.person_id == actor.person_id:
            return None  # pressed twice
        raise Refused(HAS_IT, **_owner(conn, alert))
    mother = None if alert.mother_id is None else people.get_mother(conn, alert.mother_id)
    if actor.role == "hospital" and (
        mother is None or mother.organisation_id != actor.organisation_id
    ):
        raise Refused(NOT_ASKED)
    return {"organisation_id": actor.organisation_id, "person_id": actor.person_id}


def _decline(
    conn: Connection, alert: Alert, _event: str, actor: Actor, reason: str
) -> dict[str, Any]:
    if not reason:
        raise ReasonMissing(SAY_WHY)
    if alert.phase in ANSWERED:
        raise Refused(HAS_IT, **_owner(conn, alert))
    if not _is_asked(alert, actor):
        raise Refused(NOT_ITS_TURN)
    return {"deadline_ms": None}


def _read(
    _conn: Connection, alert: Alert, _event: str, actor: Actor, _reason: str
) -> dict[str, Any] | None:
    """Only the first look of the hospital that is asked now counts."""
    fresh = alert.phase in WAITING and alert.phase is not Phase.READ
    return {} if fresh and _is_asked(alert, actor) else None


def _finish(
    conn: Connection, alert: Alert, _event: str, actor: Actor, _reason: str
) -> dict[str, Any]:
    """handle and close: by the hospital that has it, or by the centre."""
    if alert.phase not in ANSWERED:
        raise Refused(NOT_NOW, phase=alert.phase.value)
    if actor.role == "hospital" and alert.organisation_id != actor.organisation_id:
        raise Refused(NOT_OWNER, organisation=_owner(conn, alert)["organisation"])
    return {}


def _is_asked(alert: Alert, actor: Actor) -> bool:
    return alert.organisation_id is not None and alert.organisation_id == actor.organisation_id


def _owner(conn: Connection, alert: Alert) -> dict[str, str]:
    organisation_id, person_id = alert.organisation_id, alert.person_id
    organisation = people.get_organisation(conn, organisation_id) if organisation_id else None
    person = people.get_person(conn, person_id) if person_id else None
    return {
        "organisation": organisation.name if organisation else "",
        "person": person.name if person else "",
    }
