"""What people want to be told and where; and, for staff, the messages about an alert."""

import re
from base64 import urlsafe_b64decode
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field, model_validator
from sqlalchemy import Connection

from cloud import channels
from cloud.alerts.moves import words
from cloud.channels import push
from cloud.deps import MAX_ID, Now, Services, ServicesDep, VisibleAlert, Who
from cloud.outgoing import views
from cloud.render import page
from cloud.routes.examples import example
from cloud.store import changes, contacts
from cloud.store.contacts import Contact, Wishes
from cloud.store.db import reading, writing

router = APIRouter(tags=["messages"])
MAX_CONTACTS = 12
PATTERNS = {  # what an address of a channel looks like
    "sms": r"\+?[0-9][0-9 ()-]{4,19}",
    "voice": r"\+?[0-9][0-9 ()-]{4,19}",
    "email": r"[^@\s,<>\x00-\x1f]{1,64}@[^@\s,<>\x00-\x1f]{1,180}",
    "wechat": r"[A-Za-z0-9_-]{10,64}",
}
NO_ADDRESS = "Not saved: please check the addresses."
HALF_QUIET = "Not saved: quiet hours have a beginning and an end."
Minute = Annotated[int, Field(ge=0, le=1439)]


class Way(BaseModel):
    """One way to be reached. A push subscription is named by its id; others by their address."""

    id: int | None = Field(None, ge=1, le=MAX_ID)
    channel: Literal["push", "sms", "wechat", "email", "voice"]
    address: str = Field("", max_length=250)
    least: Literal["low", "medium", "high"] | None = None  # None: high for calls, low for others

    @model_validator(mode="after")
    def _fits(self) -> "Way":
        if self.channel == "push" and self.id is None:
            raise ValueError("a browser is added with /api/push/subscribe")
        self.least = self.least or ("high" if self.channel == "voice" else "low")
        return self


class Quiet(BaseModel):
    from_min: Minute | None  # both None: there are none
    to_min: Minute | None
    zone: str = Field(max_length=60)

    @model_validator(mode="after")
    def _known(self) -> "Quiet":
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("no such time zone") from None
        return self


class Wanted(BaseModel):
    model_config = example(
        steps="important", language="zh", quiet=None,
        contacts=[{"channel": "sms", "address": "+8613800000000", "least": "medium"}],
    )  # fmt: skip
    steps: Literal["none", "important", "every"] = "important"
    language: Literal["en", "zh"]
    quiet: Quiet | None = None
    contacts: list[Way] = Field(max_length=MAX_CONTACTS)
    earlier: int | None = Field(None, ge=1, le=MAX_ID)  # this contact goes one place up


class Keys(BaseModel):
    p256dh: str = Field(max_length=120)
    auth: str = Field(max_length=40)

    @model_validator(mode="after")
    def _are_keys(self) -> "Keys":
        point, secret = _decoded(self.p256dh), _decoded(self.auth)
        if len(point) != 65 or point[0] != 4 or len(secret) != 16:  # RFC 8291 section 2
            raise ValueError("no keys of a subscription")
        return self


class Subscription(BaseModel):
    model_config = example(
        endpoint="https://push.example.org/send/abc",
        keys={"p256dh": "BA" + 85 * "A", "auth": 22 * "A"},
    )
    endpoint: str = Field(max_length=1000)
    keys: Keys


@router.get("/me/messages", summary="The page of how one wants to be told")
def wishes_page(request: Request, who: Who, parts: ServicesDep) -> Response:
    return page(request, "messages.html", who, wanted=get_wishes(who, parts))


@router.get("/api/me/messages", summary="How the asker wants to be told")
def get_wishes(who: Who, parts: ServicesDep) -> dict[str, Any]:
    with reading(parts.engine) as conn:
        return _wishes(conn, parts, who.person_id or 0)


