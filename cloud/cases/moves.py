"""What people do with teaching cases, inside one transaction of the caller.

Refused: not possible for this person, or not now; its words say why. Nothing that is written of a
case into the audit says more than its number: what is written there stays for good.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.answers import Actor, ReasonMissing, Refused
from cloud.consultations.segments import segment_of
from cloud.gestation import age_on, weeks_of
from cloud.pregnancy.record import today
from cloud.store import (
    assessments,
    cases,
    changes,
    opinions,
    people,
    pregnancies,
    readings,
    recordings,
)
from cloud.store.cases import Case
from cloud.store.people import Mother
from cloud.store.readings import Reading
from cloud.store.recordings import Recording
from models import teaching
from models.readings import DONE, Class

NOT_SIGNED = "only a signed reading becomes a teaching case"
NOBODYS = "nobody is known whose recording this is, so nobody can agree"
NO_CONSENT = "the mother does not agree that her recordings are used for teaching"
NAMES = "teaching cases have no names, dates or numbers of people: take out %(found)s"
SAY_TITLE = "give the case a title"
WITHDRAWN = "this case was withdrawn"
DONE_ALREADY = "you have read this case already; the first answer counts"
NO_SUCH_PATTERN = "there is no such pattern: %(pattern)s"


@dataclass(frozen=True)
class Wanted:
    """What an expert writes of a case; patterns None: those that reading and analysis give."""

    title: str
    text: str
    start_s: float | None = None
    end_s: float | None = None
    patterns: Sequence[str] | None = None


def make(conn: Connection, reading_id: int, actor: Actor, wanted: Wanted, now_ms: int) -> Case:
    reading = readings.get(conn, reading_id)
    if reading is None:
        raise LookupError("no such reading")
    mother, recording = _allowed(conn, reading)
    _check(conn, mother, wanted)
    part = segment_of(conn, recording, mother.id, wanted.start_s, wanted.end_s)
    features, machine = _read(conn, reading), _machine(conn, recording.id)
    found = patterns_of(conn, reading) if wanted.patterns is None else wanted.patterns
    assert reading.signed_class is not None
    case = cases.add(
        conn,
        {
            "reading_id": reading.id,
            "recording_id": recording.id,
            "mother_id": mother.id,
            "made_ms": now_ms,
            "person_id": actor.person_id,
            "title": wanted.title,
            "text": wanted.text,
            "patterns": [name for name in teaching.PATTERNS if name in found],
            "weeks": weeks_of(conn, mother, recording.opened_ms),
            "age_years": _age(conn, mother, recording.opened_ms),
            "start_s": part.start_s,
            "end_s": part.end_s,
            "said": reading.signed_class.value,
            "features": features,
            "machine": machine,
        },
    )
    _write(conn, case, None, "made", actor.person_id, now_ms)
    return case


def answer(
    conn: Connection, case: Case, actor: Actor, said: Class | None, patterns: Sequence[str],
    now_ms: int,
) -> Case:  # fmt: skip
    """A learner's own reading, or (None) the wish to see the case without one. The first counts."""
    assert actor.person_id is not None
    if case.withdrawn_ms is not None:
        raise Refused(WITHDRAWN)
    _check_patterns(patterns)
    points = teaching.score(Class(case.said), case.patterns, said, patterns) if said else None
    cases.show(conn, case.id, actor.person_id, now_ms)
    if not cases.answer(conn, case.id, actor.person_id, now_ms, said, patterns, points):
        raise Refused(DONE_ALREADY)
    return case


def withdraw(conn: Connection, case: Case, actor: Actor, now_ms: int) -> Case:
    """The centre takes it out of the library."""
    if not cases.withdraw(conn, case.id, now_ms):
        raise Refused(WITHDRAWN)
    _write(conn, case, "made", "withdrawn", actor.person_id, now_ms)
    return case


def decide(conn: Connection, mother_id: int, allowed: bool, actor: Actor, now_ms: int) -> None:
    """She agrees to teaching use, or does not any more: then her cases are gone at once."""
    assert actor.person_id is not None
    before = cases.allows(conn, mother_id)
    cases.decide(conn, mother_id, allowed, actor.person_id, now_ms)
    changes.add(
        conn, "teaching use", before, allowed, now_ms,
        person_id=actor.person_id, mother_id=mother_id,
    )  # fmt: skip
    if allowed:
        return
    for case in cases.of_mother(conn, mother_id):
        withdraw(conn, case, actor, now_ms)


def patterns_of(conn: Connection, reading: Reading) -> list[str]:
    """What the reading and the newest analysis give, for the expert to correct."""
    known = assessments.latest(conn, reading.recording_id)
    document = known.document() if known else {}
    kinds = [str(one.get("kind")) for one in document.get("decelerations", ())]
    waves = bool(document.get("sinusoidal"))
    said = reading.signed_class or Class.UNREADABLE
    return teaching.patterns(said, _read(conn, reading), kinds, waves)


def _allowed(conn: Connection, reading: Reading) -> tuple[Mother, Recording]:
    """Whose recording it is, if it may become a case."""
    if reading.phase not in DONE:
        raise Refused(NOT_SIGNED)
    mother = people.get_mother(conn, reading.mother_id) if reading.mother_id else None
    recording = recordings.get(conn, reading.recording_id)
    if mother is None or recording is None:
        raise Refused(NOBODYS)
    if not cases.allows(conn, mother.id):
        raise Refused(NO_CONSENT)
    return mother, recording


def _check(conn: Connection, mother: Mother, wanted: Wanted) -> None:
    if not wanted.title:
        raise ReasonMissing(SAY_TITLE)
    places = people.all_organisations(conn)
    names = [name for one in places for name in (one.name, one.name_zh)]
    found = teaching.naming(f"{wanted.title}\n{wanted.text}", mother.name, names)
    if found is not None:
        raise Refused(NAMES, found=found)
    _check_patterns(wanted.patterns or ())


def _check_patterns(patterns: Sequence[str]) -> None:
    for one in patterns:
        if one not in teaching.PATTERNS:
            raise Refused(NO_SUCH_PATTERN, pattern=one)


def _read(conn: Connection, reading: Reading) -> Mapping[str, Any]:
    """The features of the newest opinion."""
    said = opinions.of_readings(conn, [reading.id])[reading.id]
    return said[-1].features if said else {}


def _machine(conn: Connection, recording_id: int) -> dict[str, Any] | None:
    known = assessments.latest(conn, recording_id)
    if known is None:
        return None
    reasons = known.document().get("reasons", ())
    said = [{"text": one.get("message", one["text"]), "args": one["args"]} for one in reasons]
    return {"verdict": known.verdict, "reasons": said}


def _age(conn: Connection, mother: Mother, at_ms: int) -> int | None:
    day = today(conn, mother, at_ms)
    return teaching.rounded_age(age_on(pregnancies.get(conn, mother.id).birth_date, day))


def _write(
    conn: Connection, case: Case, before: str | None, after: str, person_id: int | None, now_ms: int
) -> None:
    then = None if before is None else {"case": case.id, "state": before}
    changes.add(
        conn, "teaching case", then, {"case": case.id, "state": after}, now_ms,
        person_id=person_id, mother_id=case.mother_id,
    )  # fmt: skip
