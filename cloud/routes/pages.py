"""The pages. They hold no data: their scripts read the API and listen to /events."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from cloud.access import NEWCOMER
from cloud.deps import Now, Principal, Services, ServicesDep, VisibleRecording, Who
from cloud.gestation import weeks_of
from cloud.mother.recording import recording_view
from cloud.render import language_of, page
from cloud.store import people, recordings
from cloud.store.db import reading
from cloud.store.people import Organisation
from cloud.store.recordings import Recording

router = APIRouter(tags=["pages"])
Second = Annotated[float | None, Query(ge=0, allow_inf_nan=False)]  # of a recording
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
    request: Request, recording: VisibleRecording, who: Who, parts: ServicesDep, now_ms: Now,
    at: Second = None,
) -> Response:  # fmt: skip
    """A mother reads it in plain words. `at`: the second to show first."""
    if who.role == "mother":
        return _hers(request, recording, who, parts, at, now_ms)
    with reading(parts.engine) as conn:
        her = people.get_mother(conn, recording.mother_id) if recording.mother_id else None
        by_hand = recording.gateway_id == recordings.HOME
        at_ms = now_ms if by_hand else recording.start_ms
        weeks = weeks_of(conn, her, at_ms) if her else None
    return page(
        request, "recording.html", who, recording=recording, mother=her, weeks=weeks,
        by_hand=by_hand,
    )  # fmt: skip


def _hers(
    request: Request, recording: Recording, who: Principal, parts: Services, at_s: float | None,
    now_ms: int,
) -> Response:  # fmt: skip
    with reading(parts.engine) as conn:
        her = people.get_mother(conn, who.mother_id or 0)
        assert her is not None  # whose recording it is
        view = recording_view(conn, her, recording, at_s, now_ms)
    return page(request, "mother_one.html", who, recording=recording, **view)


def _organisation(parts: Services, organisation_id: int | None) -> Organisation | None:
    if organisation_id is None:
        return None
    with reading(parts.engine) as conn:
        return people.get_organisation(conn, organisation_id)


def _name(request: Request, organisation: Organisation | None) -> str:
    if organisation is None:
        return ""
    return organisation.name_zh if language_of(request) == "zh" else organisation.name
