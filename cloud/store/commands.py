"""Commands to devices: kept until the device says it has carried them out, or they are too old."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, insert, select, update

from cloud.store.tables import commands, devices, recordings
from device import payloads

TOO_OLD_MS = 10 * 60 * 1000
_NEWEST = (
    select(func.max(commands.c.id))
    .where(commands.c.made_ms > bindparam("after_ms"))
    .group_by(commands.c.device_id, commands.c.session, commands.c.code)
)
_WAITING = (  # a tick asks it: put together once
    select(commands)
    .where(commands.c.id.in_(_NEWEST), commands.c.done_ms.is_(None))
    .order_by(commands.c.id)
)


@dataclass(frozen=True)
class Command:
    id: int
    device_id: str
    gateway_id: str
    session: int  # 0: the device itself
    code: int  # device.payloads.COMMANDS
    text: str
    made_ms: int
    done_ms: int | None


def add(
    conn: Connection, *, device_id: str, session: int, code: int, text: str, now_ms: int
) -> Command | None:
    """A new command, by way of the gateway that spoke for this device last. None: by no way.

    WireError when it is none that a device knows.
    """
    payloads.pack_command(payloads.Command(code, text))
    gateway_id = gateway_of(conn, device_id)
    if gateway_id is None:
        return None
    values = {
        "device_id": device_id,
        "gateway_id": gateway_id,
        "session": session,
        "code": code,
        "text": text,
        "made_ms": now_ms,
    }
    row = conn.execute(insert(commands).values(values).returning(*commands.c)).one()
    return Command(**row._mapping)


def waiting(conn: Connection, now_ms: int) -> list[Command]:
    """What has not been carried out and is still worth it.

    A command replaces the older ones of its code to the same device: only the newest is sent.
    """
    rows = conn.execute(_WAITING, {"after_ms": now_ms - TOO_OLD_MS})
    return [Command(**row._mapping) for row in rows]


def done(conn: Connection, device_id: str, command_id: int, now_ms: int) -> None:
    """The device says so; only the device it went to can."""
    mine = (commands.c.id == command_id) & (commands.c.device_id == device_id)
    conn.execute(update(commands).where(mine, commands.c.done_ms.is_(None)).values(done_ms=now_ms))


def gateway_of(conn: Connection, device_id: str) -> str | None:
    """The gateway of its newest recording, else the one it is registered at."""
    newest = (
        select(recordings.c.gateway_id)
        .where(recordings.c.device_id == device_id)
        .order_by(recordings.c.last_frame_ms.desc())
        .limit(1)
    )
    registered = select(devices.c.gateway_id).where(devices.c.id == device_id)
    gateway_id: str | None = conn.scalar(newest) or conn.scalar(registered)
    return gateway_id
