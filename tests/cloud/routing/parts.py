"""Hospitals as columns, and what a mother may need, for tests of the plan."""

from dataclasses import replace
from typing import Any

import numpy as np

from cloud.routing.expecting import Expecting
from cloud.routing.needs import Needs, needs_of
from cloud.routing.origin import Origin, origin_of
from cloud.routing.plan import Choice, Limits, Plan, Roads, plan
from cloud.store.consents import Consent, Decision
from cloud.store.hospitals import Hospitals
from cloud.store.people import Mother
from cloud.store.positions import Position

NOW_MS = 1_790_000_000_000
OWN = 9
MOTHER = Mother(1, "M", None, OWN, None, "green", False, None, 31.20, 121.44)
EVERYBODY = Consent(OWN, [Decision(1, None, True, 0)])
POSITION = Position(1, 31.20, 121.44, 12.0, NOW_MS - 180_000, 0, False)
USUAL = Limits()
KM_LATITUDE = 111.195  # km of one degree


def hospital(number: int, north_km: float | None, **values: Any) -> dict[str, Any]:
    """A fit one, so many km north of her home."""
    latitude = np.nan if north_km is None else 31.20 + north_km / KM_LATITUDE
    fit = {
        "ids": number,
        "latitude": latitude,
        "longitude": np.nan if north_km is None else 121.44,
        "level": 2,
        "free_beds": 3,
        "on_call": True,
        "by_roster": False,
        "nicu": 1,
        "blood_bank": 1,
        "staffed": True,
    }
    return fit | values


def columns(*rows: dict[str, Any]) -> Hospitals:
    """In the order of their ids, as the store gives them."""
    ordered = sorted(rows, key=lambda row: row["ids"])
    kinds = {"latitude": float, "longitude": float}
    kinds |= dict.fromkeys(("on_call", "by_roster", "staffed"), bool)
    names = Hospitals.__dataclass_fields__
    return Hospitals(
        **{name: np.array([r[name] for r in ordered], kinds.get(name, np.int64)) for name in names}
    )


def made(
    *rows: dict[str, Any],
    mother: Mother = MOTHER,
    weeks: int | None = 39,
    consent: Consent = EVERYBODY,
    position: Position | None = POSITION,
    asked: tuple[int, ...] = (),
    urgent: bool = True,
    limits: Limits = USUAL,
    roads: Roads | None = None,
    expecting: Expecting | None = None,
) -> Plan:
    every = columns(*rows)
    here = np.flatnonzero(every.ids == consent.own_id)
    at = [(float(every.latitude[n]), float(every.longitude[n])) for n in here]
    place = next((p for p in at if not np.isnan(p[0])), None)
    needs: Needs = needs_of(mother, weeks)
    origin: Origin = origin_of(mother, position, place, NOW_MS)
    return plan(needs, consent, origin, every, asked, urgent, limits, roads, expecting)


def order(choices: tuple[Choice, ...]) -> list[int]:
    return [choice.hospital_id for choice in choices]


def words(said: dict[str, Any]) -> str:
    text: str = said["text"] % said["args"]
    return text


NOWHERE = replace(MOTHER, latitude=None)
