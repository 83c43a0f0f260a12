"""What happens to alerts as time passes without anybody: reminders, and calls to the mother.

All of it stands in the store with the time at which it is due, so a restart loses nothing. An
escalation is the same for hospitals that are silent (cloud.alerts.service).
"""

import logging
from typing import Any

from sqlalchemy import Engine

from cloud.alerts import calls
from cloud.alerts.moves import note, words
from cloud.alerts.service import CLOCK_SLACK_MS, Alerting
from cloud.store import alerts, tasks
from cloud.store.db import reading, writing
from models.alerts import ANSWERED, REMIND_AFTER_S, Phase

log = logging.getLogger(__name__)
LONGEST_MS = 1000 * max(REMIND_AFTER_S.values())
STILL_OPEN = "nobody has taken it for %(minutes)d min"
STILL_TO_DO = "taken on %(minutes)d min ago, and nothing has been written down"


class Reminder:
    """tick() often; it does no harm to call it twice."""

    def __init__(self, engine: Engine, alerting: Alerting) -> None:
        self._engine = engine
        self._alerting = alerting

    def tick(self, now_ms: int) -> None:
        with reading(self._engine) as conn:
            due = alerts.to_remind(conn, now_ms, now_ms + LONGEST_MS + CLOCK_SLACK_MS)
        for alert_id in due:
            try:
                self._remind(alert_id, now_ms)
            except Exception:
                log.exception("nobody could be reminded of alert %d", alert_id)
        self._ask_to_call(now_ms)

    def _remind(self, alert_id: int, now_ms: int) -> None:
        with writing(self._engine) as conn:
            alert = alerts.get_locked(conn, alert_id)
            if alert is None or alert.remind_ms is None:
                return  # answered in the meantime
            after_s = REMIND_AFTER_S[alert.phase, alert.priority]
            if now_ms < alert.remind_ms <= now_ms + 1000 * after_s + CLOCK_SLACK_MS:
                return  # somebody else has just reminded
            said = STILL_TO_DO if alert.phase is Phase.ACCEPTED else STILL_OPEN
            text = words(said, minutes=max(0, now_ms - _since(conn, alert_id, alert)) // 60_000)
            alert = alerts.change(conn, alert, {"remind_ms": now_ms + 1000 * after_s})
            note(conn, alert, "reminded", now_ms, text, alert.organisation_id)
        self._alerting.publish(alert_id)

    def _ask_to_call(self, now_ms: int) -> None:
        before_ms = now_ms - 1000 * calls.ANSWER_S
        with reading(self._engine) as conn:
            if not tasks.unanswered(conn, before_ms):
                return
        with writing(self._engine) as conn:
            made = calls.make_due(conn, now_ms)
        for alert_id in made:
            self._alerting.publish(alert_id)


def _since(conn: Any, alert_id: int, alert: alerts.Alert) -> int:
    """When it came into its phase."""
    steps = alerts.steps_of(conn, [alert_id])[alert_id]
    came = "accept" if alert.phase in ANSWERED else "nobody left"
    return next((step.at_ms for step in reversed(steps) if step.event == came), alert.raised_ms)
