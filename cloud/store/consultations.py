"""Consultations, their messages and who has read them: all the SQL about them.

What may happen to one says models.consultations, who sees it cloud.consultations.sight.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from cloud.store import audit, steps
from cloud.store.tables import consultation_messages as messages
from cloud.store.tables import consultation_reads as reads
from cloud.store.tables import consultations, mothers
from models.alerts import NotAllowed
from models.consultations import OPEN, Phase

RECENT = 50  # of those that have ended, in a list
_OPEN = [phase.value for phase in OPEN]
_LATE = (  # a tick asks it: built once
    select(consultations.c.id)
    .where(
        consultations.c.phase == Phase.ASKED.value,
        consultations.c.asked_ms <= bindparam("by_ms"),
        consultations.c.late_ms.is_(None),
    )
    .order_by(consultations.c.id)
)
_READ = {  # the first time stays
    "sqlite": sqlite.insert(reads).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(reads).on_conflict_do_nothing(),
}


@dataclass(frozen=True)
class Consultation:
    """A row of `consultations`; see cloud.store.consultation_tables for each field."""

    id: int
    kind: str
    mother_id: int | None
    subject: str
    phase: Phase
    organisation_id: int
    person_id: int | None
    opened_ms: int
    opener_id: int
    asked_ms: int | None
    late_ms: int | None
    former_id: int | None
    alert_id: int | None
    referral_id: int | None


@dataclass(frozen=True)
class Message:
    """A row of `consultation_messages`."""

    id: int
    consultation_id: int
    at_ms: int
    event: str
    phase: Phase  # after it
    person_id: int | None
    organisation_id: int | None
    text: Mapping[str, Any] | str
    to_id: int | None
    to_person_id: int | None
    recording_id: int | None
    start_s: float | None
    end_s: float | None


def get(conn: Connection, consultation_id: int) -> Consultation | None:
    found = conn.execute(select(consultations).where(consultations.c.id == consultation_id))
    row = found.first()
    return None if row is None else _consultation(row)


def get_locked(conn: Connection, consultation_id: int) -> Consultation | None:
    """The same, and nobody else changes it before this transaction ends."""
    one = consultations.c.id == consultation_id
    row = conn.execute(select(consultations).where(one).with_for_update()).first()
    return None if row is None else _consultation(row)


def visible(
    conn: Connection, *, organisation_id: int | None = None, mother_id: int | None = None
) -> list[Consultation]:
    """The open ones, the longest waiting first, and the newest of the others: of everybody, those
    with one mother, or those in which this hospital takes part or whose mother is its own."""
    query = select(consultations)
    if mother_id is not None:
        hers = and_(consultations.c.kind == "mother", consultations.c.mother_id == mother_id)
        query = query.where(hers)
    if organisation_id is not None:
        query = query.where(_of_hospital(organisation_id))
    open_ = consultations.c.phase.in_(_OPEN)
    waits = consultations.c.asked_ms.is_(None), consultations.c.asked_ms, consultations.c.id
    over = query.where(~open_).order_by(consultations.c.id.desc()).limit(RECENT)
    rows = (*conn.execute(query.where(open_).order_by(*waits)), *conn.execute(over))
    return [_consultation(row) for row in rows]


def _of_hospital(organisation_id: int) -> Any:
    part = exists().where(
        messages.c.consultation_id == consultations.c.id,
        or_(messages.c.organisation_id == organisation_id, messages.c.to_id == organisation_id),
    )
    hers = select(mothers.c.id).where(mothers.c.organisation_id == organisation_id)
    own = and_(consultations.c.kind == "mother", consultations.c.mother_id.in_(hers))
    return or_(part, own)


def open_with(conn: Connection, mother_id: int) -> list[Consultation]:
    """The open ones of this mother, with her and about her."""
    query = select(consultations).where(
        consultations.c.mother_id == mother_id, consultations.c.phase.in_(_OPEN)
    )
    return [_consultation(row) for row in conn.execute(query.order_by(consultations.c.id))]


def waiting(conn: Connection, organisation_id: int) -> int:
    """How many wait for an answer of this organisation."""
    mine = and_(
        consultations.c.organisation_id == organisation_id,
        consultations.c.phase == Phase.ASKED.value,
    )
    return conn.scalar(select(func.count()).select_from(consultations).where(mine)) or 0


def late(conn: Connection, asked_by_ms: int) -> list[int]:
    """The ids of those that wait since then or longer, of which the centre does not know."""
    return list(conn.scalars(_LATE, {"by_ms": asked_by_ms}))


def add(conn: Connection, **values: Any) -> Consultation:
    row = {**values, "phase": values["phase"].value}
    added = insert(consultations).values(row).returning(*consultations.c)
    return _consultation(conn.execute(added).one())


def change(conn: Connection, one: Consultation, values: Mapping[str, Any]) -> Consultation:
    """Write these fields if it is still in the phase that was read; NotAllowed if not."""
    row = dict(values)
    if "phase" in row:
        row["phase"] = row["phase"].value
    still = (consultations.c.id == one.id) & (consultations.c.phase == one.phase.value)
    query = update(consultations).where(still).values(row).returning(*consultations.c)
    found = conn.execute(query).first()
    if found is None:
        raise NotAllowed(f"consultation {one.id} is not {one.phase.value} any more")
    return _consultation(found)


def add_message(conn: Connection, one: Consultation, **values: Any) -> Message:
    """A new message of this consultation, as it is after it."""
    row = {**values, "consultation_id": one.id, "phase": one.phase.value}
    row["text"] = steps.as_json(row["text"])
    return _message(audit.add(conn, messages, row))


def messages_of(conn: Connection, ids: Collection[int]) -> dict[int, list[Message]]:
    """Of each of these consultations, in the order in which they were written."""
    found: dict[int, list[Message]] = defaultdict(list)
    query = select(messages).where(messages.c.consultation_id.in_(ids)).order_by(messages.c.id)
    for row in conn.execute(query):
        found[row.consultation_id].append(_message(row))
    return found


def mark_read(conn: Connection, message_ids: Collection[int], person_id: int, now_ms: int) -> None:
    """The first time that somebody has read one stays."""
    for message_id in message_ids:
        row = {"message_id": message_id, "person_id": person_id, "at_ms": now_ms}
        conn.execute(_READ[conn.dialect.name].values(row))


def reads_of(conn: Connection, message_ids: Collection[int]) -> dict[int, list[tuple[int, int]]]:
    """(person, when) of each who has read it, for each of these messages."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    query = select(reads).where(reads.c.message_id.in_(message_ids))
    for row in conn.execute(query.order_by(reads.c.at_ms, reads.c.person_id)):
        found[row.message_id].append((row.person_id, row.at_ms))
    return found


def _consultation(row: Any) -> Consultation:
    return Consultation(**{**row._mapping, "phase": Phase(row.phase)})


def _message(row: Any) -> Message:
    values = {**row._mapping, "phase": Phase(row.phase), "text": json.loads(row.text)}
    return Message(**values)
