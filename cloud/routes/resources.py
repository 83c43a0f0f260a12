"""What members share: offers, requests, how they meet. Rules: cloud.resources.moves."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, BeforeValidator, Field, StringConstraints
from sqlalchemy import Connection

from cloud.deps import MAX_ID, Id, Now, Principal, ServicesDep, Who
from cloud.render import page
from cloud.resources import moves, views
from cloud.routes.examples import example
from cloud.routes.refusals import in_words
from cloud.store import people, resources
from cloud.store.db import reading
from models.resources import KINDS, Need

router = APIRouter(tags=["resources"])
Kind = Literal["probe", "reader minutes", "bed"]
Amount = Annotated[int, Field(ge=1, le=10_000)]
DAY_MS = 24 * 3600 * 1000


def empty(value: Any) -> Any:
    """What a form leaves empty was not said."""
    return None if value == "" else value


def unsaid(value: Any) -> Any:
    """A text field that a form leaves empty."""
    return "" if value is None else value


Short = Annotated[
    str, BeforeValidator(unsaid), StringConstraints(strip_whitespace=True, max_length=120)
]
Words = Annotated[
    str, BeforeValidator(unsaid), StringConstraints(strip_whitespace=True, max_length=300)
]


def in_ms(at: datetime, zone: str) -> int:
    """A time without an offset is one of this zone."""
    aware = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))
    return round(aware.timestamp() * 1000)


def local(at_ms: int, zone: str) -> str:
    """For <input type="datetime-local">."""
    return f"{datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def zone_of(conn: Connection, who: Principal) -> str:
    own = people.get_organisation(conn, who.organisation_id or 0)
    return own.zone if own else "UTC"


class Span(BaseModel):
    kind: Kind
    amount: Amount = 1  # probes, beds, or minutes of a reader
    begin: datetime  # without an offset: of the member's own time zone
    end: datetime

    def times(self, zone: str) -> dict[str, int]:
        return {"from_ms": in_ms(self.begin, zone), "to_ms": in_ms(self.end, zone)}


class NewOffer(Span):
    model_config = example(
        kind="probe", amount=3, begin="2026-12-01T08:00", end="2026-12-15T18:00",
        place="ward 4", note="charged, with belts",
    )  # fmt: skip
    place: Short = ""
    note: Words = ""


class NewRequest(Span):
    model_config = example(
        kind="reader minutes", amount=120, begin="2026-12-01T20:00+08:00",
        end="2026-12-02T06:00+08:00", within_km=None, note="our reader is ill",
    )  # fmt: skip
    within_km: Annotated[float, Field(gt=0, le=20_000)] | None = None
    note: Words = ""


class RequestStep(BaseModel):
    model_config = example(event="promise", offer_id=3, said="")
    event: Literal["promise", "take back", "hand out", "return", "lose", "withdraw"]
    offer_id: Annotated[int, Field(ge=1, le=MAX_ID)] | None = None  # to promise
    said: Words = ""  # the reason, or the condition


class Search(BaseModel):
    kind: Annotated[Kind | None, BeforeValidator(empty)] = None
    amount: Annotated[Amount | None, BeforeValidator(empty)] = None
    begin: Annotated[datetime | None, BeforeValidator(empty)] = None
    end: Annotated[datetime | None, BeforeValidator(empty)] = None
    within_km: Annotated[float | None, Field(gt=0, le=20_000), BeforeValidator(empty)] = None


@router.get("/resources", summary="The page of what members share")
def resources_page(
    request: Request, who: Who, parts: ServicesDep, now_ms: Now,
    wanted: Annotated[Search, Query()],
) -> Response:  # fmt: skip
    with reading(parts.engine) as conn:
        zone = zone_of(conn, who)
        found = _search(conn, wanted, who, now_ms) if wanted.kind else None
        shown = _all(conn, who, now_ms)
    # An offer lasts longer than a request, so that one asked for a little later still fits.
    days = {"begin": 0, "asked_end": 7, "offered_end": 14}
    times = {name: local(now_ms + later * DAY_MS, zone) for name, later in days.items()}
    return page(
        request, "resources.html", who, found=found, wanted=wanted, kinds=KINDS, zone=zone,
        times=times, **shown,
    )  # fmt: skip


@router.get("/api/resources", summary="What members offer and ask for")
def list_resources(who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    with reading(parts.engine) as conn:
        return _all(conn, who, now_ms)


@router.get("/api/resources/search", summary="Offers that would fit, the nearest first, and why")
def search(
    who: Who, parts: ServicesDep, now_ms: Now, wanted: Annotated[Search, Query()]
) -> list[dict[str, Any]]:
    if wanted.kind is None:
        raise HTTPException(422, "kind: " + ", ".join(KINDS))
    with reading(parts.engine) as conn:
        return _search(conn, wanted, who, now_ms)


@router.post("/api/resources/offers", summary="Publish what is idle")
def publish(wanted: NewOffer, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    with reading(parts.engine) as conn:
        times = wanted.times(zone_of(conn, who))
    given = wanted.model_dump(exclude={"begin", "end"}) | times
    do = partial(moves.publish, wanted=given, actor=who, now_ms=now_ms)
    with in_words():
        return {"id": parts.sharing.change(do)}


@router.post("/api/resources/offers/{offer_id}/withdraw", summary="Nothing more is promised of it")
def withdraw(offer_id: Id, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    do = partial(moves.withdraw_offer, offer_id=offer_id, actor=who, now_ms=now_ms)
    with in_words():
        return {"id": parts.sharing.change(do)}


@router.post("/api/resources/requests", summary="Ask for what is needed")
def ask(wanted: NewRequest, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """The answer has the offers that fit, the nearest first, each with the reason."""
    with reading(parts.engine) as conn:
        times = wanted.times(zone_of(conn, who))
    given = wanted.model_dump(exclude={"begin", "end"}) | times
    do = partial(moves.ask, wanted=given, actor=who, now_ms=now_ms)
    with in_words():
        return _view(parts, parts.sharing.change(do), who, now_ms)


@router.get("/api/resources/requests/{request_id}", summary="A request, its matches and steps")
def get_request(request_id: Id, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    return _view(parts, request_id, who, now_ms)


@router.post("/api/resources/requests/{request_id}/steps", summary="Promise, hand out, return")
def step(
    request_id: Id, wanted: RequestStep, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    do = partial(
        moves.act, request_id=request_id, event=wanted.event, offer_id=wanted.offer_id,
        said=wanted.said, actor=who, now_ms=now_ms,
    )  # fmt: skip
    with in_words():
        return _view(parts, parts.sharing.change(do), who, now_ms)


def _all(conn: Connection, who: Principal, now_ms: int) -> dict[str, Any]:
    own_id = who.organisation_id if who.role == "hospital" else None
    offers = views.offer_views(conn, resources.offered(conn, now_ms), who)
    requests = views.request_views(conn, resources.shown(conn, own_id), who, now_ms)
    return {"offers": offers, "requests": requests}


def _search(conn: Connection, wanted: Search, who: Principal, now_ms: int) -> list[dict[str, Any]]:
    zone = zone_of(conn, who)
    from_ms = in_ms(wanted.begin, zone) if wanted.begin else now_ms
    to_ms = in_ms(wanted.end, zone) if wanted.end else from_ms
    need = Need(wanted.kind or "", wanted.amount or 1, from_ms, to_ms, wanted.within_km)
    return views.found_views(conn, need, resources.offered(conn, now_ms), who)


def _view(parts: ServicesDep, request_id: int, who: Principal, now_ms: int) -> dict[str, Any]:
    with reading(parts.engine) as conn:
        found = resources.get(conn, request_id)
        if found is None:
            raise HTTPException(404, "no such request")
        return views.request_views(conn, [found], who, now_ms)[0]
