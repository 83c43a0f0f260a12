"""Measurements of Bluetooth instruments as frames of the mother's device. No clock.

A probe puts a measurement into the recording that runs; nobody else may, for it alone numbers
those frames. So what the gateway hears is a recording of its own of the same device: a start,
then for each measurement its vitals and a stop that counts all so far. It is whole after each,
the cloud binds it to the device's mother, and rules that ask for a second reading see both in one
recording. A measurement from before it began is a small recording of its own.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zlib import crc32

from device import payloads, wire
from device.gatt import Measurement, counts_of
from device.payloads import Event, Start
from gateway.config import NAME, ConfigError, GatewayError

OLDEST = timedelta(days=30)  # a clock that says more was not set: instruments keep some dozens
FUTURE = timedelta(minutes=5)
LONGEST = timedelta(hours=12)  # of one recording
REMEMBERED = 500  # measurements, so that one that is told again is known
PEER = re.compile(r"([0-9A-Fa-f:-]{12,36})(?:/([0-9]{1,3}))?=(.+)")


@dataclass(frozen=True)
class Peer:
    """An instrument of a mother's."""

    address: str  # of its Bluetooth, in capitals
    user: int | None  # her number in it; None: she is its only user
    device: str  # her device, to which the measurements belong


def peers_of(texts: Sequence[str]) -> dict[str, Peer]:
    """By address, from ADDRESS[/USER]=DEVICE each. ConfigError for what is not."""
    peers: dict[str, Peer] = {}
    for text in texts:
        found = PEER.fullmatch(text)
        if found is None or not NAME.fullmatch(found[3]):
            raise ConfigError("ble", text, "ADDRESS[/USER]=DEVICE, like AA:BB:CC:DD:EE:FF=probe-7")
        peer = Peer(found[1].upper(), int(found[2]) if found[2] else None, found[3])
        if peer.address in peers:
            raise ConfigError("ble", text, "an instrument that was not named before")
        peers[peer.address] = peer
    return peers


@dataclass
class Visit:
    """The recording to which a device's measurements are added."""

    session: int
    began: datetime  # local time of its first measurement
    made: int  # frames so far


class Recorder:
    """Keeps in `file` what it needs to go on after a restart.

    made(device, session): frames of it that the outbox has seen. GatewayError: the file is damaged.
    """

    def __init__(self, file: Path, made: Callable[[str, int], int]) -> None:
        self._file = file
        self._visits: dict[str, Visit] = {}
        self._known: dict[str, None] = {}  # keys of measurements, oldest first
        try:
            kept = json.loads(file.read_text()) if file.exists() else {"visits": {}, "known": []}
            self._known = dict.fromkeys(kept["known"])
            for device, (session, began, count) in kept["visits"].items():
                began_at, count = datetime.fromisoformat(began), max(count, made(device, session))
                self._visits[device] = Visit(session, began_at, count)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise GatewayError(f"{file} is damaged ({error!r}): remove it") from None

    def message(
        self, peer: Peer, data: bytes, measured: Measurement, local_now: datetime
    ) -> bytes | None:
        """What the device would send; None when this very measurement came before.

        data: the value as it came, local_now: without a zone. keep() when it was handed on."""
        key = f"{peer.address} {data.hex()}"
        if measured.time is None and measured.sequence is None:  # nothing tells it from others
            key += local_now.isoformat()
        if key in self._known:
            return None
        self._known[key] = None
        age, remark = age_of(measured, local_now)
        words = [*measured.faults, *measured.notes, *([remark] if remark else [])]
        name = measured.what + (f" ({', '.join(words)})" if words else "")
        visit = self._visit_of(peer.device, local_now - age, crc32(key.encode()) or 1)
        return _frames(visit, name, measured, local_now - age, local_now)

    def keep(self) -> None:
        while len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        visits = {
            device: (visit.session, visit.began.isoformat(), visit.made)
            for device, visit in self._visits.items()
        }
        written = self._file.with_suffix(".new")
        written.write_text(json.dumps({"visits": visits, "known": list(self._known)}))
        written.replace(self._file)

    def _visit_of(self, device: str, at: datetime, session: int) -> Visit:
        """The one that runs, a new one, or for what is older than it one that nothing follows."""
        running = self._visits.get(device)
        if running is not None and timedelta(0) <= at - running.began <= LONGEST:
            return running
        visit = Visit(session, at, 0)
        if running is None or at > running.began:
            self._visits[device] = visit
        return visit


def _frames(
    visit: Visit, name: str, measured: Measurement, at: datetime, local_now: datetime
) -> bytes:
    at_ms = (at - visit.began) // timedelta(milliseconds=1)
    now_ms = (local_now - visit.began) // timedelta(milliseconds=1)
    parts = [(wire.VITALS, at_ms, payloads.pack_vitals(counts_of(measured.values)))]
    if visit.made == 0:
        start = Start(visit.session, 1, 0, name)
        parts.insert(0, (wire.EVENT, 0, payloads.pack_start(start)))
    total = visit.made + len(parts) + 1
    parts.append((wire.EVENT, now_ms, payloads.pack_event(Event(payloads.STOP, total, b""))))
    found = b""
    for kind, t_ms, payload in parts:
        found += wire.encode(wire.Frame(kind, visit.session, visit.made, t_ms, payload))
        visit.made += 1
    return found


def age_of(measured: Measurement, local_now: datetime) -> tuple[timedelta, str]:
    """How long ago it was measured, and a remark when that is not known."""
    if measured.time is None:
        return timedelta(0), "time of arrival"
    try:
        age = local_now - datetime(*measured.time)
    except ValueError:
        age = OLDEST + FUTURE
    if -FUTURE <= age <= OLDEST:
        return max(age, timedelta(0)), ""
    return timedelta(0), "its clock is wrong: time of arrival"
