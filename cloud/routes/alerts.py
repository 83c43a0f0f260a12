"""Alerts as JSON, and what people do to them. Who may when: cloud.alerts.service."""

from contextlib import suppress
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field

from cloud.alerts.service import ReasonMissing, Refused
from cloud.deps import MAX_ID, Now, Services, ServicesDep, VisibleAlert, Who
from cloud.journeys import green_moves
from cloud.journeys.green_moves import Ways
from cloud.routes.examples import example
from cloud.store import readings
from cloud.store.db import reading

router = APIRouter(tags=["alerts"])


class Reason(BaseModel):
    model_config = example(reason="no free bed until 18:00")
    reason: str = Field("", max_length=300)


class Handled(Reason):
    model_config = example(reason="spoke with her, she comes in", useful=True)
    useful: bool | None = None  # was the alert of use? None: not said


class Answer(BaseModel):
    model_config = example(answer="on_my_way")
    answer: Literal["on_my_way", "ambulance", "call_me", "done"]  # done: of a technical alert


@router.get("/api/alerts")
def list_alerts(
    who: Who, parts: ServicesDep, recording_id: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None
) -> list[dict[str, Any]]:
    """All that are not over and the newest others, of what may be seen. A blind reader of a
    recording gets those of it that wait for somebody, and none when asking for its own."""
    views = parts.alerting.views(who.viewer)
    with reading(parts.engine) as conn:
        blind = readings.held_unread(conn, who.person_id)
    if recording_id is not None:
        return [v for v in views if v["recording_id"] == recording_id and recording_id not in blind]
    return [v for v in views if v["phase"] != "closed" or v["recording_id"] not in blind]


@router.get("/api/alerts/{alert_id}", summary="One alert with its steps")
def get_alert(alert: VisibleAlert) -> dict[str, Any]:
    return alert


@router.post("/api/alerts/{alert_id}/accept", summary="Take an alert")
def accept(alert: VisibleAlert, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    return _act(parts, alert, "accept", who, "", now_ms)


@router.post(
    "/api/alerts/{alert_id}/decline",
    summary="Decline an alert with a reason: the next one is asked",
)
def decline(
    alert: VisibleAlert, why: Reason, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    return _act(parts, alert, "decline", who, why.reason, now_ms)


@router.post("/api/alerts/{alert_id}/read")
def read(alert: VisibleAlert, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """Somebody has looked at it."""
    return _act(parts, alert, "read", who, "", now_ms)


@router.post("/api/alerts/{alert_id}/handle")
def handle(
    alert: VisibleAlert, what: Handled, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """Say what was done, and whether the alert was of use."""
    return _act(parts, alert, "handle", who, what.reason, now_ms, what.useful)


@router.post("/api/alerts/{alert_id}/acknowledge")
def acknowledge(alert: VisibleAlert, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """Of a technical alert: somebody knows, and sees to it."""
    return _act(parts, alert, "acknowledge", who, "", now_ms)


@router.post("/api/alerts/{alert_id}/close", summary="Close an alert that was handled")
def close(alert: VisibleAlert, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    return _act(parts, alert, "close", who, "", now_ms)


@router.post("/api/alerts/{alert_id}/answer")
def answer(
    alert: VisibleAlert, said: Answer, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """What the mother does."""
    try:
        view = parts.alerting.mother_answer(alert["id"], said.answer, who, now_ms)
    except Refused as refused:
        raise HTTPException(409, refused.words) from None
    if said.answer == green_moves.ON_HER_WAY and alert["mother"]:
        _count_from_now(parts, alert["mother"]["id"], who, now_ms)
    return view


def _count_from_now(parts: Services, mother_id: int, who: Who, now_ms: int) -> None:
    """Whoever makes ready for her reads when she comes, now that she has left."""
    with reading(parts.engine) as conn:
        green_id = green_moves.waiting_to_leave(conn, mother_id)
    if green_id is None:
        return
    ways = Ways(parts.planner, parts.planner.ahead(parts.engine, mother_id, now_ms))
    with suppress(Refused):  # she has come, or does not, in the meantime
        parts.journeys.change(
            partial(
                green_moves.expect, green_id=green_id, minutes=None, actor=who, ways=ways,
                now_ms=now_ms,
            )
        )  # fmt: skip


def _act(
    parts: Services,
    alert: dict[str, Any],
    event: str,
    who: Who,
    reason: str,
    now_ms: int,
    useful: bool | None = None,
) -> dict[str, Any]:
    try:
        return parts.alerting.act(alert["id"], event, who, reason, now_ms, useful)
    except ReasonMissing as refused:
        raise HTTPException(422, refused.words) from None
    except Refused as refused:
        raise HTTPException(409, refused.words) from None
