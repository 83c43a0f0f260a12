"""Alerts as pages see them: read from the store, and handed to every page after a change."""

import logging
from collections.abc import Callable
from threading import Lock
from typing import Any

from sqlalchemy import Engine

from cloud.alerts.views import views
from cloud.clock import Clock
from cloud.hospitals.audience import Audience
from cloud.hub import Event, Hub, Viewer
from cloud.store import alerts
from cloud.store.db import reading

log = logging.getLogger(__name__)


class Showing:
    """`wake` is called after each publish()."""

    def __init__(self, engine: Engine, hub: Hub, wake: Callable[[], None], clock: Clock) -> None:
        self._engine = engine
        self._hub = hub
        self._wake = wake
        self._publishing = Lock()
        self.audience = Audience(engine, clock)

    def view(self, alert_id: int) -> dict[str, Any] | None:
        with reading(self._engine) as conn:
            alert = alerts.get(conn, alert_id)
            return None if alert is None else views(conn, [alert])[0]

    def views(self, viewer: Viewer) -> list[dict[str, Any]]:
        """All that are not over and the newest others, of what this viewer may see."""
        everything = viewer.role in ("centre", "admin")
        with reading(self._engine) as conn:
            if everything:
                return views(conn, alerts.visible(conn))
            if viewer.role == "mother" and viewer.mother_id is not None:
                return views(conn, alerts.visible(conn, mother_id=viewer.mother_id))
            if viewer.role == "hospital" and viewer.organisation_id is not None:
                return views(conn, alerts.visible(conn, organisation_id=viewer.organisation_id))
            return []

    def publish(self, alert_id: int) -> None:
        """Hand the alert as it is now to every page that may see it."""
        with self._publishing:  # or an older view might come after a newer one
            view = self.now(alert_id)
            recording_id = view["recording_id"]
            said = "alert %d of recording %d: %s"
            log.info(said, alert_id, recording_id, view["steps"][-1]["event"])
            self.audience.forget(recording_id)
            mother_id = view["mother"]["id"] if view["mother"] else None
            organisation_ids = self.audience.of(recording_id)
            self._hub.publish(Event("alert", recording_id, mother_id, organisation_ids, view))
        self._wake()

    def now(self, alert_id: int) -> dict[str, Any]:
        """LookupError: no such alert."""
        view = self.view(alert_id)
        if view is None:
            raise LookupError(f"no alert {alert_id}")
        return view
