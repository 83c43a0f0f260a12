"""Who plays in the scripted day: six organisations of three levels, their staff, forty mothers.

All invented. Everybody is known by a short name, which is also the account: `county1`,
`county1.anna`, `m07`. How people behave is here too: how often a hospital declines, how fast it is.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Connection

from cloud.store import consents, contacts, duties, people
from cloud.store.duties import Duty

PASSWORD = "the scripted day"  # noqa: S105 - of accounts in a folder that is thrown away
QUICK = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)  # a login takes 1 ms
MOTHERS = 40
GATEWAYS = ("gw-north", "gw-south")  # each mother's box speaks through one
UNKNOWN_DEVICE = "probe-unknown"  # nobody's
SPARES = ("probe-spare-1", "probe-spare-2")  # of the centre, to be leased
TERM_WEEKS = 40


@dataclass(frozen=True)
class Manner:
    """How a hospital answers an alert; the rest of the shares is silence."""

    accepts: float = 0.8
    declines: float = 0.1
    after_s: tuple[int, int] = (5, 45)


@dataclass(frozen=True)
class Place:
    """Of PLACES: what the store holds of it, its people, how they answer, how it is reached."""

    row: dict[str, Any]
    staff: tuple[str, ...]
    manner: Manner = Manner()
    reached: tuple[tuple[str, str], ...] = ()  # channel and address, in order


PLACES = {
    "centre": Place(
        dict(name="Monitoring Centre", name_zh="监护中心", kind="centre", level=3,
             latitude=31.20, longitude=121.44, phone="021-5550-0100"),
        ("lena", "omar", "expert"), Manner(1.0, 0.0, (15, 60)), (("sms", "021-5550-0101"),),
    ),
    "city": Place(
        dict(name="City Maternity Hospital", name_zh="市妇产医院", kind="hospital", level=3,
             latitude=31.21, longitude=121.46, phone="021-5550-0200", free_beds=12, nicu=True,
             blood_bank=True, by_roster=True),
        ("sun", "ma", "qian"), Manner(0.95, 0.03), (("webhook", "city"), ("sms", "021-5550-0201")),
    ),
    "county1": Place(
        dict(name="East Lake County Hospital", name_zh="东湖县医院", kind="hospital", level=2,
             latitude=31.26, longitude=121.60, phone="021-5550-0300", free_beds=4, nicu=True,
             blood_bank=True, on_call=True),
        ("zhou", "he"), Manner(0.7, 0.15), (("sms", "021-5550-0301"),),
    ),
    "county2": Place(  # reached by a computer that takes messages and hands none of them on
        dict(name="Hill County Hospital", name_zh="山区县医院", kind="hospital", level=2,
             latitude=31.02, longitude=121.24, phone="021-5550-0400", free_beds=3, nicu=True,
             blood_bank=False, on_call=True),
        ("xu", "deng"), Manner(0.6, 0.2, (10, 50)),
        (("webhook", "never-delivers"), ("sms", "021-5550-0401")),
    ),
    "town1": Place(
        dict(name="Willow Town Clinic", name_zh="柳镇卫生院", kind="hospital", level=1,
             latitude=31.33, longitude=121.62, phone="021-5550-0500", free_beds=1, nicu=False,
             blood_bank=False, on_call=True),
        ("wu", "feng"), Manner(0.5, 0.3),
    ),
    "town2": Place(  # no telephone: it is asked on its page only
        dict(name="Stone Bridge Clinic", name_zh="石桥卫生院", kind="hospital", level=1,
             latitude=31.00, longitude=121.20, phone=None, free_beds=1, nicu=False,
             blood_bank=False, on_call=True),
        ("bai",), Manner(0.5, 0.2),
    ),
}  # fmt: skip
HOMES = ("town1", "town2", "county1", "county2", "city")  # the mothers' own hospitals, in turn
RISKS = ("green", "yellow", "green", "orange", "green", "yellow", "green", "red")  # in turn
FAMILY = ("Lin", "Wang", "Chen", "Zhao", "Liu", "Yang", "Huang", "Wu")
GIVEN = ("Xiaoyu", "Fang", "Jing", "Min", "Lan")
WITHOUT_POSITION = frozenset((6,))
WITHOUT_CONSENT = frozenset((9, 17))  # for any hospital but her own
WITHOUT_PHONE = frozenset((13,))


@dataclass(frozen=True)
class Person:
    """Somebody who can log in."""

    account: str
    id: int
    role: str
    place: str  # of PLACES; of a mother her own hospital
    mother_id: int | None = None


@dataclass(frozen=True)
class Cast:
    """Everybody, by account; and the places by their number in the store."""

    people: dict[str, Person]
    place_ids: dict[str, int]

    @property
    def places(self) -> dict[int, str]:
        return {number: name for name, number in self.place_ids.items()}

    @property
    def mothers(self) -> dict[int, Person]:
        return {one.mother_id: one for one in self.people.values() if one.mother_id is not None}

    def staff(self, place: str) -> list[Person]:
        return [one for one in self.people.values() if one.place == place and not one.mother_id]

    def place_of(self, organisation_id: int | None) -> str | None:
        return None if organisation_id is None else self.places[organisation_id]


def fill(conn: Connection, seed: int, today: date) -> Cast:
    """Write everybody into an empty store."""
    password_hash = QUICK.hash(PASSWORD)
    place_ids = {name: people.add_organisation(conn, **p.row).id for name, p in PLACES.items()}
    for gateway in GATEWAYS:
        people.add_gateway(conn, gateway, gateway)
    found: dict[str, Person] = {}
    for name, place in PLACES.items():
        for who in place.staff:
            one = _add_staff(conn, name, who, place_ids[name], password_hash)
            found[one.account] = one
        for order, (channel, address) in enumerate(place.reached):
            contacts.add(
                conn, organisation_id=place_ids[name], channel=channel, address=address,
                place=order, least="medium",
            )  # fmt: skip
    _put_on_duty(conn, place_ids["city"], "obstetrician", found["city.sun"], found["city.ma"])
    _put_on_duty(conn, place_ids["centre"], "operator", found["centre.lena"], found["centre.omar"])
    rng = Random(f"{seed} mothers")  # noqa: S311 - a play, not a secret
    for number in range(1, MOTHERS + 1):
        one = _add_mother(conn, number, rng, place_ids, password_hash, today)
        found[one.account] = one
    for device in (UNKNOWN_DEVICE, *SPARES):
        people.add_device(conn, device, device, GATEWAYS[0])
    return Cast(found, place_ids)


def mother_name(number: int) -> str:
    return f"{FAMILY[number % len(FAMILY)]} {GIVEN[number % len(GIVEN)]}"


def account(number: int) -> str:
    return f"m{number:02d}"


def device_of(mother: str) -> str:
    return f"probe-{mother}"


def gateway_of(mother: str) -> str:
    """Of a mother or of the unknown device."""
    return GATEWAYS[int(mother[1:]) % len(GATEWAYS)] if mother[1:].isdigit() else GATEWAYS[0]


def _add_staff(
    conn: Connection, place: str, who: str, organisation_id: int, password_hash: str
) -> Person:
    name = f"{place}.{who}"
    role = "centre" if place == "centre" else "hospital"
    added = people.add_person(
        conn, username=name, password_hash=password_hash, name=who.capitalize(), role=role,
        organisation_id=organisation_id,
    )  # fmt: skip
    return Person(name, added.id, role, place)


def _add_mother(
    conn: Connection, number: int, rng: Random, place_ids: dict[str, int], password_hash: str,
    today: date,
) -> Person:  # fmt: skip
    home = HOMES[number % len(HOMES)]
    near = PLACES[home].row
    weeks = rng.randint(35, 40)
    at = (near["latitude"] + rng.uniform(-0.05, 0.05), near["longitude"] + rng.uniform(-0.05, 0.05))
    known = number not in WITHOUT_POSITION
    mother = people.add_mother(
        conn,
        name=mother_name(number),
        phone=None if number in WITHOUT_PHONE else f"139-0000-{number:04d}",
        organisation_id=place_ids[home],
        due_date=today + timedelta(weeks=TERM_WEEKS - weeks),
        risk=RISKS[number % len(RISKS)],
        latitude=at[0] if known else None,
        longitude=at[1] if known else None,
    )
    if number not in WITHOUT_CONSENT:
        consents.decide(conn, mother.id, None, allowed=True, at_ms=0)
    name = account(number)
    person = people.add_person(
        conn, username=name, password_hash=password_hash, name=mother.name, role="mother",
        mother_id=mother.id,
    )  # fmt: skip
    people.add_device(conn, device_of(name), name, gateway_of(name), mother.id)
    return Person(name, person.id, "mother", home, mother.id)


def _put_on_duty(
    conn: Connection, organisation_id: int, role: str, by_day: Person, by_night: Person
) -> None:
    roster = [
        Duty(role, person.id, weekday, None, from_min, to_min)
        for weekday in range(7)
        for person, from_min, to_min in ((by_day, 480, 1200), (by_night, 1200, 480))
    ]
    duties.replace(conn, organisation_id, roster)
