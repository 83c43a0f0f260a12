"""Who has which box: handed out, passed on, prolonged, returned, lost. Inside one transaction.

A box that a mother has is bound to her: its recordings are hers. When it leaves her it is bound to
nobody, so that what it records next is pending and not hers.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.answers import Actor, ReasonMissing, Refused
from cloud.resources.moves import IS_PAST, NOT_YOURS, OVERDUE, SAY_CONDITION, SAY_WHY, sides_of
from cloud.store import changes, leases, people
from cloud.store.leases import Lease, Step
from models import resources as rules
from models.resources import Lease as Phase

NOT_NOW = "not possible now: the box is %(phase)s"
HAS_IT = "the box is leased already"
NO_RECEIVER = "say who gets the box: a member, a mother, or both"
NOT_TO_ITSELF = "the lender has it already"
NO_SUCH_MEMBER = "there is no such member"
PROLONGED = "it may stay for longer"


@dataclass(frozen=True)
class Wanted:
    """A box to be handed out."""

    device_id: str
    holder_id: int | None
    mother_id: int | None
    due_ms: int
    deposit: str
    policy: str
    condition: str


def hand_out(conn: Connection, wanted: Wanted, actor: Actor, now_ms: int) -> Lease:
    """LookupError: a box or a mother that is not theirs."""
    lender_id = actor.organisation_id
    device = people.get_device(conn, wanted.device_id)
    if device is None or lender_id is None or not _is_theirs(conn, device, actor):
        raise LookupError("no such box")
    _check(conn, wanted, lender_id, now_ms)
    _check_mother(conn, wanted.mother_id, wanted.holder_id or lender_id, actor)
    given = {name: value for name, value in vars(wanted).items() if name != "condition"}
    lease = leases.add(conn, lender_id=lender_id, from_ms=now_ms, **given)
    if lease is None:
        raise Refused(HAS_IT)
    _note(conn, lease, "hand out", actor, wanted.condition, now_ms)
    _bind(conn, lease.device_id, lease.mother_id, actor, now_ms)
    return lease


def act(
    conn: Connection, lease_id: int, event: str, said: str, due_ms: int | None,
    mother_id: int | None, actor: Actor, now_ms: int,
) -> Lease:  # fmt: skip
    """An event of models.resources.LEASE. `said`: the condition, or why; `due_ms` to prolong;
    `mother_id` to whom it is passed on, None: it is back with the member that holds it."""
    lease = leases.get_locked(conn, lease_id)
    if lease is None:
        raise LookupError("no such lease")
    if not sides(actor, lease) & rules.LEASE_BY[event]:
        raise Refused(NOT_YOURS)
    if (lease.phase, event) not in rules.LEASE:
        raise Refused(NOT_NOW, phase=lease.phase.value)
    if event in rules.LEASE_WANTS_WORDS and not said:
        raise ReasonMissing(SAY_WHY if event == "lose" else SAY_CONDITION)
    row: dict[str, Any] = {"phase": rules.LEASE[lease.phase, event]}
    text: Any = said
    if event == "prolong":
        row |= _later(due_ms, now_ms)
        text = {"text": PROLONGED, "args": {}, "before_ms": lease.due_ms, "due_ms": due_ms}
    elif event == "pass on":
        if mother_id is None and lease.holder_id is None:
            raise ReasonMissing(NO_RECEIVER)
        _check_mother(conn, mother_id, lease.holder_id or lease.lender_id, actor)
        row["mother_id"] = mother_id
    else:
        row["ended_ms"] = now_ms
    moved = leases.change(conn, lease, row)
    _note(conn, moved, event, actor, text, now_ms)
    if event != "prolong":
        to = moved.mother_id if event == "pass on" else None
        _bind(conn, lease.device_id, to, actor, now_ms)
    return moved


def sides(actor: Actor, lease: Lease) -> frozenset[str]:
    """Which of lender, holder and centre this person speaks for."""
    return sides_of(actor, {"lender": lease.lender_id, "holder": lease.holder_id})


def overdue(conn: Connection, lease_id: int, now_ms: int) -> Lease | None:
    """It is not back in time. None: it is, or somebody has just been reminded."""
    lease = leases.get_locked(conn, lease_id)
    if lease is None:
        return None
    is_out = lease.phase is Phase.OUT
    if not rules.to_remind(is_out, lease.due_ms, lease.reminded_ms, now_ms):
        return None
    moved = leases.change(conn, lease, {"reminded_ms": now_ms})
    text = {"text": OVERDUE, "args": {}}
    leases.add_step(conn, Step(lease.id, now_ms, "overdue", moved.phase, None, None, text))
    return moved


def _is_theirs(conn: Connection, device: people.Device, actor: Actor) -> bool:
    """A box is the member's through whose gateway it speaks; without one it is the centre's."""
    if actor.role == "centre":
        return True
    gateway = people.get_gateway(conn, device.gateway_id or "")
    return gateway is not None and gateway.organisation_id == actor.organisation_id


def _check(conn: Connection, wanted: Wanted, lender_id: int, now_ms: int) -> None:
    if wanted.holder_id is None and wanted.mother_id is None:
        raise ReasonMissing(NO_RECEIVER)
    if wanted.holder_id == lender_id:
        raise ReasonMissing(NOT_TO_ITSELF)
    if wanted.holder_id is not None and people.get_organisation(conn, wanted.holder_id) is None:
        raise ReasonMissing(NO_SUCH_MEMBER)
    if wanted.due_ms <= now_ms:
        raise ReasonMissing(IS_PAST)
    if not wanted.condition:
        raise ReasonMissing(SAY_CONDITION)


def _check_mother(
    conn: Connection, mother_id: int | None, organisation_id: int, actor: Actor
) -> None:
    """A mother of the member that answers for the box; the centre may give it to any."""
    if mother_id is None:
        return
    mother = people.get_mother(conn, mother_id)
    if mother is None or (actor.role != "centre" and mother.organisation_id != organisation_id):
        raise LookupError("no such mother")


def _later(due_ms: int | None, now_ms: int) -> dict[str, Any]:
    if due_ms is None or due_ms <= now_ms:
        raise ReasonMissing(IS_PAST)
    return {"due_ms": due_ms, "reminded_ms": None}


def _bind(
    conn: Connection, device_id: str, mother_id: int | None, actor: Actor, now_ms: int
) -> None:
    device = people.get_device(conn, device_id)
    before = device.mother_id if device else None
    if before == mother_id:
        return
    people.bind_device(conn, device_id, mother_id)
    what = {"device": device_id}
    changes.add(
        conn, "device_of", {**what, "mother": before}, {**what, "mother": mother_id}, now_ms,
        person_id=actor.person_id, organisation_id=actor.organisation_id,
        mother_id=mother_id or before,
    )  # fmt: skip


def _note(conn: Connection, lease: Lease, event: str, actor: Actor, text: Any, now_ms: int) -> None:
    who = (actor.organisation_id, actor.person_id)
    leases.add_step(conn, Step(lease.id, now_ms, event, lease.phase, *who, text))
