"""A measurement of a Bluetooth instrument as frames of the mother's device. No I/O and no clock.

A probe puts a measurement into the recording that runs; nobody else may, for it alone numbers
those frames. So a measurement that the gateway hears is a recording of its own of the same device:
start, vitals, stop. It is whole at once, the cloud binds it to the device's mother, and its
number comes from what was measured: a measurement that comes twice is stored once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from device import payloads, wire
from device.gatt import Measurement, counts_of
from device.payloads import Event, Start
from gateway.config import NAME, ConfigError

OLDEST = timedelta(days=30)  # a clock that says more was not set: instruments keep some dozens
FUTURE = timedelta(minutes=5)
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


def message_of(peer: Peer, data: bytes, measured: Measurement, local_now: datetime) -> bytes:
    """What the device would send. data: the value as it came, local_now: without a zone."""
    age, remark = age_of(measured, local_now)
    words = [*measured.faults, *measured.notes, *([remark] if remark else [])]
    name = measured.what + (f" ({', '.join(words)})" if words else "")
    known = f"{peer.address} ".encode() + data
    if measured.time is None and measured.sequence is None:  # nothing in it tells it from others
        known += local_now.isoformat().encode()
    session = crc32(known) or 1
    age_ms = age // timedelta(milliseconds=1)
    frames = (
        (wire.EVENT, 0, payloads.pack_start(Start(session, 1, 0, name))),
        (wire.VITALS, 0, payloads.pack_vitals(counts_of(measured.values))),
        (wire.EVENT, age_ms, payloads.pack_event(Event(payloads.STOP, 3, b""))),
    )
    return b"".join(
        bytes(wire.encode(wire.Frame(kind, session, seq, t_ms, payload)))
        for seq, (kind, t_ms, payload) in enumerate(frames)
    )


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
