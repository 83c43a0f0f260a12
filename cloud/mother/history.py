"""A mother's recordings as her pages show them: how each ended, in one of three ways, and what a
doctor said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from sqlalchemy import Connection

from cloud.readings.views import mother_views
from cloud.store import alerts, readings, recordings, signal
from cloud.store.people import Mother
from cloud.store.readings import Reading
from cloud.store.recordings import HOME, Recording
from models.endings import Ending, Recorded, ending, is_short

SHOWN = 50


@dataclass(frozen=True)
class _Known:
    """What the store knows about her recordings, by their ids."""

    signals: Mapping[int, tuple[float, float]]
    alarmed: frozenset[int]  # with an alert that nobody has handled
    deadlines: Mapping[int, int]  # of readings that are not signed, ms
    read: Mapping[int, Mapping[str, Any]]  # what the doctor said


def history(conn: Connection, mother: Mother, wanted_min: int, now_ms: int) -> list[dict[str, Any]]:
    """Newest first. What is running has no ending."""
    every = recordings.latest(conn, mother_ids=[mother.id], limit=SHOWN)
    traces = [one for one in every if one.gateway_id != HOME]
    asked = readings.visible(conn, mother_id=mother.id, recent=SHOWN)
    known = _known(conn, mother, [one.id for one in traces], asked)
    return [_row(one, known, wanted_min, now_ms) for one in traces]


def row_of(
    conn: Connection, mother: Mother, one: Recording, wanted_min: int, now_ms: int
) -> dict[str, Any]:
    """The same of one recording, however old."""
    known = _known(conn, mother, [one.id], readings.of_recording(conn, one.id))
    return _row(one, known, wanted_min, now_ms)


def _known(
    conn: Connection, mother: Mother, ids: Sequence[int], asked: Sequence[Reading]
) -> _Known:
    told = alerts.visible(conn, mother_id=mother.id, recent=0)
    return _Known(
        signal.of_recordings(conn, ids),
        frozenset(one.recording_id for one in told if one.kind == "patient"),
        {one.recording_id: one.deadline_ms for one in asked if one.signed_ms is None},
        {view["recording_id"]: view for view in reversed(mother_views(conn, asked))},
    )


def _row(one: Recording, known: _Known, wanted_min: int, now_ms: int) -> dict[str, Any]:
    seconds, clear_s = known.signals.get(one.id, (_seconds(one), None))
    found = Recorded(wanted_min, seconds, clear_s, one.id in known.alarmed, one.id in known.read)
    deadline_ms = known.deadlines.get(one.id)
    weak_s = 0.0 if clear_s is None else max(0.0, 60 * wanted_min - clear_s)
    return {
        "id": one.id,
        "start_ms": one.start_ms,
        "closed_ms": one.closed_ms,
        "minutes": round(seconds / 60),
        "heard_min": None if clear_s is None else round(min(clear_s, seconds) / 60),
        "wanted_min": wanted_min,
        "weak_min": min(wanted_min, ceil(weak_s / 60)),
        "short": is_short(found),
        "ending": None if one.closed_ms is None else ending(found).value,
        "deadline_ms": deadline_ms,
        "late": deadline_ms is not None and deadline_ms < now_ms,
        "report": known.read.get(one.id),
    }


def _seconds(one: Recording) -> float:
    """One TRACE a second and little else."""
    came_s = (one.last_frame_ms - one.opened_ms) * one.speed / 1000
    return float(came_s if one.frames_made is None else one.frames_made)


def needs_no_look(row: Mapping[str, Any]) -> bool:
    """It is running, or a doctor has read it and nothing is asked of her."""
    return row["ending"] is None or (
        row["report"] is not None and row["ending"] != Ending.CALL.value
    )
