"""Logins: each is a row from the form to the log-out. What its cookie holds is kept as a hash."""

import secrets
from hashlib import sha256

from sqlalchemy import Connection, bindparam, delete, insert, select

from cloud.store.people import Person
from cloud.store.tables import logins, people

TOKEN_BYTES = 16
KEPT_MS = 7 * 24 * 3600 * 1000  # a row; its cookie lasts for a shift (cloud.auth)
_PERSON = (
    select(people)
    .join(logins, logins.c.person_id == people.c.id)
    .where(logins.c.sha256 == bindparam("sha256"))
)


def begin(conn: Connection, person_id: int, now_ms: int) -> str:
    """A new login; what its cookie is to hold."""
    hers = delete(logins).where(logins.c.person_id == person_id)
    conn.execute(hers.where(logins.c.begun_ms < now_ms - KEPT_MS))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    conn.execute(insert(logins).values(sha256=_kept(token), person_id=person_id, begun_ms=now_ms))
    return token


def person_of(conn: Connection, token: str) -> Person | None:
    """Whose login this is, if it has not ended."""
    row = conn.execute(_PERSON, {"sha256": _kept(token)}).first()
    return None if row is None else Person(**row._mapping)


def end(conn: Connection, token: str) -> None:
    conn.execute(delete(logins).where(logins.c.sha256 == _kept(token)))


def end_all(conn: Connection, person_id: int) -> None:
    conn.execute(delete(logins).where(logins.c.person_id == person_id))


def _kept(token: str) -> str:
    return sha256(token.encode()).hexdigest()
