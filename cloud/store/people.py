"""Organisations, mothers, people, and the devices and gateways that speak for them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from hmac import compare_digest
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Table, case, exists, insert, select, update

from cloud.store.hidden import shown
from cloud.store.pregnancy_tables import risk_assessments
from cloud.store.tables import devices, gateways, mothers, organisations, people

NOT_ASSESSED = "not assessed"  # in the place of the colour that a new row has
_never = ~exists().where(risk_assessments.c.mother_id == mothers.c.id)
_risk = case((_never & (mothers.c.risk == "green"), NOT_ASSESSED), else_=mothers.c.risk)
_others = [column for column in mothers.c if column.name != "risk"]
_MOTHERS = select(*_others, _risk.label("risk"))


@dataclass(frozen=True)
class Organisation:
    id: int
    name: str
    name_zh: str
    kind: str  # hospital, centre
    level: int  # 1..3
    latitude: float | None
    longitude: float | None
    phone: str | None
    on_call: bool  # counts unless by_roster
    free_beds: int
    by_roster: bool
    nicu: bool | None  # None: not known
    blood_bank: bool | None
    zone: str  # IANA name
    hidden: bool = False  # see cloud.store.hidden


@dataclass(frozen=True)
class Mother:
    id: int
    name: str
    phone: str | None
    organisation_id: int | None
    due_date: date | None
    risk: str  # green, yellow, orange, red, or NOT_ASSESSED
    purple: bool
    address: str | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Person:
    id: int
    username: str
    password_hash: str
    name: str
    role: str  # mother, hospital, centre, admin
    organisation_id: int | None
    mother_id: int | None
    demo: bool
    disabled_ms: int | None = None
    one_time: bool = False  # the password is for one login, in which another one is chosen


@dataclass(frozen=True)
class Gateway:
    id: str
    token_sha256: str
    organisation_id: int | None


@dataclass(frozen=True)
class Device:
    id: str
    token_sha256: str
    gateway_id: str | None
    mother_id: int | None


_Kind = TypeVar("_Kind")
_SHOWN = select(organisations).where(~organisations.c.hidden)


def _one(kind: type[_Kind], row: Row[Any] | None) -> _Kind | None:
    return None if row is None else kind(**row._mapping)


def _get(conn: Connection, kind: type[_Kind], table: Table, key: int | str) -> _Kind | None:
    return _one(kind, conn.execute(select(table).where(table.c.id == key)).first())


def _all(conn: Connection, kind: type[_Kind], query: Any) -> list[_Kind]:
    return [kind(**row._mapping) for row in conn.execute(query)]


def _add(conn: Connection, kind: type[_Kind], table: Table, values: Mapping[str, Any]) -> _Kind:
    row = conn.execute(insert(table).values(values).returning(*table.c)).one()
    return kind(**row._mapping)


def add_organisation(
    conn: Connection,
    *,
    name: str,
    name_zh: str,
    kind: str,
    level: int = 1,
    latitude: float | None = None,
    longitude: float | None = None,
    phone: str | None = None,
    on_call: bool = False,
    free_beds: int = 0,
    by_roster: bool = False,
    nicu: bool | None = None,
    blood_bank: bool | None = None,
    zone: str = "Asia/Shanghai",
    hidden: bool = False,
) -> Organisation:
    values = {key: value for key, value in locals().items() if key != "conn"}
    return _add(conn, Organisation, organisations, values)


def add_mother(
    conn: Connection,
    *,
    name: str,
    phone: str | None = None,
    organisation_id: int | None = None,
    due_date: date | None = None,
    risk: str = "green",
    purple: bool = False,
    address: str | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
) -> Mother:
    values = {key: value for key, value in locals().items() if key != "conn"}
    mother_id = conn.execute(insert(mothers).values(values).returning(mothers.c.id)).scalar_one()
    return mothers_by_id(conn, [mother_id])[mother_id]


def add_person(
    conn: Connection,
    *,
    username: str,
    password_hash: str,
    name: str,
    role: str,
    organisation_id: int | None = None,
    mother_id: int | None = None,
    demo: bool = False,
    one_time: bool = False,
) -> Person:
    values = {key: value for key, value in locals().items() if key != "conn"}
    return _add(conn, Person, people, values)


def add_gateway(
    conn: Connection, gateway_id: str, token: str, organisation_id: int | None = None
) -> Gateway:
    values = {
        "id": gateway_id,
        "token_sha256": token_sha256(token),
        "organisation_id": organisation_id,
    }
    return _add(conn, Gateway, gateways, values)


def add_device(
    conn: Connection,
    device_id: str,
    token: str,
    gateway_id: str | None = None,
    mother_id: int | None = None,
) -> Device:
    values = {
        "id": device_id,
        "token_sha256": token_sha256(token),
        "gateway_id": gateway_id,
        "mother_id": mother_id,
    }
    return _add(conn, Device, devices, values)


def set_organisation(conn: Connection, organisation_id: int, **values: Any) -> None:
    """Change columns of one organisation: on_call, free_beds, phone, ..."""
    conn.execute(
        update(organisations).where(organisations.c.id == organisation_id).values(**values)
    )


def set_device_token(conn: Connection, device_id: str, token: str) -> None:
    """The former one holds no more."""
    mine = update(devices).where(devices.c.id == device_id)
    conn.execute(mine.values(token_sha256=token_sha256(token)))


def bind_device(conn: Connection, device_id: str, mother_id: int | None) -> None:
    """From now on its recordings are hers; those that began before stay as they are."""
    conn.execute(update(devices).where(devices.c.id == device_id).values(mother_id=mother_id))


def get_organisation(conn: Connection, organisation_id: int) -> Organisation | None:
    return _get(conn, Organisation, organisations, organisation_id)


def all_organisations(conn: Connection) -> list[Organisation]:
    return _all(conn, Organisation, _SHOWN.order_by(organisations.c.id))


def hospitals(conn: Connection) -> list[Organisation]:
    query = _SHOWN.where(organisations.c.kind == "hospital")
    return _all(conn, Organisation, query.order_by(organisations.c.id))


def get_mother(conn: Connection, mother_id: int) -> Mother | None:
    return mothers_by_id(conn, [mother_id]).get(mother_id)


def mothers_by_id(conn: Connection, ids: Collection[int | None]) -> dict[int, Mother]:
    """Those of these that there are."""
    return {one.id: one for one in _all(conn, Mother, _MOTHERS.where(mothers.c.id.in_(ids)))}


def all_mothers(conn: Connection) -> list[Mother]:
    query = _MOTHERS.where(shown(mothers.c.id))
    return _all(conn, Mother, query.order_by(mothers.c.id))


def mothers_of_org(conn: Connection, organisation_id: int) -> list[Mother]:
    query = _MOTHERS.where(mothers.c.organisation_id == organisation_id)
    return _all(conn, Mother, query.order_by(mothers.c.id))


def get_person(conn: Connection, person_id: int) -> Person | None:
    return _get(conn, Person, people, person_id)


def staff_of(conn: Connection, organisation_id: int) -> list[Person]:
    """Whoever has an account there, by name."""
    query = select(people).where(people.c.organisation_id == organisation_id)
    return _all(conn, Person, query.order_by(people.c.name, people.c.id))


def get_person_by_username(conn: Connection, username: str) -> Person | None:
    return _one(Person, conn.execute(select(people).where(people.c.username == username)).first())


def get_device(conn: Connection, device_id: str) -> Device | None:
    return _get(conn, Device, devices, device_id)


def get_gateway(conn: Connection, gateway_id: str) -> Gateway | None:
    return _get(conn, Gateway, gateways, gateway_id)


def device_of_mother(conn: Connection, mother_id: int) -> Device | None:
    """The probe that is bound to her now; the first by name if there are more."""
    query = select(devices).where(devices.c.mother_id == mother_id).order_by(devices.c.id)
    return _one(Device, conn.execute(query.limit(1)).first())


def token_sha256(token: str) -> str:
    """What is kept of a token. Tokens are long and random, so no slow hash is needed."""
    return sha256(token.encode()).hexdigest()


def token_fits(owner: Device | Gateway | None, token: str) -> bool:
    """Whether this token is the owner's, in a time that does not tell how wrong it is."""
    kept = owner.token_sha256 if owner else ""
    return compare_digest(kept, token_sha256(token))
