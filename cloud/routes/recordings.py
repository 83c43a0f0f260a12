"""Recordings as JSON: the list, one, its samples, its completeness, its last assessment."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from cloud import views
from cloud.completeness import ledger
from cloud.deps import Now, ServicesDep, VisibleRecording, Who, sees
from cloud.live import KEEP_S
from cloud.store import assessments, readings, recordings
from cloud.store.db import reading

router = APIRouter(tags=["recordings"])
MAX_TRACE_S = 4 * 3600


@router.get("/api/recordings")
def list_recordings(who: Who, parts: ServicesDep, now_ms: Now) -> list[dict[str, Any]]:
    """All that are open and the newest of the others, as far as they may be seen."""
    with reading(parts.engine) as conn:
        mothers = None if who.mother_id is None else [who.mother_id]
        rows = {row.id: row for row in recordings.open_now(conn)}
        rows |= {row.id: row for row in recordings.latest(conn, mother_ids=mothers)}
        traces = (row for _, row in sorted(rows.items()) if row.gateway_id != recordings.HOME)
        seen = [row for row in traces if sees(conn, who, row)]
        return [views.recording_view(conn, parts.live, row, now_ms) for row in seen]


@router.get("/api/recordings/{recording_id}", summary="One recording")
def get_recording(recording: VisibleRecording, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    with reading(parts.engine) as conn:
        return views.recording_view(conn, parts.live, recording, now_ms)


@router.get("/api/recordings/{recording_id}/trace", response_class=JSONResponse)
def get_trace(
    recording: VisibleRecording,
    parts: ServicesDep,
    seconds: Annotated[float, Query(ge=1, le=MAX_TRACE_S)] = 900,
) -> JSONResponse:
    """The last seconds, at 4 Hz. A response of our own: checking each sample costs more."""
    live = parts.live.get(recording.id)
    if live is not None and seconds <= KEEP_S:
        return JSONResponse(views.trace_view(live.window(seconds)))
    with reading(parts.engine) as conn:
        return JSONResponse(views.trace_view(views.stored_trace(conn, recording.id, seconds)))


@router.get("/api/recordings/{recording_id}/completeness")
def get_completeness(recording: VisibleRecording, parts: ServicesDep) -> dict[str, Any] | None:
    """Every frame accounted for, and each gap with its cause."""
    with reading(parts.engine) as conn:
        return ledger(conn, recording.id)


@router.get("/api/recordings/{recording_id}/assessment", response_class=Response)
def get_assessment(recording: VisibleRecording, who: Who, parts: ServicesDep) -> Response:
    """The newest analysis with all that a page draws, null when there is none yet. Its body is
    JSON already. A blind reader who has not said yet what the strip is gets none of it."""
    with reading(parts.engine) as conn:
        if readings.is_held_unread(conn, recording.id, who.person_id):
            return JSONResponse({"hidden": True})
    live = parts.live.get(recording.id)
    found = live.assessment if live else None
    if found is None:
        with reading(parts.engine) as conn:
            found = assessments.latest(conn, recording.id)
    if found is None:
        return JSONResponse(None)
    head = json.dumps({"at_s": found.at_s, "made_ms": found.made_ms, "verdict": found.verdict})
    return Response(f'{head[:-1]}, "body": {found.body}}}', media_type="application/json")
