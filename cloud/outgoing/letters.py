"""A message of the outbox as what a channel sends: the address, and the words of its reader."""

import hmac
import math
from hashlib import sha256

from sqlalchemy import Connection

from cloud import i18n
from cloud.channels.base import Failed, Letter
from cloud.outgoing.outbox import HER_ALERTS
from cloud.store import alerts, contacts, people
from cloud.store.alerts import Alert
from cloud.store.messages import Message
from models.alerts import ANSWERED, REMIND_AFTER_S, Phase

REMOVED = "this address was removed"
_TOKEN_CHARS = 32


class Overtaken(Exception):  # noqa: N818 - reads as what it says
    """Nobody needs this message any more."""


def letter_of(conn: Connection, message: Message, public_url: str, secret: str) -> Letter:
    """Overtaken, or Failed when there is no address on this way."""
    if message.alert_id is not None and _is_overtaken(conn, message):
        raise Overtaken
    mother = message.mother_id is not None
    return Letter(
        id=letter_id(message.id),
        address=address_of(conn, message, message.way),
        title=i18n.say(message.language, message.text["title"]),
        body=i18n.say(message.language, message.text["body"]),
        link=public_url.rstrip("/") + ("/mother" if mother else "/"),
        audience="mother" if mother else "staff",
        urgent=message.urgent,
        token=token_of(secret, letter_id(message.id)),
    )


def letter_id(message_id: int) -> str:
    """The same each time it is tried: whoever gets it twice can know."""
    return f"m{message_id}"


def message_id(letter: str) -> int | None:
    """Of what letter_id() made."""
    digits = letter.removeprefix("m")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


def token_of(secret: str, letter: str) -> str:
    """Whoever knows it has got this message: what a phone sends back with its receipt."""
    return hmac.new(secret.encode(), f"receipt {letter}".encode(), sha256).hexdigest()[
        :_TOKEN_CHARS
    ]


def address_of(conn: Connection, message: Message, way: int) -> str:
    """Of this way, as it is now; without a contact it is the telephone that is known anyway."""
    contact_id = message.ways[way][1]
    if contact_id is None:
        phone = _phone(conn, message)
        if phone:
            return phone
        raise Failed(REMOVED, final=True)
    contact = contacts.get(conn, contact_id)
    if contact is None:
        raise Failed(REMOVED, final=True)
    return contact.address


def _phone(conn: Connection, message: Message) -> str | None:
    if message.mother_id is not None:
        mother = people.get_mother(conn, message.mother_id)
        return mother.phone if mother else None
    organisation = people.get_organisation(conn, message.organisation_id or 0)
    return organisation.phone if organisation else None


def _is_overtaken(conn: Connection, message: Message) -> bool:
    """Staff: the alert was answered, or somebody else is asked now; a reminder: something was done
    since. Mother, her alert: she has answered, or it is over. Both: it is more urgent now. What she
    is told about steps is never overtaken."""
    alert = alerts.get(conn, message.alert_id or 0)
    if alert is None:
        return True
    if message.mother_id is not None:
        over = alert.phase in alerts.OVER or alert.mother_answer is not None
        return message.step in HER_ALERTS and (over or message.priority != alert.priority)
    if message.priority != alert.priority:
        return True  # it has become more urgent
    if message.step == "nobody left":
        return alert.phase is not Phase.CENTRE
    if message.step == "reminded":
        return _moved_ms(alert) > message.made_ms
    return alert.phase in ANSWERED or alert.organisation_id != message.organisation_id


def _moved_ms(alert: Alert) -> float:
    """When it came into its phase or was reminded of, whichever is later; infinite: nobody is
    reminded of it any more."""
    after_s = REMIND_AFTER_S.get((alert.phase, alert.priority))
    if after_s is None or alert.remind_ms is None:
        return math.inf
    return alert.remind_ms - 1000 * after_s
