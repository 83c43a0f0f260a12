"""The people and places of `lucina run`: invented, marked as such, refused everywhere else.

Positions lie around a made-up river town so that distances are real numbers and nobody's address.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from cloud.auth import hash_password
from cloud.store import tables as t

PASSWORD = "lucina-demo"  # noqa: S105 - printed on purpose; accounts marked demo work only in `run`
GATEWAY = "gw-demo"
CLOUD = "cloud"  # the service's own name at the broker
LOCAL = "gateway"  # the gateway's own name at its broker

ORGANISATIONS: list[dict[str, Any]] = [
    dict(id=1, name="Monitoring Centre (demo)", name_zh="示范监护中心", kind="centre", level=3,
         latitude=31.20, longitude=121.44, phone="021-5550-0001", on_call=True, free_beds=0),
    dict(id=2, name="Riverside Maternity Hospital (demo)", name_zh="示范滨河妇产医院",
         kind="hospital", level=3, latitude=31.21, longitude=121.46, phone="021-5550-0002",
         on_call=True, free_beds=6),
    dict(id=3, name="East Lake County Hospital (demo)", name_zh="示范东湖县医院", kind="hospital",
         level=2, latitude=31.26, longitude=121.60, phone="021-5550-0003", on_call=True,
         free_beds=2),
    dict(id=4, name="Willow Town Clinic (demo)", name_zh="示范柳镇卫生院", kind="hospital", level=1,
         latitude=31.33, longitude=121.62, phone="021-5550-0004", on_call=False, free_beds=1),
]  # fmt: skip
MOTHERS: list[dict[str, Any]] = [
    dict(id=1, name="Lin Xiaoyu (demo)", organisation_id=4, risk="yellow", purple=False,
         latitude=31.32, longitude=121.63, weeks=36),
    dict(id=2, name="Wang Fang (demo)", organisation_id=3, risk="green", purple=False,
         latitude=31.27, longitude=121.58, weeks=39),
    dict(id=3, name="Chen Jing (demo)", organisation_id=4, risk="orange", purple=False,
         latitude=31.31, longitude=121.59, weeks=34),
    dict(id=4, name="Zhao Min (demo)", organisation_id=2, risk="green", purple=True,
         latitude=31.22, longitude=121.47, weeks=38),
]  # fmt: skip
PEOPLE: list[dict[str, Any]] = [
    dict(username="centre", name="Nurse Li (demo)", role="centre", organisation_id=1),
    dict(username="hospital", name="Dr Sun (demo)", role="hospital", organisation_id=2),
    dict(username="county", name="Dr Zhou (demo)", role="hospital", organisation_id=3),
    dict(username="clinic", name="Midwife Wu (demo)", role="hospital", organisation_id=4),
    *(
        dict(username=f"mother{m['id']}", name=m["name"], role="mother", mother_id=m["id"])
        for m in MOTHERS
    ),
]


@dataclass(frozen=True)
class Tokens:
    """Secrets of one demo, made afresh for it."""

    devices: dict[str, str]
    gateway: str
    local: str
    cloud: str


def fill(conn: Connection, tokens: Tokens, today: date) -> None:
    """Everything the demo's pages need to know about people, places and boxes."""
    conn.execute(insert(t.organisations), ORGANISATIONS)
    for mother in MOTHERS:
        row = {key: value for key, value in mother.items() if key != "weeks"}
        due = today + timedelta(weeks=40 - mother["weeks"])
        conn.execute(insert(t.mothers).values(**row, due_date=due, phone="555-0100", address=None))
    password_hash = hash_password(PASSWORD)
    for person in PEOPLE:
        conn.execute(insert(t.people).values(password_hash=password_hash, demo=True, **person))
    conn.execute(insert(t.gateways).values(id=GATEWAY, token_sha256=_sha256(tokens.gateway)))
    for number, (device, token) in enumerate(tokens.devices.items(), start=1):
        conn.execute(
            insert(t.devices).values(
                id=device, token_sha256=_sha256(token), gateway_id=GATEWAY, mother_id=number
            )
        )


def make_tokens(devices: int = len(MOTHERS)) -> Tokens:
    return Tokens(
        devices={f"probe-{n}": secrets.token_urlsafe(24) for n in range(1, devices + 1)},
        gateway=secrets.token_urlsafe(24),
        local=secrets.token_urlsafe(24),
        cloud=secrets.token_urlsafe(24),
    )


def write_broker_users(path: Path, tokens: Tokens) -> None:
    """Who may connect to the cloud's broker."""
    path.write_text(
        json.dumps({GATEWAY: _sha256(tokens.gateway), CLOUD: _sha256(tokens.cloud)}, indent=1)
    )


def write_devices(path: Path, tokens: Tokens) -> None:
    """Which devices the gateway lets in."""
    path.write_text(json.dumps({d: _sha256(k) for d, k in tokens.devices.items()}, indent=1))


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
