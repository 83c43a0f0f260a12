"""Alerts: raised by rules, told to hospitals, answered by people. The services of the cloud.

Each change is one transaction of the row, its step and the device's command; after the commit
every page that may see the alert gets its new view. Two processes may do this at once: what was
read is locked until it is written.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Engine

from cloud.alerts import calls
from cloud.alerts.answers import NOT_NOW, Actor, ReasonMissing, Refused, answer
from cloud.alerts.episodes import Found, clear, tell
from cloud.alerts.holding import is_of_strip
from cloud.alerts.late import marked
from cloud.alerts.moves import (
    SILENT,
    Telling,
    command_device,
    follow,
    move,
    note,
    tell_next,
    words,
)
from cloud.alerts.showing import Showing
from cloud.clock import Clock, wall_ms
from cloud.hospitals.planner import Planner
from cloud.hub import Hub
from cloud.store import alerts, recordings
from cloud.store.alerts import Alert
from cloud.store.db import reading, writing
from models.alerts import ESCALATE_AFTER_S, WAITING, Phase
from models.rules import Rule

__all__ = ["ANSWERS", "Actor", "Alerting", "ReasonMissing", "Refused"]
log = logging.getLogger(__name__)
CLOCK_SLACK_MS = 5_000  # by which the clocks of our own threads and processes may differ
NO_SUCH_ANSWER = "there is no such answer: %(answer)s"
ANSWERS = {  # of the mother, and how the others read it
    "on_my_way": "The mother is on her way",
    "ambulance": "The mother asks for an ambulance",
    "call_me": "The mother asks to be called",
    "done": "The mother has done what a technical alert asked for",
}


class Alerting:
    """`wake` is called after a commit that may hold a command for a device."""

    def __init__(
        self,
        engine: Engine,
        hub: Hub,
        wake: Callable[[], None] = lambda: None,
        escalate_after_s: float = ESCALATE_AFTER_S,
        planner: Planner | None = None,
        clock: Clock = wall_ms,
    ) -> None:
        self._engine = engine
        self._escalate_after_ms = round(escalate_after_s * 1000)
        self._planner = planner or Planner()
        self._showing = Showing(engine, hub, wake, clock)
        self.audience = self._showing.audience
        self.view, self.views = self._showing.view, self._showing.views
        self.publish = self._showing.publish

    def raise_alert(
        self,
        recording_id: int,
        rule: Rule,
        onset_s: float,
        at_s: float,
        reason: Mapping[str, Any],
        now_ms: int,
        last_s: float = 0.0,
    ) -> int | None:
        """A rule has become true; the id of its alert. None: this was known already.

        last_s: it is known to have stayed true until then; what was told of any of its seconds,
        the first to come perhaps, is not told again.
        The same again while its alert is not over is a step "recurred" of that alert; what belongs
        to the episode of another one is a step "joined" of that one, or "worsened" when it is more
        urgent: then that alert is of this rule, and is asked anew.
        """
        with reading(self._engine) as conn:
            recording = recordings.get(conn, recording_id)
            if recording is not None:
                reason = marked(conn, recording, rule, reason, onset_s, at_s, now_ms)
        how = self.telling(recording.mother_id if recording else None, now_ms)
        found = Found(recording_id, rule, reason, onset_s, at_s, max(at_s, last_s))
        with writing(self._engine) as conn:
            alert = tell(conn, found, now_ms, how)
            if alert is None:
                return None
            command_device(conn, alert, now_ms)
        self._publish_all(alert)
        return alert.id

    def cleared(self, recording_id: int, rule_id: str, at_s: float, now_ms: int) -> int | None:
        """The condition is over since the recorded second at_s. It ends no alert."""
        with writing(self._engine) as conn:
            alert = clear(conn, recording_id, rule_id, at_s, now_ms)
            if alert is None:
                return None
            if alert.phase is Phase.ACKNOWLEDGED:
                alert = move(conn, alert, "over", now_ms, {})
                command_device(conn, alert, now_ms)
        self._publish_all(alert)
        return alert.id

    def act(
        self,
        alert_id: int,
        event: str,
        actor: Actor,
        reason: str,
        now_ms: int,
        useful: bool | None = None,
    ) -> dict[str, Any]:
        """accept, decline, read, acknowledge, handle or close, by a person; the new view.

        LookupError: no such alert. Refused: not possible, with who has it if somebody has.
        """
        how, changed = self._telling_next(alert_id, now_ms), list[int]()
        with writing(self._engine) as conn:
            if event == "accept":
                alerts.lock_hers(conn, alert_id)
            alert = _locked(conn, alert_id)
            moved = answer(conn, alert, event, actor, reason.strip(), now_ms, useful)
            if moved is not None:
                changed = [alert_id, *_goes_on(conn, moved, event, actor, now_ms, how)]
        for one in changed:
            self.publish(one)
        return self._showing.now(alert_id)

    def delivered(self, alert_id: int, organisation_id: int, now_ms: int) -> None:
        """A page of the hospital that is asked now has been handed the alert."""
        with writing(self._engine) as conn:
            alert = _locked(conn, alert_id)
            if alert.phase is not Phase.TOLD or alert.organisation_id != organisation_id:
                return
            moved = move(conn, alert, "delivered", now_ms, {}, "", organisation_id)
            command_device(conn, moved, now_ms)
        self.publish(alert_id)

    def mother_answer(self, alert_id: int, said: str, actor: Actor, now_ms: int) -> dict[str, Any]:
        """What the mother says she does; everybody concerned sees it. It ends nothing."""
        if said not in ANSWERS:
            raise Refused(NO_SUCH_ANSWER, answer=said)
        with writing(self._engine) as conn:
            alert = _locked(conn, alert_id)
            if alert.phase is Phase.CLOSED:
                raise Refused(NOT_NOW, phase=alert.phase.value)
            if said == "done" and alert.kind != "technical":
                raise Refused(NO_SUCH_ANSWER, answer=said)
            row = {"mother_answer": said, "mother_answer_ms": now_ms}
            alert = alerts.change(conn, alert, row)
            note(conn, alert, "mother_answer", now_ms, words(ANSWERS[said]), None, actor.person_id)
            calls.after_answer(conn, alert, said, now_ms)
        self.publish(alert_id)
        return self._showing.now(alert_id)

    def escalate_due(self, now_ms: int) -> list[int]:
        """Ask the next hospital wherever the one that was asked has been silent for too long."""
        latest_ms = now_ms + self._escalate_after_ms + CLOCK_SLACK_MS
        with reading(self._engine) as conn:
            due = alerts.due(conn, now_ms, latest_ms)
        escalated = []
        for alert_id in due:
            try:
                if self._escalate(alert_id, now_ms, latest_ms):
                    escalated.append(alert_id)
            except Exception:
                log.exception("alert %d could not be escalated", alert_id)
        return escalated

    def telling(self, mother_id: int | None, now_ms: int) -> Telling:
        """How the next hospital is found. It may ask a road server: not inside a transaction."""
        roads = self._planner.ahead(self._engine, mother_id, now_ms)
        return Telling(self._planner, self._escalate_after_ms, roads)

    def _publish_all(self, changed: Alert) -> None:
        """Its condition came or went: those of the same strip say what holds now."""
        with reading(self._engine) as conn:
            open_ = alerts.open_of(conn, changed.recording_id)
        beside = [one.id for one in open_ if is_of_strip(one.rule) and one.id != changed.id]
        for alert_id in (changed.id, *(beside if is_of_strip(changed.rule) else ())):
            self.publish(alert_id)

    def _telling_next(self, alert_id: int, now_ms: int) -> Telling:
        with reading(self._engine) as conn:
            alert = alerts.get(conn, alert_id)
        return self.telling(alert.mother_id if alert else None, now_ms)

    def _escalate(self, alert_id: int, now_ms: int, latest_ms: int) -> bool:
        how = self._telling_next(alert_id, now_ms)
        with writing(self._engine) as conn:
            alert = _locked(conn, alert_id)
            deadline_ms = alert.deadline_ms
            if alert.phase not in WAITING or deadline_ms is None or alert.told_ms is None:
                return False  # answered in the meantime
            if now_ms < deadline_ms <= latest_ms:
                return False  # another has been asked in the meantime
            text = words(SILENT, seconds=round((deadline_ms - alert.told_ms) / 1000))
            silent_id = alert.organisation_id
            alert = move(conn, alert, "time up", now_ms, {"deadline_ms": None}, text, silent_id)
            alert = tell_next(conn, alert, now_ms, how)
            command_device(conn, alert, now_ms)
        self.publish(alert_id)
        return True


def _locked(conn: Connection, alert_id: int) -> Alert:
    alert = alerts.get_locked(conn, alert_id)
    if alert is None:
        raise LookupError(f"no alert {alert_id}")
    return alert


def _goes_on(
    conn: Connection, alert: Alert, event: str, actor: Actor, now_ms: int, how: Telling
) -> list[int]:
    """What else an answer brings about; which other alerts of hers it has changed."""
    others = list[int]()
    if event == "decline":
        alert = tell_next(conn, alert, now_ms, how)
    if event in calls.ENDED:
        calls.after_end(conn, alert, event, actor.person_id, now_ms)
    if event == "accept" and actor.role == "hospital":
        others = follow(conn, alert, actor.organisation_id or 0, now_ms, how)
    command_device(conn, alert, now_ms)
    return others
