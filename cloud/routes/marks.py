"""Movements and contractions: the buttons on a mother's page while a recording runs."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from cloud.deps import Id, Now, ServicesDep, VisibleRecording, Who
from cloud.hub import changed
from cloud.routes.examples import example
from cloud.store import marks
from cloud.store.db import reading, writing
from cloud.store.marks import Mark
from cloud.store.recordings import Recording

router = APIRouter(tags=["marks"])
LATEST_MS = 24 * 3600 * 1000  # as long as a phone without a network keeps them


class Pressed(BaseModel):
    model_config = example(kind="movement", ago_ms=1200)
    kind: Literal["movement", "contraction"]
    ago_ms: Annotated[int, Field(ge=0, le=LATEST_MS)] = 0  # by the phone's clock, when it is sent


@router.get("/api/recordings/{recording_id}/marks")
def list_marks(recording: VisibleRecording, parts: ServicesDep) -> list[dict[str, Any]]:
    """What she pressed and did not take back, in the order of the recording."""
    with reading(parts.engine) as conn:
        return [view(one) for one in marks.of_recording(conn, recording.id)]


@router.post("/api/recordings/{recording_id}/marks")
def press(
    recording: VisibleRecording, given: Pressed, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """She felt a movement, or a contraction began."""
    at_ms = now_ms - given.ago_ms
    with writing(parts.engine) as conn:
        mark = marks.add(
            conn, recording_id=recording.id, kind=given.kind, at_s=_at_s(recording, at_ms),
            at_ms=at_ms, made_ms=now_ms, person_id=who.person_id,
        )  # fmt: skip
    _tell(parts, recording)
    return view(mark)


@router.delete("/api/recordings/{recording_id}/marks/{mark_id}")
def take_back(
    recording: VisibleRecording, mark_id: Id, parts: ServicesDep, now_ms: Now
) -> list[dict[str, Any]]:
    """A slip of the finger; what is left."""
    with writing(parts.engine) as conn:
        if not marks.undo(conn, recording.id, mark_id, now_ms):
            raise HTTPException(404, "no such mark")
    _tell(parts, recording)
    return list_marks(recording, parts)


def _at_s(recording: Recording, at_ms: int) -> float:
    """Recorded second, as cloud.store.home_values has it for what a device measures."""
    began_ms = recording.start_ms + (recording.clock_offset_ms or 0)
    return max(0, at_ms - began_ms) * recording.speed / 1000


def view(one: Mark) -> dict[str, Any]:
    return {"id": one.id, "kind": one.kind, "at_s": one.at_s, "at_ms": one.at_ms}


def _tell(parts: ServicesDep, recording: Recording) -> None:
    """The pages that show this recording."""
    parts.hub.publish(
        changed(
            "marks", recording.id, mother_id=recording.mother_id,
            organisation_ids=parts.alerting.audience.of(recording.id),
        )
    )  # fmt: skip
