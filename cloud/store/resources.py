"""Offers and requests of members, and their steps: all the SQL about them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from cloud.store import steps
from cloud.store.tables import resource_offers, resource_requests, resource_steps
from models.alerts import NotAllowed
from models.resources import OVER, Phase

_OVER = [phase.value for phase in OVER]
RECENT = 50  # of what is over, for the list
_r = resource_requests.c
_OVERDUE = (  # a tick asks it: built once
    select(_r.id)
    .where(
        _r.phase == Phase.OUT.value,
        _r.to_ms <= bindparam("now_ms"),
        or_(_r.reminded_ms.is_(None), _r.reminded_ms <= bindparam("reminded_by_ms")),
    )
    .order_by(_r.to_ms)
)


@dataclass(frozen=True)
class Offer:
    """A row of `resource_offers`; see cloud.store.resource_tables for each field."""

    id: int
    organisation_id: int
    kind: str
    amount: int
    promised: int
    from_ms: int
    to_ms: int
    place: str
    note: str
    made_ms: int
    withdrawn_ms: int | None

    @property
    def left(self) -> int:
        return self.amount - self.promised


@dataclass(frozen=True)
class Request:
    """A row of `resource_requests`."""

    id: int
    organisation_id: int
    kind: str
    amount: int
    from_ms: int
    to_ms: int
    within_km: float | None
    note: str
    phase: Phase
    made_ms: int
    offer_id: int | None
    lender_id: int | None
    out_ms: int | None
    ended_ms: int | None
    reminded_ms: int | None


@dataclass(frozen=True)
class Step:
    request_id: int
    at_ms: int
    event: str
    phase: Phase  # after it
    organisation_id: int | None
    person_id: int | None
    text: Mapping[str, Any] | str


def add_offer(conn: Connection, **values: Any) -> Offer:
    row = {"promised": 0, **values}
    query = insert(resource_offers).values(row).returning(*resource_offers.c)
    return Offer(**conn.execute(query).one()._mapping)


def get_offer(conn: Connection, offer_id: int) -> Offer | None:
    row = conn.execute(select(resource_offers).where(resource_offers.c.id == offer_id)).first()
    return None if row is None else Offer(**row._mapping)


def offered(conn: Connection, now_ms: int) -> list[Offer]:
    """All that are neither withdrawn nor over, those that begin first."""
    o = resource_offers.c
    query = select(resource_offers).where(o.to_ms > now_ms, o.withdrawn_ms.is_(None))
    return [Offer(**row._mapping) for row in conn.execute(query.order_by(o.from_ms, o.id))]


def set_aside(conn: Connection, offer_id: int, amount: int, now_ms: int) -> bool:
    """Compare and set: so much of it is promised now. False: not so much was left, or it is over.

    The database compares in the statement that writes, so of two who promise the last one at the
    same moment one is refused.
    """
    o = resource_offers.c
    query = update(resource_offers).where(
        o.id == offer_id,
        o.withdrawn_ms.is_(None),
        o.to_ms > now_ms,
        o.promised + amount <= o.amount,
    )
    return conn.execute(query.values(promised=o.promised + amount)).rowcount > 0


def put_back(conn: Connection, offer_id: int, amount: int) -> None:
    o = resource_offers.c
    query = update(resource_offers).where(o.id == offer_id)
    conn.execute(query.values(promised=o.promised - amount))


def withdraw(conn: Connection, offer_id: int, now_ms: int) -> bool:
    """False: it was withdrawn before. What is promised stays promised."""
    o = resource_offers.c
    query = update(resource_offers).where(o.id == offer_id, o.withdrawn_ms.is_(None))
    return conn.execute(query.values(withdrawn_ms=now_ms)).rowcount > 0


def add(conn: Connection, **values: Any) -> Request:
    """A new request, in the phase WANTED."""
    row = {**values, "phase": Phase.WANTED.value}
    query = insert(resource_requests).values(row).returning(*resource_requests.c)
    return _request(conn.execute(query).one())


def get(conn: Connection, request_id: int) -> Request | None:
    query = select(resource_requests).where(resource_requests.c.id == request_id)
    row = conn.execute(query).first()
    return None if row is None else _request(row)


def get_locked(conn: Connection, request_id: int) -> Request | None:
    """The same, and nobody else changes it before this transaction ends."""
    query = select(resource_requests).where(resource_requests.c.id == request_id)
    row = conn.execute(query.with_for_update()).first()
    return None if row is None else _request(row)


def shown(conn: Connection, organisation_id: int | None = None) -> list[Request]:
    """All that are not over, by when they are needed, and the newest of the others; of the
    others only those that this member asked for or lent."""
    r = resource_requests.c
    query = select(resource_requests)
    is_over = r.phase.in_(_OVER)
    first = query.where(~is_over).order_by(r.from_ms, r.id)
    then = query.where(is_over).order_by(r.id.desc())
    if organisation_id is not None:
        then = then.where(or_(r.organisation_id == organisation_id, r.lender_id == organisation_id))
    rows = [*conn.execute(first), *conn.execute(then.limit(RECENT))]
    return [_request(row) for row in rows]


def overdue(conn: Connection, now_ms: int, reminded_by_ms: int) -> list[int]:
    """The ids of those that are not back in time and were not reminded of since then."""
    return list(conn.scalars(_OVERDUE, {"now_ms": now_ms, "reminded_by_ms": reminded_by_ms}))


def change(conn: Connection, request: Request, values: Mapping[str, Any]) -> Request:
    """Write these fields if it is still in the phase that was read; NotAllowed if not."""
    if "phase" in values:
        values = {**values, "phase": values["phase"].value}
    r = resource_requests.c
    still = (r.id == request.id) & (r.phase == request.phase.value)
    query = update(resource_requests).where(still).values(values).returning(*resource_requests.c)
    row = conn.execute(query).first()
    if row is None:
        raise NotAllowed(f"request {request.id} is not {request.phase.value} any more")
    return _request(row)


def add_step(conn: Connection, step: Step) -> None:
    steps.add(conn, resource_steps, step)


def steps_of(conn: Connection, request_ids: Collection[int]) -> dict[int, list[Step]]:
    """The steps of each of these, in the order in which they happened."""
    return steps.by_owner(conn, resource_steps, "request_id", request_ids, Step, Phase)


def _request(row: Any) -> Request:
    return Request(**{**row._mapping, "phase": Phase(row.phase)})
