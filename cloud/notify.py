"""Tells pages what happens: escalates in time, notes what arrived, hands on the live traces."""

import logging
from typing import Any

from sqlalchemy import Engine

from cloud.alerts.reminding import Reminder
from cloud.alerts.service import Alerting
from cloud.hub import Event, Hub
from cloud.store import alerts
from cloud.store.alerts import Alert
from cloud.store.db import reading
from cloud.store.recordings import Recording
from cloud.traces import samples_of
from device.payloads import CHANNELS
from device.wire import Frame
from models.trace import FS_HZ

log = logging.getLogger(__name__)
EVERY_S = 0.25  # how late an escalation or a "delivered" may be


class Notifier:
    """tick() is for cloud.ticker, each EVERY_S."""

    def __init__(self, engine: Engine, hub: Hub, alerting: Alerting) -> None:
        self._engine = engine
        self._hub = hub
        self._alerting = alerting
        self._reminder = Reminder(engine, alerting)

    def tick(self, now_ms: int) -> None:
        self._alerting.escalate_due(now_ms)
        self._reminder.tick(now_ms)
        with reading(self._engine) as conn:
            told = alerts.told(conn)
        for alert in told:
            try:
                self._deliver(alert, now_ms)
            except Exception:
                log.exception("alert %d could not be delivered", alert.id)

    def _deliver(self, alert: Alert, now_ms: int) -> None:
        """Delivered is what an open page of the hospital that is asked has taken. A page that
        was opened after the alert was told is offered it now."""
        if alert.organisation_id is None:
            return
        key = alert.id, alert.organisation_id
        pages = self._hub.subscribers_of(alert.organisation_id)
        if any(key in page.handed for page in pages):
            self._alerting.delivered(alert.id, alert.organisation_id, now_ms)
        elif any(key not in page.offered for page in pages):
            self._alerting.publish(alert.id)


class TraceEvents:
    """A listener of cloud.live: each second of a recording goes to the pages that may see it."""

    def __init__(self, hub: Hub, alerting: Alerting) -> None:
        self._hub = hub
        self._audience = alerting.audience

    def __call__(self, recording: Recording, frame: Frame) -> None:
        block = samples_of(frame)
        if block is None or not self._hub.has_subscribers:
            return
        organisation_ids = self._audience.of(recording.id)
        if not self._hub.watched(recording.mother_id, organisation_ids):
            return
        first, samples = block
        data: dict[str, Any] = {
            "recording_id": recording.id,
            "start_s": first / FS_HZ,
            "fs_hz": FS_HZ,
        }
        for (name, _, _), values in zip(CHANNELS, samples.tolist(), strict=True):
            data[name] = [value if value == value else None for value in values]  # NaN: null
        self._hub.publish(Event("trace", recording.id, recording.mother_id, organisation_ids, data))
