"""A mother's own pages beside her first one: what stands on it, and all her recordings."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from cloud.deps import Now, Principal, ServicesDep, Who
from cloud.gestation import gestation_weeks
from cloud.mother.asking import asks_now, told_view
from cloud.mother.history import history
from cloud.mother.home import fresh_report, home_view, plan_of, wanted_minutes
from cloud.render import page
from cloud.store import people
from cloud.store.db import reading
from cloud.store.people import Mother

router = APIRouter(tags=["pages"])


@router.get("/mother", summary="A mother's own page")
def mother(request: Request, who: Who, parts: ServicesDep, now_ms: Now) -> Response:
    with reading(parts.engine) as conn:
        her = _her(conn, who)
        own = people.get_organisation(conn, her.organisation_id or 0)
    weeks = gestation_weeks(her.due_date, now_ms, own)
    return page(request, "mother.html", who, hospital=own, weeks=weeks)


@router.get("/mother/now", summary="The part of a mother's page that the service writes")
def now(request: Request, who: Who, parts: ServicesDep, now_ms: Now) -> Response:
    with reading(parts.engine) as conn:
        mother = _her(conn, who)
        own = people.get_organisation(conn, mother.organisation_id or 0)
        view = home_view(conn, mother, who, now_ms)
    return page(request, "mother_now.html", who, home=view, own=own)


@router.get("/mother/told", summary="Who knows of the alert that asks something of her")
def told(request: Request, who: Who, parts: ServicesDep, now_ms: Now) -> Response:
    with reading(parts.engine) as conn:
        view = told_view(conn, parts.planner, _her(conn, who), now_ms)
    return page(request, "mother_told.html", who, alert=view)


@router.get("/mother/asks", summary="The bar of her other pages while an alert asks something")
def asks(request: Request, who: Who, parts: ServicesDep) -> Response:
    with reading(parts.engine) as conn:
        alert = asks_now(conn, _her(conn, who))
    return page(request, "mother_asks.html", who, alert=alert)


@router.get("/mother/history", summary="A mother's page of her recordings and reports")
def every(request: Request, who: Who, parts: ServicesDep, now_ms: Now) -> Response:
    with reading(parts.engine) as conn:
        mother = _her(conn, who)
        own = people.get_organisation(conn, mother.organisation_id or 0)
        minutes = wanted_minutes(plan_of(conn, mother, now_ms))
        rows = history(conn, mother, minutes, now_ms)
        new = fresh_report(conn, mother, rows, now_ms)
    return page(request, "mother_history.html", who, rows=rows, own=own, new=new)


def _her(conn: Connection, who: Principal) -> Mother:
    mother = people.get_mother(conn, who.mother_id or 0)
    assert mother is not None  # the account of a mother belongs to one
    return mother
