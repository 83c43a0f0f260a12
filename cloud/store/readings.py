"""Readings and their steps: all the SQL about them. What may happen to one: models.readings."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, insert, or_, select, update

from cloud.store import steps
from cloud.store.hidden import shown
from cloud.store.recordings import HOME
from cloud.store.tables import (
    alerts,
    assessments,
    frames,
    mothers,
    reading_steps,
    readings,
    recordings,
)
from device import wire
from models.alerts import NotAllowed
from models.alerts import Phase as AlertPhase
from models.readings import OPEN, Class, Phase

_OPEN = [phase.value for phase in OPEN]
_ANSWERED = [AlertPhase.HANDLED.value, AlertPhase.CLOSED.value]


@dataclass(frozen=True)
class Reading:
    """A row of `readings`; see cloud.store.reading_tables for each field."""

    id: int
    recording_id: int
    mother_id: int | None
    organisation_id: int | None
    priority: str
    blind: bool
    phase: Phase
    wanted_ms: int
    deadline_ms: int
    overdue_ms: int | None
    raised_ms: int | None
    person_id: int | None
    holder_id: int | None
    reason: Mapping[str, Any] | str
    signed_ms: int | None
    signed_class: Class | None
    confirmed: bool | None
    sentences: list[str]
    to_mother: str


@dataclass(frozen=True)
class Step:
    reading_id: int
    at_ms: int
    event: str
    phase: Phase  # after it
    organisation_id: int | None
    person_id: int | None
    text: Mapping[str, Any] | str


def get(conn: Connection, reading_id: int) -> Reading | None:
    row = conn.execute(select(readings).where(readings.c.id == reading_id)).first()
    return None if row is None else _reading(row)


def get_locked(conn: Connection, reading_id: int) -> Reading | None:
    """The same, and nobody else changes it before this transaction ends."""
    query = select(readings).where(readings.c.id == reading_id).with_for_update()
    row = conn.execute(query).first()
    return None if row is None else _reading(row)


def of_recording(conn: Connection, recording_id: int) -> list[Reading]:
    """All of a recording, oldest first."""
    query = select(readings).where(readings.c.recording_id == recording_id)
    return [_reading(row) for row in conn.execute(query.order_by(readings.c.id))]


def of_recording_locked(conn: Connection, recording_id: int) -> list[Reading]:
    """The same, and nobody else asks for a reading of it before this transaction ends."""
    conn.execute(select(recordings.c.id).where(recordings.c.id == recording_id).with_for_update())
    return of_recording(conn, recording_id)


def is_held_unread(conn: Connection, recording_id: int, person_id: int | None) -> bool:
    """Whether this person reads it blind and has not said yet what it is. None: a box."""
    return recording_id in held_unread(conn, person_id)


def held_unread(conn: Connection, person_id: int | None) -> frozenset[int]:
    """The recordings that this person reads blind and of which nothing is said yet."""
    if person_id is None:
        return frozenset()
    held = and_(
        readings.c.person_id == person_id,
        readings.c.blind,
        readings.c.phase.in_([Phase.TAKEN.value, Phase.EXPERT.value]),
    )
    return frozenset(conn.scalars(select(readings.c.recording_id).where(held)))


def visible(
    conn: Connection,
    *,
    organisation_id: int | None = None,
    mother_id: int | None = None,
    recent: int = 50,
) -> list[Reading]:
    """All that are open and the newest of the others: of everybody, of one mother, or of those
    that this hospital reads or whose mother is its own. Whether it may see them: cloud.deps."""
    query = select(readings)
    if mother_id is not None:
        query = query.where(readings.c.mother_id == mother_id)
    if organisation_id is not None:
        hers = select(mothers.c.id).where(mothers.c.organisation_id == organisation_id)
        own = readings.c.organisation_id == organisation_id
        query = query.where(or_(own, readings.c.mother_id.in_(hers)))
    first = query.where(_is_open()).order_by(readings.c.deadline_ms, readings.c.id)
    then = query.where(~_is_open()).order_by(readings.c.signed_ms.desc()).limit(recent)
    return [_reading(row) for row in (*conn.execute(first), *conn.execute(then))]


def since(conn: Connection, from_ms: int) -> list[Reading]:
    """All that were asked for since then, oldest first."""
    query = select(readings).where(readings.c.wanted_ms >= from_ms).order_by(readings.c.id)
    return [_reading(row) for row in conn.execute(query)]


def late(conn: Connection, now_ms: int) -> list[int]:
    """The ids of those past their deadline of which nobody has been reminded."""
    return list(conn.scalars(_LATE, {"now_ms": now_ms}))


def unread(conn: Connection, ended_from_ms: int, assessed_by_ms: int) -> list[int]:
    """The recordings of a mother that ended since then and were never asked to be read. One that
    ended after `assessed_by_ms` is waited for until its last assessment is there. One of vital
    signs alone, from instruments without a probe, is not for reading."""
    return list(conn.scalars(_UNREAD, {"from_ms": ended_from_ms, "by_ms": assessed_by_ms}))


def _has(kind: int) -> ColumnElement[bool]:
    """Whether the recording has a frame of this kind: its fourth byte."""
    is_kind = func.substr(frames.c.data, 4, 1) == bytes((kind,))
    return select(frames.c.id).where(frames.c.recording_id == recordings.c.id, is_kind).exists()


_LATE = (  # what a tick asks is put together once
    select(readings.c.id)
    .where(
        readings.c.phase.in_(_OPEN),
        readings.c.deadline_ms <= bindparam("now_ms"),
        readings.c.overdue_ms.is_(None),
    )
    .order_by(readings.c.deadline_ms)
)
_ASSESSED = (
    select(assessments.c.id)
    .where(
        assessments.c.recording_id == recordings.c.id,
        assessments.c.made_ms >= recordings.c.closed_ms,
    )
    .exists()
)
_UNREAD = (
    select(recordings.c.id)
    .where(
        recordings.c.closed_ms >= bindparam("from_ms"),
        recordings.c.mother_id.is_not(None),
        recordings.c.gateway_id != HOME,
        ~select(readings.c.id).where(readings.c.recording_id == recordings.c.id).exists(),
        or_(_has(wire.TRACE), ~_has(wire.VITALS)),
        or_(recordings.c.closed_ms <= bindparam("by_ms"), _ASSESSED),
        shown(recordings.c.mother_id),
    )
    .order_by(recordings.c.id)
)


def unanswered_alerts(conn: Connection, recording_id: int) -> list[tuple[int, str]]:
    """(id, priority) of the recording's patient alerts that nobody has dealt with yet."""
    query = select(alerts.c.id, alerts.c.priority).where(
        alerts.c.recording_id == recording_id,
        alerts.c.kind == "patient",
        alerts.c.phase.not_in(_ANSWERED),
    )
    return [(row.id, row.priority) for row in conn.execute(query)]


