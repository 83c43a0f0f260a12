"""Recordings as JSON: the list, one, its samples, its completeness, its last assessment."""

import json
from math import inf
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field
from sqlalchemy import Connection

from cloud import findings, views
from cloud.completeness import ledger
from cloud.deps import (
    MAX_ID,
    Now,
    Services,
    ServicesDep,
    VisibleRecording,
    Who,
    note_look,
    seen_of,
)
from cloud.live import KEEP_S
from cloud.pregnancy.essentials import essentials
from cloud.render import page
from cloud.routes.marks import view
from cloud.store import assessments, marks, readings, recordings
from cloud.store.db import reading

router = APIRouter(tags=["recordings"])
MAX_TRACE_S = 4 * 3600
MAX_STRIPS = 16
JSON = "application/json"
Seconds = Annotated[float, Query(ge=1, le=MAX_TRACE_S)]
OneId = Annotated[int, Field(ge=1, le=MAX_ID)]


@router.get("/api/recordings")
def list_recordings(
    who: Who, parts: ServicesDep, now_ms: Now, running: bool = False
) -> list[dict[str, Any]]:
    """All that are open and, unless only these are asked for, the newest of the others, as far as
    they may be seen."""
    with reading(parts.engine) as conn:
        mothers = None if who.mother_id is None else [who.mother_id]
        rows = {row.id: row for row in recordings.open_now(conn)}
        if not running:
            rows |= {row.id: row for row in recordings.latest(conn, mother_ids=mothers)}
        traces = [row for _, row in sorted(rows.items()) if row.gateway_id != recordings.HOME]
        return views.recording_views(conn, parts.live, seen_of(conn, who, traces), now_ms)


@router.get("/api/strips", response_class=Response)
def list_strips(
    who: Who,
    parts: ServicesDep,
    ids: Annotated[list[OneId], Query(max_length=MAX_STRIPS)],
    seconds: Seconds = 900,
) -> Response:
    """The last seconds of several recordings and what the mothers pressed, each as the routes of
    one give it, in no order; without those that are not theirs."""
    with reading(parts.engine) as conn:
        seen = seen_of(conn, who, recordings.get_all(conn, ids))
        found = [
            f'{{"id":{one.id},"trace":{_trace_json(conn, parts, one, seconds)},'
            f'"marks":{json.dumps([view(mark) for mark in marks.of_recording(conn, one.id)])}}}'
            for one in seen
        ]
    for one in seen:
        note_look(parts, who, one.mother_id, one.id)
    return Response(f"[{','.join(found)}]", media_type=JSON)


@router.get("/api/recordings/{recording_id}", summary="One recording")
def get_recording(
    recording: VisibleRecording, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """With what staff have to know of her at once, `essentials`."""
    with reading(parts.engine) as conn:
        her_id = recording.mother_id
        told = essentials(conn, her_id, who.viewer) if her_id else []
        return views.recording_view(conn, parts.live, recording, now_ms) | {"essentials": told}


@router.get("/api/recordings/{recording_id}/trace", response_class=Response)
def get_trace(
    recording: VisibleRecording,
    parts: ServicesDep,
    seconds: Seconds = 900,
    to_s: Annotated[float, Query(ge=0)] = inf,
) -> Response:
    """The last seconds before `to_s` of the recording, or before its newest sample, at 4 Hz."""
    with reading(parts.engine) as conn:
        return Response(_trace_json(conn, parts, recording, seconds, to_s), media_type=JSON)


def _trace_json(
    conn: Connection,
    parts: Services,
    recording: recordings.Recording,
    seconds: float,
    to_s: float = inf,
) -> str:
    """From memory, where the last hour of a running one is, else from the store."""
    live = parts.live.get(recording.id)
    if live is not None and min(to_s, live.newest_s) - seconds >= live.newest_s - KEEP_S:
        return views.trace_json(live.window(seconds, None if to_s == inf else to_s))
    return views.trace_json(views.stored_trace(conn, recording.id, seconds, to_s))


@router.get("/api/recordings/{recording_id}/completeness")
def get_completeness(recording: VisibleRecording, parts: ServicesDep) -> dict[str, Any] | None:
    """Every frame accounted for, and each gap with its cause."""
    with reading(parts.engine) as conn:
        return ledger(conn, recording.id)


@router.get("/api/recordings/{recording_id}/assessment", response_class=Response)
def get_assessment(recording: VisibleRecording, who: Who, parts: ServicesDep) -> Response:
    """The newest analysis with all that a page draws, null when there is none yet. Its body is
    JSON already; `said`: which minutes the verdict is about, and what it does not speak of. A blind
    reader who has not said yet what the strip is gets none of it."""
    with reading(parts.engine) as conn:
        if readings.is_held_unread(conn, recording.id, who.person_id):
            return JSONResponse({"hidden": True})
    found = _newest(parts, recording.id)
    if found is None:
        return JSONResponse(None)
    document = found.document()
    said = findings.said_of(document) if "baseline" in document else []
    head = json.dumps(
        {"at_s": found.at_s, "made_ms": found.made_ms, "verdict": found.verdict, "said": said}
    )
    return Response(f'{head[:-1]}, "body": {found.body}}}', media_type=JSON)


@router.get("/recordings/{recording_id}/analysis", summary="The page of what the analysis found")
def analysis_page(
    request: Request, recording: VisibleRecording, who: Who, parts: ServicesDep
) -> Response:
    """Empty for a blind reader who has said nothing yet, and for an analysis of an older version
    that kept less."""
    with reading(parts.engine) as conn:
        hidden = readings.is_held_unread(conn, recording.id, who.person_id)
    newest = None if hidden else _newest(parts, recording.id)
    found = newest.document() if newest else {}
    return page(
        request, "analysis.html", who, found=found if "baseline" in found else None,
        findings=findings, groups=findings.groups, ranked=findings.ranked,
        place_of=findings.place_of,
    )  # fmt: skip


def _newest(parts: Services, recording_id: int) -> assessments.Stored | None:
    live = parts.live.get(recording_id)
    if live is not None and live.assessment is not None:
        return live.assessment
    with reading(parts.engine) as conn:
        return assessments.latest(conn, recording_id)
