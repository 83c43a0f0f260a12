"""Which stretches of a recording the alerts have told already, and which are one episode."""

import math
from collections.abc import Sequence

from sqlalchemy import Connection

from cloud.alerts.holding import held
from cloud.alerts.moves import note, words
from cloud.alerts.names import condition
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


def clear(
    conn: Connection, recording_id: int, rule_id: str, at_s: float, now_ms: int
) -> Alert | None:
    """Write down that a condition is over since at_s; the alert that it belongs to, if that is
    news. What has joined another rule's alert is over as a step of that one."""
    before = [one for one in alerts.of_rule(conn, recording_id, rule_id) if one.onset_s < at_s]
    alert = before[-1] if before else None
    if alert is not None and alert.cleared_s is None and at_s >= latest_s(conn, alert):
        alert = alerts.change(conn, alert, {"cleared_s": at_s})
        note(conn, alert, "cleared", now_ms, words(condition(rule_id)))
        return alert
    host = _joined_to(conn, recording_id, rule_id, at_s)
    if host is not None:
        said = {**words(condition(rule_id)), "rule": rule_id, "at_s": at_s}
        note(conn, host, "cleared", now_ms, said)
    return host


def _joined_to(conn: Connection, recording_id: int, rule_id: str, at_s: float) -> Alert | None:
    """The alert as a step of which this condition holds, and was told for the last time by at_s."""
    told = alerts.steps_called(conn, recording_id, "joined")
    mine = [one for one in told if not isinstance(one.text, str) and one.text["rule"] == rule_id]
    if not mine or at_s < max(one.text["at_s"] for one in mine if not isinstance(one.text, str)):
        return None
    host = alerts.get(conn, mine[-1].alert_id)
    if host is None or rule_id not in held(host, alerts.steps_of(conn, [host.id])[host.id]):
        return None
    return host


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
