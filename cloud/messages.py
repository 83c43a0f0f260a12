"""A message of a gateway, taken apart. Pure; nothing in it is believed before its CRC is right."""

from dataclasses import dataclass

from device import payloads, wire
from device.payloads import Stamp

NAME_CHARS = 60  # of devices and gateways in the tables
MAX_MS = 1 << 53  # a clock beyond this is broken, and does not fit in every database


@dataclass(frozen=True)
class Message:
    """One message of a gateway, taken apart."""

    gateway: str
    device: str
    stamp: Stamp | None
    stamped: int | None  # the session of the stamp
    frames: tuple[wire.Frame, ...]
    damaged: int  # places that were no valid frame
    came_ms: int


def read_message(topic: str, data: bytes, came_ms: int) -> Message | None:
    """None when it is not from a gateway, for a device, both with names that can be kept."""
    try:
        gateway, device = wire.names_in(topic)
    except ValueError:  # WireError, or a topic with one name
        return None
    if not 0 < len(gateway) <= NAME_CHARS or not 0 < len(device) <= NAME_CHARS:
        return None
    reader = wire.Reader()
    found = reader.feed(data)
    damaged = reader.damaged + bool(reader.pending)
    stamp, stamped = None, None
    for frame in found:
        if frame.kind == wire.STAMP:
            stamp, stamped = _stamp(frame), frame.session
            damaged += stamp is None
    kept = tuple(frame for frame in found if frame.kind in wire.RECORDED)
    return Message(gateway, device, stamp, stamped, kept, damaged, came_ms)


def _stamp(frame: wire.Frame) -> Stamp | None:
    try:
        stamp = payloads.unpack_stamp(frame.payload)
    except wire.WireError:
        return None
    return stamp if max(stamp.sent_ms, stamp.start_ms) < MAX_MS else None
