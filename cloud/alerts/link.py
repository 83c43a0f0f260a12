"""Silence of a recording that goes on: known by waiting, on a clock that nobody sets."""

from dataclasses import dataclass

from sqlalchemy import Engine

from cloud.alerts.moves import words
from cloud.alerts.service import Alerting
from cloud.live import LiveTrace
from cloud.store import alerts
from cloud.store.db import reading
from cloud.store.recordings import Recording
from models.rules import BY_ID

LINK_LOST = BY_ID["link_lost"]


@dataclass
class Link:
    """Whether new data come."""

    newest_s: float  # recorded second of the newest data
    since_ms: int  # when that was first seen here, steady clock
    lost: bool  # and told


class Links:
    """For one thread."""

    def __init__(self, engine: Engine, alerting: Alerting) -> None:
        self._engine = engine
        self._alerting = alerting
        self._known: dict[int, Link] = {}

    def look(self, recording: Recording, trace: LiveTrace, now_ms: int, steady_ms: int) -> None:
        """Silence has no second of its own: it is known by the last one before it."""
        link = self._known.get(recording.id)
        if link is None:
            link = self._known[recording.id] = self._told(recording, trace, steady_ms)
        if trace.newest_s != link.newest_s:
            if link.lost:
                self._alerting.cleared(recording.id, LINK_LOST.id, trace.newest_s, now_ms)
            link.newest_s, link.since_ms, link.lost = trace.newest_s, steady_ms, False
        elif (
            not link.lost
            and trace.ended_ms is None
            and steady_ms - link.since_ms >= LINK_LOST.window_s * 1000
        ):
            reason = words(LINK_LOST.reason, seconds=LINK_LOST.window_s)
            at_s = link.newest_s
            self._alerting.raise_alert(recording.id, LINK_LOST, at_s, at_s, reason, now_ms)
            link.lost = True

    def forget(self, recording_id: int) -> None:
        self._known.pop(recording_id, None)

    def _told(self, recording: Recording, trace: LiveTrace, steady_ms: int) -> Link:
        """As it was told before this process began."""
        with reading(self._engine) as conn:
            told = alerts.of_rule(conn, recording.id, LINK_LOST.id)
        if told and told[-1].cleared_s is None:
            return Link(told[-1].onset_s, steady_ms, lost=True)
        return Link(trace.newest_s, steady_ms, lost=False)
