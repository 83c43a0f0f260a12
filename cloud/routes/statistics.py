"""Statistics by member and month: page with charts, JSON, XLSX."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from cloud.alerts.names import CONDITIONS
from cloud.deps import MAX_ID, Now, ServicesDep, Who
from cloud.render import language_of, page
from cloud.routes.contributions import attached
from cloud.sheets import XLSX
from cloud.statistics.columns import BY_ID, EVERYBODY, GROUPS, RULES
from cloud.statistics.report import charts, report, shown, xlsx_of
from cloud.store.db import reading

router = APIRouter(tags=["statistics"])
MOST_MONTHS = 36


def found(
    who: Who,
    parts: ServicesDep,
    now_ms: Now,
    months: Annotated[int, Query(ge=1, le=MOST_MONTHS)] = 12,
) -> dict[str, Any]:
    """Of what may be seen: a hospital itself and the total, the centre every member."""
    own_id = who.organisation_id or 0 if who.role == "hospital" else None
    with reading(parts.engine) as conn:
        return report(conn, months, now_ms, own_id)


Found = Annotated[dict[str, Any], Depends(found)]


@router.get("/statistics")
def statistics_page(
    request: Request, figures: Found, who: Who,
    member: Annotated[int, Query(ge=0, le=MAX_ID)] = 0,
) -> Response:  # fmt: skip
    """A hospital sees itself beside the total, the centre the member that it chose."""
    own_id = who.organisation_id if who.role == "hospital" else member
    named = [one for one in figures["members"] if one["organisation"]]
    chosen = next((one for one in named if one["organisation"]["id"] == own_id), None)
    return page(
        request, "statistics.html", who, figures=figures, chosen=chosen, members=named,
        groups=GROUPS, by_id=BY_ID, rules=RULES, everybody=EVERYBODY, shown=shown,
        charts=charts(figures, chosen, language_of(request)), months=len(figures["months"]),
        first=first_month(figures), rule_names=CONDITIONS,
    )  # fmt: skip


def first_month(figures: dict[str, Any]) -> str:
    """The first of which there is anything: tables begin with it."""
    rows = figures["total"]["months"]  # newest first
    counted = (row["month"] for row in rows if any(v for k, v in row.items() if k != "month"))
    first: str = min(counted, default=rows[0]["month"])
    return first


@router.get("/api/statistics", summary="Recordings, readings, alerts, answers, referrals, signal")
def statistics(figures: Found) -> dict[str, Any]:
    return figures


@router.get("/api/statistics.xlsx", summary="The same as XLSX, with the definition of each figure")
def as_xlsx(request: Request, figures: Found) -> Response:
    name = f"statistics-{figures['months'][0]}-{figures['months'][-1]}.xlsx"
    return attached(xlsx_of(figures, language_of(request)), XLSX, name)
