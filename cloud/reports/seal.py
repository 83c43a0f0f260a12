"""What the code on a report proves: which recording, which signed reading, and that both are still
what was printed. Signed with the secret of the installation; it names nobody.
"""

import hashlib
import json
from dataclasses import dataclass
from enum import Enum

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import Connection

from cloud.store import frames, opinions, readings, recordings
from cloud.store.readings import Reading
from cloud.store.recordings import Recording
from models.readings import DONE

DIGEST_CHARS = 24  # 96 bits: nobody makes another recording with the same
MAX_CHARS = 400  # of a token: longer ones are none


class Holds(Enum):
    """Whether the paper still holds: gettext message ids."""

    SAME = "This is what is kept here: recording and reading have not changed since it was printed."
    NEWER = "A newer signed reading exists: ask for a new print."
    CHANGED = "The recording has changed since it was printed: ask for a new print."
    REMOVED = "The recording has been removed here since it was printed."


@dataclass(frozen=True)
class Seal:
    recording_id: int
    reading_id: int | None  # None: not signed when it was printed
    made_ms: int
    digest: str


@dataclass(frozen=True)
class Checked:
    seal: Seal
    holds: Holds
    recording: Recording
    printed: Reading | None  # the reading that was printed
    newest: Reading | None  # the one that is signed last by now


def signed_of(conn: Connection, recording_id: int) -> Reading | None:
    """The reading that holds: signed last."""
    done = [one for one in readings.of_recording(conn, recording_id) if one.phase in DONE]
    return max(done, key=lambda one: (one.signed_ms or 0, one.id), default=None)


def seal(conn: Connection, recording_id: int, reading: Reading | None, now_ms: int) -> Seal:
    reading_id = reading.id if reading else None
    return Seal(recording_id, reading_id, now_ms, digest(conn, recording_id, reading))


def digest(conn: Connection, recording_id: int, reading: Reading | None) -> str:
    """Of the stored frames and of what was signed about them."""
    found = hashlib.sha256()
    for frame in frames.read_whole(conn, recording_id):
        found.update(frame)
    if reading is not None:
        found.update(json.dumps(_signed_facts(conn, reading), sort_keys=True).encode())
    return found.hexdigest()[:DIGEST_CHARS]


def _signed_facts(conn: Connection, reading: Reading) -> list[object]:
    said = opinions.of_readings(conn, [reading.id])[reading.id]
    opinion = [[one.said.value, one.findings, one.advice, dict(one.features)] for one in said]
    signed = reading.signed_class.value if reading.signed_class else None
    who = [reading.id, reading.signed_ms, reading.person_id, reading.holder_id]
    return [*who, signed, reading.confirmed, reading.sentences, reading.to_mother, opinion]


def write(secret: str, one: Seal) -> str:
    """The token of a seal, for an address."""
    return str(_serializer(secret).dumps([*vars(one).values()]))


def read(secret: str, token: str) -> Seal | None:
    """None: made elsewhere, or damaged."""
    try:
        values = _serializer(secret).loads(token) if len(token) <= MAX_CHARS else None
    except BadData:
        return None
    return Seal(*values) if values is not None else None


def check(conn: Connection, one: Seal) -> Checked | None:
    """None: there is no such recording."""
    recording = recordings.get(conn, one.recording_id)
    if recording is None:
        return None
    printed = readings.get(conn, one.reading_id) if one.reading_id is not None else None
    newest = signed_of(conn, recording.id)
    if recording.removed_ms is not None:
        holds = Holds.REMOVED
    elif newest is not None and newest.id != one.reading_id:
        holds = Holds.NEWER
    elif digest(conn, recording.id, printed) != one.digest:
        holds = Holds.CHANGED
    else:
        holds = Holds.SAME
    return Checked(one, holds, recording, printed, newest)


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="lucina report")
