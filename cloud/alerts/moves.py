"""What can be done to an alert, inside one transaction of the caller.

Every move changes the row, if it is still in the phase that was read, and writes a step: what
happened, when, by whom, from which organisation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from cloud.hospitals import routing_words
from cloud.hospitals.planner import Planner
from cloud.outgoing import outbox
from cloud.routing.plan import Choice, Roads
from cloud.store import alerts, changes, commands, hidden, people, recordings
from cloud.store.alerts import FOLLOW, Alert, Step
from device.payloads import COMMAND_ALERT
from models.alerts import ANSWERED, REMIND_AFTER_S, TRANSITIONS, Phase, after

Text = Mapping[str, Any] | str  # {"text": msgid, "args": {...}, ...}, or a person's own words

TECHNICAL = "technical: the centre helps the mother with the probe"
NO_MOTHER = "the recording belongs to no mother yet"
SILENT = "no answer for %(seconds)s s"
FOLLOWS = "it has taken alert %(number)d of hers"
BREAK_GLASS = "asked without the mother's consent, as the alert is urgent; she is told"
_URGENCY = {"high": 2, "medium": 1, "low": 0}


@dataclass(frozen=True)
class Telling:
    """How the next hospital is found, and how long it has."""

    planner: Planner
    escalate_after_ms: int
    roads: Roads | None = None  # asked for before the transaction


def note(
    conn: Connection,
    alert: Alert,
    event: str,
    now_ms: int,
    text: Text,
    organisation_id: int | None = None,
    person_id: int | None = None,
) -> None:
    """Something happened that changes no phase; whoever is to know of it is told. Of the canary's
    alerts nobody is, beside her own organisation's page, and the audit is without them."""
    step = Step(alert.id, now_ms, event, alert.phase, organisation_id, person_id, text)
    if hidden.is_hidden(conn, alert.mother_id):
        alerts.add_step(conn, step, audited=False)
        return
    alerts.add_step(conn, step)
    outbox.of_step(conn, alert, event, organisation_id, person_id, now_ms)


def move(
    conn: Connection,
    alert: Alert,
    event: str,
    now_ms: int,
    row: Mapping[str, Any],
    text: Text = "",
    organisation_id: int | None = None,
    person_id: int | None = None,
) -> Alert:
    """One transition of models.alerts; NotAllowed when the table has none. `row` is what else
    becomes of the alert; organisation and person are those of the step."""
    phase = after(alert.phase, event)
    after_s = REMIND_AFTER_S.get((phase, alert.priority))
    remind_ms = None if after_s is None else now_ms + 1000 * after_s
    moved = alerts.change(conn, alert, {**row, "phase": phase, "remind_ms": remind_ms})
    note(conn, moved, event, now_ms, text, organisation_id, person_id)
    return moved


def tell_next(
    conn: Connection, alert: Alert, now_ms: int, how: Telling, looks_after: int | None = None
) -> Alert:
    """Ask the best hospital that was not asked yet, or hand the alert to the centre. `looks_after`:
    the hospital that had accepted it before it became more urgent."""
    if alert.kind == "technical":
        return _to_centre(conn, alert, now_ms, words(TECHNICAL))
    mother = None if alert.mother_id is None else people.get_mother(conn, alert.mother_id)
    if mother is None:
        return _to_centre(conn, alert, now_ms, words(NO_MOTHER))
    asked, urgent = alerts.asked(conn, alert.id), alert.priority == "high"
    looks_after = looks_after or held_by(conn, mother.id)
    plan = how.planner.plan(conn, mother, asked, urgent, now_ms, how.roads, looks_after)
    if not plan.fit:
        return _to_centre(conn, alert, now_ms, routing_words.why_nobody(conn, plan))
    first = plan.first(1)[0]
    row = {"organisation_id": first.hospital_id, "told_ms": now_ms}
    row["deadline_ms"] = now_ms + how.escalate_after_ms
    why = routing_words.why_first(conn, plan)
    alert = move(conn, alert, "tell", now_ms, row, why, first.hospital_id)
    if first.break_glass:
        _tell_break_glass(conn, alert, first, now_ms)
    return alert


def held_by(conn: Connection, mother_id: int) -> int | None:
    """The hospital that has accepted an alert of hers, the newest, and has not handled it yet."""
    for one in reversed(alerts.open_of_mother(conn, mother_id)):
        if one.phase is Phase.ACCEPTED and one.kind == "patient":
            place = people.get_organisation(conn, one.organisation_id or 0)
            if place is not None and place.kind == "hospital":
                return place.id
    return None


def _tell_break_glass(conn: Connection, alert: Alert, first: Choice, now_ms: int) -> None:
    """Asked without her consent: written down, and told to her."""
    after = {"alert": alert.id, "rule": alert.rule, **first.why}
    changes.add(
        conn, "break_glass", None, after, now_ms,
        person_id=None, organisation_id=first.hospital_id, mother_id=alert.mother_id,
    )  # fmt: skip
    note(conn, alert, "break_glass", now_ms, words(BREAK_GLASS), first.hospital_id)


def _to_centre(conn: Connection, alert: Alert, now_ms: int, text: Text) -> Alert:
    nobody = {"organisation_id": None, "told_ms": None, "deadline_ms": None}
    return move(conn, alert, "nobody left", now_ms, nobody, text)


def command_device(conn: Connection, alert: Alert, now_ms: int) -> None:
    """Have the device show its most urgent alert that is not over; if there is none, this one."""
    recording = recordings.get(conn, alert.recording_id)
    if recording is None or recording.gateway_id == recordings.HOME:
        return
    shown = max(alerts.open_of(conn, alert.recording_id), key=_urgency, default=alert)
    commands.add(
        conn,
        device_id=recording.device_id,
        session=recording.session,
        code=COMMAND_ALERT,
        text=f"{shown.phase.value} {shown.priority}",
        now_ms=now_ms,
    )


def follow(
    conn: Connection, accepted: Alert, hospital_id: int, now_ms: int, how: Telling
) -> list[int]:
    """A hospital has accepted an alert: her others that wait for somebody else are asked of it
    too, so that one place looks after her. Those that it has declined are not. Their ids."""
    changed = []
    for one in alerts.open_of_mother(conn, accepted.mother_id or 0):
        alert = alerts.get_locked(conn, one.id)
        if alert is None or (alert.phase, FOLLOW) not in TRANSITIONS or alert.kind != "patient":
            continue
        steps = alerts.steps_of(conn, [alert.id])[alert.id]
        declined = any(s.event == "decline" and s.organisation_id == hospital_id for s in steps)
        if declined or alert.organisation_id == hospital_id:
            continue
        nobody = {"organisation_id": None, "told_ms": None, "deadline_ms": None}
        text = words(FOLLOWS, number=accepted.id)
        alert = move(conn, alert, FOLLOW, now_ms, nobody, text, hospital_id)
        alert = tell_next(conn, alert, now_ms, how, hospital_id)
        command_device(conn, alert, now_ms)
        changed.append(alert.id)
    return changed


def words(text: str, **args: Any) -> dict[str, Any]:
    return {"text": text, "args": args}


def _urgency(alert: Alert) -> tuple[bool, int, int]:
    return alert.phase not in ANSWERED, _URGENCY[alert.priority], alert.id
