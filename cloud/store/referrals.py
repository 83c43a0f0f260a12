"""Referrals, their steps and their balance: all the SQL about them."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, or_, select, update

from cloud.store import steps
from cloud.store.tables import (
    alerts,
    assessments,
    green_channels,
    mothers,
    referral_steps,
    referrals,
)
from models import green
from models.alerts import ANSWERED, NotAllowed
from models.referrals import OVER, VOID, Phase

_OVER = [phase.value for phase in OVER]
_VOID = [phase.value for phase in VOID]
_THERE = [Phase.ARRIVED.value, Phase.CLOSED.value]
_GREEN_THERE = [p.value for p in (green.Phase.ARRIVED, green.Phase.ADMITTED, green.Phase.CLOSED)]
_TAKEN = [phase.value for phase in ANSWERED]
_JSON = ("criteria", "plan")


@dataclass(frozen=True)
class Referral:
    """A row of `referrals`; see cloud.store.journey_tables for each field."""

    id: int
    direction: str  # up, down
    urgent: bool
    mother_id: int
    from_id: int
    to_id: int
    answers_id: int | None
    recording_id: int | None
    assessment_id: int | None
    criteria: list[str]
    reason: str
    notes: str
    plan: Mapping[str, Any] | None
    phase: Phase
    requested_ms: int
    transport: str
    expected_ms: int | None


@dataclass(frozen=True)
class Step:
    """One thing that happened to a referral."""

    referral_id: int
    at_ms: int
    event: str
    phase: Phase  # after it
    organisation_id: int | None
    person_id: int | None
    text: Mapping[str, Any] | str


class Assessed(NamedTuple):
    """What the analysis that was sent along says."""

    id: int
    at_s: float
    made_ms: int
    verdict: str


class Counted(NamedTuple):
    from_id: int
    to_id: int
    direction: str
    requested_ms: int


def get(conn: Connection, referral_id: int) -> Referral | None:
    row = conn.execute(select(referrals).where(referrals.c.id == referral_id)).first()
    return None if row is None else _referral(row)


def get_locked(conn: Connection, referral_id: int) -> Referral | None:
    """The same, and nobody else changes it before this transaction ends."""
    query = select(referrals).where(referrals.c.id == referral_id).with_for_update()
    row = conn.execute(query).first()
    return None if row is None else _referral(row)


def answered(conn: Connection, referral_ids: Collection[int]) -> frozenset[int]:
    """Those of these that have a way back already."""
    query = select(referrals.c.answers_id).where(
        referrals.c.answers_id.in_(referral_ids), referrals.c.phase.not_in(_VOID)
    )
    return frozenset(conn.scalars(query))


def sent(conn: Connection, mother_id: int, from_id: int, since_ms: int, direction: str) -> bool:
    """Whether this hospital has referred her since then, and it came to something."""
    query = select(referrals.c.id).where(
        referrals.c.mother_id == mother_id,
        referrals.c.from_id == from_id,
        referrals.c.direction == direction,
        referrals.c.requested_ms >= since_ms,
        referrals.c.phase.not_in(_VOID),
    )
    return conn.execute(query.limit(1)).first() is not None


def open_between(conn: Connection, mother_id: int, from_id: int, to_id: int) -> bool:
    """Whether one is under way. She is locked: nobody requests another one meanwhile."""
    conn.execute(select(mothers.c.id).where(mothers.c.id == mother_id).with_for_update())
    query = select(referrals.c.id).where(
        referrals.c.mother_id == mother_id,
        referrals.c.from_id == from_id,
        referrals.c.to_id == to_id,
        referrals.c.phase.not_in(_OVER),
    )
    return conn.execute(query.limit(1)).first() is not None


def who_came(
    conn: Connection, organisation_id: int, mother_id: int | None = None
) -> frozenset[int]:
    """The mothers (or only this one) that this hospital has had: by a referral, by a green
    channel, or because it took one of their alerts."""
    found: set[int] = set()
    for table, place, phases in (
        (referrals, referrals.c.to_id, _THERE),
        (green_channels, green_channels.c.organisation_id, _GREEN_THERE),
        (alerts, alerts.c.organisation_id, _TAKEN),
    ):
        hers = table.c.mother_id
        query = select(hers).where(place == organisation_id, table.c.phase.in_(phases))
        which = hers.is_not(None) if mother_id is None else hers == mother_id
        found |= set(conn.scalars(query.where(which).distinct()))
    return frozenset(found)


def visible(
    conn: Connection,
    *,
    organisation_id: int | None = None,
    mother_id: int | None = None,
    recent: int = 50,
) -> list[Referral]:
    """All that are not over and the newest of the others, newest first: of everybody, of one
    mother, or to and from one hospital."""
    query = select(referrals).order_by(referrals.c.id.desc())
    if mother_id is not None:
        query = query.where(referrals.c.mother_id == mother_id)
    if organisation_id is not None:
        sides = (referrals.c.from_id, referrals.c.to_id)
        query = query.where(or_(*(side == organisation_id for side in sides)))
    is_over = referrals.c.phase.in_(_OVER)
    rows = [*conn.execute(query.where(~is_over)), *conn.execute(query.where(is_over).limit(recent))]
    return [_referral(row) for row in rows]


def counted(conn: Connection, since_ms: int, organisation_id: int | None = None) -> list[Counted]:
    """What the balance counts: all that were not declined or withdrawn."""
    r = referrals.c
    query = select(r.from_id, r.to_id, r.direction, r.requested_ms).where(
        r.requested_ms >= since_ms, r.phase.not_in(_VOID)
    )
    if organisation_id is not None:
        query = query.where(or_(r.from_id == organisation_id, r.to_id == organisation_id))
    return [Counted(*row) for row in conn.execute(query)]


def newest_assessment(conn: Connection, recording_id: int) -> int | None:
    query = select(assessments.c.id).where(assessments.c.recording_id == recording_id)
    return conn.scalar(query.order_by(assessments.c.id.desc()).limit(1))


def assessed(conn: Connection, assessment_ids: Collection[int]) -> dict[int, Assessed]:
    a = assessments.c
    query = select(a.id, a.at_s, a.made_ms, a.verdict).where(a.id.in_(assessment_ids))
    return {row.id: Assessed(*row) for row in conn.execute(query)}


def add(conn: Connection, **values: Any) -> Referral:
    """A new one, in the phase REQUESTED."""
    row = {**values, "phase": Phase.REQUESTED.value}
    row |= {name: steps.as_json(values[name]) for name in _JSON if values[name] is not None}
    query = insert(referrals).values(row).returning(*referrals.c)
    return _referral(conn.execute(query).one())


def change(conn: Connection, referral: Referral, values: Mapping[str, Any]) -> Referral:
    """Write these fields if it is still in the phase that was read; NotAllowed if not."""
    if "phase" in values:
        values = {**values, "phase": values["phase"].value}
    still = (referrals.c.id == referral.id) & (referrals.c.phase == referral.phase.value)
    query = update(referrals).where(still).values(values).returning(*referrals.c)
    row = conn.execute(query).first()
    if row is None:
        raise NotAllowed(f"referral {referral.id} is not {referral.phase.value} any more")
    return _referral(row)


def add_step(conn: Connection, step: Step) -> None:
    steps.add(conn, referral_steps, step)


def steps_of(conn: Connection, referral_ids: Collection[int]) -> dict[int, list[Step]]:
    """The steps of each of these, in the order in which they happened."""
    return steps.by_owner(conn, referral_steps, "referral_id", referral_ids, Step, Phase)


def _referral(row: Any) -> Referral:
    values = {**row._mapping, "phase": Phase(row.phase), "criteria": json.loads(row.criteria)}
    plan = None if row.plan is None else json.loads(row.plan)
    return Referral(**{**values, "plan": plan})
