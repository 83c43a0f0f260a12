"""What people do with a reading, inside one transaction of the caller.

Each function returns the reading as it has become. Refused: not possible for this person, or not
now; its words say why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.answers import Actor, ReasonMissing, Refused
from cloud.alerts.moves import words
from cloud.outgoing import outbox
from cloud.readings import notices
from cloud.readings.steps import (
    NOT_NOW,
    Text,
    check_holder,
    check_reader,
    held,
    holder,
    locked,
    move,
    note,
)
from cloud.store import assessments, opinions, people, readings, recordings, sight
from cloud.store.opinions import Opinion
from cloud.store.readings import Reading
from cloud.store.recordings import Recording
from models import readings as rules
from models.readings import Class

ENDED = "the recording has ended"
HAS_IT = "%(person)s at %(organisation)s has it, until the deadline has passed"
SAY_WHY_RAISED = "say what the expert is to look at"
SAY_WHY_AGAIN = "it is signed already and holds for all members: say why it is to be read again"
QUEUED_ALREADY = "a reading of this recording is wanted already"
SAY_SOMETHING = "write or choose the words for the mother"
NOT_FITTING = "these words for the mother do not fit what was read: %(sentence)s"
NO_SUCH_WORDS = "there are no such words for the mother"
CHANGED = "signed as %(signed)s, after %(before)s was read"
LATE = "past its deadline: %(minutes)d min"


@dataclass(frozen=True)
class Read:
    """What a reader says: the class, the features, findings, and advice to the clinic."""

    said: Class
    features: Mapping[str, Any] = field(default_factory=dict)
    findings: str = ""
    advice: str = ""


@dataclass(frozen=True)
class Signed:
    """The class that is signed, and the words for the mother."""

    said: Class
    sentences: Sequence[str] = ()
    to_mother: str = ""
    confirmed: bool | None = None  # that the measured values are right; None: not said


def want(
    conn: Connection, recording: Recording, actor: Actor | None, reason: str, now_ms: int,
    priority: str | None = None, blind: bool | None = None,
) -> Reading:  # fmt: skip
    """Queue a recording: by itself when it has ended (no actor), or because somebody asks."""
    former = readings.of_recording_locked(conn, recording.id)
    if any(one.phase in rules.OPEN for one in former):
        raise Refused(QUEUED_ALREADY)
    if former and not reason:
        raise ReasonMissing(SAY_WHY_AGAIN)
    place_id = _first_reader(conn, recording)
    known = assessments.latest(conn, recording.id)
    high = any(p == "high" for _, p in readings.unanswered_alerts(conn, recording.id))
    found = rules.priority_of(known.verdict if known else None, high)
    found = rules.more_urgent(found, priority) if priority else found
    said: Text = reason or words(ENDED)
    reading = readings.add(
        conn, recording_id=recording.id, mother_id=recording.mother_id, organisation_id=place_id,
        priority=found, blind=opinions.reads_blind(conn, place_id) if blind is None else blind,
        wanted_ms=now_ms, deadline_ms=rules.deadline_ms(found, now_ms), reason=said,
    )  # fmt: skip
    note(conn, reading, "want", actor, said, now_ms)
    return reading


def take(conn: Connection, reading_id: int, actor: Actor, now_ms: int) -> Reading:
    """Somebody begins to read, or takes it over from one who is late. Twice is the same as once."""
    reading = locked(conn, reading_id)
    if reading.phase in rules.HELD and reading.person_id == actor.person_id:
        return reading
    check_reader(conn, reading, actor)
    event = "take"
    if reading.phase in rules.HELD:
        if not rules.is_overdue(reading.phase, reading.deadline_ms, now_ms):
            raise Refused(HAS_IT, **holder(conn, reading))
        event = "take over"
    row = {"person_id": actor.person_id, "holder_id": actor.organisation_id}
    taken = move(conn, reading, event, actor, "", now_ms, row)
    recording = recordings.get(conn, reading.recording_id)
    if recording is not None:
        outbox.of_recording(conn, recording, "being_read", now_ms)
    return taken


def give_back(conn: Connection, reading_id: int, actor: Actor, reason: str, now_ms: int) -> Reading:
    reading = held(conn, reading_id, actor, "give back")
    return move(conn, reading, "give back", actor, reason, now_ms, _NOBODY)


def save(conn: Connection, reading_id: int, actor: Actor, read: Read, now_ms: int) -> Reading:
    """The reader's own class, kept for good; from here on the machine's may be shown."""
    reading = held(conn, reading_id, actor, "read")
    known = assessments.latest(conn, reading.recording_id)
    before = opinions.of_readings(conn, [reading.id])[reading.id]
    assert actor.person_id is not None
    assert actor.organisation_id is not None
    opinion = Opinion(
        reading_id=reading.id,
        at_ms=now_ms,
        rank="expert" if reading.phase in rules.OF_EXPERTS else "first",
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
        said=read.said,
        features=dict(read.features),
        findings=read.findings,
        advice=read.advice,
        blind=reading.blind and all(one.person_id != actor.person_id for one in before),
        machine=known.verdict if known else None,
        rules_version=known.document().get("rules_version") if known else None,
        through_s=known.at_s if known else None,
    )
    opinions.add(conn, opinion)
    return move(conn, reading, "read", actor, "", now_ms)


def raise_level(
    conn: Connection, reading_id: int, actor: Actor, reason: str, now_ms: int
) -> Reading:
    """The centre's experts are asked: by the reader, or unread by who might have read it."""
    reading = locked(conn, reading_id)
    if (reading.phase, "raise") not in rules.TRANSITIONS:
        raise Refused(NOT_NOW, phase=reading.phase.value)
    if reading.phase in rules.HELD:
        check_holder(reading, actor)
    check_reader(conn, reading, actor)
    if not reason:
        raise ReasonMissing(SAY_WHY_RAISED)
    priority = rules.more_urgent(reading.priority, "soon")
    row = {**_NOBODY, "priority": priority, "raised_ms": now_ms, "overdue_ms": None}
    row["deadline_ms"] = rules.deadline_ms(priority, now_ms)
    raised = move(conn, reading, "raise", actor, reason, now_ms, row)
    notices.ask_experts(conn, raised, now_ms)
    return raised


