"""Gateways and devices: made with a token that is shown once, and bound to mothers."""

import re
import secrets

from sqlalchemy import Connection

from cloud.admin.accounts import Refused, note
from cloud.store import hidden, people

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
TOKEN_BYTES = 24


def add_gateway(
    conn: Connection, gateway_id: str, organisation_id: int | None, by: int, now_ms: int
) -> str:
    """Its token."""
    _check(gateway_id, people.get_gateway(conn, gateway_id))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    people.add_gateway(conn, gateway_id, token, organisation_id)
    note(conn, "gateway", None, {"id": gateway_id}, now_ms, by, organisation_id)
    return token


def add_device(
    conn: Connection, device_id: str, gateway_id: str, mother_id: int | None, by: int, now_ms: int
) -> str:
    """Its token."""
    _check(device_id, people.get_device(conn, device_id))
    gateway = people.get_gateway(conn, gateway_id)
    if gateway is None:
        raise Refused("a device needs a gateway: add one first")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    people.add_device(conn, device_id, token, gateway_id, _known(conn, mother_id))
    after = {"id": device_id, "gateway": gateway_id, "mother": mother_id}
    note(conn, "device", None, after, now_ms, by, gateway.organisation_id)
    return token


def bind(conn: Connection, device_id: str, mother_id: int | None, by: int, now_ms: int) -> None:
    """From now on its recordings are hers. LookupError: no such device."""
    device = people.get_device(conn, device_id)
    if device is None or hidden.is_hidden(conn, device.mother_id):
        raise LookupError("no such device")
    people.bind_device(conn, device_id, _known(conn, mother_id))
    before, after = {"mother": device.mother_id}, {"id": device_id, "mother": mother_id}
    note(conn, "device", before, after, now_ms, by)


def _known(conn: Connection, mother_id: int | None) -> int | None:
    """A hidden one is nobody's to choose."""
    if mother_id is None:
        return None
    if people.get_mother(conn, mother_id) is None or hidden.is_hidden(conn, mother_id):
        raise Refused("there is no such mother")
    return mother_id


def _check(name: str, found: object | None) -> None:
    if not NAME.fullmatch(name):
        raise Refused("a box is named with 1 to 60 of A-Z a-z 0-9 . _ -")
    if found is not None:
        raise Refused("this name is taken")
