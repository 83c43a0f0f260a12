"""Which stretches of a recording the alerts have told already, and which are one episode."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.holding import held
from cloud.alerts.moves import Telling, move, note, tell_next, words
from cloud.alerts.names import condition
from cloud.alerts.stretches import JOINED, RECURRED, Stretch, every_stretch
from cloud.store import alerts, recordings
from cloud.store.alerts import WORSENED, Alert
from models.alerts import TRANSITIONS, Phase
from models.rules import BY_ID, CATALOGUE_VERSION, JOIN_S, RANK, Rule

STANDS = ("on_my_way", "ambulance")  # answers of hers that a worse condition does not change


@dataclass(frozen=True)
class Found:
    """A rule has become true at the recorded second at_s, and is known to be true to last_s."""

    recording_id: int
    rule: Rule
    reason: Mapping[str, Any]
    onset_s: float
    at_s: float
    last_s: float

    def said(self, **more: Any) -> dict[str, Any]:
        """As the text of a step."""
        place = {"rule": self.rule.id, "onset_s": self.onset_s, "at_s": self.at_s}
        return {**self.reason, **place, **more}

    def overlaps(self, told: Stretch) -> bool:
        """Whether it is this one: looking again at a trace, after a restart or when late frames
        have come, may find its onset earlier or later."""
        of_it = told.rule == self.rule.id
        return of_it and self.onset_s <= told.at_s and self.last_s >= told.onset_s


def tell(conn: Connection, found: Found, now_ms: int, how: Telling) -> Alert | None:
    """As an alert, or as a step of the one whose episode it belongs to. None: known."""
    former = alerts.of_rule(conn, found.recording_id, found.rule.id)
    if _is_known(conn, former, found):
        return None
    alert = next((one for one in former if one.phase not in alerts.OVER), None)
    if alert is not None:
        note(conn, alert, RECURRED, now_ms, found.said())
        if alert.cleared_s is not None and found.onset_s >= alert.cleared_s:
            alert = alerts.change(conn, alert, {"cleared_s": None})
        return alert
    alert = _host_of(conn, found)
    if alert is None:
        return _begin(conn, found, now_ms, how)
    if _is_worse(found.rule, alert):
        return _worsen(conn, alert, found, now_ms, how)
    note(conn, alert, JOINED, now_ms, found.said())
    return alert


def _is_known(conn: Connection, former: Sequence[Alert], found: Found) -> bool:
    """Whether this was told: by an alert of its rule, or as a step of another one."""
    for alert in former:
        cleared_s = math.inf if alert.cleared_s is None else alert.cleared_s
        if found.onset_s < cleared_s and found.last_s >= alert.onset_s:
            return True
    every = alerts.of_recordings(conn, [found.recording_id])
    told = every_stretch(every, alerts.steps_of(conn, [one.id for one in every]))
    return any(found.overlaps(one) for _, one in told)


def _host_of(conn: Connection, found: Found) -> Alert | None:
    """The alert whose episode it belongs to: of the same recording, not over, raised within JOIN_S;
    one that is as urgent or more before one that is less."""
    if not found.rule.joins:
        return None
    hosts = [
        alert
        for alert in alerts.open_locked(conn, found.recording_id)
        if (rule := BY_ID.get(alert.rule)) and rule.joins and abs(found.at_s - alert.at_s) <= JOIN_S
    ]
    as_urgent = next((one for one in hosts if not _is_worse(found.rule, one)), None)
    weaker = (one for one in hosts if (one.phase, WORSENED) in TRANSITIONS)
    return as_urgent or next(weaker, None)


def _is_worse(rule: Rule, alert: Alert) -> bool:
    return RANK[rule.priority] > RANK[alert.priority]


def _begin(conn: Connection, found: Found, now_ms: int, how: Telling) -> Alert:
    recording = recordings.get(conn, found.recording_id)
    if recording is None:
        raise LookupError(f"no recording {found.recording_id}")
    alert = alerts.add(
        conn,
        recording_id=recording.id,
        mother_id=recording.mother_id,
        kind=found.rule.kind,
        **_own(found, now_ms),
    )
    note(conn, alert, "raised", now_ms, alert.reason)
    return tell_next(conn, alert, now_ms, how)


def _worsen(conn: Connection, alert: Alert, found: Found, now_ms: int, how: Telling) -> Alert:
    """A more urgent condition of its episode has become true: the alert is of that rule from now
    on, and is asked and answered as if it were new; who had accepted it is asked first."""
    before = {"rule": alert.rule, "onset_s": alert.onset_s, "at_s": alert.at_s}
    before |= {"said": dict(alert.reason)}
    row: dict[str, Any] = {**_own(found, now_ms), "cleared_s": None}
    row |= dict.fromkeys(("person_id", "organisation_id", "told_ms", "deadline_ms", "useful"))
    if alert.mother_answer not in STANDS:
        row |= {"mother_answer": None, "mother_answer_ms": None}
    looks_after = alert.organisation_id if alert.phase is Phase.ACCEPTED else None
    worse = move(conn, alert, WORSENED, now_ms, row, found.said(was=before))
    return tell_next(conn, worse, now_ms, how, looks_after)


def _own(found: Found, now_ms: int) -> dict[str, Any]:
    """What an alert has of the rule that it is of."""
    return {
        "rule": found.rule.id,
        "priority": found.rule.priority,
        "onset_s": found.onset_s,
        "at_s": found.at_s,
        "reason": found.reason,
        "raised_ms": now_ms,
        "catalogue": CATALOGUE_VERSION,
    }


def clear(
    conn: Connection, recording_id: int, rule_id: str, at_s: float, now_ms: int
) -> Alert | None:
    """Write down that a condition is over since at_s; the alert that it belongs to, if that is
    news. What is of another rule's alert is over as a step of that one."""
    every = alerts.of_recordings(conn, [recording_id])
    steps = alerts.steps_of(conn, [alert.id for alert in every])
    told = [(one, alert) for alert, one in every_stretch(every, steps) if one.rule == rule_id]
    begun = [(one.at_s, alert) for one, alert in told if one.onset_s < at_s]
    if not begun:
        return None
    _, alert = max(begun, key=lambda one: one[0])
    latest_s = max(one.at_s for one, of in told if of.id == alert.id)
    if at_s < latest_s or rule_id not in held(alert, steps[alert.id]):
        return None
    if alert.rule == rule_id:
        alert = alerts.change(conn, alert, {"cleared_s": at_s})
    said = {**words(condition(rule_id)), "rule": rule_id, "at_s": at_s}
    note(conn, alert, "cleared", now_ms, said)
    return alert
