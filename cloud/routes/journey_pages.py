"""The pages of green channels and referrals, and the form of a new referral."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from cloud import i18n, views
from cloud.deps import MAX_ID, Now, Principal, ServicesDep, Who, find_visible
from cloud.journeys import sending
from cloud.journeys.choices import choices
from cloud.journeys.reasons import REASONS
from cloud.render import language_of, page
from cloud.routes.green import list_green
from cloud.routes.referrals import get_balance, list_referrals
from cloud.routing.distance import in_words
from cloud.store import people
from cloud.store.db import reading
from models import green, referrals

router = APIRouter(tags=["pages"])
AnId = Annotated[int | None, Query(ge=1, le=MAX_ID)]
TITLES = {
    "up": "Refer to a hospital of a higher level",
    "down": "Refer back, with a plan of care",
}
USUAL = {"up": ("ctg",), "down": ("stable",)}  # grounds that stand chosen, of models.referrals
GROUPS = ("in", "way", "here", "out", "back", "over")
_OVER = {phase.value for phase in green.OVER}


@router.get("/journeys", summary="Green channels and referrals")
def journeys(request: Request, who: Who, parts: ServicesDep, now_ms: Now) -> Response:
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in GROUPS}
    for one in sorted(list_referrals(who, parts, now_ms), key=lambda one: -one["id"]):
        groups[group_of(one, who.organisation_id)].append(one)
    greens = [g for g in _soonest(list_green(who, parts, now_ms)) if _is_open(g) or g["back"]]
    balance = None if who.role == "hospital" else get_balance(who, parts, now_ms)
    return page(
        request, "journeys.html", who, greens=greens, groups=groups, balance=balance,
        reasons=REASONS,
    )  # fmt: skip


@router.get(
    "/journeys/brief", summary="Who is coming, and what waits for an answer, in a line each"
)
def brief(request: Request, who: Who, parts: ServicesDep, now_ms: Now) -> Response:
    sent = list_referrals(who, parts, now_ms)
    asked = [one for one in sent if group_of(one, who.organisation_id) == "in"]
    coming = [one for one in _soonest(list_green(who, parts, now_ms)) if _is_open(one)]
    return page(request, "journeys_brief.html", who, asked=asked, coming=coming)


@router.get("/referrals/new", summary="The form of a new referral")
def new_referral(
    request: Request, who: Who, parts: ServicesDep, now_ms: Now,
    direction: Literal["up", "down"] = "up", mother_id: AnId = None, to_id: AnId = None,
    recording_id: AnId = None, answers_id: AnId = None, urgent: bool = False,
) -> Response:  # fmt: skip
    """Without a mother it asks for her first."""
    with reading(parts.engine) as conn:
        offered = choices(conn, parts.planner, who.organisation_id or 0, direction, now_ms)
        mother = _mother(conn, who, offered, mother_id, recording_id, now_ms) if mother_id else None
        her_id, own_id = mother["id"] if mother else 0, who.organisation_id or 0
        rows = sending.offered(conn, her_id, own_id, recording_id, now_ms)
        open_alerts = sending.unhandled(conn, her_id, own_id) if direction == "down" else []
    title = i18n.translate(language_of(request), TITLES[direction])
    return page(
        request, "referral_new.html", who, title=title, direction=direction, offered=offered,
        mother=mother, to_id=to_id, recordings=rows, unhandled=open_alerts, answers_id=answers_id,
        urgent=urgent, usual=USUAL[direction] if recording_id else (), km=in_words,
    )  # fmt: skip


def group_of(one: dict[str, Any], organisation_id: int | None) -> str:
    """Where a referral stands on the page of this organisation."""
    phase = referrals.Phase(one["phase"])
    if phase is referrals.Phase.REQUESTED:
        return "in" if one["to"]["id"] == organisation_id else "out"
    if phase in (referrals.Phase.ACCEPTED, referrals.Phase.TRANSIT):
        return "way"
    if phase is referrals.Phase.ARRIVED:
        return "here"
    return "back" if one["back"] else "over"


def _is_open(one: dict[str, Any]) -> bool:
    return one["phase"] not in _OVER


def _soonest(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who comes soonest first; one without a time at the end."""
    return sorted(found, key=lambda g: (g["expected_ms"] is None, g["expected_ms"] or 0, g["id"]))


def _mother(
    conn: Connection, who: Principal, offered: dict[str, Any], mother_id: int,
    recording_id: int | None, now_ms: int,
) -> dict[str, Any]:  # fmt: skip
    """One of those that are offered, or whose recording this hospital may see."""
    for one in offered["mothers"]:
        if one["id"] == mother_id:
            return dict(one)
    seen = find_visible(conn, who, recording_id or 0)
    her = people.get_mother(conn, mother_id)
    if her is None or seen.mother_id != mother_id:
        raise HTTPException(404, "no such mother")
    return views.mother_view(conn, her, now_ms)
