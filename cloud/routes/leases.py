"""Who has which box: leases. Rules: cloud.resources.lease_moves."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from cloud.deps import MAX_ID, Id, Now, Principal, Services, ServicesDep, Who
from cloud.hub import may_see
from cloud.render import page
from cloud.resources import lease_moves, views
from cloud.resources.lease_moves import Wanted
from cloud.routes.examples import example
from cloud.routes.refusals import in_words
from cloud.routes.resources import DAY_MS, Short, Words, in_ms, local, zone_of
from cloud.store import leases, people, recordings
from cloud.store.db import reading
from cloud.store.leases import Lease

router = APIRouter(tags=["leases"])
SomeId = Annotated[int, Field(ge=1, le=MAX_ID)]
LEASED_FOR_MS = 28 * DAY_MS  # what the form proposes


class NewLease(BaseModel):
    model_config = example(
        device_id="probe-7", holder_id=4, mother_id=3, until="2026-12-20T12:00",
        deposit="500 yuan, receipt 2026-118", policy="PICC 88-104-2", condition="new, no marks",
    )  # fmt: skip
    device_id: str = Field(min_length=1, max_length=60)
    holder_id: SomeId | None = None  # the member that answers for it; null: the lender does
    mother_id: SomeId | None = None  # who has it at home; null: it lies at the holder's
    until: datetime  # without an offset: of the member's own time zone
    deposit: Short = ""
    policy: Short = ""
    condition: Words = ""


class LeaseStep(BaseModel):
    model_config = example(event="return", said="belt torn, probe clean and whole")
    event: Literal["pass on", "prolong", "return", "lose"]
    said: Words = ""  # the condition, or why
    until: datetime | None = None  # to prolong
    mother_id: SomeId | None = None  # to pass on; null: it is back at the holder's


def visible_lease(lease_id: Id, who: Who, parts: ServicesDep) -> Lease:
    """The lease of the path; 404 when it is not theirs, as if it did not exist."""
    with reading(parts.engine) as conn:
        found = leases.get(conn, lease_id)
    if found is not None:
        places = frozenset({found.lender_id, found.holder_id or found.lender_id})
        if may_see(who.viewer, found.mother_id, places):
            return found
    raise HTTPException(404, "no such lease")


VisibleLease = Annotated[Lease, Depends(visible_lease)]


@router.get("/leases", summary="The page of boxes and who has them")
def leases_page(request: Request, who: Who, parts: ServicesDep, now_ms: Now) -> Response:
    with reading(parts.engine) as conn:
        shown = _all(conn, who, now_ms)
        choices = _choices(conn, who)
        zone = zone_of(conn, who)
        device = _device_of(conn, who.mother_id) if who.mother_id else None
    until = local(now_ms + LEASED_FOR_MS, zone)
    return page(
        request, "leases.html", who, leases=shown, choices=choices, until=until, zone=zone,
        device=device,
    )  # fmt: skip


def _device_of(conn: Connection, mother_id: int) -> str | None:
    """What she records with: of a recording that runs, else the one that is bound to her."""
    for one in recordings.open_now(conn):
        if one.mother_id == mother_id and one.gateway_id != recordings.HOME:
            return one.device_id
    bound = people.device_of_mother(conn, mother_id)
    return bound.id if bound else None


@router.get("/api/leases", summary="Who has which box, since when, until when")
def list_leases(who: Who, parts: ServicesDep, now_ms: Now) -> list[dict[str, Any]]:
    """Those that are out, and the newest others."""
    with reading(parts.engine) as conn:
        return _all(conn, who, now_ms)


@router.post("/api/leases", summary="Hand out a box, with its condition")
def hand_out(wanted: NewLease, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """A box that a mother gets is bound to her from now on."""
    with reading(parts.engine) as conn:
        due_ms = in_ms(wanted.until, zone_of(conn, who))
    given = Wanted(
        device_id=wanted.device_id,
        holder_id=wanted.holder_id,
        mother_id=wanted.mother_id,
        due_ms=due_ms,
        deposit=wanted.deposit,
        policy=wanted.policy,
        condition=wanted.condition,
    )
    do = partial(lease_moves.hand_out, wanted=given, actor=who, now_ms=now_ms)
    with in_words():
        return _view(parts, parts.sharing.change(do), who, now_ms)


@router.get("/api/leases/{lease_id}", summary="A lease and its steps")
def get_lease(found: VisibleLease, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    return _view(parts, found.id, who, now_ms)


@router.get("/api/leases/{lease_id}/history", summary="All leases of the same box, newest first")
def history(found: VisibleLease, who: Who, parts: ServicesDep, now_ms: Now) -> list[dict[str, Any]]:
    """Of a hospital only those that it lent or held."""
    with reading(parts.engine) as conn:
        rows = leases.of_device(conn, found.device_id)
        if who.role == "hospital":
            own_id = who.organisation_id
            rows = [one for one in rows if own_id in (one.lender_id, one.holder_id)]
        return views.lease_views(conn, rows, who, now_ms)


@router.post("/api/leases/{lease_id}/steps", summary="Pass on, prolong, return, lose")
def step(
    found: VisibleLease, wanted: LeaseStep, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    with reading(parts.engine) as conn:
        zone = zone_of(conn, who)
    do = partial(
        lease_moves.act, lease_id=found.id, event=wanted.event,
        said=wanted.said, mother_id=wanted.mother_id, actor=who, now_ms=now_ms,
        due_ms=in_ms(wanted.until, zone) if wanted.until else None,
    )  # fmt: skip
    with in_words():
        return _view(parts, parts.sharing.change(do), who, now_ms)


def _all(conn: Connection, who: Principal, now_ms: int) -> list[dict[str, Any]]:
    own_id = who.organisation_id if who.role == "hospital" else None
    rows = leases.visible(conn, organisation_id=own_id, mother_id=who.mother_id)
    return views.lease_views(conn, rows, who, now_ms)


def _choices(conn: Connection, who: Principal) -> dict[str, Any] | None:
    """What the form offers; None: this person hands out nothing."""
    if who.role not in ("hospital", "centre"):
        return None
    is_centre = who.role == "centre"
    boxes = leases.free_boxes(conn, None if is_centre else who.organisation_id)
    places = [one for one in people.hospitals(conn) if one.id != who.organisation_id]
    own = people.mothers_of_org(conn, who.organisation_id or 0)
    return {
        "boxes": [one.id for one in boxes],
        "places": places,
        "mothers": people.all_mothers(conn) if is_centre else own,
    }


def _view(parts: Services, lease_id: int, who: Principal, now_ms: int) -> dict[str, Any]:
    with reading(parts.engine) as conn:
        found = leases.get(conn, lease_id)
        assert found is not None  # it was seen a moment ago, and none is ever removed
        return views.lease_views(conn, [found], who, now_ms)[0]
