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
from cloud.store.alerts import Alert, Step
from device.payloads import COMMAND_ALERT
from models.alerts import ANSWERED, REMIND_AFTER_S, after

Text = Mapping[str, Any] | str  # {"text": msgid, "args": {...}, ...}, or a person's own words

TECHNICAL = "technical: the centre helps the mother with the probe"
NO_MOTHER = "the recording belongs to no mother yet"
SILENT = "no answer for %(seconds)s s"
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


def tell_next(conn: Connection, alert: Alert, now_ms: int, how: Telling) -> Alert:
    """Ask the best hospital that was not asked yet, or hand the alert to the centre."""
    if alert.kind == "technical":
        return _to_centre(conn, alert, now_ms, words(TECHNICAL))
    mother = None if alert.mother_id is None else people.get_mother(conn, alert.mother_id)
    if mother is None:
        return _to_centre(conn, alert, now_ms, words(NO_MOTHER))
    asked, urgent = alerts.asked(conn, alert.id), alert.priority == "high"
    plan = how.planner.plan(conn, mother, asked, urgent, now_ms, how.roads)
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


def words(text: str, **args: Any) -> dict[str, Any]:
    return {"text": text, "args": args}


def _urgency(alert: Alert) -> tuple[bool, int, int]:
    return alert.phase not in ANSWERED, _URGENCY[alert.priority], alert.id
