"""Two mothers, a centre and three hospitals in a store of their own, and who acts in them."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert

from cloud.store import consents, people, recordings, tables
from cloud.store.db import open_engine, writing
from models.rules import BY_ID, Rule
from tests.cloud.stores import bring_up_to_date, filled

CENTRE, NEAR, MIDDLE, FAR = 1, 2, 3, 4
T0_MS = 1_790_000_000_000
BRADYCARDIA, SIGNAL_LOST = BY_ID["bradycardia_80"], BY_ID["signal_lost"]
REASON = {"text": "a reason with %(bpm)d", "args": {"bpm": 72}}
_NAMES = {CENTRE: "Centre", NEAR: "Near", MIDDLE: "Middle", FAR: "Far"}


@dataclass(frozen=True)
class Actor:
    role: str
    person_id: int | None
    organisation_id: int | None


# two people at each place; a person's id is ten times the organisation's, plus 1 or 2
WHO = {
    (place, n): Actor("centre" if place == CENTRE else "hospital", 10 * place + n, place)
    for place in _NAMES
    for n in (1, 2)
}
MOTHER = Actor("mother", 91, None)


def make(path: Path) -> Engine:
    shutil.copyfile(filled(fill), path)
    return open_engine(f"sqlite:///{path}")


def fill(engine: Engine) -> Engine:
    """An empty store, brought up to date, with the people and places in it."""
    bring_up_to_date(engine)
    with writing(engine) as conn:
        for number, (place, name) in enumerate(_NAMES.items()):
            row = {
                "id": place,
                "name": name,
                "name_zh": name + "医院",
                "kind": "centre" if place == CENTRE else "hospital",
                "level": 2,
                "latitude": 31.0 + 0.1 * number,
                "longitude": 121.0,
                "phone": f"555-000{place}",
                "on_call": True,
                "free_beds": 2,
            }
            conn.execute(insert(tables.organisations).values(row))
        for number in (1, 2):
            conn.execute(
                insert(tables.mothers).values(
                    id=number,
                    name=f"Mother {number}",
                    organisation_id=FAR,
                    risk="yellow",
                    purple=False,
                    latitude=31.09,
                    longitude=121.0,
                )
            )
            consents.decide(conn, number, None, True, 0)
        for actor in WHO.values():
            _add_person(conn, actor, f"Person {actor.person_id}", None)
        _add_person(conn, MOTHER, "Mother 1", 1)
        people.add_gateway(conn, "g1", "token")
        for number in (1, 2):
            people.add_device(conn, f"probe-{number}", "token", "g1", number)
        people.add_device(conn, "probe-nobody", "token", "g1", None)
    return engine


def _add_person(conn: Any, actor: Actor, name: str, mother_id: int | None) -> None:
    conn.execute(
        insert(tables.people).values(
            id=actor.person_id,
            username=name,
            password_hash="-",
            name=name,
            role=actor.role,
            organisation_id=actor.organisation_id,
            mother_id=mother_id,
            demo=False,
        )
    )


def record(
    engine: Engine, device_id: str = "probe-1", session: int = 7, now_ms: int = T0_MS
) -> recordings.Recording:
    """A new recording of this device."""
    with writing(engine) as conn:
        return recordings.open_recording(
            conn,
            device_id=device_id,
            session=session,
            gateway_id="g1",
            start_ms=now_ms,
            now_ms=now_ms,
        )


def raised(
    alerting: Any,
    recording_id: int,
    onset_s: float = 100.0,
    now_ms: int = T0_MS,
    rule: Rule = BRADYCARDIA,
) -> int | None:
    """The id of the alert that this made or changed."""
    at_s = onset_s + rule.window_s
    found: int | None = alerting.raise_alert(recording_id, rule, onset_s, at_s, REASON, now_ms)
    return found
