"""The pages of the reading service: by month, and of one recording. The API is in readings.py."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from cloud.deps import Now, ServicesDep, VisibleRecording, Who
from cloud.render import page
from cloud.routes.readings import Said, get_settings, get_statistics, list_readings, of_recording

router = APIRouter(tags=["pages"])


@router.get("/readings", summary="The page of readings by month, and of how we read")
def readings_page(request: Request, who: Who, parts: ServicesDep, now_ms: Now) -> Response:
    blind = get_settings(who, parts)["blind"] if who.organisation_id else None
    rows = get_statistics(who, parts, now_ms)
    return page(request, "readings.html", who, rows=rows, blind=blind)


@router.get("/readings/waiting", summary="The part of a page with what waits to be read")
def waiting(request: Request, who: Who, parts: ServicesDep, now_ms: Now) -> Response:
    rows = [one for one in list_readings(who, parts, now_ms) if one["signed"] is None]
    return page(request, "to_read.html", who, rows=rows)


@router.get("/recordings/{recording_id}/readings", summary="The page of one recording's readings")
def readings_of(
    request: Request, recording: VisibleRecording, who: Who, parts: ServicesDep, now_ms: Now,
    said: Annotated[Said | Literal[""], Query(description="the class to be signed")] = "",
) -> Response:  # fmt: skip
    rows = of_recording(recording, who, parts, now_ms)
    return page(request, "readings_of.html", who, recording=recording, rows=rows, said=said)
