"""What to look at before a mother is sent on: alerts nobody has handled, recordings to send."""

from typing import Any

from sqlalchemy import Connection

from cloud.store import alerts, recordings, sight
from cloud.store.alerts import OVER, Alert
from cloud.store.green import Green
from cloud.store.recordings import HOME, Recording
from models import green as rules

OFFERED = 5  # her last recordings
LOOKED_AT = 50
RECENT_MS = 24 * 3600 * 1000  # an alert that is over counts as the reason for so long


def unhandled(conn: Connection, mother_id: int, organisation_id: int) -> list[Alert]:
    """Those about her that this hospital may see, oldest first."""
    found = [one for one in alerts.open_of_mother(conn, mother_id) if one.kind == "patient"]
    seen = sight.organisations_of_all(conn, {one.recording_id for one in found})
    return [one for one in found if organisation_id in seen[one.recording_id]]


def before_home(conn: Connection, channel: Green) -> list[dict[str, Any]]:
    """Of unhandled() what a page says before she is sent home; none where that is not possible."""
    if (channel.phase, "send home") not in rules.TRANSITIONS:
        return []
    found = unhandled(conn, channel.mother_id, channel.organisation_id)
    names = ("id", "recording_id", "at_s", "reason")
    return [{name: getattr(alert, name) for name in names} for alert in found]


def offered(
    conn: Connection, mother_id: int, organisation_id: int, chosen_id: int | None, now_ms: int
) -> list[dict[str, Any]]:
    """Her last recordings that this hospital may see, newest first: [{id, start_ms, length_ms,
    alert, chosen}]. `chosen_id`, else that of her newest open or recent alert, else the newest
    is chosen, and is there even when it is older."""
    every = recordings.latest(conn, mother_ids=[mother_id], limit=LOOKED_AT)
    seen = sight.organisations_of_all(conn, [one.id for one in every])
    rows = [one for one in every if one.gateway_id != HOME and organisation_id in seen[one.id]]
    told = alerts.of_recordings(conn, [one.id for one in rows])
    newest = sorted((a for a in told if a.kind == "patient"), key=lambda a: a.raised_ms)
    alert_of = {alert.recording_id: alert for alert in newest}
    calling = [a for a in newest if a.phase not in OVER or now_ms - a.raised_ms < RECENT_MS]
    usual = [one.recording_id for one in reversed(calling)] + [one.id for one in rows]
    chosen = chosen_id if chosen_id in {one.id for one in rows} else next(iter(usual), None)
    return [
        {
            "id": one.id,
            "start_ms": one.start_ms,
            "length_ms": _length_ms(one),
            "alert": alert_of.get(one.id),
            "chosen": one.id == chosen,
        }
        for number, one in enumerate(rows)
        if number < OFFERED or one.id == chosen
    ]


def _length_ms(one: Recording) -> int:
    """One TRACE a second and little else."""
    came_ms = (one.last_frame_ms - one.opened_ms) * one.speed
    return came_ms if one.frames_made is None else one.frames_made * 1000
