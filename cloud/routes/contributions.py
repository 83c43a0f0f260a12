"""The contribution ledger of a month: page, JSON, CSV, XLSX."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import Response

from cloud.alerts.moves import words
from cloud.contributions.columns import COLUMNS
from cloud.contributions.export import csv_of, xlsx_of
from cloud.contributions.ledger import of_month
from cloud.deps import Now, Principal, ServicesDep, Who
from cloud.months import centre_zone, last_months
from cloud.render import language_of, page
from cloud.sheets import CSV, XLSX
from cloud.statistics.report import shown
from cloud.store.db import reading

router = APIRouter(tags=["contributions"])
NO_MONTH = "this is no month: write it as 2026-11"
OFFERED = 24  # months to choose from
MonthName = Annotated[str | None, Query(alias="month", examples=["2026-11"])]  # None: this one


def found(who: Who, parts: ServicesDep, now_ms: Now, name: MonthName = None) -> dict[str, Any]:
    """The ledger of that month, of what may be seen: a hospital its own row and the total."""
    with reading(parts.engine) as conn:
        name = name or last_months(1, now_ms, centre_zone(conn))[0].name
        try:
            return of_month(conn, name, _own(who))
        except ValueError:
            raise HTTPException(422, words(NO_MONTH)) from None


Found = Annotated[dict[str, Any], Depends(found)]


@router.get("/contributions", summary="The page of what each member did")
def contributions_page(request: Request, ledger: Found, who: Who, now_ms: Now) -> Response:
    months = [one.name for one in last_months(OFFERED, now_ms, ledger["zone"])][::-1]
    return page(
        request, "contributions.html", who, ledger=ledger, columns=COLUMNS, months=months,
        shown=shown,
    )  # fmt: skip


@router.get("/api/contributions", summary="Who measured, read, received, lent, answered how fast")
def contributions(ledger: Found) -> dict[str, Any]:
    return ledger


@router.get("/api/contributions.csv", summary="The same as CSV")
def as_csv(request: Request, ledger: Found) -> Response:
    return attached(
        csv_of(ledger, language_of(request)), CSV, f"contributions-{ledger['month']}.csv"
    )


@router.get(
    "/api/contributions.xlsx", summary="The same as XLSX, with the definition of each column"
)
def as_xlsx(request: Request, ledger: Found) -> Response:
    body = xlsx_of(ledger, language_of(request))
    return attached(body, XLSX, f"contributions-{ledger['month']}.xlsx")


def attached(body: bytes, kind: str, name: str) -> Response:
    return Response(
        body, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _own(who: Principal) -> frozenset[int] | None:
    return frozenset((who.organisation_id or 0,)) if who.role == "hospital" else None
