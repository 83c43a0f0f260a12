"""Referrals as JSON, what people do with them, their balance. Rules: journeys.referral_moves."""

from datetime import date
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, Field

from cloud.deps import MAX_ID, Id, Now, Principal, Services, ServicesDep, Who
from cloud.journeys import balance, referral_moves, views
from cloud.journeys.choices import choices
from cloud.journeys.referral_moves import Wanted
from cloud.journeys.service import Change
from cloud.journeys.sight import sees_referral
from cloud.routes.examples import example
from cloud.routes.green import Minutes
from cloud.routes.refusals import in_words
from cloud.store import people, referrals
from cloud.store.db import reading
from cloud.store.referrals import Referral

router = APIRouter(tags=["referrals"])
LONGEST_MONTH_MS = 31 * 24 * 3600 * 1000
SomeId = Annotated[int, Field(ge=1, le=MAX_ID)]


class Visit(BaseModel):
    day: date
    what: str = Field(min_length=1, max_length=200)


class Monitoring(BaseModel):
    per_week: int = Field(ge=1, le=21)
    minutes: int = Field(ge=10, le=120)
    until: date | None = None


class Plan(BaseModel):
    """What is to be done after she has gone back."""

    text: str = Field(min_length=1, max_length=4000)
    visits: list[Visit] = Field([], max_length=20)
    monitoring: Monitoring | None = None


class NewReferral(BaseModel):
    model_config = example(
        direction="down",
        mother_id=1,
        to_id=4,
        criteria=["stable", "plan"],
        reason="CTG normal for 24 h",
        agreed=True,
        answers_id=7,
        plan={
            "text": "Blood pressure twice a day; come back above 150/100 or with headache.",
            "visits": [{"day": "2026-12-01", "what": "Blood pressure, urine, CTG"}],
            "monitoring": {"per_week": 3, "minutes": 20},
        },
    )
    direction: Literal["up", "down"]
    mother_id: SomeId
    to_id: SomeId
    urgent: bool = False
    recording_id: SomeId | None = None
    criteria: list[str] = Field([], max_length=20)
    reason: str | None = Field("", max_length=300)
    notes: str | None = Field("", max_length=4000)
    agreed: bool = False  # the mother was asked, and the other hospital may see her records
    answers_id: SomeId | None = None
    plan: Plan | None = None
    alert_known: bool = False  # who sends her down knows of alerts that nobody has handled


class ReferralStep(BaseModel):
    model_config = example(event="transport", said="ambulance of the clinic", minutes=35)
    event: Literal["accept", "decline", "transport", "arrive", "withdraw", "close"]
    said: str = Field("", max_length=120)  # the reason, or how she travels
    minutes: Minutes | None = None  # until she is there


class Coming(BaseModel):
    model_config = example(minutes=15)
    minutes: Minutes


def visible_referral(referral_id: Id, who: Who, parts: ServicesDep) -> Referral:
    """The referral of the path; 404 when it is not theirs, as if it did not exist."""
    with reading(parts.engine) as conn:
        found = referrals.get(conn, referral_id)
    if found is None or not sees_referral(who.viewer, found):
        raise HTTPException(404, "no such referral")
    return found


VisibleReferral = Annotated[Referral, Depends(visible_referral)]


@router.get("/api/referrals")
def list_referrals(who: Who, parts: ServicesDep, now_ms: Now) -> list[dict[str, Any]]:
    """All that are not over and the newest of the others, of what may be seen."""
    with reading(parts.engine) as conn:
        organisation_id = who.organisation_id if who.role == "hospital" else None
        rows = referrals.visible(conn, organisation_id=organisation_id, mother_id=who.mother_id)
        return views.referral_views(conn, rows, who, now_ms)


@router.get("/api/referrals/balance")
def get_balance(
    who: Who, parts: ServicesDep, now_ms: Now, months: Annotated[int, Query(ge=1, le=36)] = 12
) -> dict[str, Any]:
    """Referrals up and down by hospital and month; those declined or withdrawn do not count."""
    organisation_id = who.organisation_id if who.role == "hospital" else None
    since_ms = now_ms - months * LONGEST_MONTH_MS
    with reading(parts.engine) as conn:
        rows = referrals.counted(conn, since_ms, organisation_id)
        known = {o.id: o for o in people.hospitals(conn)}
    wanted = known if organisation_id is None else {organisation_id: known.get(organisation_id)}
    zones = {i: o.zone for i, o in wanted.items() if o is not None}
    by_month = balance.by_month(rows, zones)
    for row in by_month:
        of = known[row["organisation_id"]]
        row |= {"organisation": of.name, "organisation_zh": of.name_zh}
    return {"months": by_month, "total": balance.total(rows)}


@router.get("/api/referrals/choices")
def get_choices(
    who: Who, parts: ServicesDep, now_ms: Now, direction: Literal["up", "down"] = "up"
) -> dict[str, Any]:
    """What a new referral of this hospital can say: mothers, hospitals by distance, criteria."""
    with reading(parts.engine) as conn:
        return choices(conn, parts.planner, who.organisation_id or 0, direction, now_ms)


@router.get("/api/referrals/{referral_id}", summary="One referral")
def get_referral(
    found: VisibleReferral, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    return _view(parts, found.id, who, now_ms)


@router.post("/api/referrals")
def request(wanted: NewReferral, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """Ask a hospital of a higher level to take her, or one of a lower level to go on with her."""
    given = {**vars(wanted), "plan": wanted.plan.model_dump(mode="json") if wanted.plan else None}
    given["reason"] = (wanted.reason or "").strip()
    given["notes"] = (wanted.notes or "").strip()
    do = partial(referral_moves.request, wanted=Wanted(**given), actor=who, now_ms=now_ms)
    return _change(parts, who, do, now_ms)


@router.post(
    "/api/referrals/{referral_id}/steps",
    summary="Accept, decline, withdraw, transport, arrive, or close",
)
def step(
    found: VisibleReferral, wanted: ReferralStep, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    do = partial(
        referral_moves.act, referral_id=found.id, event=wanted.event, actor=who,
        said=wanted.said.strip(), minutes=wanted.minutes, planner=parts.planner, now_ms=now_ms,
    )  # fmt: skip
    return _change(parts, who, do, now_ms)


@router.post("/api/referrals/{referral_id}/expected", summary="Say when she is expected")
def expect(
    found: VisibleReferral, wanted: Coming, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    do = partial(
        referral_moves.expect, referral_id=found.id, minutes=wanted.minutes, actor=who,
        now_ms=now_ms,
    )  # fmt: skip
    return _change(parts, who, do, now_ms)


def _change(parts: Services, who: Principal, do: Change, now_ms: int) -> dict[str, Any]:
    with in_words():
        referral_id = parts.journeys.change(do)
    return _view(parts, referral_id, who, now_ms)


def _view(parts: Services, referral_id: int, who: Principal, now_ms: int) -> dict[str, Any]:
    with reading(parts.engine) as conn:
        found = referrals.get(conn, referral_id)
        assert found is not None  # it was seen a moment ago, and none is ever removed
        return views.referral_views(conn, [found], who, now_ms)[0]
