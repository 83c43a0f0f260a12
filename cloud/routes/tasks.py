"""Calls that the centre has to make, what a mother reports by hand, and what was kept silent."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, StringConstraints

from cloud.alerts import calls
from cloud.alerts.moves import words
from cloud.deps import Id, Now, ServicesDep, VisibleRecording, Who
from cloud.routes.examples import example
from cloud.store import readings, tasks
from cloud.store.db import reading, writing
from models.rules import BY_ID

router = APIRouter(tags=["tasks"])
REPORTED = BY_ID["reduced_movement"]


class Outcome(BaseModel):
    model_config = example(outcome="reached her, she is on her way")
    outcome: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""


@router.get("/api/tasks")
def list_tasks(parts: ServicesDep) -> list[dict[str, Any]]:
    """The open calls, the worst first, of equals the oldest, then those done last."""
    with reading(parts.engine) as conn:
        return calls.views(conn, tasks.shown(conn))


@router.post("/api/tasks/{task_id}/done")
def done(task_id: Id, what: Outcome, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """Somebody has called, and says what came of it. The first answer stays."""
    if not what.outcome:
        raise HTTPException(422, words(calls.SAY_WHAT))
    with writing(parts.engine) as conn:
        task = calls.done(conn, task_id, who.person_id, what.outcome, now_ms)
        if task is None:
            raise HTTPException(404, "no such task")
        (view,) = calls.views(conn, [task])
    parts.alerting.publish(task.alert_id)
    return view


@router.post("/api/recordings/{recording_id}/reduced-movement")
def reduced_movement(
    recording: VisibleRecording, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """The mother says that her baby moves less: an alert, once a recording."""
    trace = parts.live.get(recording.id)
    at_s = trace.newest_s if trace else 0.0
    reason = words(REPORTED.reason)
    parts.alerting.raise_alert(recording.id, REPORTED, at_s, at_s, reason, now_ms)
    return {"reported": True}


@router.get("/api/recordings/{recording_id}/log")
def log(recording: VisibleRecording, who: Who, parts: ServicesDep) -> list[dict[str, Any]]:
    """What rules kept silent about in this recording, and why. Nothing for its blind reader."""
    with reading(parts.engine) as conn:
        if readings.is_held_unread(conn, recording.id, who.person_id):
            return []
        return [vars(one) for one in tasks.silent_of(conn, recording.id)]
