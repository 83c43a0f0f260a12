"""Green channels as JSON, and what people do with them. Rules: cloud.journeys.green_moves."""

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from cloud.deps import Id, Now, Principal, Services, ServicesDep, VisibleAlert, Who
from cloud.journeys import green_moves, views
from cloud.journeys.green_moves import Ways
from cloud.journeys.service import Change
from cloud.journeys.sight import sees_green, sees_referral
from cloud.routes.examples import example
from cloud.routes.refusals import in_words
from cloud.store import green, referrals
from cloud.store.db import reading
from cloud.store.green import Green

router = APIRouter(tags=["green channel"])
MAX_MINUTES = 24 * 60
Minutes = Annotated[int, Field(ge=0, le=MAX_MINUTES)]


class GreenStep(BaseModel):
    model_config = example(event="reserve", team="Dr Sun, midwife Zhang", reason="")
    event: Literal["reserve", "arrive", "admit", "send home", "cancel", "close"]
    reason: str | None = Field("", max_length=300)
    team: str | None = Field("", max_length=200)
    alert_known: bool = False  # who sends her home knows of alerts that nobody has handled


class Expected(BaseModel):
    model_config = example(minutes=25)
    minutes: Minutes | None = None  # None: estimate it again


class Tick(BaseModel):
    model_config = example(item="theatre", done=True)
    item: str = Field(max_length=40)
    done: bool


def visible_green(green_id: Id, who: Who, parts: ServicesDep) -> Green:
    """The green channel of the path; 404 when it is not theirs, as if it did not exist."""
    with reading(parts.engine) as conn:
        found = green.get(conn, green_id)
        if found is None or not sees_green(conn, who.viewer, found):
            raise HTTPException(404, "no such green channel")
        return found


VisibleGreen = Annotated[Green, Depends(visible_green)]


@router.get("/api/green")
def list_green(who: Who, parts: ServicesDep, now_ms: Now) -> list[dict[str, Any]]:
    """All that are open and the newest of the others, of what may be seen."""
    with reading(parts.engine) as conn:
        organisation_id = who.organisation_id if who.role == "hospital" else None
        rows = green.visible(conn, organisation_id=organisation_id, mother_id=who.mother_id)
        seen = [row for row in rows if sees_green(conn, who.viewer, row)]
        return views.green_views(conn, seen, who, now_ms)


@router.get("/api/green/{green_id}", summary="One green channel")
def get_green(found: VisibleGreen, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    return view(parts, found.id, who, now_ms)


@router.post("/api/alerts/{alert_id}/green")
def open_for_alert(
    alert: VisibleAlert, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """The hospital that has accepted the alert makes ready for the mother."""
    mother = alert["mother"]
    ways = _ways(parts, mother["id"] if mother else None, now_ms)
    do = partial(
        green_moves.open_for_alert, alert_id=alert["id"], actor=who, ways=ways, now_ms=now_ms
    )
    return _change(parts, who, do, now_ms)


@router.post("/api/green/{green_id}/steps", summary="Reserve, arrive, admit, close, or cancel")
def step(
    found: VisibleGreen, wanted: GreenStep, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    do = partial(
        green_moves.act, green_id=found.id, event=wanted.event, actor=who,
        reason=(wanted.reason or "").strip(), team=(wanted.team or "").strip(), now_ms=now_ms,
        alert_known=wanted.alert_known,
    )  # fmt: skip
    return _change(parts, who, do, now_ms)


@router.post("/api/green/{green_id}/expected")
def expect(
    found: VisibleGreen, wanted: Expected, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """When she comes; without minutes it is estimated again from where she is now."""
    ways = _ways(parts, found.mother_id if wanted.minutes is None else None, now_ms)
    do = partial(
        green_moves.expect, green_id=found.id, minutes=wanted.minutes, actor=who, ways=ways,
        now_ms=now_ms,
    )  # fmt: skip
    return _change(parts, who, do, now_ms)


@router.post("/api/green/{green_id}/ticks")
def tick(
    found: VisibleGreen, wanted: Tick, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """A line of the checklist is done, or is not after all."""
    do = partial(
        green_moves.tick, green_id=found.id, item_id=wanted.item, done=wanted.done, actor=who,
        now_ms=now_ms,
    )  # fmt: skip
    return _change(parts, who, do, now_ms)


@router.post("/api/referrals/{referral_id}/green")
def open_for_referral(referral_id: Id, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """The hospital that has accepted an urgent referral makes ready for the mother."""
    with reading(parts.engine) as conn:
        found = referrals.get(conn, referral_id)
    if found is None or not sees_referral(who.viewer, found):
        raise HTTPException(404, "no such referral")
    do = partial(
        green_moves.open_for_referral, referral_id=referral_id, actor=who, planner=parts.planner,
        now_ms=now_ms,
    )  # fmt: skip
    return _change(parts, who, do, now_ms)


def view(parts: Services, green_id: int, who: Principal, now_ms: int) -> dict[str, Any]:
    with reading(parts.engine) as conn:
        found = green.get(conn, green_id)
        assert found is not None  # it was seen a moment ago, and none is ever removed
        return views.green_views(conn, [found], who, now_ms)[0]


def _change(parts: Services, who: Principal, do: Change, now_ms: int) -> dict[str, Any]:
    with in_words():
        green_id = parts.journeys.change(do)
    return view(parts, green_id, who, now_ms)


def _ways(parts: Services, mother_id: int | None, now_ms: int) -> Ways:
    """A road server, where there is one, is asked outside of the transaction."""
    return Ways(parts.planner, parts.planner.ahead(parts.engine, mother_id, now_ms))
