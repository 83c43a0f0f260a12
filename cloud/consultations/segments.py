"""Parts of strips that are shown in a message: which may be, and what is drawn of them."""

from dataclasses import dataclass

from sqlalchemy import Connection

from cloud.alerts.answers import Refused
from cloud.store import frames
from cloud.store.recordings import Recording
from device.wire import TRACE
from models import consultations as rules

NOT_HERS = "this recording is not of the mother whom it is about"
NO_SUCH_PART = (
    "there is no such part in this recording: it has %(minutes).1f min, and at most an "
    "hour of it can be shown"
)


@dataclass(frozen=True)
class Segment:
    """From and to are recorded seconds."""

    recording_id: int
    start_s: float
    end_s: float


def segment_of(
    conn: Connection, recording: Recording, mother_id: int | None, start_s: float | None,
    end_s: float | None,
) -> Segment:  # fmt: skip
    """Refused when the recording is another's, or has no such part."""
    if recording.mother_id != mother_id:
        raise Refused(NOT_HERS)
    known_s = length_s(conn, recording.id)
    try:
        found = rules.segment(start_s, end_s, known_s)
    except ValueError:
        raise Refused(NO_SUCH_PART, minutes=known_s / 60) from None
    return Segment(recording.id, *found)


def length_s(conn: Connection, recording_id: int) -> float:
    """Up to its newest frame of a trace; 0 without one."""
    back = (frame for frame, _ in frames.read_back(conn, recording_id) if frame.kind == TRACE)
    newest = next(back, None)
    return newest.t_ms / 1000 + 1 if newest else 0.0
