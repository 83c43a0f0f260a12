"""What the API says about recordings: rows of the store as JSON."""

from typing import Any

from sqlalchemy import Connection

from cloud.gestation import gestation_weeks
from cloud.live import Live
from cloud.store import frames, people
from cloud.store.people import Mother, Organisation
from cloud.store.recordings import Recording
from device.wire import TRACE
from models.trace import FS_HZ, Trace

CHANNELS = {
    "fhr": "fhr_bpm",
    "fhr2": "fhr2_bpm",
    "mhr": "mhr_bpm",
    "toco": "toco",
    "quality": "quality",
}


def recording_view(
    conn: Connection, live: Live, recording: Recording, now_ms: int
) -> dict[str, Any]:
    """One recording; `age_ms` is how old its newest data is, null when it has ended."""
    trace = live.get(recording.id)
    is_open = recording.closed_ms is None
    mother = people.get_mother(conn, recording.mother_id) if recording.mother_id else None
    return {
        "id": recording.id,
        "name": recording.name,
        "device_id": recording.device_id,
        "open": is_open,
        "speed": recording.speed,
        "replayed": recording.replayed,
        "synthetic": recording.synthetic,
        "start_ms": recording.start_ms,
        "newest_s": trace.newest_s if trace else None,
        "age_ms": now_ms - trace.newest_came_ms if trace and is_open else None,
        "mother": mother_view(conn, mother, now_ms) if mother else None,
    }


def mother_view(conn: Connection, mother: Mother, now_ms: int) -> dict[str, Any]:
    hospital = None
    if mother.organisation_id is not None:
        hospital = people.get_organisation(conn, mother.organisation_id)
    return {
        "id": mother.id,
        "name": mother.name,
        "gestation_weeks": gestation_weeks(mother.due_date, now_ms),
        "risk": mother.risk,
        "purple": mother.purple,
        "organisation": organisation_view(hospital) if hospital else None,
    }


def organisation_view(organisation: Organisation) -> dict[str, Any]:
    return {
        "id": organisation.id,
        "name": organisation.name,
        "name_zh": organisation.name_zh,
        "phone": organisation.phone,
    }


def trace_view(trace: Trace) -> dict[str, Any]:
    """The channels as lists, null where nothing was measured."""
    view: dict[str, Any] = {"start_s": trace.start_s, "fs_hz": FS_HZ}
    for name, field in CHANNELS.items():
        values = getattr(trace, field).round(2).tolist()
        view[name] = [value if value == value else None for value in values]  # NaN: null
    return view


def stored_trace(conn: Connection, recording_id: int, seconds: float) -> Trace:
    """The last seconds of a recording that is not in memory any more."""
    back = (frame for frame, _ in frames.read_back(conn, recording_id) if frame.kind == TRACE)
    newest = next(back, None)
    end_s = newest.t_ms / 1000 + 1 if newest else 0.0
    return frames.trace_of(conn, recording_id, max(0.0, end_s - seconds), end_s)
