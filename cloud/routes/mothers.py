"""What a mother decides about herself: where she is, and which hospitals may know."""

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from cloud.alerts.moves import words
from cloud.deps import MAX_ID, Now, ServicesDep, Who
from cloud.routes.examples import example
from cloud.routing.distance import distances_km, point
from cloud.store import alerts, consents, hospitals, people, positions, recordings, sight
from cloud.store.db import reading, writing
from cloud.store.hospitals import Hospitals
from cloud.store.people import Mother
from cloud.store.positions import Position

router = APIRouter(tags=["mothers"])
SHOWN = 12  # hospitals near her home that she is asked about
NOTHING_RUNS = "your position is taken only while a recording runs or an alert is open"
NO_SUCH_HOSPITAL = "there is no such hospital"


class Where(BaseModel):
    """As the browser's geolocation gives it; both times are of the phone's clock."""

    model_config = example(
        latitude=31.27, longitude=121.58, accuracy_m=25, at_ms=1_795_000_000_000,
        sent_ms=1_795_000_001_000,
    )  # fmt: skip
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    accuracy_m: Annotated[float, Field(ge=0, le=1e7)] | None = None
    at_ms: Annotated[int, Field(ge=0, le=2**53)]  # when it was measured
    sent_ms: Annotated[int, Field(ge=0, le=2**53)]  # when this was sent


class Decision(BaseModel):
    model_config = example(organisation_id=2, allowed=True)
    organisation_id: Annotated[int, Field(ge=1, le=MAX_ID)] | None  # null: every other one
    allowed: bool


@router.post("/api/mother/position")
def put_position(where: Where, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """Where her phone is. What counts is its age by the phone's own clock; a position from the
    phone's future has the time of its arrival."""
    mother_id = who.mother_id or 0
    age_ms = where.sent_ms - where.at_ms
    position = Position(
        mother_id=mother_id,
        latitude=where.latitude,
        longitude=where.longitude,
        accuracy_m=where.accuracy_m,
        at_ms=now_ms - max(0, age_ms),
        clock_ahead_ms=where.sent_ms - now_ms,
        clock_wrong=age_ms < 0,
    )
    with writing(parts.engine) as conn:
        running = any(r.mother_id == mother_id for r in recordings.open_now(conn))
        if not running and not alerts.open_of_mother(conn, mother_id):
            raise HTTPException(409, words(NOTHING_RUNS))
        positions.keep(conn, position)
    return {"at_ms": position.at_ms, "clock_wrong": position.clock_wrong}


@router.delete("/api/mother/position")
def forget_position(who: Who, parts: ServicesDep) -> dict[str, Any]:
    """She does not share it any more."""
    with writing(parts.engine) as conn:
        positions.forget(conn, who.mother_id or 0)
    return {}


@router.get("/api/mother/consents", summary="Which hospitals may see her data")
def get_consents(who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """Which hospitals may be asked about her and see her recordings: her own, those she has decided
    about, those that see one of her recordings, and the nearest; `others` is all that is not said
    of one of these."""
    mother_id = who.mother_id or 0
    with reading(parts.engine) as conn:
        mother = people.get_mother(conn, mother_id)
        own_id = mother.organisation_id if mother else None
        consent = consents.of_mother(conn, mother_id, own_id)
        said_of = {own_id} | {decision.organisation_id for decision in consent.decisions}
        shown = {place for place in said_of if place is not None}
        hers = [recording.id for recording in recordings.latest(conn, mother_ids=[mother_id])]
        shown |= set().union(*sight.organisations_of_all(conn, hers).values())
        every = hospitals.read(conn, now_ms)
        shown |= set(_nearest(every, mother))
        rows = [people.get_organisation(conn, place) for place in sorted(shown)]
    return {
        "others": consent.for_all,
        "hospitals": [
            {
                "id": hospital.id,
                "name": hospital.name,
                "name_zh": hospital.name_zh,
                "own": hospital.id == own_id,
                "allowed": consent.holds_for(hospital.id),
            }
            for hospital in rows
            if hospital is not None and hospital.kind == "hospital"
        ],
    }


@router.put("/api/mother/consents")
def put_consent(decision: Decision, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """One decision; the whole list as it is then."""
    if decision.organisation_id is not None:
        with reading(parts.engine) as conn:
            hospital = people.get_organisation(conn, decision.organisation_id)
        if hospital is None or hospital.kind != "hospital":
            raise HTTPException(422, words(NO_SUCH_HOSPITAL))
    parts.consenting.decide(
        who.mother_id or 0, decision.organisation_id, decision.allowed, who, now_ms
    )
    return get_consents(who, parts, now_ms)


def _nearest(every: Hospitals, mother: Mother | None) -> list[int]:
    """To her home; the first ones when that is not known."""
    home = point(mother.latitude, mother.longitude) if mother else None
    if home is None:
        return every.ids[:SHOWN].tolist()  # type: ignore[no-any-return]
    km = distances_km(home, every.latitude, every.longitude)
    return every.ids[np.argsort(km, kind="stable")[:SHOWN]].tolist()  # type: ignore[no-any-return]
