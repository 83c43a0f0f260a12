"""Free words of staff on a stretch of a strip; the rules are in cloud.readings.annotating."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, BeforeValidator, Field

from cloud.deps import MAX_ID, Id, Now, ServicesDep, VisibleRecording, Who
from cloud.hub import changed
from cloud.readings import annotating
from cloud.render import page
from cloud.routes.examples import example
from cloud.routes.refusals import in_words
from cloud.store.db import reading, writing
from cloud.store.recordings import Recording

router = APIRouter(tags=["readings"])
MOST_S = 7 * 24 * 3600


def _seconds(given: object) -> object:
    """
    >>> _seconds("12:30"), _seconds("1:00:05"), _seconds(7.5)
    (750, 3605, 7.5)
    """
    if not isinstance(given, str) or not re.fullmatch(r"(\d{1,3}:)?\d{1,3}:\d{2}", given):
        return given
    parts = [int(part) for part in given.split(":")]
    return sum(part * 60**n for n, part in enumerate(reversed(parts)))


Second = Annotated[float, BeforeValidator(_seconds), Field(ge=0, le=MOST_S)]


class Annotation(BaseModel):
    """Recorded seconds, as numbers or "12:30"; to_s null: a moment."""

    model_config = example(from_s=190, to_s=270, text="variable decelerations begin here")
    from_s: Second
    to_s: Second | None = None
    text: str = Field(max_length=500)
    replaces_id: int | None = Field(None, ge=1, le=MAX_ID)  # an own one that this corrects


@router.get("/recordings/{recording_id}/annotations", summary="The page of what staff marked")
def annotations_page(
    request: Request, recording: VisibleRecording, who: Who, parts: ServicesDep
) -> Response:
    with reading(parts.engine) as conn:
        rows, hidden = annotating.views(conn, recording, who)
    return page(
        request, "annotations.html", who, recording=recording, rows=rows, hidden=hidden,
        may=who.role in ("hospital", "centre"),
    )  # fmt: skip


@router.get("/api/recordings/{recording_id}/annotations")
def list_annotations(
    recording: VisibleRecording, who: Who, parts: ServicesDep
) -> list[dict[str, Any]]:
    """What staff marked, in the order of the strip; a blind reader sees the own ones."""
    with reading(parts.engine) as conn:
        return annotating.views(conn, recording, who)[0]


@router.post("/api/recordings/{recording_id}/annotations")
def annotate(
    recording: VisibleRecording, said: Annotation, who: Who, parts: ServicesDep, now_ms: Now
) -> list[dict[str, Any]]:
    """Mark a stretch with words, or correct an own mark; what was there is kept."""
    to_s = said.from_s if said.to_s is None else said.to_s
    with in_words(), writing(parts.engine) as conn:
        annotating.annotate(
            conn, recording, who, said.text.strip(), said.from_s, to_s, now_ms, said.replaces_id
        )
    _tell(parts, recording)
    return list_annotations(recording, who, parts)


@router.delete("/api/recordings/{recording_id}/annotations/{annotation_id}")
def withdraw(
    recording: VisibleRecording, annotation_id: Id, who: Who, parts: ServicesDep, now_ms: Now
) -> list[dict[str, Any]]:
    """Withdraw an own mark; it is kept, and shown as withdrawn."""
    with in_words(), writing(parts.engine) as conn:
        annotating.withdraw(conn, recording, who, annotation_id, now_ms)
    _tell(parts, recording)
    return list_annotations(recording, who, parts)


def _tell(parts: ServicesDep, recording: Recording) -> None:
    """Pages of staff that show this recording."""
    may = parts.alerting.audience.of(recording.id)
    parts.hub.publish(
        changed("annotation", recording.id, mother_id=recording.mother_id, organisation_ids=may)
    )
