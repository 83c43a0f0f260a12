"""Recordings of unknown devices: bound to a mother by the centre, or removed after a day.

Until then they are stored, watched and shown to the centre like any other, and their alerts go to
the centre. Binding says whose the recording is, not whose the device is.
"""

import logging
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.answers import Actor, Refused
from cloud.store import changes, pending, people, recordings
from cloud.store.pending import Pending

log = logging.getLogger(__name__)
NOT_PENDING = "this recording belongs to a mother already, or was removed"
NO_SUCH_MOTHER = "there is no such mother"


def bind(
    conn: Connection, recording_id: int, mother_id: int, actor: Actor, now_ms: int
) -> recordings.Recording:
    """It is hers: her own hospital sees it, it is queued to be read, and she is called about open
    alerts. LookupError: no such recording."""
    recording = recordings.get(conn, recording_id)
    if recording is None:
        raise LookupError(f"no recording {recording_id}")
    if people.get_mother(conn, mother_id) is None:
        raise Refused(NO_SUCH_MOTHER)
    if not pending.bind(conn, recording_id, mother_id):
        raise Refused(NOT_PENDING)
    after = {"recording": recording_id, "device": recording.device_id}
    changes.add(
        conn, "recording_bound", None, after, now_ms, person_id=actor.person_id,
        mother_id=mother_id,
    )  # fmt: skip
    found = recordings.get(conn, recording_id)
    assert found is not None  # it was there a moment ago
    return found


def remove_expired(conn: Connection, now_ms: int) -> list[int]:
    """What nobody has bound for a day goes, with a line in the log and in the audit."""
    removed = pending.expired(conn, now_ms)
    for recording_id in removed:
        recording = recordings.get(conn, recording_id)
        assert recording is not None  # it was found in this transaction
        count = pending.remove(conn, recording_id, now_ms)
        log.warning(
            "recording %d of device %s: nobody bound it to a mother, %d frames removed",
            recording_id, recording.device_id, count,
        )  # fmt: skip
        before = {"recording": recording_id, "device": recording.device_id, "frames": count}
        changes.add(conn, "recording_removed", before, None, now_ms, person_id=None)
    return removed


def view(conn: Connection, one: Pending, now_ms: int) -> dict[str, Any]:
    place = people.get_organisation(conn, one.organisation_id or 0)
    return {
        "id": one.id,
        "device_id": one.device_id,
        "is_known": one.is_known,
        "gateway_id": one.gateway_id,
        "organisation": {"name": place.name, "name_zh": place.name_zh} if place else None,
        "opened_ms": one.opened_ms,
        "last_frame_ms": one.last_frame_ms,
        "until_ms": one.until_ms,
        "left_min": max(0, (one.until_ms - now_ms) // 60_000),
        "open_alerts": one.open_alerts,
    }
