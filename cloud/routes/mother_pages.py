"""The pages of the pregnancy record: her own, one mother's for staff, and the list of mothers."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from cloud.deps import Now, Principal, Services, ServicesDep, Who
from cloud.gestation import zone_of
from cloud.pregnancy import listing
from cloud.pregnancy.charts import charts
from cloud.pregnancy.related import candidates, related
from cloud.pregnancy.views import SHOWN_DAYS, record_view
from cloud.render import page
from cloud.routes.mothers import get_consents
from cloud.routes.pregnancy import VisibleMother, Wanted, rows_for
from cloud.store import care, cases, check_ins, home_values, looks, people
from cloud.store.db import reading
from cloud.store.people import Mother

router = APIRouter(tags=["pages"])
PAGE = 50  # mothers on one page of the list


class WantedPage(Wanted):
    page: int = Field(1, ge=1, le=10_000)


@router.get("/mothers", summary="The page with the list of mothers")
def mothers(
    request: Request,
    who: Who,
    parts: ServicesDep,
    now_ms: Now,
    wanted: Annotated[WantedPage, Query()],
) -> Response:
    every = rows_for(parts, who, now_ms)
    found = listing.kept(every, wanted.colour or None, wanted.only, wanted.name)
    pages = max(1, -(-len(found) // PAGE))
    at = min(wanted.page, pages)
    return page(
        request, "mothers.html", who, rows=found[PAGE * (at - 1) : PAGE * at], found=len(found),
        total=len(every), wanted=wanted, at=at, pages=pages,
    )  # fmt: skip


@router.get("/mothers/{mother_id}", summary="The page of one mother's record")
def one_mother(
    request: Request, mother: VisibleMother, who: Who, parts: ServicesDep, now_ms: Now
) -> Response:
    return _record(request, "mother_record.html", mother, who, parts, now_ms)


@router.get("/record", summary="A mother's page of her own record")
def own_record(request: Request, who: Who, parts: ServicesDep, now_ms: Now) -> Response:
    with reading(parts.engine) as conn:
        mother = people.get_mother(conn, who.mother_id or 0)
    assert mother is not None  # the account of a mother belongs to one
    return _record(request, "record.html", mother, who, parts, now_ms)


def _record(
    request: Request, template: str, mother: Mother, who: Principal, parts: Services, now_ms: int
) -> Response:
    from_ms = now_ms - SHOWN_DAYS * listing.DAY_MS
    with reading(parts.engine) as conn:
        view = record_view(conn, mother, who, now_ms)
        links = related(conn, mother, who.viewer, who.person_id)
        staff = [] if who.role == "mother" else candidates(conn, mother)
        own = people.get_organisation(conn, mother.organisation_id or 0)
        hers_since = home_values.of_mother(conn, mother.id, from_ms)
        drawn = charts(hers_since, from_ms, now_ms, zone_of(own))
        teaching = cases.allows(conn, mother.id)
        hers = who.role == "mother"
        looked = looks.of_mother(conn, mother.id) if hers else []
        asked = check_ins.of_mother(conn, mother.id)
    return page(
        request, template, who, looks=looked, mother=view, charts=drawn, links=links, staff=staff,
        own=own, teaching=teaching, roles=care.ROLES, shown_days=SHOWN_DAYS, check_ins=asked,
        consents=get_consents(who, parts, now_ms) if hers else None,
    )  # fmt: skip
