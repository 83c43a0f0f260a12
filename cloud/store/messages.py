"""The outbox: what people are to be told, and what became of it. All the SQL about it."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from cloud.store.tables import message_tries, messages

_INSERT = {  # a key that is there already is left as it is
    "sqlite": sqlite.insert(messages).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(messages).on_conflict_do_nothing(),
}

_DUE = (  # a tick asks this and the next: put together once
    select(messages)
    .where(
        messages.c.next_ms <= bindparam("now_ms"),
        messages.c.channel.in_(bindparam("channels", expanding=True)),
    )
    .order_by(messages.c.urgent.desc(), messages.c.next_ms)
    .limit(bindparam("at_most"))
)
_TO_POLL = (
    select(message_tries)
    .where(message_tries.c.poll_ms <= bindparam("now_ms"))
    .order_by(message_tries.c.poll_ms)
    .limit(bindparam("at_most"))
)


@dataclass(frozen=True)
class Message:
    """A row of `messages`; see cloud.store.message_tables for each field."""

    id: int
    key: str
    alert_id: int | None
    recording_id: int | None
    person_id: int | None
    organisation_id: int | None
    mother_id: int | None
    step: str
    priority: str
    urgent: bool
    language: str
    text: Mapping[str, Any]  # {"title": {"text", "args"}, "body": {"text", "args"}}
    ways: list[tuple[str, int | None]]
    way: int
    channel: str | None
    round: int
    next_ms: int | None
    made_ms: int
    sent_ms: int | None
    delivered_ms: int | None
    read_ms: int | None
    ended_why: Mapping[str, Any] | None


@dataclass(frozen=True)
class Try:
    """A row of `message_tries`."""

    id: int
    message_id: int
    way: int
    channel: str
    at_ms: int
    provider_id: str | None
    delivered_ms: int | None
    read_ms: int | None
    failed_why: Mapping[str, Any] | None
    final: bool
    poll_ms: int | None


def add(conn: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """New messages; one whose key is known is not made again."""
    packed = [_packed({**row, "round": 0, "way": 0}) for row in rows]
    if packed:
        conn.execute(_INSERT[conn.dialect.name], packed)


def due(conn: Connection, now_ms: int, channels: Collection[str], limit: int) -> list[Message]:
    """What is to be tried now on one of these channels, urgent and oldest first."""
    asked = {"now_ms": now_ms, "channels": list(channels), "at_most": limit}
    return [_message(row) for row in conn.execute(_DUE, asked)]


def claim(conn: Connection, message: Message, until_ms: int) -> bool:
    """Nobody else tries it before `until_ms`; False: somebody else has it."""
    mine = (messages.c.id == message.id) & (messages.c.next_ms == message.next_ms)
    return conn.execute(update(messages).where(mine).values(next_ms=until_ms)).rowcount == 1


def get(conn: Connection, message_id: int, locked: bool = False) -> Message:
    """LookupError: no such message. Locked: nobody else changes it in this transaction."""
    query = select(messages).where(messages.c.id == message_id)
    row = conn.execute(query.with_for_update() if locked else query).first()
    if row is None:
        raise LookupError(f"no message {message_id}")
    return _message(row)


def change(conn: Connection, message_id: int, values: Mapping[str, Any]) -> None:
    row = _packed(values)
    conn.execute(update(messages).where(messages.c.id == message_id).values(row))


def add_try(conn: Connection, **values: Any) -> None:
    conn.execute(insert(message_tries).values(_packed(values)))


def change_try(conn: Connection, try_id: int, values: Mapping[str, Any]) -> None:
    row = _packed(values)
    conn.execute(update(message_tries).where(message_tries.c.id == try_id).values(row))


def find_try(conn: Connection, channel: str, provider_id: str) -> Try | None:
    """The newest that the provider knows by this name."""
    query = select(message_tries).where(
        message_tries.c.channel == channel, message_tries.c.provider_id == provider_id
    )
    row = conn.execute(query.order_by(message_tries.c.id.desc()).limit(1)).first()
    return None if row is None else _try(row)


def to_poll(conn: Connection, now_ms: int, limit: int) -> list[Try]:
    """What a provider should be asked about now."""
    return [_try(row) for row in conn.execute(_TO_POLL, {"now_ms": now_ms, "at_most": limit})]


def tries_of(conn: Connection, message_ids: Collection[int]) -> dict[int, list[Try]]:
    found: dict[int, list[Try]] = defaultdict(list)
    query = select(message_tries).where(message_tries.c.message_id.in_(message_ids))
    for row in conn.execute(query.order_by(message_tries.c.id)):
        found[row.message_id].append(_try(row))
    return found


def of_alert(conn: Connection, alert_id: int) -> list[Message]:
    query = select(messages).where(messages.c.alert_id == alert_id).order_by(messages.c.id)
    return [_message(row) for row in conn.execute(query)]


def since(conn: Connection, from_ms: int) -> list[Message]:
    """All that were made from then on, oldest first."""
    query = select(messages).where(messages.c.made_ms >= from_ms).order_by(messages.c.id)
    return [_message(row) for row in conn.execute(query)]


def waiting(conn: Connection) -> bool:
    """Whether anything is still to be tried."""
    return (
        conn.scalar(select(messages.c.id).where(messages.c.next_ms.is_not(None)).limit(1))
        is not None
    )


def of_recording(conn: Connection, recording_id: int) -> list[Message]:
    """All about a recording, those of its alerts too."""
    query = select(messages).where(messages.c.recording_id == recording_id)
    return [_message(row) for row in conn.execute(query.order_by(messages.c.id))]


_JSON = ("text", "ways", "ended_why", "failed_why")


def _packed(values: Mapping[str, Any]) -> dict[str, Any]:
    """With JSON for what is kept as JSON."""
    return {
        name: json.dumps(value, ensure_ascii=False)
        if name in _JSON and value is not None
        else value
        for name, value in values.items()
    }


def _message(row: Any) -> Message:
    values = _unpacked(row)
    return Message(**{**values, "ways": [tuple(way) for way in values["ways"]]})


def _try(row: Any) -> Try:
    return Try(**_unpacked(row))


def _unpacked(row: Any) -> dict[str, Any]:
    return {
        name: json.loads(value) if name in _JSON and value is not None else value
        for name, value in row._mapping.items()
    }
