"""Recordings of unknown devices: the centre's list, and whose they are. Rules: cloud.pending."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel

from cloud import pending
from cloud.deps import Id, Now, ServicesDep, Who
from cloud.render import page
from cloud.routes.consultations import SomeId
from cloud.routes.examples import example
from cloud.routes.refusals import in_words
from cloud.store import alerts, people
from cloud.store import pending as store
from cloud.store.db import reading, writing

router = APIRouter(tags=["recordings"])


class Whose(BaseModel):
    model_config = example(mother_id=4)
    mother_id: SomeId


@router.get("/api/pending")
def list_pending(parts: ServicesDep, now_ms: Now) -> list[dict[str, Any]]:
    """What is removed first stands first."""
    with reading(parts.engine) as conn:
        return [pending.view(conn, one, now_ms) for one in store.listed(conn)]


@router.post("/api/pending/{recording_id}/mother")
def bind(
    recording_id: Id, whose: Whose, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """This recording is hers."""
    with in_words(), writing(parts.engine) as conn:
        recording = pending.bind(conn, recording_id, whose.mother_id, who, now_ms)
        found = [alert.id for alert in alerts.open_of(conn, recording_id)]
    parts.ingest.reread(recording)
    parts.alerting.audience.forget(recording_id)
    for alert_id in found:
        parts.alerting.publish(alert_id)
    return {"id": recording_id, "mother_id": whose.mother_id}


@router.get("/pending", summary="The page of boxes that nobody knows")
def show(request: Request, who: Who, parts: ServicesDep, now_ms: Now) -> Response:
    with reading(parts.engine) as conn:
        rows = [pending.view(conn, one, now_ms) for one in store.listed(conn)]
        mothers = people.all_mothers(conn)
    return page(request, "pending.html", who, rows=rows, mothers=mothers)
