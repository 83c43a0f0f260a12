"""The protocol: every message between probe, gateway and cloud is a frame of this form.

    2s  magic    b"LU"
    B   version  1
    B   kind     one of KINDS
    I   session  chosen by the device when a recording begins
    I   seq      frames of this session so far, all kinds together, from 0
    I   t_ms     device clock at the first sample, ms since the session began
    H   size     bytes of payload, 0..MAX_PAYLOAD
    ..  payload  laid out by its kind: device/payloads.py
    I   crc      CRC-32 of everything before it

Little-endian. Identity is (device, session, seq): storing a frame twice is harmless.
One file for CPython and MicroPython; it does no I/O. docs/wire.md has a worked example.
"""

from binascii import crc32
from collections import namedtuple
from struct import pack, unpack_from

MAGIC = b"LU"
VERSION = 1
HEAD = "<2sBBIIIH"
HEAD_SIZE = 18
CRC_SIZE = 4
MAX_PAYLOAD = 1024
MAX_U32 = 0xFFFFFFFF

TRACE, VITALS, EVENT, STATUS, SOUND = 1, 2, 3, 4, 5  # a device makes these: they have a seq
RECEIPT, COMMAND, STAMP, BLOCK = 16, 17, 18, 19  # the hops talk about them with these
KINDS = {
    TRACE: "trace",
    VITALS: "vitals",
    EVENT: "event",
    STATUS: "status",
    SOUND: "sound",
    RECEIPT: "receipt",
    COMMAND: "command",
    STAMP: "stamp",
    BLOCK: "block",
}
RECORDED = (TRACE, VITALS, EVENT, STATUS, SOUND)  # kept for good, and receipted

Frame = namedtuple("Frame", ("kind", "session", "seq", "t_ms", "payload"))


class WireError(ValueError):
    """These bytes are not a frame, or these values do not fit in one."""


def encode(frame: Frame) -> bytes:
    """The bytes of one frame. WireError names the field that does not fit."""
    if frame.kind not in KINDS:
        raise WireError("unknown kind %d" % frame.kind)
    if len(frame.payload) > MAX_PAYLOAD:
        raise WireError("payload of %d bytes, at most %d" % (len(frame.payload), MAX_PAYLOAD))
    # MicroPython's pack() wraps a value that is too large; CPython's raises.
    for name, value in (("session", frame.session), ("seq", frame.seq), ("t_ms", frame.t_ms)):
        if not 0 <= value <= MAX_U32:
            raise WireError("%s %d does not fit in 32 bits" % (name, value))
    size = len(frame.payload)
    body: bytes = pack(HEAD, MAGIC, VERSION, frame.kind, frame.session, frame.seq, frame.t_ms, size)
    body += frame.payload
    return body + pack("<I", crc32(body))


def decode(data: bytes | memoryview) -> Frame:
    """One whole frame from exactly its bytes."""
    if len(data) < HEAD_SIZE + CRC_SIZE or len(data) != size_of(data):
        raise WireError("wrong length %d" % len(data))
    if unpack_from("<I", data, len(data) - CRC_SIZE)[0] != crc32(memoryview(data)[:-CRC_SIZE]):
        raise WireError("bad crc")
    _, _, kind, session, seq, t_ms, _ = unpack_from(HEAD, data)
    if kind not in KINDS:
        raise WireError("unknown kind %d" % kind)
    return Frame(kind, session, seq, t_ms, bytes(data[HEAD_SIZE:-CRC_SIZE]))


class Reader:
    """Finds frames in a byte stream that may be cut, joined or damaged anywhere.

    No I/O: feed() takes what arrived and returns the frames completed by it.
    """

    def __init__(self) -> None:
        self._buf = b""
        self.damaged = 0  # places where a frame seemed to start but was not valid

    @property
    def pending(self) -> int:
        """Bytes that wait for the rest of their frame."""
        return len(self._buf)

    def feed(self, data: bytes) -> list[Frame]:
        buf = self._buf + data
        at = 0
        frames = []
        while True:
            start = buf.find(MAGIC, at)
            if start < 0:
                at = len(buf) - (1 if buf[at:].endswith(MAGIC[:1]) else 0)
                break
            at = start
            if len(buf) - at < HEAD_SIZE:
                break
            try:
                size = size_of(buf, at)
                if len(buf) - at < size:
                    break
                frames.append(decode(memoryview(buf)[at : at + size]))
                at += size
            except WireError:
                self.damaged += 1
                at += 1  # look for the next magic
        self._buf = buf[at:]
        return frames


def size_of(data: bytes | bytearray | memoryview, at: int = 0) -> int:
    """Length of the frame that the header at `at` announces; all of the header must be there."""
    magic, version, _, _, _, _, count = unpack_from(HEAD, data, at)
    if magic != MAGIC:
        raise WireError("not a frame")
    if version != VERSION:
        raise WireError("version %d, this side speaks %d" % (version, VERSION))
    if count > MAX_PAYLOAD:
        raise WireError("payload of %d bytes, at most %d" % (count, MAX_PAYLOAD))
    size: int = HEAD_SIZE + count + CRC_SIZE
    return size


# Topics. A broker lets device or gateway `name` use only the topics that carry its name.
_ROOT = "lucina/1"


def device_up(device: str) -> str:
    """Frames from a device to its gateway."""
    return "%s/dev/%s/up" % (_ROOT, device)


def device_down(device: str) -> str:
    """Receipts and commands from a gateway to its device."""
    return "%s/dev/%s/down" % (_ROOT, device)


def gateway_up(gateway: str, device: str) -> str:
    """A STAMP and frames of one device, from its gateway to the cloud."""
    return "%s/gw/%s/up/%s" % (_ROOT, gateway, device)


def gateway_down(gateway: str, device: str) -> str:
    """Receipts and commands for one device, from the cloud to its gateway."""
    return "%s/gw/%s/down/%s" % (_ROOT, gateway, device)


def names_in(topic: str) -> tuple[str, ...]:
    """The names a topic carries: (device,) or (gateway, device)."""
    parts = topic.split("/")
    if parts[2:3] == ["dev"] and len(parts) == 5:
        return (parts[3],)
    if parts[2:3] == ["gw"] and len(parts) == 6:
        return (parts[3], parts[5])
    raise WireError("not one of our topics: %s" % topic)
