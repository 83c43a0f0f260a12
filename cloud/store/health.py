"""What the health of the service is read from: its outbox, and the steps of its alerts."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, text

from cloud.store.hidden import shown
from cloud.store.tables import alert_steps, alerts, message_tries, messages, recordings


class Step(NamedTuple):
    """Something happened to an alert."""

    id: int
    rule: str
    event: str
    after_ms: int  # since it was raised


class Waiting(NamedTuple):
    """Messages that should have left already."""

    channel: str
    number: int
    oldest_ms: int  # when the first of them should have


def newest_ids(conn: Connection) -> tuple[int, int]:
    """Of the alert steps and of the tries to send a message; 0: there is none."""
    steps = conn.scalar(select(func.max(alert_steps.c.id)))
    tries = conn.scalar(select(func.max(message_tries.c.id)))
    return steps or 0, tries or 0


def steps_after(conn: Connection, step_id: int) -> list[Step]:
    s, a = alert_steps.c, alerts.c
    query = select(s.id, a.rule, s.event, s.at_ms - a.raised_ms).join(alerts, a.id == s.alert_id)
    query = query.where(s.id > step_id, shown(a.mother_id))
    return [Step(*row) for row in conn.execute(query.order_by(s.id))]


def tries_after(conn: Connection, try_id: int) -> Sequence[Any]:
    """(id, channel, whether it failed)."""
    t = message_tries.c
    query = select(t.id, t.channel, t.failed_why.is_not(None))
    return conn.execute(query.where(t.id > try_id).order_by(t.id)).all()


def waiting(conn: Connection, now_ms: int) -> list[Waiting]:
    """What is due in the outbox, by channel."""
    m = messages.c
    query = select(m.channel, func.count(), func.min(m.next_ms)).where(
        m.next_ms <= now_ms, m.channel.is_not(None)
    )
    return [Waiting(*row) for row in conn.execute(query.group_by(m.channel))]


def clock_offsets_ms(conn: Connection, since_ms: int) -> list[int]:
    """Our clock minus the gateway's, of each recording that has had data since then."""
    r = recordings.c
    query = select(r.clock_offset_ms).where(
        r.last_frame_ms >= since_ms, r.clock_offset_ms.is_not(None)
    )
    return [int(value) for value in conn.scalars(query)]


def server_ms(conn: Connection) -> int | None:
    """The clock of the database's own machine; None: it is this one."""
    if conn.dialect.name == "sqlite":
        return None
    return round(1000 * (conn.scalar(text("SELECT extract(epoch FROM clock_timestamp())")) or 0))
