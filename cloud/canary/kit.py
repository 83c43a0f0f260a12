"""What a canary needs to know: made in an installation by `lucina canary setup`, kept in a file."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection

from cloud.auth import hash_password
from cloud.store import accounts, changes, hidden, people

NAME = hidden.CANARY  # of her device and of her organisation's account
SHOWN, SHOWN_ZH = "Lucina canary", "Lucina 金丝雀"
HERE = (31.2, 121.4)  # degrees: any place will do, her hospital is where she is
TOKEN_BYTES = 24


class KitError(ValueError):
    """It cannot be made or used; the message says why."""


@dataclass(frozen=True)
class Kit:
    service: str  # http:// or https:// of the pages
    broker: str  # mqtt:// or mqtts:// of the gateway, as for `lucina probe`
    device: str
    device_token: str
    username: str
    password: str


def set_up(conn: Connection, gateway_id: str, service: str, broker: str, now_ms: int) -> Kit:
    """The hidden organisation with its account, mother and device; what is there already gets a
    new password and token. KitError: something is missing, or a name is taken."""
    gateway = people.get_gateway(conn, gateway_id)
    if gateway is None:
        raise KitError(f"there is no gateway {gateway_id!r}: add it first")
    kit = Kit(service, broker, NAME, _secret(), NAME, _secret())
    places = hidden.places(conn)
    person, device = people.get_person_by_username(conn, NAME), people.get_device(conn, NAME)
    if not places:
        if person is not None or device is not None:
            raise KitError(f"an account or a device is called {NAME!r} already")
        _add(conn, gateway_id, kit)
    elif person is None or device is None or person.organisation_id != places[0]:
        raise KitError(f"the hidden organisation is without its account or device {NAME!r}")
    else:
        accounts.set_person(conn, person.id, password_hash=hash_password(kit.password))
        people.set_device_token(conn, NAME, kit.device_token)
    (place_id,) = hidden.places(conn)
    after = {"gateway": gateway_id, "device": NAME}
    changes.add(conn, "canary", None, after, now_ms, person_id=None, organisation_id=place_id)
    return kit


def _add(conn: Connection, gateway_id: str, kit: Kit) -> None:
    latitude, longitude = HERE
    place = people.add_organisation(
        conn, name=SHOWN, name_zh=SHOWN_ZH, kind="hospital", level=3, latitude=latitude,
        longitude=longitude, on_call=True, free_beds=1, nicu=True, blood_bank=True, hidden=True,
    )  # fmt: skip
    mother = people.add_mother(
        conn, name=SHOWN, organisation_id=place.id, latitude=latitude, longitude=longitude
    )
    password_hash = hash_password(kit.password)
    people.add_person(
        conn, username=kit.username, password_hash=password_hash, name=SHOWN, role="hospital",
        organisation_id=place.id,
    )  # fmt: skip
    people.add_device(conn, kit.device, kit.device_token, gateway_id, mother.id)


def write(file: Path, kit: Kit) -> None:
    """For its owner only: it holds a password and a token."""
    _replace(file, asdict(kit))


def read(file: Path) -> Kit:
    try:
        return Kit(**json.loads(file.read_text()))
    except (ValueError, TypeError) as error:
        raise KitError(f"{file}: not what `lucina canary setup` has written ({error})") from None


def admit(devices: Path, kit: Kit) -> None:
    """Write her into the gateway's file of devices."""
    try:
        known = json.loads(devices.read_text())
        known[kit.device] = people.token_sha256(kit.device_token)
    except (ValueError, TypeError) as error:
        raise KitError(f"{devices}: not a gateway's file of devices ({error})") from None
    _replace(devices, known)


def _replace(file: Path, content: object) -> None:
    """All or nothing: a gateway may be reading it."""
    fresh = file.with_name(file.name + ".new")
    fresh.unlink(missing_ok=True)
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o600
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as out:
        json.dump(content, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)


def _secret() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)
