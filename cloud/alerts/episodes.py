"""Which stretches of a recording the alerts have told already, and which are one episode."""

import math
from collections.abc import Sequence

from sqlalchemy import Connection

from cloud.store import alerts
from cloud.store.alerts import Alert, Step
from models.rules import BY_ID, JOIN_S, RANK, Rule


def is_known(conn: Connection, former: Sequence[Alert], onset_s: float, last_s: float) -> bool:
    """Whether this episode, which is known to last through last_s, overlaps one that was told:
    looking again at a trace, after a restart or when late frames have come, may find its onset
    earlier or later."""
    steps = alerts.steps_of(conn, [alert.id for alert in former])
    for alert in former:
        cleared_s = math.inf if alert.cleared_s is None else alert.cleared_s
        if onset_s < cleared_s and last_s >= alert.onset_s:
            return True
        again = _recurrences(steps[alert.id])
        if any(onset_s <= at_s and last_s >= first_s for first_s, at_s in again):
            return True
    return False


def has_joined(
    conn: Connection, recording_id: int, rule: Rule, onset_s: float, last_s: float
) -> bool:
    """Whether this episode was told as a step of another rule's alert."""
    steps = alerts.steps_called(conn, recording_id, "joined")
    return any(
        step.text["rule"] == rule.id
        and onset_s <= step.text["at_s"]
        and last_s >= step.text["onset_s"]
        for step in steps
        if not isinstance(step.text, str)
    )


def host_of(conn: Connection, recording_id: int, rule: Rule, at_s: float) -> Alert | None:
    """The alert that this rule becomes a step of: of the same recording, not over, as urgent or
    more, raised within JOIN_S. One episode then rings once; what is worse rings for itself."""
    if not rule.joins:
        return None
    for alert in alerts.open_of(conn, recording_id):
        first = BY_ID.get(alert.rule)
        as_urgent = RANK[alert.priority] >= RANK[rule.priority]
        if first and first.joins and as_urgent and abs(at_s - alert.at_s) <= JOIN_S:
            return alert
    return None


def latest_s(conn: Connection, alert: Alert) -> float:
    """The recorded second that made the rule true for the last time."""
    again = _recurrences(alerts.steps_of(conn, [alert.id])[alert.id])
    return max([alert.at_s, *(at_s for _, at_s in again)])


def _recurrences(steps: Sequence[Step]) -> list[tuple[float, float]]:
    """(onset_s, at_s) of each time the same came again."""
    return [
        (step.text["onset_s"], step.text["at_s"])
        for step in steps
        if step.event == "recurred" and not isinstance(step.text, str)
    ]
