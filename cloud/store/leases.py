"""Who has which box: leases and their steps, all the SQL about them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from cloud.store import steps
from cloud.store.hidden import shown
from cloud.store.people import Device
from cloud.store.tables import devices, gateways, lease_steps, leases
from models.alerts import NotAllowed
from models.resources import Lease as Phase

RECENT = 100  # of what is over, for the list
_OVERDUE = (  # a tick asks it: built once
    select(leases.c.id)
    .where(
        leases.c.phase == Phase.OUT.value,
        leases.c.due_ms <= bindparam("now_ms"),
        or_(leases.c.reminded_ms.is_(None), leases.c.reminded_ms <= bindparam("reminded_by_ms")),
    )
    .order_by(leases.c.due_ms)
)
_ADD = {  # one lease of a box at a time
    "sqlite": sqlite.insert(leases).on_conflict_do_nothing().returning(*leases.c),
    "postgresql": postgresql.insert(leases).on_conflict_do_nothing().returning(*leases.c),
}


@dataclass(frozen=True)
class Lease:
    """A row of `leases`; see cloud.store.resource_tables for each field."""

    id: int
    device_id: str
    lender_id: int
    holder_id: int | None
    mother_id: int | None
    from_ms: int
    due_ms: int
    deposit: str
    policy: str
    phase: Phase
    ended_ms: int | None
    reminded_ms: int | None


@dataclass(frozen=True)
class Step:
    lease_id: int
    at_ms: int
    event: str
    phase: Phase  # after it
    organisation_id: int | None
    person_id: int | None
    text: Mapping[str, Any] | str


def add(conn: Connection, **values: Any) -> Lease | None:
    """A new one; None: the box is leased already."""
    query = _ADD[conn.dialect.name].values({**values, "phase": Phase.OUT.value})
    row = conn.execute(query).first()
    return None if row is None else _lease(row)


def get(conn: Connection, lease_id: int) -> Lease | None:
    row = conn.execute(select(leases).where(leases.c.id == lease_id)).first()
    return None if row is None else _lease(row)


def get_locked(conn: Connection, lease_id: int) -> Lease | None:
    """The same, and nobody else changes it before this transaction ends."""
    row = conn.execute(select(leases).where(leases.c.id == lease_id).with_for_update()).first()
    return None if row is None else _lease(row)


def of_device(conn: Connection, device_id: str) -> list[Lease]:
    """All of a box, newest first."""
    query = select(leases).where(leases.c.device_id == device_id).order_by(leases.c.id.desc())
    return [_lease(row) for row in conn.execute(query)]


def visible(
    conn: Connection, *, organisation_id: int | None = None, mother_id: int | None = None
) -> list[Lease]:
    """All that are out, those due first on top, and the newest others: of everybody, of one
    mother, or lent or held by one member."""
    query = select(leases)
    if mother_id is not None:
        query = query.where(leases.c.mother_id == mother_id)
    if organisation_id is not None:
        sides = (leases.c.lender_id, leases.c.holder_id)
        query = query.where(or_(*(side == organisation_id for side in sides)))
    is_out = leases.c.phase == Phase.OUT.value
    first = query.where(is_out).order_by(leases.c.due_ms, leases.c.id)
    then = query.where(~is_out).order_by(leases.c.id.desc()).limit(RECENT)
    return [_lease(row) for row in (*conn.execute(first), *conn.execute(then))]


def overdue(conn: Connection, now_ms: int, reminded_by_ms: int) -> list[int]:
    """The ids of those that are not back in time and were not reminded of since then."""
    return list(conn.scalars(_OVERDUE, {"now_ms": now_ms, "reminded_by_ms": reminded_by_ms}))


def free_boxes(conn: Connection, organisation_id: int | None) -> list[Device]:
    """The boxes of a member (those that speak through its gateways) that are not leased; None:
    those of no member, which are the centre's."""
    out = select(leases.c.device_id).where(leases.c.phase == Phase.OUT.value)
    query = select(devices).outerjoin(gateways, gateways.c.id == devices.c.gateway_id)
    query = query.where(devices.c.id.not_in(out), gateways.c.organisation_id == organisation_id)
    query = query.where(shown(devices.c.mother_id))
    return [Device(**row._mapping) for row in conn.execute(query.order_by(devices.c.id))]


def change(conn: Connection, lease: Lease, values: Mapping[str, Any]) -> Lease:
    """Write these fields if it is still in the phase that was read; NotAllowed if not."""
    if "phase" in values:
        values = {**values, "phase": values["phase"].value}
    still = (leases.c.id == lease.id) & (leases.c.phase == lease.phase.value)
    row = conn.execute(update(leases).where(still).values(values).returning(*leases.c)).first()
    if row is None:
        raise NotAllowed(f"lease {lease.id} is not {lease.phase.value} any more")
    return _lease(row)


def add_step(conn: Connection, step: Step) -> None:
    steps.add(conn, lease_steps, step)


def steps_of(conn: Connection, lease_ids: Collection[int]) -> dict[int, list[Step]]:
    """The steps of each of these, in the order in which they happened."""
    return steps.by_owner(conn, lease_steps, "lease_id", lease_ids, Step, Phase)


def _lease(row: Any) -> Lease:
    return Lease(**{**row._mapping, "phase": Phase(row.phase)})
