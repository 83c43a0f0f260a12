"""What the API says about recordings: rows of the store as JSON."""

from collections.abc import Collection, Sequence
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from cloud.gestation import gestation_weeks
from cloud.live import Live
from cloud.store import frames, people
from cloud.store.people import Mother, Organisation
from cloud.store.recordings import HOME, Recording
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
    return recording_views(conn, live, [recording], now_ms)[0]


def recording_views(
    conn: Connection, live: Live, rows: Sequence[Recording], now_ms: int
) -> list[dict[str, Any]]:
    """One view for each, in their order; `age_ms` is how old its newest data is, null when it has
    ended. The mother is as far along as she was when it began."""
    mothers = people.mothers_by_id(conn, {row.mother_id for row in rows} - {None})
    views = mother_views(conn, mothers.values(), now_ms)
    places = _places(conn, mothers.values())
    return [_recording_view(live, row, _then(row, mothers, views, places), now_ms) for row in rows]


def _then(
    row: Recording,
    mothers: dict[int, Mother],
    views: dict[int, dict[str, Any]],
    places: dict[int, Organisation],
) -> dict[str, Any] | None:
    her = mothers.get(row.mother_id or 0)
    if her is None:
        return None
    weeks = gestation_weeks(her.due_date, row.start_ms, places.get(her.organisation_id or 0))
    return views[her.id] | {"gestation_weeks": weeks}


def _recording_view(
    live: Live, recording: Recording, mother: dict[str, Any] | None, now_ms: int
) -> dict[str, Any]:
    trace = live.get(recording.id)
    is_open = recording.closed_ms is None
    return {
        "id": recording.id,
        "name": recording.name,
        "device_id": recording.device_id,
        "open": is_open,
        "speed": recording.speed,
        "replayed": recording.replayed,
        "synthetic": recording.synthetic,
        "by_hand": recording.gateway_id == HOME,
        "start_ms": recording.start_ms,
        "newest_s": trace.newest_s if trace else None,
        "age_ms": now_ms - trace.newest_came_ms if trace and is_open else None,
        "mother": mother,
    }


def mother_view(conn: Connection, mother: Mother, now_ms: int) -> dict[str, Any]:
    return mother_views(conn, [mother], now_ms)[mother.id]


def mother_views(
    conn: Connection, mothers: Collection[Mother], now_ms: int
) -> dict[int, dict[str, Any]]:
    """By her id; each hospital is read once."""
    places = _places(conn, mothers)
    hospitals = {place.id: organisation_view(place) for place in places.values()}
    return {
        mother.id: {
            "id": mother.id,
            "name": mother.name,
            "gestation_weeks": gestation_weeks(
                mother.due_date, now_ms, places.get(mother.organisation_id or 0)
            ),
            "risk": mother.risk,
            "purple": mother.purple,
            "organisation": hospitals.get(mother.organisation_id or 0),
        }
        for mother in mothers
    }


def _places(conn: Connection, mothers: Collection[Mother]) -> dict[int, Organisation]:
    ids = {mother.organisation_id for mother in mothers} - {None}
    found = (people.get_organisation(conn, i) for i in ids if i is not None)
    return {one.id: one for one in found if one}


def organisation_view(organisation: Organisation) -> dict[str, Any]:
    return {
        "id": organisation.id,
        "name": organisation.name,
        "name_zh": organisation.name_zh,
        "phone": organisation.phone,
    }


def trace_json(trace: Trace) -> str:
    """A JSON object: the channels as lists, null where nothing was measured. Few values differ, so
    each is written once: json.dumps() of a quarter of an hour takes ten times as long."""
    lists = (f'"{name}":[{_numbers(getattr(trace, field))}]' for name, field in CHANNELS.items())
    return f'{{"start_s":{trace.start_s},"fs_hz":{FS_HZ},{",".join(lists)}}}'


def _numbers(values: NDArray[np.float32]) -> str:
    different, which = np.unique(values.round(2), return_inverse=True)
    texts = [
        "null" if value != value else f"{value:.2f}".rstrip("0").rstrip(".")
        for value in different.tolist()
    ]
    return ",".join(np.array(texts, object)[which].tolist())


def stored_trace(conn: Connection, recording_id: int, seconds: float, to_s: float = inf) -> Trace:
    """The last `seconds` up to `to_s`, or up to its end, of a recording that is not in memory."""
    end_s = min(to_s, recorded_s(conn, recording_id))
    return frames.trace_of(conn, recording_id, max(0.0, end_s - seconds), end_s)


def recorded_s(conn: Connection, recording_id: int) -> float:
    """Where its stored trace ends; 0: there is none."""
    back = (frame for frame, _ in frames.read_back(conn, recording_id) if frame.kind == TRACE)
    newest = next(back, None)
    return newest.t_ms / 1000 + 1 if newest else 0.0
