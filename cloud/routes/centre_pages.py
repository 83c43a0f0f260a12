"""Parts of the centre's page: hospitals with a drawing of places, and the last hours of each."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from cloud import views
from cloud.deps import Now, ServicesDep, Who
from cloud.overview import trend
from cloud.overview.places import places
from cloud.overview.plan_of_places import HEIGHT, WIDTH, drawing
from cloud.render import language_of, page
from cloud.routes.green import list_green
from cloud.routes.organisations import list_hospitals
from cloud.store import overview, people, readings, recordings
from cloud.store.db import reading
from models import green

router = APIRouter(tags=["pages"])
SHOWN = 200  # rows: a page is no list of a whole province
WORST = ("high", "medium", "low")
_OVER = {phase.value for phase in green.OVER}


@router.get("/hospitals", summary="All hospitals on a drawing and in a list, for an alert")
def hospitals(
    request: Request, who: Who, parts: ServicesDep, now_ms: Now,
    alert_id: Annotated[int | Literal["", "none"], Query()] = "",
) -> Response:  # fmt: skip
    """For the worst alert that nobody has taken, unless another one or none is chosen."""
    mine = [a for a in parts.alerting.views(who.viewer) if a["mother"] and a["phase"] != "closed"]
    waiting = [one for one in mine if one["owner"] is None and one["kind"] == "patient"]
    waiting.sort(key=lambda one: (WORST.index(one["priority"]), one["raised_ms"]))
    chosen = next((a["id"] for a in waiting if a["id"] == alert_id), None)
    if alert_id == "" and waiting:
        chosen = waiting[0]["id"]
    rows = list_hospitals(parts, now_ms, chosen)
    coming = [one for one in list_green(who, parts, now_ms) if one["phase"] not in _OVER]
    with reading(parts.engine) as conn:
        found, nowhere = places(
            conn, parts.planner, rows, mine, coming, language_of(request), now_ms
        )
        her_id = next((a["mother"]["id"] for a in waiting if a["id"] == chosen), 0)
        her = people.get_mother(conn, her_id)
        measured = parts.planner.origin(conn, her, now_ms).notes if her else ()
    return page(
        request, "hospitals.html", who, rows=rows[:SHOWN], count=len(rows), alerts=waiting,
        chosen=chosen, measured=measured, drawing=drawing(found), nowhere=nowhere,
        width=WIDTH, height=HEIGHT,
    )  # fmt: skip


@router.get("/trends", summary="The last hours of each mother, as colours")
def trends(
    request: Request, who: Who, parts: ServicesDep, now_ms: Now, hours: Literal["4", "12"] = "4"
) -> Response:
    each_ms = trend.block_ms(int(hours))
    since_ms = now_ms - trend.BLOCKS * each_ms
    with reading(parts.engine) as conn:
        blind = readings.held_unread(conn, who.person_id)
        found = trend.trends(overview.verdict_blocks(conn, since_ms, each_ms, blind))
        newest = recordings.newest_of(conn, [one.mother_id for one in found])
        rows: list[dict[str, Any]] = []
        for one in found[:SHOWN]:
            mother = people.get_mother(conn, one.mother_id)
            assert mother is not None  # a recording refers to her
            said = trend.minutes_of(one.blocks, int(hours))
            facts = {"mother": views.mother_view(conn, mother, now_ms), "minutes": said}
            rows.append({**facts, "trend": one, "recording_id": newest.get(one.mother_id)})
    return page(
        request, "trends.html", who, rows=rows, count=len(found), hours=int(hours),
        choices=trend.HOURS, blocks=trend.BLOCKS, since_ms=since_ms,
    )  # fmt: skip
