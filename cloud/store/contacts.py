"""Where people and organisations can be reached beside the page, and what they want to be told."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from cloud.store.tables import contacts, message_settings, people


@dataclass(frozen=True)
class Contact:
    """A row of `contacts`; see cloud.store.message_tables for each field."""

    id: int
    person_id: int | None
    organisation_id: int | None
    channel: str
    address: str
    place: int
    least: str


@dataclass(frozen=True)
class Wishes:
    """A row of `message_settings`; the defaults are those of a person without one."""

    steps: str = "important"  # none, important, every
    language: str = "zh"
    quiet_from_min: int | None = None
    quiet_to_min: int | None = None
    zone: str = "Asia/Shanghai"


def of_staff(conn: Connection, organisation_id: int) -> list[Contact]:
    """Those of an organisation and of everybody who works there, each one's in order."""
    there = select(people.c.id).where(people.c.organisation_id == organisation_id)
    return _contacts(
        conn,
        or_(contacts.c.organisation_id == organisation_id, contacts.c.person_id.in_(there)),
    )


def of_person(conn: Connection, person_id: int) -> list[Contact]:
    return _contacts(conn, contacts.c.person_id == person_id)


def get(conn: Connection, contact_id: int) -> Contact | None:
    found = _contacts(conn, contacts.c.id == contact_id)
    return found[0] if found else None


def account_of(conn: Connection, mother_id: int) -> int | None:
    """The person who logs in as this mother; the first if there are more."""
    query = select(people.c.id).where(people.c.mother_id == mother_id).order_by(people.c.id)
    return conn.scalar(query.limit(1))


def wishes_of(conn: Connection, person_ids: Collection[int]) -> dict[int, Wishes]:
    """Of each of these who has said something."""
    query = select(message_settings).where(message_settings.c.person_id.in_(person_ids))
    rows = [dict(row._mapping) for row in conn.execute(query)]
    return {row.pop("person_id"): Wishes(**row) for row in rows}


def wish(conn: Connection, person_id: int, wishes: Wishes) -> None:
    """Keep them in place of what was said before."""
    conn.execute(delete(message_settings).where(message_settings.c.person_id == person_id))
    conn.execute(insert(message_settings).values(person_id=person_id, **vars(wishes)))


def add(conn: Connection, **values: Any) -> int:
    """A new contact; its id."""
    found: int = conn.execute(insert(contacts).values(values).returning(contacts.c.id)).scalar_one()
    return found


def subscribe(conn: Connection, person_id: int, subscription: dict[str, Any]) -> int:
    """Keep a browser's push subscription, first of this person's ways; once per endpoint."""
    address = json.dumps(subscription, sort_keys=True)
    known = [c for c in of_person(conn, person_id) if c.channel == "push"]
    for one in known:
        if json.loads(one.address)["endpoint"] == subscription["endpoint"]:
            conn.execute(update(contacts).where(contacts.c.id == one.id).values(address=address))
            return one.id
    return add(conn, person_id=person_id, channel="push", address=address, place=-1, least="low")


def change(conn: Connection, contact_id: int, **values: Any) -> None:
    conn.execute(update(contacts).where(contacts.c.id == contact_id).values(**values))


def remove(conn: Connection, contact_id: int) -> None:
    conn.execute(delete(contacts).where(contacts.c.id == contact_id))


def _contacts(conn: Connection, which: Any) -> list[Contact]:
    query = select(contacts).where(which).order_by(contacts.c.place, contacts.c.id)
    return [Contact(**row._mapping) for row in conn.execute(query)]
