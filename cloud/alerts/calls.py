"""The operator at the centre calls a mother: who has to be called, why, and what to say.

A task is made when she has not answered an alert for ANSWER_S, or answered that she wants a call
or an ambulance. It ends nothing of the alert. It is open until a person says what came of it. One
for want of an answer is no longer needed, and says so, when she answers by herself or when the
alert is handled or closed; what she has asked for stays, and says that the alert was handled. When
the alert becomes more urgent she is asked again, and called again.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.holding import states
from cloud.alerts.moves import note, words
from cloud.store import alerts, people, tasks
from cloud.store.alerts import Alert, Step
from cloud.store.tasks import Task
from cloud.views import organisation_view
from models.rules import BY_ID

ANSWER_S = 60  # issue 4 and FIELD 8.3: then a person calls
ASKED = {"call_me": "call_me", "ambulance": "ambulance"}  # her answers that ask for one
SCRIPTS = {
    "no_answer": "She has not answered her alert. Say who you are. Ask how she feels and whether "
    "the baby moves. Read her the steps below and tell her the number of her hospital. If she does "
    "not pick up, call again in two minutes, then her family or 120.",
    "call_me": "She says that she is fine and asks for a call. Ask for pain, bleeding, fluid and "
    "movements. Read her the steps below and tell her the number of her hospital.",
    "ambulance": "She asks for an ambulance. Call 120 first, then her. Stay on the line until it "
    "has come.",
}
ANSWERED_HERSELF = "no longer needed: she has answered on her page"
NOT_NEEDED = "call no longer needed"  # the event of the step
ENDED = {  # by the event that ended the alert
    "handle": "the alert was handled by %(person)s",
    "close": "the alert was closed by %(person)s",
}
ENDED_AT = {
    "handle": "alert handled by %(person)s at %(time)s",
    "close": "alert closed by %(person)s at %(time)s",
    "over": "alert closed at %(time)s: its condition is over",
}
WORST = ("high", "medium", "low")
SAY_WHAT = "say what came of the call"
WHY = {
    "no_answer": "the mother has not answered for a minute",
    "call_me": "she asks for a call",
    "ambulance": "she asks for an ambulance",
}
CALLED = "called: %(outcome)s"


def make_due(conn: Connection, now_ms: int) -> list[int]:
    """The alerts for which a call has to be made from now on."""
    due = tasks.unanswered(conn, now_ms - 1000 * ANSWER_S)
    return [alert_id for alert_id in due if _make(conn, alert_id, "no_answer", now_ms)]


def after_answer(conn: Connection, alert: Alert, said: str, now_ms: int) -> None:
    """She has answered: what is needed now, and what is not any more."""
    for task in tasks.open_of(conn, alert.id):
        if task.kind == "no_answer":
            tasks.finish(conn, task.id, None, words(ANSWERED_HERSELF), now_ms)
    if said in ASKED and alert.mother_id is not None:
        _make(conn, alert.id, ASKED[said], now_ms)


def after_end(
    conn: Connection, alert: Alert, event: str, person_id: int | None, now_ms: int
) -> None:
    """Somebody has handled or closed it: nobody calls any more because she did not answer."""
    person = people.get_person(conn, person_id) if person_id else None
    why = words(ENDED[event], person=person.name if person else "")
    for task in tasks.open_of(conn, alert.id):
        if task.kind == "no_answer" and tasks.finish(conn, task.id, person_id, why, now_ms):
            note(conn, alert, NOT_NEEDED, now_ms, why, None, person_id)


def done(
    conn: Connection, task_id: int, person_id: int | None, outcome: str, now_ms: int
) -> Task | None:
    """Somebody has called. None: no such task. The first who says so stays."""
    task = tasks.get(conn, task_id)
    if task is None:
        return None
    if tasks.finish(conn, task_id, person_id, outcome, now_ms):
        alert = alerts.get_locked(conn, task.alert_id)
        if alert is not None:
            note(conn, alert, "called", now_ms, words(CALLED, outcome=outcome), None, person_id)
    return tasks.get(conn, task_id)


def views(conn: Connection, shown: list[Task]) -> list[dict[str, Any]]:
    """The open ones, the worst first, then the others in this order."""
    now = _now(conn, [task.alert_id for task in shown if task.done_ms is None])
    found = [_view(conn, task) | {"now": now.get(task.alert_id)} for task in shown]
    return sorted(
        found, key=lambda one: len(WORST) if one["done_ms"] else WORST.index(one["priority"])
    )


def _make(conn: Connection, alert_id: int, kind: str, now_ms: int) -> bool:
    alert = alerts.get_locked(conn, alert_id)
    if alert is None or not tasks.add(conn, alert, kind, now_ms):
        return False
    note(conn, alert, "to call", now_ms, words(WHY[kind]))
    return True


def _now(conn: Connection, alert_ids: list[int]) -> dict[int, dict[str, Any]]:
    """Of each alert, as holding.states() has it, but with one line: who has ended it, and when."""
    every = [alert for i in set(alert_ids) if (alert := alerts.get(conn, i)) is not None]
    steps = alerts.steps_of(conn, [alert.id for alert in every])
    now = states(conn, every, steps)
    return {i: {**one, "holds": False, "lines": _ended(conn, steps[i])} for i, one in now.items()}


def _ended(conn: Connection, steps: list[Step]) -> list[dict[str, Any]]:
    for step in steps:
        if step.event in ENDED_AT:
            person = people.get_person(conn, step.person_id) if step.person_id else None
            said = words(ENDED_AT[step.event], person=person.name if person else "")
            return [{**said, "at_ms": step.at_ms}]
    return []


def _view(conn: Connection, task: Task) -> dict[str, Any]:
    mother = people.get_mother(conn, task.mother_id)
    alert = alerts.get(conn, task.alert_id)
    person = people.get_person(conn, task.person_id) if task.person_id else None
    rule = BY_ID.get(alert.rule) if alert else None
    hospital = people.get_organisation(conn, mother.organisation_id or 0) if mother else None
    reason: Mapping[str, Any] | None = alert.reason if alert else None
    return {
        "id": task.id,
        "alert_id": task.alert_id,
        "recording_id": task.recording_id,
        "kind": task.kind,
        "priority": alert.priority if alert else "high",
        "mother": {"name": mother.name, "phone": mother.phone} if mother else None,
        "hospital": organisation_view(hospital) if hospital else None,  # whom else to call
        "reason": dict(reason) if reason else None,
        "script": SCRIPTS[task.kind],
        "steps": rule.mother_text if rule else "",
        "made_ms": task.made_ms,
        "done_ms": task.done_ms,
        "person": person.name if person else None,
        "outcome": task.outcome,
    }
