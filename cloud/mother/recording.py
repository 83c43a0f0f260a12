"""One recording as its mother reads it: when, how long, how much of it was heard, what a doctor
wrote, what was told of it, and the strip. No class, no measure of the computer's."""

from typing import Any

from sqlalchemy import Connection

from cloud.consultations.drawing import Picture, picture
from cloud.mother.asking import end_of
from cloud.mother.history import history, row_of
from cloud.mother.home import fresh_report, plan_of, wanted_minutes
from cloud.store import alerts, frames, marks
from cloud.store.alerts import OVER
from cloud.store.people import Mother
from cloud.store.recordings import HOME, Recording
from cloud.views import recorded_s
from models.rules import BY_ID

SHEET_S = 1800  # of strip on one page


def recording_view(
    conn: Connection, mother: Mother, one: Recording, at_s: float | None, now_ms: int
) -> dict[str, Any]:
    """`at_s`: a second of the sheet that is asked for; None: none is."""
    wanted_min = wanted_minutes(plan_of(conn, mother, now_ms))
    new = fresh_report(conn, mother, history(conn, mother, wanted_min, now_ms), now_ms)
    pressed = [mark.kind for mark in marks.of_recording(conn, one.id)]
    is_home = one.gateway_id == HOME
    return {
        "row": row_of(conn, mother, one, wanted_min, now_ms),
        "is_home": is_home,
        "is_new": one.id in [row["id"] for row in new],
        "pressed": {kind: pressed.count(kind) for kind in ("movement", "contraction")},
        "alerts": _alerts(conn, one),
        "asked": at_s is not None,
        "sheet": None if is_home or one.closed_ms is None else _sheet(conn, one, at_s or 0),
    }


def _alerts(conn: Connection, one: Recording) -> list[dict[str, Any]]:
    """About her or her baby, newest first, and how each ended; `end` None: it is open."""
    told = [row for row in alerts.of_recordings(conn, [one.id]) if row.kind == "patient"]
    steps = alerts.steps_of(conn, [row.id for row in told])
    return [
        {
            "raised_ms": row.raised_ms,
            "what": BY_ID[row.rule].mother_text if row.rule in BY_ID else "",
            "end": end_of(conn, row, steps[row.id]) if row.phase in OVER else None,
        }
        for row in sorted(told, key=lambda row: (-row.raised_ms, -row.id))
    ]


def _sheet(conn: Connection, one: Recording, at_s: float) -> dict[str, Any] | None:
    """The half hour in which that second lies, and where the others begin; None: no strip came."""
    end_s = recorded_s(conn, one.id)
    if not end_s:
        return None
    begins = list(range(0, max(1, round(end_s)), SHEET_S))
    from_s = begins[min(int(at_s // SHEET_S), len(begins) - 1)]
    to_s = min(end_s, from_s + SHEET_S)
    trace = frames.trace_of(conn, one.id, from_s, to_s)
    drawn: Picture | None = picture(trace, from_s, to_s) if len(trace.fhr_bpm) else None
    return {"picture": drawn, "begins": begins, "from_s": from_s}
