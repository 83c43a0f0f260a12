"""The first run: while no account exists, whoever knows the code of the terminal makes one."""

import hmac
import secrets
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine

from cloud.admin import accounts
from cloud.store import accounts as rows
from cloud.store import people
from cloud.store.db import reading
from cloud.store.people import Person

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that looks like something else
GROUP, GROUPS = 4, 3  # 60 bits
STEPS = ("administrator", "organisation", "person", "device", "data")


def _new_code() -> str:
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


@dataclass
class FirstRun:
    """Of one process: another start has another code. It is in memory and in the log only."""

    engine: Engine
    code: str = field(default_factory=_new_code, repr=False)

    def is_open(self) -> bool:
        with reading(self.engine) as conn:
            return not rows.any_account(conn)

    def fits(self, said: str) -> bool:
        given = "".join(one for one in said.upper() if one.isalnum())
        return hmac.compare_digest(given.encode(), self.code.replace("-", "").encode())


def create(conn: Connection, name: str, username: str, password_hash: str, now_ms: int) -> Person:
    """The first administrator. Refused: somebody was faster."""
    if rows.any_account(conn):
        raise accounts.Refused("an account exists already")
    who = people.add_person(
        conn, username=username, password_hash=password_hash, name=name, role="admin"
    )
    accounts.note(conn, "account", None, accounts.facts(who), now_ms, who.id)
    return who


def done(conn: Connection) -> dict[str, bool]:
    """Which of STEPS are behind us; the first comes with whoever asks."""
    staff = [one for one in rows.everybody(conn) if one.role in ("hospital", "centre")]
    return {
        "administrator": True,
        "organisation": bool(people.all_organisations(conn)),
        "person": bool(staff),
        "device": any(one.mother_id is not None for one in rows.all_devices(conn)),
        "data": rows.any_recording(conn),
    }
