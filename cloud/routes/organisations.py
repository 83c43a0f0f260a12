"""Organisations as JSON: one's own state and roster; for the centre all, and whom to call."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, BeforeValidator, Field, model_validator
from sqlalchemy import Connection

from cloud.alerts.moves import words
from cloud.deps import (
    MAX_ID,
    Id,
    Now,
    Principal,
    Services,
    ServicesDep,
    ShownOrganisation,
    VisibleAlert,
    Who,
)
from cloud.hospitals import organising, views
from cloud.hub import changed
from cloud.render import page
from cloud.routes.examples import example
from cloud.store import alerts, people
from cloud.store.db import reading, writing
from cloud.store.duties import Duty
from cloud.store.people import Organisation

router = APIRouter(tags=["organisations"])
MAX_DUTIES = 200
NOT_THERE = "this person does not work here"
# A form leaves a time empty for "all day": from 00:00 to 00:00 of the next day.
Minute = Annotated[int, Field(ge=0, le=1439), BeforeValidator(lambda said: said or 0)]


class State(BaseModel):
    model_config = example(on_call="roster", free_beds=3, nicu=True, blood_bank=None)
    on_call: Literal["yes", "no", "roster"]
    free_beds: Annotated[int, Field(ge=0, le=10_000)]
    nicu: bool | None
    blood_bank: bool | None


class Line(BaseModel):
    """Of a weekly roster, or of one date, which replaces its weekday."""

    role: Literal["obstetrician", "operator"]
    person_id: Annotated[int, Field(ge=1, le=MAX_ID)] | None = None
    weekday: Annotated[int, Field(ge=0, le=6)] | None = None
    day: date | None = None
    from_min: Minute = 0
    to_min: Minute = 0
    nobody: bool = False

    @model_validator(mode="after")
    def _is_of_one_day(self) -> "Line":
        if (self.weekday is None) == (self.day is None):
            raise ValueError("either a weekday or a date")
        if self.nobody and self.day is None:
            raise ValueError("only a date can have nobody")
        return self


class Roster(BaseModel):
    model_config = example(
        duties=[{"role": "obstetrician", "person_id": 12, "weekday": 0, "from_min": 480}]
    )
    duties: Annotated[list[Line], Field(max_length=MAX_DUTIES)]


@router.get("/organisation", summary="The page of one's own state and duty roster")
def organisation_page(request: Request, who: Who, parts: ServicesDep, now_ms: Now) -> Response:
    own = get_organisation(who, parts, now_ms)
    return page(request, "organisation.html", who, own=own)


@router.get("/api/organisation")
def get_organisation(who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """One's own: state, roster, who is on duty now, the newest changes."""
    with reading(parts.engine) as conn:
        return organising.organisation_view(conn, _own(conn, who), now_ms)


@router.put("/api/organisation/state", summary="Say who is on call, and how many beds are free")
def put_state(state: State, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    with writing(parts.engine) as conn:
        own = _own(conn, who)
        by_hand = own.on_call if state.on_call == "roster" else state.on_call == "yes"
        said = {
            "on_call": by_hand,
            "by_roster": state.on_call == "roster",
            "free_beds": state.free_beds,
            "nicu": state.nicu,
            "blood_bank": state.blood_bank,
        }
        organising.set_state(conn, own, said, who.person_id, now_ms)
        view = organising.organisation_view(conn, _own(conn, who), now_ms)
    _tell(parts, own)
    return view


@router.put("/api/organisation/duties")
def put_duties(roster: Roster, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """The whole roster, in the order in which people are called."""
    return _put_duties(who.organisation_id or 0, roster, who, parts, now_ms)


@router.put("/api/organisations/{organisation_id}/duties")
def put_duties_of(
    place: ShownOrganisation, roster: Roster, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """The whole roster of any organisation, by an administrator."""
    return _put_duties(place.id, roster, who, parts, now_ms)


def _put_duties(
    organisation_id: int, roster: Roster, who: Principal, parts: Services, now_ms: int
) -> dict[str, Any]:
    with writing(parts.engine) as conn:
        place = _find(conn, organisation_id)
        staff = {person.id for person in people.staff_of(conn, place.id)}
        lines = [Duty(**line.model_dump()) for line in roster.duties]
        if not {line.person_id for line in lines} - {None} <= staff:
            raise HTTPException(422, words(NOT_THERE))
        organising.set_duties(conn, place.id, lines, who.person_id, now_ms)
        view = organising.organisation_view(conn, place, now_ms)
    _tell(parts, place)
    return view


@router.get("/api/hospitals")
def list_hospitals(
    parts: ServicesDep, now_ms: Now, alert_id: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None
) -> list[dict[str, Any]]:
    """Every hospital as it is now; with an alert in the order in which it would be asked, with
    travel time and reason."""
    with reading(parts.engine) as conn:
        alert = None if alert_id is None else alerts.get(conn, alert_id)
    mother_id = alert.mother_id if alert else None
    roads = parts.planner.ahead(parts.engine, mother_id, now_ms)
    with reading(parts.engine) as conn:
        return views.hospitals(conn, parts.planner, alert, roads, now_ms)


@router.get("/api/alerts/{alert_id}/calls")
def get_calls(alert_id: Id, _seen: VisibleAlert, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """Whom the centre calls about this alert, in order."""
    with reading(parts.engine) as conn:
        alert = alerts.get(conn, alert_id)
    roads = parts.planner.ahead(parts.engine, alert.mother_id if alert else None, now_ms)
    with reading(parts.engine) as conn:
        return views.calls(conn, parts.planner, alert, roads, now_ms)


def _own(conn: Connection, who: Principal) -> Organisation:
    return _find(conn, who.organisation_id or 0)


def _find(conn: Connection, organisation_id: int) -> Organisation:
    found = people.get_organisation(conn, organisation_id)
    if found is None:
        raise HTTPException(404, "no such organisation")
    return found


def _tell(parts: Services, place: Organisation) -> None:
    """The pages that show its state or its roster."""
    seen_by = frozenset((place.id,))
    parts.hub.publish(changed("organisation", place.id, mother_id=None, organisation_ids=seen_by))
