"""Free words on a stretch, or a moment, of a strip: said, corrected, withdrawn, and seen by whom.

Nothing is erased: a correction is a new row that replaces the former, a withdrawal one without
words. Like opinions, those of others are hidden from who may still be a blind reader.
"""

from typing import Any

from sqlalchemy import Connection

from cloud.alerts.answers import Actor, ReasonMissing, Refused
from cloud.consultations.segments import length_s
from cloud.readings.views import Names, is_hidden
from cloud.store import annotations, readings
from cloud.store.annotations import Annotation
from cloud.store.recordings import Recording

SAY_SOMETHING = "write what you see there"
NOT_THERE = "there is no such part in this recording: it has %(minutes).1f min"
NOT_YOURS = "only the one who wrote it can change it"
NOT_STANDING = "it has been corrected or withdrawn already"


def annotate(
    conn: Connection, recording: Recording, actor: Actor, text: str, from_s: float, to_s: float,
    now_ms: int, replaces_id: int | None = None,
) -> Annotation:  # fmt: skip
    """In place of an own former one, if `replaces_id` names it. The two ends in any order."""
    if not text:
        raise ReasonMissing(SAY_SOMETHING)
    first_s, last_s = sorted((from_s, to_s))
    known_s = length_s(conn, recording.id)
    if last_s > known_s:
        raise Refused(NOT_THERE, minutes=known_s / 60)
    return _add(conn, recording, actor, text, (first_s, last_s), now_ms, replaces_id)


def withdraw(
    conn: Connection, recording: Recording, actor: Actor, annotation_id: int, now_ms: int
) -> Annotation:
    return _add(conn, recording, actor, "", None, now_ms, annotation_id)


def views(
    conn: Connection, recording: Recording, viewer: Actor
) -> tuple[list[dict[str, Any]], bool]:
    """As JSON, in the order of the strip, and whether those of others are hidden. `ended_ms`: when
    it was corrected or withdrawn; None: it stands."""
    rows = annotations.of_recording(conn, recording.id)
    hidden = any(is_hidden(one, viewer) for one in readings.of_recording(conn, recording.id))
    ended = {row.replaces_id: row.at_ms for row in rows}
    names = Names(conn)
    shown = [
        {
            "id": row.id,
            "from_s": row.from_s,
            "to_s": row.to_s,
            "text": row.text,
            "at_ms": row.at_ms,
            **names.who(row.person_id, row.organisation_id),
            "ended_ms": ended.get(row.id),
            "mine": row.person_id == viewer.person_id,
        }
        for row in rows
        if row.text and (not hidden or row.person_id == viewer.person_id)
    ]
    return sorted(shown, key=lambda one: (one["from_s"], one["id"])), hidden


def _add(
    conn: Connection, recording: Recording, actor: Actor, text: str,
    part_s: tuple[float, float] | None, now_ms: int, replaces_id: int | None,
) -> Annotation:  # fmt: skip
    """LookupError when the recording has none with this id."""
    rows = annotations.of_recording_locked(conn, recording.id)
    if replaces_id is not None:
        former = next((row for row in rows if row.id == replaces_id and row.text), None)
        if former is None:
            raise LookupError(f"no annotation {replaces_id}")
        if former.person_id != actor.person_id:
            raise Refused(NOT_YOURS)
        if replaces_id in {row.replaces_id for row in rows}:
            raise Refused(NOT_STANDING)
        part_s = part_s or (former.from_s, former.to_s)
    assert part_s is not None
    return annotations.add(
        conn, at_ms=now_ms, recording_id=recording.id, person_id=actor.person_id,
        organisation_id=actor.organisation_id, from_s=part_s[0], to_s=part_s[1], text=text,
        replaces_id=replaces_id,
    )  # fmt: skip
