"""Organisations and accounts: who is let in, as what, and whose account has ended."""

import re
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from cloud.auth import hash_password
from cloud.store import accounts, changes, hidden, people
from cloud.store.people import Organisation, Person

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")
PASSWORD_CHARS = 12  # of those that people choose
ONE_TIME_BYTES = 9  # 72 bits, 12 characters
KINDS = {"hospital": "hospital", "mother": "hospital", "centre": "centre"}  # role: of organisation


class Refused(ValueError):  # noqa: N818 - reads as what it says
    """It cannot be done; the text is a msgid for whoever asked."""


def add_organisation(conn: Connection, by: int | None, now_ms: int, **row: Any) -> Organisation:
    added = people.add_organisation(conn, **row)
    note(conn, "organisation", None, row, now_ms, by, added.id)
    return added


def change_organisation(
    conn: Connection, organisation_id: int, by: int | None, now_ms: int, **row: Any
) -> None:
    found = people.get_organisation(conn, organisation_id)
    if found is None or found.hidden:
        raise LookupError("no such organisation")
    before = {name: getattr(found, name) for name in row}
    if before["kind"] != row["kind"] and people.staff_of(conn, found.id):
        raise Refused("this organisation has accounts: its kind cannot be changed")
    if before != row:
        people.set_organisation(conn, found.id, **row)
        note(conn, "organisation", before, row, now_ms, by, found.id)


def invite(
    conn: Connection, name: str, username: str, role: str, organisation_id: int | None,
    by: int | None, now_ms: int, phone: str = "", due_date: date | None = None,
) -> tuple[Person, str]:  # fmt: skip
    """A new account, and its password for one login. A mother gets her record with it."""
    check_username(conn, username)
    place = people.get_organisation(conn, organisation_id) if organisation_id else None
    if role != "admin" and (place is None or place.hidden or place.kind != KINDS[role]):
        raise Refused("choose an organisation that fits the role")
    mother_id = None
    if role == "mother" and place is not None:
        her = people.add_mother(
            conn, name=name, phone=phone or None, organisation_id=place.id, due_date=due_date
        )
        mother_id = her.id
    password = secrets.token_urlsafe(ONE_TIME_BYTES)
    added = people.add_person(
        conn,
        username=username,
        name=name,
        role=role,
        organisation_id=place.id if place and role in ("hospital", "centre") else None,
        mother_id=mother_id,
        password_hash=hash_password(password),
        one_time=True,
    )
    note(conn, "account", None, facts(added), now_ms, by, added.organisation_id)
    return added, password


def step(conn: Connection, person_id: int, event: str, by: int, now_ms: int) -> tuple[Person, str]:
    """End an account, open it again, or give it a new password for one login ("" otherwise)."""
    found = people.get_person(conn, person_id)
    if found is None or found.organisation_id in hidden.places(conn):
        raise LookupError("no such person")
    if found.id == by:
        raise Refused("another administrator must do this to your account")
    password = ""
    if event == "password":
        password = secrets.token_urlsafe(ONE_TIME_BYTES)
        row: dict[str, Any] = {"password_hash": hash_password(password), "one_time": True}
    else:
        row = {"disabled_ms": now_ms if event == "disable" else None}
    accounts.set_person(conn, found.id, **row)
    note(conn, "account", facts(found), {"event": event}, now_ms, by, found.organisation_id)
    return found, password


def check_username(conn: Connection, username: str) -> None:
    if not USERNAME.fullmatch(username):
        raise Refused("an account is named with 2 to 60 of a-z 0-9 . _ -")
    if people.get_person_by_username(conn, username):
        raise Refused("this account name is taken")


def check_password(password: str, again: str) -> None:
    if len(password) < PASSWORD_CHARS:
        raise Refused("a password needs 12 characters or more")
    if password != again:
        raise Refused("the two passwords differ")


def facts(person: Person) -> dict[str, Any]:
    """What the audit keeps of an account: never its password."""
    return {"username": person.username, "name": person.name, "role": person.role}


def note(
    conn: Connection, what: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None,
    now_ms: int, by: int | None, organisation_id: int | None = None,
) -> None:  # fmt: skip
    changes.add(conn, what, before, after, now_ms, person_id=by, organisation_id=organisation_id)