def add(conn: Connection, **values: Any) -> Reading:
    """A new reading, in the phase WANTED."""
    row = {"phase": Phase.WANTED, "sentences": [], "to_mother": "", **values}
    return _reading(conn.execute(insert(readings).values(_plain(row)).returning(*readings.c)).one())


def change(conn: Connection, reading: Reading, values: Mapping[str, Any]) -> Reading:
    """Write these fields if it is still in the phase that was read; NotAllowed if not."""
    still = (readings.c.id == reading.id) & (readings.c.phase == reading.phase.value)
    query = update(readings).where(still).values(_plain(values)).returning(*readings.c)
    row = conn.execute(query).first()
    if row is None:
        raise NotAllowed(f"reading {reading.id} is not {reading.phase.value} any more")
    return _reading(row)


def add_step(conn: Connection, step: Step) -> None:
    steps.add(conn, reading_steps, step)


def steps_of(conn: Connection, reading_ids: Collection[int]) -> dict[int, list[Step]]:
    """The steps of each of these, in the order in which they happened."""
    return steps.by_owner(conn, reading_steps, "reading_id", reading_ids, Step, Phase)


def _is_open() -> ColumnElement[bool]:
    return readings.c.phase.in_(_OPEN)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As the columns have it."""
    row = dict(values)
    for name in {"phase", "signed_class"} & row.keys():
        row[name] = row[name].value if row[name] is not None else None
    for name in {"reason", "sentences"} & row.keys():
        row[name] = steps.as_json(row[name])
    return row


def _reading(row: Any) -> Reading:
    values = {**row._mapping, "phase": Phase(row.phase), "reason": json.loads(row.reason)}
    values["signed_class"] = Class(row.signed_class) if row.signed_class else None
    return Reading(**{**values, "sentences": json.loads(row.sentences)})
