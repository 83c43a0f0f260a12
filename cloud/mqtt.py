"""MQTT 3.1.1 packets (OASIS mqtt-v3.1.1-os) of a client that listens and answers. Pure.

Section numbers are those of the standard. Only what cloud.link needs: log in, subscribe with
QoS 1, take PUBLISH of QoS 0 and 1, publish, ping.
"""

from collections.abc import Iterator
from struct import pack

CONNECT, CONNACK, PUBLISH, PUBACK = 0x10, 0x20, 0x30, 0x40
SUBSCRIBE, SUBACK, PINGREQ, DISCONNECT = 0x82, 0x90, 0xC0, 0xE0
PING, BYE = bytes((PINGREQ, 0)), bytes((DISCONNECT, 0))
QOS_1 = 0x02
REFUSED = 0x80  # a return code of SUBACK
CLEAN, WITH_NAME_AND_PASSWORD = 0x02, 0xC0  # flags of CONNECT
MAX_BODY = 1 << 20  # bytes; nothing of ours is near that
REFUSALS = {  # table 3.1
    1: "protocol version",
    2: "client id",
    3: "server unavailable",
    4: "bad user name or password",
    5: "not authorised",
}


class MqttError(ConnectionError):
    """The broker broke the protocol, or refused us."""


def connect(client_id: str, user: str, password: str, keep_alive_s: int) -> bytes:
    """Log in, without a session of earlier connections (3.1)."""
    head = _text("MQTT") + bytes((4, CLEAN | WITH_NAME_AND_PASSWORD)) + pack(">H", keep_alive_s)
    return _packet(CONNECT, head + _text(client_id) + _text(user) + _text(password))


def subscribe(topic: str, packet_id: int) -> bytes:
    """With QoS 1 (3.8)."""
    return _packet(SUBSCRIBE, pack(">H", packet_id) + _text(topic) + b"\x01")


def publish(topic: str, data: bytes, packet_id: int | None = None) -> bytes:
    """With QoS 0, or with a packet id QoS 1 (3.3)."""
    if packet_id is None:
        return _packet(PUBLISH, _text(topic) + data)
    return _packet(PUBLISH | QOS_1, _text(topic) + pack(">H", packet_id) + data)


def puback(packet_id: bytes) -> bytes:
    return b"\x40\x02" + packet_id


def published(first: int, body: bytes) -> tuple[str, bytes, bytes | None]:
    """Topic, payload, and for QoS 1 the packet id that a PUBACK has to name (3.3)."""
    end = 2 + int.from_bytes(body[:2], "big")
    if end + 2 * bool(first & QOS_1) > len(body):
        raise MqttError("a PUBLISH that ends in its topic")
    topic = body[2:end].decode(errors="replace")
    if first & QOS_1:
        return topic, body[end + 2 :], body[end : end + 2]
    return topic, body[end:], None


def take_packets(came: bytearray) -> Iterator[tuple[int, bytes]]:
    """The whole packets at the beginning of `came`, as first byte and body; they are taken out."""
    at = 0
    try:
        while (header := _header(came, at)) is not None:
            begin, size = header
            if begin + size > len(came):
                break
            first, at = came[at], begin + size
            yield first, bytes(came[begin:at])
    finally:
        del came[:at]


def _header(came: bytearray, at: int) -> tuple[int, int] | None:
    """Where the body of the packet at `at` begins, and its size (2.2.3); None: not known yet."""
    size = 0
    for digit in range(4):
        if at + 1 + digit >= len(came):
            return None
        byte = came[at + 1 + digit]
        size |= (byte & 0x7F) << 7 * digit
        if size > MAX_BODY:
            break
        if byte < 0x80:
            return at + 2 + digit, size
    raise MqttError("a packet that is too long")


def _packet(first: int, body: bytes) -> bytes:
    size, left = b"", len(body)
    while left > 0x7F:
        size += bytes((left & 0x7F | 0x80,))
        left >>= 7
    return bytes((first,)) + size + bytes((left,)) + body


def _text(text: str) -> bytes:
    data = text.encode()
    return pack(">H", len(data)) + data
