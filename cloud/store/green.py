"""Green channels, their steps and the beds they take: all the SQL about them."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from cloud.store import steps
from cloud.store.tables import green_channels, green_steps, mothers, organisations, referrals
from models.alerts import NotAllowed
from models.green import OVER, Phase

_OVER = [phase.value for phase in OVER]


@dataclass(frozen=True)
class Green:
    """A row of `green_channels`; see cloud.store.journey_tables for each field."""

    id: int
    mother_id: int
    organisation_id: int
    alert_id: int | None
    referral_id: int | None
    recording_id: int | None
    phase: Phase
    opened_ms: int
    expected_ms: int | None
    expected_how: list[dict[str, Any]]
    bed: bool
    team: str


@dataclass(frozen=True)
class Step:
    """One thing that happened to a green channel. A tick has its "item" beside text and args."""

    green_id: int
    at_ms: int
    event: str
    phase: Phase  # after it
    organisation_id: int | None
    person_id: int | None
    text: Mapping[str, Any] | str


def get(conn: Connection, green_id: int) -> Green | None:
    row = conn.execute(select(green_channels).where(green_channels.c.id == green_id)).first()
    return None if row is None else _green(row)


def get_locked(conn: Connection, green_id: int) -> Green | None:
    """The same, and nobody else changes it before this transaction ends."""
    query = select(green_channels).where(green_channels.c.id == green_id).with_for_update()
    row = conn.execute(query).first()
    return None if row is None else _green(row)


def open_of(conn: Connection, mother_id: int) -> Green | None:
    """of_mother(). She is locked: nobody opens another one meanwhile."""
    conn.execute(select(mothers.c.id).where(mothers.c.id == mother_id).with_for_update())
    return of_mother(conn, mother_id)


def of_mother(conn: Connection, mother_id: int) -> Green | None:
    """The one that is open for her, if any."""
    hers = (green_channels.c.mother_id == mother_id) & green_channels.c.phase.not_in(_OVER)
    row = conn.execute(select(green_channels).where(hers).limit(1)).first()
    return None if row is None else _green(row)


def of_referral(conn: Connection, referral_id: int) -> Green | None:
    """The newest that was opened for it."""
    query = select(green_channels).where(green_channels.c.referral_id == referral_id)
    row = conn.execute(query.order_by(green_channels.c.id.desc()).limit(1)).first()
    return None if row is None else _green(row)


def visible(
    conn: Connection,
    *,
    organisation_id: int | None = None,
    mother_id: int | None = None,
    recent: int = 50,
) -> list[Green]:
    """All that are open and the newest of the others: of everybody, of one mother, or of those
    that this hospital opened, sent the mother to, or whose own mother it is about."""
    query = select(green_channels)
    if mother_id is not None:
        query = query.where(green_channels.c.mother_id == mother_id)
    if organisation_id is not None:
        hers = select(mothers.c.id).where(mothers.c.organisation_id == organisation_id)
        sent = select(referrals.c.id).where(referrals.c.from_id == organisation_id)
        query = query.where(
            or_(
                green_channels.c.organisation_id == organisation_id,
                green_channels.c.mother_id.in_(hers),
                green_channels.c.referral_id.in_(sent),
            )
        )
    is_over = green_channels.c.phase.in_(_OVER)
    query = query.order_by(green_channels.c.id.desc())
    rows = [*conn.execute(query.where(~is_over)), *conn.execute(query.where(is_over).limit(recent))]
    return [_green(row) for row in rows]


def add(conn: Connection, **values: Any) -> Green:
    """A new one, in the phase EXPECTED."""
    row = {
        **values,
        "phase": Phase.EXPECTED.value,
        "expected_how": steps.as_json(values["expected_how"]),
    }
    query = insert(green_channels).values(row).returning(*green_channels.c)
    return _green(conn.execute(query).one())


def change(conn: Connection, green: Green, values: Mapping[str, Any]) -> Green:
    """Write these fields if it is still in the phase that was read; NotAllowed if not."""
    values = dict(values)
    if "phase" in values:
        values["phase"] = values["phase"].value
    if "expected_how" in values:
        values["expected_how"] = steps.as_json(values["expected_how"])
    still = (green_channels.c.id == green.id) & (green_channels.c.phase == green.phase.value)
    query = update(green_channels).where(still).values(values).returning(*green_channels.c)
    row = conn.execute(query).first()
    if row is None:
        raise NotAllowed(f"green channel {green.id} is not {green.phase.value} any more")
    return _green(row)


def add_step(conn: Connection, step: Step) -> None:
    steps.add(conn, green_steps, step)


def steps_of(conn: Connection, green_ids: Collection[int]) -> dict[int, list[Step]]:
    """The steps of each of these, in the order in which they happened."""
    return steps.by_owner(conn, green_steps, "green_id", green_ids, Step, Phase)


def take_bed(conn: Connection, organisation_id: int) -> int | None:
    """One free bed less; how many are left. None: there was none."""
    o = organisations.c
    query = update(organisations).where(o.id == organisation_id, o.free_beds > 0)
    left: int | None = conn.scalar(query.values(free_beds=o.free_beds - 1).returning(o.free_beds))
    return left


def give_bed(conn: Connection, organisation_id: int) -> int:
    """One free bed more; how many there are."""
    o = organisations.c
    query = update(organisations).where(o.id == organisation_id)
    free: int | None = conn.scalar(query.values(free_beds=o.free_beds + 1).returning(o.free_beds))
    assert free is not None  # a channel refers to it
    return free


def _green(row: Any) -> Green:
    values = {**row._mapping, "phase": Phase(row.phase)}
    return Green(**{**values, "expected_how": json.loads(row.expected_how)})
