"""What providers and phones say became of a message: kept, and told to the alert it is about.

For an alert a message counts like a page: only the hospital that is asked now can have got it or
read it, and neither moves the time that it has to answer.
"""

import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from cloud.alerts.service import Alerting, Refused
from cloud.channels.base import Receipt, refused
from cloud.outgoing import attempts
from cloud.outgoing.letters import message_id
from cloud.store import messages
from cloud.store.db import writing
from cloud.store.messages import Message, Try

log = logging.getLogger(__name__)
BY_LETTER = ("push", "webhook")  # these name a message as we do


@dataclass(frozen=True)
class Reader:
    """Who has read a message, as cloud.alerts.service wants it."""

    person_id: int | None
    organisation_id: int | None
    role: str = "hospital"


class Receipts:
    def __init__(self, engine: Engine, alerting: Alerting) -> None:
        self._engine = engine
        self._alerting = alerting

    def note(self, channel: str, provider_id: str, receipt: Receipt, now_ms: int) -> bool:
        """Keep it; a repeated one changes nothing. False: nobody knows such a message (yet)."""
        with writing(self._engine) as conn:
            tried = messages.find_try(conn, channel, provider_id)
            number = tried.message_id if tried else None
            if tried is None and channel in BY_LETTER:
                number = message_id(provider_id)
            if number is None:
                return False
            message = messages.get(conn, number, locked=True)
            if receipt.event == "failed":
                _lost(conn, message, tried, receipt.why, now_ms)
            else:
                _arrived(conn, message, tried, receipt.event == "read", now_ms)
        if receipt.event != "failed":
            self._tell(message, receipt.event, now_ms)
        return True

    def _tell(self, message: Message, event: str, now_ms: int) -> None:
        alert_id, organisation_id = message.alert_id, message.organisation_id
        if alert_id is None or organisation_id is None or message.step != "tell":
            return
        if event == "delivered":
            self._alerting.delivered(alert_id, organisation_id, now_ms)
            return
        try:
            reader = Reader(message.person_id, organisation_id)
            self._alerting.act(alert_id, "read", reader, "", now_ms)
        except Refused as error:
            log.info("alert %d: read came late: %s", alert_id, error)


def _arrived(
    conn: Connection, message: Message, tried: Try | None, was_read: bool, now_ms: int
) -> None:
    """Nothing more is tried once it is known to have arrived."""
    row: dict[str, Any] = {"next_ms": None, "delivered_ms": message.delivered_ms or now_ms}
    if was_read:
        row["read_ms"] = message.read_ms or now_ms
    messages.change(conn, message.id, row)
    if tried is not None:
        own: dict[str, Any] = {"delivered_ms": tried.delivered_ms or now_ms, "poll_ms": None}
        if was_read:
            own["read_ms"] = tried.read_ms or now_ms
        messages.change_try(conn, tried.id, own)


def _lost(conn: Connection, message: Message, tried: Try | None, why: str, now_ms: int) -> None:
    if tried is None or tried.failed_why is not None or tried.delivered_ms is not None:
        return
    failed = {"failed_why": refused("", why).why, "poll_ms": None}
    messages.change_try(conn, tried.id, failed)
    if message.delivered_ms is None:
        messages.change(conn, message.id, attempts.after_lost(message, now_ms))