@router.put("/api/me/messages")
def put_wishes(wanted: Wanted, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """All of it, in place of what was there; contacts are tried in the order given. The audit
    keeps no address: what it has stays for good."""
    person_id = who.person_id or 0
    quiet = wanted.quiet if wanted.quiet and wanted.quiet.from_min is not None else None
    if wanted.quiet and (wanted.quiet.from_min is None) != (wanted.quiet.to_min is None):
        raise HTTPException(422, words(HALF_QUIET))
    wishes = Wishes(
        wanted.steps,
        wanted.language,
        quiet.from_min if quiet else None,
        quiet.to_min if quiet else None,
        quiet.zone if quiet else Wishes.zone,
    )
    with writing(parts.engine) as conn:
        before = _told_by(conn, person_id)
        contacts.wish(conn, person_id, wishes)
        _keep(conn, person_id, _in_order(wanted))
        after = _told_by(conn, person_id)
        if after != before:
            changes.add(conn, "ways", before, after, now_ms, person_id=person_id)
        return _wishes(conn, parts, person_id)


@router.post("/api/push/subscribe")
def subscribe(given: Subscription, who: Who, parts: ServicesDep) -> dict[str, Any]:
    """A browser takes messages for this person from now on."""
    if parts.push_key is None:
        raise HTTPException(409, "web push is not set up here")
    if not push.is_known(given.endpoint, push.read(parts.settings.channel_push).origins):
        raise HTTPException(422, "this is no push service that is known here")
    person_id = who.person_id or 0
    with writing(parts.engine) as conn:
        if len(contacts.of_person(conn, person_id)) >= MAX_CONTACTS:
            raise HTTPException(409, "remove another way to be reached first")
        contacts.subscribe(conn, person_id, given.model_dump())
        return _wishes(conn, parts, person_id)


@router.get("/api/alerts/{alert_id}/messages")
def of_alert(alert: VisibleAlert, parts: ServicesDep) -> list[dict[str, Any]]:
    """Who was told about it, on which ways, and what came of it."""
    with reading(parts.engine) as conn:
        return views.of_alert(conn, alert["id"])


def _in_order(wanted: Wanted) -> list[Way]:
    """Its ways, with the one that is to be earlier before its neighbour."""
    ways = list(wanted.contacts)
    for way in ways:
        if way.channel != "push" and not re.fullmatch(PATTERNS[way.channel], way.address):
            raise HTTPException(422, words(NO_ADDRESS))
    for place in range(1, len(ways)):
        if wanted.earlier is not None and ways[place].id == wanted.earlier:
            ways[place - 1], ways[place] = ways[place], ways[place - 1]
            break
    return ways


def _keep(conn: Connection, person_id: int, ways: list[Way]) -> None:
    """Make these the person's contacts; an id that is not theirs is an error of the caller."""
    known = {contact.id: contact for contact in contacts.of_person(conn, person_id)}
    for place, way in enumerate(ways):
        row = {"place": place, "least": way.least}
        if way.id is None:
            address = {"channel": way.channel, "address": way.address}
            contacts.add(conn, person_id=person_id, **address, **row)
            continue
        contact = known.pop(way.id, None)
        if contact is None or contact.channel != way.channel:
            raise HTTPException(422, "no such contact")
        address = {} if way.channel == "push" else {"address": way.address}
        contacts.change(conn, way.id, **row, **address)
    for contact_id in known:
        contacts.remove(conn, contact_id)


def _told_by(conn: Connection, person_id: int) -> dict[str, Any]:
    """How somebody is told, without addresses."""
    wishes = contacts.wishes_of(conn, [person_id]).get(person_id, Wishes())
    return {
        "ways": [f"{one.channel}, {one.least}" for one in contacts.of_person(conn, person_id)],
        "steps": wishes.steps,
        "quiet": [wishes.quiet_from_min, wishes.quiet_to_min],
    }


def _wishes(conn: Connection, parts: Services, person_id: int) -> dict[str, Any]:
    wishes = contacts.wishes_of(conn, [person_id]).get(person_id, Wishes())
    quiet = None
    if wishes.quiet_from_min is not None:
        quiet = {
            "from_min": wishes.quiet_from_min,
            "to_min": wishes.quiet_to_min,
            "zone": wishes.zone,
        }
    urls = parts.settings.channel_urls
    return {
        "steps": wishes.steps,
        "language": wishes.language,
        "quiet": quiet,
        "contacts": [_contact(one) for one in contacts.of_person(conn, person_id)],
        "channels": [name for name in channels.NAMES if urls[name] and name != "webhook"],
        "push_key": parts.push_key,
    }


def _contact(contact: Contact) -> dict[str, Any]:
    """A subscription is shown as what it is: its address is the browser's secret."""
    shown = "" if contact.channel == "push" else contact.address
    return {
        "id": contact.id,
        "channel": contact.channel,
        "address": shown,
        "least": contact.least,
    }


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
