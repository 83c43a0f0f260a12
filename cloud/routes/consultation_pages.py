"""The pages of consultations: the list, one of them, and the form for a new case."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from cloud.consultations.drawing import LONGEST_S, Picture, picture
from cloud.consultations.views import consultation_views, places_to_ask, who_may_go_on
from cloud.deps import MAX_ID, Now, Principal, ServicesDep, Who, find_visible, note_look, sees
from cloud.journeys.choices import choices
from cloud.journeys.sight import sees_referral
from cloud.render import page
from cloud.routes.consultations import VisibleConsultation, theirs
from cloud.store import alerts, consultations, frames, people, recordings, referrals
from cloud.store.db import reading

router = APIRouter(tags=["pages"])
SomeId = Annotated[int | None, Query(ge=1, le=MAX_ID)]
NEWEST = 5  # recordings that the form offers to show


@router.get("/consultations", summary="The page of consultations")
def show_list(
    request: Request, who: Who, parts: ServicesDep, now_ms: Now, mother_id: SomeId = None
) -> Response:
    """Of staff: with the form for a message to that mother open."""
    with reading(parts.engine) as conn:
        rows = consultation_views(conn, theirs(conn, who), who, now_ms)
        more: dict[str, Any] = {"phone": None, "strips": [], "mothers": []}
        if who.role == "mother":
            more = {"phone": _phone(conn, who.mother_id), "mothers": []}
            more["strips"] = _strips(conn, who, who.mother_id)
        elif who.role == "hospital":
            own_id = who.organisation_id or 0
            more["mothers"] = choices(conn, parts.planner, own_id, "up", now_ms)["mothers"]
        else:
            more["mothers"] = [vars(one) for one in people.all_mothers(conn)]
    has_open = any(row["kind"] == "mother" and row["phase"] != "ended" for row in rows)
    return page(
        request, "consultations.html", who, rows=rows, has_open=has_open, to=mother_id, **more
    )


@router.get("/consultations/case")
def show_case_form(
    request: Request, who: Who, parts: ServicesDep, now_ms: Now, alert_id: SomeId = None,
    recording_id: SomeId = None, referral_id: SomeId = None,
) -> Response:  # fmt: skip
    """Ask other doctors about an alert, a recording or a referral."""
    if alert_id is recording_id is referral_id is None:
        return RedirectResponse("/consultations", 303)
    with reading(parts.engine) as conn:
        alert = alerts.get(conn, alert_id) if alert_id else None
        referral = referrals.get(conn, referral_id) if referral_id else None
        if referral is not None and sees_referral(who.viewer, referral):
            mother_id: int | None = referral.mother_id
        else:
            wanted = alert.recording_id if alert else recording_id or 0
            mother_id = find_visible(conn, who, wanted).mother_id
        mother = people.get_mother(conn, mother_id) if mother_id else None
        places = places_to_ask(conn, parts.planner, mother_id, who, now_ms)
        strips = _strips(conn, who, mother_id)
    about = {"alert_id": alert_id, "recording_id": recording_id, "referral_id": referral_id}
    return page(
        request, "case.html", who, about=about, alert=alert, mother=mother, places=places,
        strips=strips,
    )  # fmt: skip


@router.get("/consultations/{consultation_id}", summary="The page of one consultation")
def show_one(
    request: Request, found: VisibleConsultation, who: Who, parts: ServicesDep, now_ms: Now
) -> Response:
    with reading(parts.engine) as conn:
        as_it_is = consultations.get(conn, found.id) or found  # as its messages are in this look
        (one,) = consultation_views(conn, [as_it_is], who, now_ms)
        drawn = {m["id"]: _picture(conn, who, m["strip"]) for m in one["messages"] if m["strip"]}
        doctors = who_may_go_on(conn, found) if "hand-over" in one["may"] else []
        strips = _strips(conn, who, found.mother_id) if "write" in one["may"] else []
        phone = _phone(conn, found.mother_id)
        alert = alerts.get(conn, found.alert_id) if found.alert_id else None
    for m in one["messages"]:
        if drawn.get(m["id"]):
            note_look(parts, who, found.mother_id, m["strip"]["recording_id"])
    return page(
        request, "consultation.html", who, one=one, drawn=drawn, doctors=doctors, strips=strips,
        phone=phone, about=alert.recording_id if alert else None,
    )  # fmt: skip


def _picture(conn: Connection, who: Principal, strip: dict[str, Any]) -> Picture | None:
    """None: it is too long to be drawn, was removed, or is not theirs to see any more."""
    recording = recordings.get(conn, strip["recording_id"])
    from_s, to_s = strip["start_s"], strip["end_s"]
    if recording is None or not sees(conn, who, recording) or to_s - from_s > LONGEST_S:
        return None
    trace = frames.trace_of(conn, recording.id, from_s, to_s)
    return picture(trace, from_s, to_s) if len(trace.fhr_bpm) else None


def _strips(conn: Connection, who: Principal, mother_id: int | None) -> list[Any]:
    """Her newest recordings that this person may show."""
    if mother_id is None:
        return []
    rows = recordings.latest(conn, mother_ids=[mother_id], limit=NEWEST)
    return [one for one in rows if one.gateway_id != recordings.HOME and sees(conn, who, one)]


def _phone(conn: Connection, mother_id: int | None) -> str | None:
    """Of her own hospital."""
    mother = people.get_mother(conn, mother_id) if mother_id else None
    place = people.get_organisation(conn, mother.organisation_id or 0) if mother else None
    return place.phone if place else None
