"""Mothers and their records as JSON, and what is written into them. Rules: cloud.pregnancy."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import Connection

from cloud.deps import Id, Now, Principal, Services, ServicesDep, Who, note_look
from cloud.hub import may_see
from cloud.pregnancy import care, listing, record
from cloud.pregnancy.views import record_view
from cloud.routes.examples import example
from cloud.routes.refusals import in_words
from cloud.store import hidden, mother_sight, people
from cloud.store.db import reading
from cloud.store.people import Mother

router = APIRouter(tags=["mothers"])


def text(most: int, least: int = 0) -> Any:
    """Words of a person, without spaces around them."""
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=most)


Line = Annotated[str, text(300)]
Colour = Literal["green", "yellow", "orange", "red"]


class Dating(BaseModel):
    model_config = example(by="scan", on="2026-06-01", weeks=12, days=3)
    by: Literal["lmp", "scan"]
    on: date  # first day of the last period, or day of the scan
    weeks: int | None = Field(None, ge=0, le=42)  # what the scan showed
    days: int | None = Field(None, ge=0, le=6)


class About(BaseModel):
    """What she may correct herself."""

    model_config = example(phone="555-0101", address="3 River Road", allergies="penicillin")
    phone: Annotated[str, text(40)] | None = None
    address: Annotated[str, text(200)] | None = None
    allergies: Annotated[str, text(2000)] | None = None  # null: not said


class History(BaseModel):
    model_config = example(
        birth_date="1994-02-11", height_cm=162, weight_kg=58.5, gravida=2, para=1,
        history="2022: birth at 39 weeks, caesarean section for a breech baby",
    )  # fmt: skip
    birth_date: date | None = None
    height_cm: float | None = Field(None, ge=100, le=220)
    weight_kg: float | None = Field(None, ge=30, le=250)  # before the pregnancy
    gravida: int | None = Field(None, ge=1, le=30)  # pregnancies, this one included
    para: int | None = Field(None, ge=0, le=30)
    history: Annotated[str, text(4000)] | None = None


class Contact(BaseModel):
    model_config = example(name="Lin Wei", phone="555-0199", relation="husband")
    name: Annotated[str, text(120, 1)]
    phone: Annotated[str, text(40, 1)]
    relation: Annotated[str, text(40, 1)]


class Assessed(BaseModel):
    """Criteria by age and BMI are found by themselves."""

    model_config = example(
        criteria=["scar", "gestational_diabetes"], colour="orange",
        reason="two caesarean sections, the last 14 months ago",
    )  # fmt: skip
    criteria: list[Annotated[str, text(40)]] = Field([], max_length=40)
    colour: Colour | None = None  # null: the one that the criteria give
    reason: Line | None = None  # wanted when it is another one


class Plan(BaseModel):
    model_config = example(per_week=4, minutes=20, from_week=32)
    per_week: int = Field(ge=1, le=7)  # days
    minutes: int = Field(ge=10, le=120)
    from_week: int | None = Field(None, ge=20, le=care.LATEST_WEEK)  # null: from today


class Missed(BaseModel):
    model_config = example(day="2026-11-18", reason="travelled to her parents")
    day: date
    reason: Annotated[str, text(200, 1)]


def visible_mother(mother_id: Id, who: Who, parts: ServicesDep) -> Mother:
    """The mother of the path; 404 when her record is not theirs, as if she did not exist."""
    with reading(parts.engine) as conn:
        mother = people.get_mother(conn, mother_id)
        places = mother_sight.hospitals_of(conn, mother_id) if who.role == "hospital" else None
        hides = hidden.is_hidden(conn, mother_id)
    if mother is None or not may_see(who.viewer, mother_id, places, hides):
        raise HTTPException(404, "no such mother")
    note_look(parts, who, mother.id)
    return mother


VisibleMother = Annotated[Mother, Depends(visible_mother)]


def view(parts: Services, mother_id: int, who: Principal, now_ms: int) -> dict[str, Any]:
    with reading(parts.engine) as conn:
        mother = people.get_mother(conn, mother_id)
        assert mother is not None  # she was seen a moment ago, and none is ever removed
        return record_view(conn, mother, who, now_ms)


def changed(
    parts: Services, mother: Mother, who: Principal, now_ms: int, do: Callable[..., Any]
) -> dict[str, Any]:
    """Do it with (conn, mother, actor, now_ms); her record as it is then."""

    def with_row(conn: Connection) -> None:
        fresh = people.get_mother(conn, mother.id) or mother
        do(conn, mother=fresh, actor=who, now_ms=now_ms)

    with in_words():
        parts.pregnancies.change(mother.id, with_row)
    return view(parts, mother.id, who, now_ms)


def rows_for(parts: Services, who: Principal, now_ms: int) -> list[dict[str, Any]]:
    with reading(parts.engine) as conn:
        every = people.all_mothers(conn)
        if who.role == "hospital":
            seen = mother_sight.mothers_seen_by(conn, who.organisation_id or 0)
            every = [mother for mother in every if mother.id in seen]
        return listing.rows(conn, every, now_ms)


class Wanted(BaseModel):
    """Which rows of the list; several must all hold."""

    colour: Literal["green", "yellow", "orange", "red", "purple", "not assessed", ""] = ""
    only: list[Literal["risk_due", "poor", "abnormal", "tasks_due"]] = []
    name: Annotated[str, text(100)] = ""  # or telephone number, or a part of one


WantedRows = Annotated[Wanted, Query()]


@router.get("/api/mothers")
def list_mothers(
    who: Who, parts: ServicesDep, now_ms: Now, wanted: WantedRows
) -> list[dict[str, Any]]:
    """Who needs a look first: abnormal home values, colour, what is overdue."""
    rows = rows_for(parts, who, now_ms)
    return listing.kept(rows, wanted.colour or None, wanted.only, wanted.name)


@router.get("/api/mothers/{mother_id}")
def get_mother(mother: VisibleMother, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """Her whole record."""
    return view(parts, mother.id, who, now_ms)


@router.put("/api/mothers/{mother_id}/dating")
def put_dating(
    mother: VisibleMother, given: Dating, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """The due date, from the last period or from a scan; the source is kept."""
    days = None if given.weeks is None else 7 * given.weeks + (given.days or 0)
    do = partial(record.set_dating, by=given.by, on=given.on, days=days)
    return changed(parts, mother, who, now_ms, do)


@router.put("/api/mothers/{mother_id}/about", summary="Correct phone, address, allergies")
def put_about(
    mother: VisibleMother, given: About, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    fields = {"phone": given.phone, "address": given.address, "allergies": given.allergies or ""}
    return changed(parts, mother, who, now_ms, partial(record.set_fields, given=fields))


@router.put("/api/mothers/{mother_id}/history", summary="Write down her history")
def put_history(
    mother: VisibleMother, given: History, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    fields = {**vars(given), "history": given.history or ""}
    return changed(parts, mother, who, now_ms, partial(record.set_fields, given=fields))


@router.post("/api/mothers/{mother_id}/contacts")
def add_contact(
    mother: VisibleMother, given: Contact, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """Somebody to call for her."""
    return changed(parts, mother, who, now_ms, partial(record.add_relative, given=vars(given)))


@router.delete(
    "/api/mothers/{mother_id}/contacts/{contact_id}", summary="Remove somebody to call for her"
)
def remove_contact(
    mother: VisibleMother, contact_id: Id, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    do = partial(record.remove_relative, relative_id=contact_id)
    return changed(parts, mother, who, now_ms, do)


@router.post("/api/mothers/{mother_id}/risk")
def assess(
    mother: VisibleMother, given: Assessed, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """The colour of her pregnancy's risk: the highest of the criteria that are met."""
    do = partial(
        care.assess_risk, chosen=given.criteria, colour=given.colour, reason=given.reason or ""
    )
    return changed(parts, mother, who, now_ms, do)


@router.post("/api/mothers/{mother_id}/plan")
def plan(
    mother: VisibleMother, given: Plan, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """How often and how long she records, and from which week on."""
    return changed(parts, mother, who, now_ms, partial(care.set_plan, **vars(given)))


@router.post("/api/mothers/{mother_id}/missed")
def missed(
    mother: VisibleMother, given: Missed, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """Why she could not record on a day."""
    do = partial(care.miss_day, day=given.day, reason=given.reason)
    return changed(parts, mother, who, now_ms, do)
