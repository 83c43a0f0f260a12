"""The printed report of a recording, and the page that says whether a paper is still right."""

from datetime import UTC
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from cloud.deps import Now, ServicesDep, VisibleRecording, Who
from cloud.render import language_of, page
from cloud.reports import seal
from cloud.reports.facts import zone_of
from cloud.reports.fonts import NoFont
from cloud.reports.pdf import Options
from cloud.reports.printing import SCALES, printed
from cloud.reports.words import time_of
from cloud.routes.refusals import in_words
from cloud.store import people
from cloud.store.db import reading

router = APIRouter(tags=["reports"])
Axis = Literal["50-210", "30-240", "narrow", "wide"]  # in numbers, or as the page calls them
NOT_OURS = "This code was not made by this service, or it is damaged."


@router.get("/api/recordings/{recording_id}/report.pdf", response_class=Response)
def get_report(
    request: Request, recording: VisibleRecording, who: Who, parts: ServicesDep, now_ms: Now,
    speed: Annotated[Literal["1", "2", "3"], Query(description="cm/min")] = "1",
    axis: Annotated[Axis, Query(description="bpm")] = "50-210",
    language: Annotated[Literal["en", "zh"] | None, Query()] = None,
) -> Response:  # fmt: skip
    """A4 at true scale. A mother gets her own once it is signed, without the machine's part."""
    options = Options(int(speed), SCALES[axis], language or language_of(request))
    address = str(request.base_url)
    with in_words():
        try:
            body = printed(
                parts.engine, parts.settings, recording.id, who, options, now_ms, address
            )
        except NoFont as missing:
            raise HTTPException(503, str(missing)) from None
    name = f"lucina-{recording.id}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, media_type="application/pdf", headers=headers)


@router.get("/verify/{token}", summary="Whether a printed report is still right, for anybody")
def verify(request: Request, token: str, who: Who, parts: ServicesDep) -> Response:
    """Names no mother, and no result."""
    found = seal.read(parts.settings.secret.get_secret_value(), token)
    with reading(parts.engine) as conn:
        checked = seal.check(conn, found) if found else None
        holder_id = checked.printed.holder_id if checked and checked.printed else None
        place = people.get_organisation(conn, holder_id) if holder_id else None
        zone = zone_of(conn, checked.recording) if checked else UTC
    return page(
        request, "verify.html", who, status=200 if checked else 404,
        checked=checked, place=place, problem=None if checked else NOT_OURS,
        at=partial(time_of, zone=zone),
    )  # fmt: skip
