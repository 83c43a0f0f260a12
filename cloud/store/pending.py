"""Recordings of a device that belongs to nobody: all the SQL about them.

One is pending until the centre has bound it to a mother. What nobody has bound is removed: its
frames and what was computed from them; its row, alerts and steps stay. Frames that come after that
make it pending again.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, exists, func, or_, select, update

from cloud.store.alerts import OVER
from cloud.store.tables import (
    alarm_log,
    alerts,
    assessments,
    devices,
    frames,
    gateways,
    readings,
    recordings,
)

KEPT_MS = 24 * 3600 * 1000  # after its last frame: issue 4
_OVER = [phase.value for phase in OVER]
_PENDING = recordings.c.mother_id.is_(None) & or_(
    recordings.c.removed_ms.is_(None), recordings.c.last_frame_ms > recordings.c.removed_ms
)
_KEPT = exists().where(alerts.c.recording_id == recordings.c.id, alerts.c.phase.not_in(_OVER))
_EXPIRED = (  # a tick asks it: built once
    select(recordings.c.id)
    .where(_PENDING, recordings.c.last_frame_ms <= bindparam("by_ms"), ~_KEPT)
    .order_by(recordings.c.id)
)


@dataclass(frozen=True)
class Pending:
    id: int
    device_id: str
    is_known: bool  # the device is in the books, bound to nobody
    gateway_id: str
    organisation_id: int | None  # of the gateway
    opened_ms: int
    last_frame_ms: int
    open_alerts: int  # it is kept as long as there are any

    @property
    def until_ms(self) -> int:
        return self.last_frame_ms + KEPT_MS


def listed(conn: Connection) -> list[Pending]:
    """What is removed first stands first."""
    r = recordings.c
    open_alerts = (
        select(func.count())
        .where(alerts.c.recording_id == r.id, alerts.c.phase.not_in(_OVER))
        .scalar_subquery()
    )
    query = (
        select(
            r.id, r.device_id, devices.c.id.is_not(None).label("is_known"), r.gateway_id,
            gateways.c.organisation_id, r.opened_ms, r.last_frame_ms,
            open_alerts.label("open_alerts"),
        )
        .outerjoin(devices, devices.c.id == r.device_id)
        .outerjoin(gateways, gateways.c.id == r.gateway_id)
        .where(_PENDING)
        .order_by(r.last_frame_ms, r.id)
    )  # fmt: skip
    return [Pending(**row._mapping) for row in conn.execute(query)]


def expired(conn: Connection, now_ms: int) -> list[int]:
    """The ids of those whose time is over and that no open alert keeps."""
    return list(conn.scalars(_EXPIRED, {"by_ms": now_ms - KEPT_MS}))


def remove(conn: Connection, recording_id: int, now_ms: int) -> int:
    """Its frames and what was computed from them; how many frames there were."""
    for table in (assessments, alarm_log):
        conn.execute(delete(table).where(table.c.recording_id == recording_id))
    gone = conn.execute(delete(frames).where(frames.c.recording_id == recording_id)).rowcount
    mine = update(recordings).where(recordings.c.id == recording_id)
    closed = func.coalesce(recordings.c.closed_ms, now_ms)
    conn.execute(mine.values(removed_ms=now_ms, closed_ms=closed))
    return gone


def bind(conn: Connection, recording_id: int, mother_id: int) -> bool:
    """It is hers from now on, with its alerts and readings. False: it is not pending any more."""
    mine = (recordings.c.id == recording_id) & _PENDING
    if conn.execute(update(recordings).where(mine).values(mother_id=mother_id)).rowcount == 0:
        return False
    for table in (alerts, readings):
        of_it = (table.c.recording_id == recording_id) & table.c.mother_id.is_(None)
        conn.execute(update(table).where(of_it).values(mother_id=mother_id))
    return True
