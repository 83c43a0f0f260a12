"""A message of a gateway, taken apart. Pure; nothing in it is believed before its CRC is right."""

from binascii import crc32
from dataclasses import dataclass
from functools import lru_cache
from struct import Struct

from device import payloads, wire
from device.payloads import Stamp

NAME_CHARS = 60  # of devices and gateways in the tables
MAX_MS = 1 << 53  # a clock beyond this is broken, and does not fit in every database
SOUND = 0x2144DF1C  # CRC-32 over anything that ends in its own CRC-32
_HEAD = Struct(wire.HEAD)
_LEAST = wire.HEAD_SIZE + wire.CRC_SIZE
Received = tuple[wire.Frame, bytes]  # a frame, and as received


@dataclass(frozen=True)
class Message:
    """One message of a gateway, taken apart."""

    gateway: str
    device: str
    stamp: Stamp | None
    stamped: int | None  # the session of the stamp
    frames: tuple[Received, ...]
    damaged: int  # places that were no valid frame
    came_ms: int


def read_message(topic: str, data: bytes, came_ms: int) -> Message | None:
    """None when it is not from a gateway, for a device, both with names that can be kept."""
    names = _names(topic)
    if names is None:
        return None
    found, damaged = frames_in(data)
    stamp, stamped = None, None
    for frame, _ in found:
        if frame.kind == wire.STAMP:
            stamp, stamped = _stamp(frame), frame.session
            damaged += stamp is None
    kept = tuple([one for one in found if one[0].kind in wire.RECORDED])
    return Message(*names, stamp, stamped, kept, damaged, came_ms)


@lru_cache(10_000)  # one for each device that is on air
def _names(topic: str) -> tuple[str, str] | None:
    try:
        gateway, device = wire.names_in(topic)
    except ValueError:  # WireError, or a topic with one name
        return None
    fit = 0 < len(gateway) <= NAME_CHARS and 0 < len(device) <= NAME_CHARS
    return (gateway, device) if fit else None


def frames_in(data: bytes) -> tuple[list[Received], int]:
    """What wire.Reader finds in a whole message, and how many places are damaged.

    One pass while whole frames stand back to back; from where they do not, the Reader looks.
    """
    found: list[Received] = []
    at = 0
    while at + _LEAST <= len(data):
        magic, version, kind, session, seq, t_ms, size = _HEAD.unpack_from(data, at)
        end = at + _LEAST + size
        known = magic == wire.MAGIC and version == wire.VERSION and kind in wire.KINDS
        if not known or size > wire.MAX_PAYLOAD or end > len(data):
            break
        whole = data[at:end]
        if crc32(whole) != SOUND:
            break
        body = whole[wire.HEAD_SIZE : -wire.CRC_SIZE]
        found.append((wire.Frame(kind, session, seq, t_ms, body), whole))
        at = end
    if at == len(data):
        return found, 0
    reader = wire.Reader()
    found += [(frame, wire.encode(frame)) for frame in reader.feed(data[at:])]
    return found, reader.damaged + bool(reader.pending)


def _stamp(frame: wire.Frame) -> Stamp | None:
    try:
        stamp = payloads.unpack_stamp(frame.payload)
    except wire.WireError:
        return None
    return stamp if max(stamp.sent_ms, stamp.start_ms) < MAX_MS else None
