"""The pages. They hold no data: their scripts read the API and listen to /events."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from cloud.access import NEWCOMER
from cloud.deps import Services, ServicesDep, VisibleRecording, Who
from cloud.gestation import gestation_weeks
from cloud.render import language_of, page
from cloud.reports.seal import signed_of
from cloud.store import people
from cloud.store.db import reading
from cloud.store.people import Organisation

router = APIRouter(tags=["pages"])
HOME = {
    "mother": "/mother", "hospital": "/hospital", "centre": "/centre", "admin": "/centre",
    NEWCOMER: "/password",
}  # fmt: skip


@router.get("/", summary="To the page of one's role; to that of the demo, or to the login")
def start(who: Who, parts: ServicesDep) -> Response:
    nobody = "/demo" if parts.settings.demo else "/login"
    return RedirectResponse(HOME.get(who.role, nobody), 303)


@router.get("/centre", summary="The centre's page: queue and strips")
def centre(request: Request, who: Who) -> Response:
    return page(request, "centre.html", who)


@router.get("/hospital", summary="A hospital's page: its alerts and strips")
def hospital(request: Request, who: Who, parts: ServicesDep) -> Response:
    own = _organisation(parts, who.organisation_id)
    return page(request, "hospital.html", who, place=_name(request, own))


@router.get("/recordings/{recording_id}", summary="The page of one recording: its strip")
def recording(
    request: Request, recording: VisibleRecording, who: Who, parts: ServicesDep
) -> Response:
    """A mother may print it when it is signed."""
    with reading(parts.engine) as conn:
        printable = who.role != "mother" or signed_of(conn, recording.id) is not None
        her = people.get_mother(conn, recording.mother_id) if recording.mother_id else None
        own = people.get_organisation(conn, her.organisation_id or 0) if her else None
    weeks = gestation_weeks(her.due_date, recording.start_ms, own) if her else None
    return page(
        request, "recording.html", who, recording=recording, printable=printable, mother=her,
        weeks=weeks,
    )  # fmt: skip


def _organisation(parts: Services, organisation_id: int | None) -> Organisation | None:
    if organisation_id is None:
        return None
    with reading(parts.engine) as conn:
        return people.get_organisation(conn, organisation_id)


def _name(request: Request, organisation: Organisation | None) -> str:
    if organisation is None:
        return ""
    return organisation.name_zh if language_of(request) == "zh" else organisation.name