def sign(conn: Connection, reading_id: int, actor: Actor, signed: Signed, now_ms: int) -> Reading:
    """The reading holds for all members, and the mother is told in the signer's words."""
    reading = held(conn, reading_id, actor, "sign")
    _check_words(reading, signed)
    own = opinions.of_readings(conn, [reading.id])[reading.id][-1].said
    text: Text = ""
    if own is not signed.said:
        text = words(CHANGED, signed=signed.said.value, before=own.value)
    row = {
        "signed_ms": now_ms,
        "signed_class": signed.said,
        "confirmed": signed.confirmed,
        "sentences": list(signed.sentences),
        "to_mother": signed.to_mother,
    }
    done = move(conn, reading, "sign", actor, text, now_ms, row)
    notices.tell_clinic(conn, done, now_ms)
    if done.mother_id is None:
        return done
    notices.tell_her(conn, done, now_ms)
    return move(conn, done, "tell", actor, "", now_ms)


def overdue(conn: Connection, reading_id: int, now_ms: int) -> Reading | None:
    """Past its deadline: written down and the centre reminded, once. None: not so any more."""
    reading = locked(conn, reading_id)
    late = rules.is_overdue(reading.phase, reading.deadline_ms, now_ms)
    if not late or reading.overdue_ms is not None:
        return None
    reading = readings.change(conn, reading, {"overdue_ms": now_ms})
    minutes = (now_ms - reading.deadline_ms) // 60_000
    note(conn, reading, "overdue", None, words(LATE, minutes=minutes), now_ms)
    notices.remind_centre(conn, reading, now_ms)
    return reading


_NOBODY: Mapping[str, Any] = {"person_id": None, "holder_id": None}


def _check_words(reading: Reading, signed: Signed) -> None:
    """A mother is told something, and nothing that belies what was read."""
    for one in signed.sentences:
        if one not in rules.SENTENCES:
            raise Refused(NO_SUCH_WORDS)
        if not rules.fits(one, signed.said):
            raise Refused(NOT_FITTING, sentence=rules.SENTENCES[one].text)
    if reading.mother_id is not None and not (signed.sentences or signed.to_mother):
        raise ReasonMissing(SAY_SOMETHING)


def _first_reader(conn: Connection, recording: Recording) -> int | None:
    """Her own hospital, while she lets it see the recording; None: the centre."""
    mother = people.get_mother(conn, recording.mother_id) if recording.mother_id else None
    own_id = mother.organisation_id if mother else None
    return own_id if own_id in sight.organisations_of(conn, recording.id) else None
