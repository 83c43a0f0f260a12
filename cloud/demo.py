"""The people and places of `lucina run`: invented, marked as such, refused everywhere else.

Positions lie around a made-up river town so that distances are real numbers and nobody's address.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from cloud.auth import hash_password
from cloud.pregnancy.invented import fill_record
from cloud.school.demo import fill as fill_school
from cloud.store import consents, duties, people, resources
from cloud.store.duties import Duty
from cloud.store.people import Mother, Organisation, Person, token_sha256
from models.resources import PROBE

PASSWORD = "lucina-demo"  # noqa: S105 - printed on purpose; accounts marked demo work only in `run`
GATEWAY = "gw-demo"
CLOUD = "cloud"  # the service's own name at the broker

TERM_WEEKS = 40
OFFERED_MS = 14 * 24 * 3600 * 1000

ORGANISATIONS: list[dict[str, Any]] = [
    dict(name="Monitoring Centre (demo)", name_zh="示范监护中心", kind="centre", level=3,
         latitude=31.20, longitude=121.44, phone="021-5550-0001", on_call=True, free_beds=0),
    dict(name="Riverside Maternity Hospital (demo)", name_zh="示范滨河妇产医院",
         kind="hospital", level=3, latitude=31.21, longitude=121.46, phone="021-5550-0002",
         by_roster=True, free_beds=6, nicu=True, blood_bank=True),
    dict(name="East Lake County Hospital (demo)", name_zh="示范东湖县医院", kind="hospital",
         level=2, latitude=31.26, longitude=121.60, phone="021-5550-0003", by_roster=True,
         free_beds=2, nicu=False, blood_bank=True),
    dict(name="Willow Town Clinic (demo)", name_zh="示范柳镇卫生院", kind="hospital", level=1,
         latitude=31.33, longitude=121.62, phone="021-5550-0004", on_call=False, free_beds=1,
         nicu=False, blood_bank=False),
]  # fmt: skip
MOTHERS: list[dict[str, Any]] = [
    dict(name="Lin Xiaoyu (demo)", place=3, phone="555-0101", risk="yellow", purple=False,
         latitude=31.32, longitude=121.63, weeks=36),
    dict(name="Wang Fang (demo)", place=2, phone="555-0102", risk="green", purple=False,
         latitude=31.27, longitude=121.58, weeks=39),
    dict(name="Chen Jing (demo)", place=3, phone="555-0103", risk="orange", purple=False,
         latitude=31.31, longitude=121.59, weeks=34),
    dict(name="Zhao Min (demo)", place=1, phone="555-0104", risk="green", purple=True,
         latitude=31.22, longitude=121.47, weeks=38),
]  # fmt: skip
STAFF: list[dict[str, Any]] = [
    dict(username="centre", name="Nurse Li (demo)", role="centre", place=0),
    dict(username="expert", name="Dr Gu (demo)", role="centre", place=0),
    dict(username="hospital", name="Dr Sun (demo)", role="hospital", place=1),
    dict(username="county", name="Dr Zhou (demo)", role="hospital", place=2),
    dict(username="clinic", name="Midwife Wu (demo)", role="hospital", place=3),
]
ADMIN: dict[str, Any] = {"username": "admin", "name": "Administrator (demo)", "role": "admin"}
ON_DUTY = {"centre": "operator", "hospital": "obstetrician", "county": "obstetrician"}
SHIFTS_MIN = ((8 * 60, 20 * 60), (20 * 60, 8 * 60))  # day and night


@dataclass(frozen=True)
class Tokens:
    """Secrets of one demo, made afresh for it."""

    devices: dict[str, str]
    gateway: str
    cloud: str


def fill(conn: Connection, tokens: Tokens, today: date) -> None:
    """Everything the demo's pages need to know about people, places and boxes."""
    password_hash = hash_password(PASSWORD)
    places = [people.add_organisation(conn, **row) for row in ORGANISATIONS]
    people.add_gateway(conn, GATEWAY, tokens.gateway)
    fill_school(conn)
    staff = {}
    for row in STAFF:
        known = _placed(row, places) | {"password_hash": password_hash, "demo": True}
        staff[row["username"]] = people.add_person(conn, **known)
        _put_on_duty(conn, staff[row["username"]])
    devices = iter(tokens.devices.items())
    for number, row in enumerate(MOTHERS, start=1):
        mother = add_mother(conn, row, places, today)
        people.add_person(
            conn,
            username=f"mother{number}",
            name=mother.name,
            role="mother",
            mother_id=mother.id,
            password_hash=password_hash,
            demo=True,
        )
        for device, token in islice(devices, 1):
            people.add_device(conn, device, token, GATEWAY, mother.id)
        if row["risk"] == "orange":
            fill_record(conn, mother, [staff[n] for n in ("hospital", "clinic", "centre")], today)
    people.add_person(conn, **ADMIN, password_hash=password_hash, demo=True)
    _offer_probe(conn, places[1], today)


def add_mother(
    conn: Connection, row: dict[str, Any], places: Sequence[Organisation], today: date
) -> Mother:
    """A mother who is as far along today as her row of MOTHERS says."""
    known = _placed(row, places)
    due_date = today + timedelta(weeks=TERM_WEEKS - known.pop("weeks"))
    mother = people.add_mother(conn, due_date=due_date, **known)
    consents.decide(conn, mother.id, None, allowed=True, at_ms=0)
    return mother


def _offer_probe(conn: Connection, place: Organisation, today: date) -> None:
    """The big hospital has a probe to spare for two weeks."""
    first_ms = round(datetime.combine(today, time(), UTC).timestamp() * 1000)
    times = {"from_ms": first_ms, "to_ms": first_ms + OFFERED_MS, "made_ms": first_ms}
    words = {"place": "", "note": ""}
    resources.add_offer(conn, organisation_id=place.id, kind=PROBE, amount=1, **times, **words)


def _put_on_duty(conn: Connection, person: Person) -> None:
    """Day and night all week: the demo's people do not sleep."""
    role = ON_DUTY.get(person.username)
    if role is None or person.organisation_id is None:
        return
    roster = [
        Duty(role, person.id, weekday, None, from_min, to_min)
        for weekday in range(7)
        for from_min, to_min in SHIFTS_MIN
    ]
    duties.replace(conn, person.organisation_id, roster)


def _placed(row: dict[str, Any], places: Sequence[Organisation]) -> dict[str, Any]:
    """The row with the organisation's id instead of its number in ORGANISATIONS."""
    known = dict(row)
    place = known.pop("place")
    return known | {"organisation_id": places[place].id}


def make_tokens(devices: int = len(MOTHERS)) -> Tokens:
    return Tokens(
        devices={f"probe-{n}": secrets.token_urlsafe(24) for n in range(1, devices + 1)},
        gateway=secrets.token_urlsafe(24),
        cloud=secrets.token_urlsafe(24),
    )


def write_broker_users(path: Path, tokens: Tokens) -> None:
    """Who may connect to the cloud's broker."""
    path.write_text(
        json.dumps(
            {GATEWAY: token_sha256(tokens.gateway), CLOUD: token_sha256(tokens.cloud)}, indent=1
        )
    )


def write_devices(path: Path, tokens: Tokens) -> None:
    """Which devices the gateway lets in."""
    path.write_text(json.dumps({d: token_sha256(k) for d, k in tokens.devices.items()}, indent=1))
