"""What an administrator sees of accounts and boxes, and what the audit says, a page at a time."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, update

from cloud.store import logins
from cloud.store import tables as t
from cloud.store.audit import SOURCES
from cloud.store.hidden import shown, shown_place
from cloud.store.people import Device, Gateway, Person

_JSON = ("before", "after", "text", "features", "signs")  # columns that hold JSON or plain words


@dataclass(frozen=True)
class Happened:
    """A row of the audit with what it is about."""

    id: int
    at_ms: int
    source: str  # a table of cloud.store.audit.SOURCES
    person: str | None
    row: Mapping[str, Any]  # its other columns


def any_account(conn: Connection) -> bool:
    query = select(t.people.c.id).where(shown_place(t.people.c.organisation_id))
    return conn.execute(query.limit(1)).first() is not None


def everybody(conn: Connection) -> list[Person]:
    """By organisation and name."""
    query = select(t.people).where(shown_place(t.people.c.organisation_id))
    query = query.order_by(t.people.c.organisation_id, t.people.c.name, t.people.c.id)
    return [Person(**row._mapping) for row in conn.execute(query)]


def set_person(conn: Connection, person_id: int, **values: Any) -> None:
    """Change columns of one account: password_hash, one_time, disabled_ms. Its logins end."""
    logins.end_all(conn, person_id)
    conn.execute(update(t.people).where(t.people.c.id == person_id).values(**values))


def all_gateways(conn: Connection) -> list[Gateway]:
    query = select(t.gateways).order_by(t.gateways.c.id)
    return [Gateway(**row._mapping) for row in conn.execute(query)]


def all_devices(conn: Connection) -> list[Device]:
    query = select(t.devices).where(shown(t.devices.c.mother_id)).order_by(t.devices.c.id)
    return [Device(**row._mapping) for row in conn.execute(query)]


def any_recording(conn: Connection) -> bool:
    query = select(t.recordings.c.id).where(shown(t.recordings.c.mother_id))
    return conn.execute(query.limit(1)).first() is not None


def count_entries(conn: Connection, source: str = "") -> int:
    query = select(func.count()).select_from(t.audit)
    return conn.scalar(query.where(t.audit.c.source == source) if source else query) or 0


def entries(conn: Connection, source: str, before_id: int | None, limit: int) -> list[Happened]:
    """Newest first: of one table or of all (""), below an entry's number."""
    query = select(t.audit).order_by(t.audit.c.id.desc()).limit(limit)
    if source:
        query = query.where(t.audit.c.source == source)
    if before_id is not None:
        query = query.where(t.audit.c.id < before_id)
    return [_happened(conn, entry) for entry in conn.execute(query)]


def _happened(conn: Connection, entry: Any) -> Happened:
    table = SOURCES[entry.source]
    found = conn.execute(select(table).where(table.c.id == entry.row_id)).first()
    row = dict(found._mapping) if found else {}
    person_id = row.pop("person_id", None)
    name = conn.scalar(select(t.people.c.name).where(t.people.c.id == person_id))
    kept = {key: _value(key, value) for key, value in row.items() if key not in ("id", "at_ms")}
    return Happened(entry.id, entry.at_ms, entry.source, name, kept)


def _value(key: str, value: Any) -> Any:
    if key not in _JSON or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
