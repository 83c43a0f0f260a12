"""The page that shows a recording and earlier ones of the same mother on one time scale.

Curves alone, nothing of the machine's: who reads blind may look at it too.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from cloud.consultations.drawing import Picture, picture
from cloud.deps import ServicesDep, VisibleRecording, Who, note_look, sees
from cloud.gestation import weeks_of
from cloud.render import page
from cloud.store import frames, people, recordings
from cloud.store.db import reading
from cloud.store.recordings import Recording

router = APIRouter(tags=["pages"])
EARLIER = 3  # that are shown while none is chosen
MINUTES = 20  # of each
LAST_MIN = 24 * 60


@router.get("/recordings/{recording_id}/beside", summary="A recording beside earlier ones of hers")
def beside(
    request: Request, recording: VisibleRecording, who: Who, parts: ServicesDep,
    other_id: Annotated[int | Literal[""], Query()] = "",
    from_min: Annotated[int, Query(ge=0, le=LAST_MIN)] = 0,
) -> Response:  # fmt: skip
    """The same minutes since the beginning of each; each that is shown counts as looked at."""
    with reading(parts.engine) as conn:
        hers = recordings.latest(conn, mother_ids=[recording.mother_id or 0])
        earlier = [
            one
            for one in hers
            if one.start_ms < recording.start_ms
            and one.gateway_id != recordings.HOME
            and sees(conn, who, one)
        ]
        chosen = [one for one in earlier if one.id == other_id] or earlier[:EARLIER]
        mother = people.get_mother(conn, recording.mother_id) if recording.mother_id else None
        rows = [
            {
                "recording": one,
                "weeks": weeks_of(conn, mother, one.start_ms) if mother else None,
                "drawn": _drawn(conn, one, 60 * from_min),
            }
            for one in (recording, *chosen)
        ]
    for one in chosen:
        note_look(parts, who, one.mother_id, one.id)
    return page(
        request, "beside.html", who, rows=rows, earlier=earlier, other_id=other_id,
        from_min=from_min, minutes=MINUTES, recording=recording, mother=mother,
    )  # fmt: skip


def _drawn(conn: Connection, one: Recording, from_s: float) -> Picture | None:
    """None: nothing was measured in these minutes."""
    to_s = from_s + 60 * MINUTES
    drawn = picture(frames.trace_of(conn, one.id, from_s, to_s), from_s, to_s)
    return drawn if drawn.curves else None
