"""A very small MQTT 3.1.1 client for load: many of them in one asyncio loop, QoS 1 both ways.

No time-outs, no reconnection and no resending: a bench that loses something shall show it.
"""

import asyncio
from collections.abc import Callable
from struct import pack, unpack_from

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK = 0x10, 0x20, 0x30, 0x40, 0x82, 0x90


def _text(value: str) -> bytes:
    data = value.encode()
    return pack(">H", len(data)) + data


def _packet(kind: int, body: bytes) -> bytes:
    size, head = len(body), bytes((kind,))
    while True:
        size, low = size >> 7, size & 0x7F
        head += bytes((low | (0x80 if size else 0),))
        if not size:
            return head + body


class Client(asyncio.Protocol):
    """One connection. on_message(payload) is called for each PUBLISH that comes in."""

    def __init__(
        self, name: str, token: str, subscribe: str, on_message: Callable[[bytes], None]
    ) -> None:
        self._name, self._token, self._topic = name, token, subscribe
        self._on_message = on_message
        self._buffer = b""
        self._packet_id = 0
        self._transport: asyncio.Transport | None = None
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.lost = False

    async def open(self, port: int) -> None:
        """Connected and subscribed, or ConnectionError."""
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self, "127.0.0.1", port)
        await asyncio.wait_for(self.ready, 30)

    def publish(self, topic: str, payload: bytes) -> None:
        assert self._transport is not None
        self._packet_id = self._packet_id % 65535 + 1
        body = _text(topic) + pack(">H", self._packet_id) + payload
        self._transport.write(_packet(PUBLISH | 2, body))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        body = _text("MQTT") + bytes((4, 0xC2)) + pack(">H", 0)
        body += _text(self._name) + _text(self._name) + _text(self._token)
        transport.write(_packet(CONNECT, body))

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(f"{self._name}: {exc or 'closed'}"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        at = 0
        while (found := _next(self._buffer, at)) is not None:
            kind, start, at = found
            self._take(kind, self._buffer[start:at])
        self._buffer = self._buffer[at:]

    def _take(self, kind: int, body: bytes) -> None:
        assert self._transport is not None
        if kind & 0xF0 == PUBLISH:
            (size,) = unpack_from(">H", body)
            at = 2 + size
            if kind & 0x06:
                self._transport.write(_packet(PUBACK, body[at : at + 2]))
                at += 2
            self._on_message(body[at:])
        elif kind == CONNACK:
            if body[1]:
                self.ready.set_exception(ConnectionError(f"{self._name} refused: {body[1]}"))
            else:
                ask = pack(">H", 65535) + _text(self._topic) + b"\x01"
                self._transport.write(_packet(SUBSCRIBE, ask))
        elif kind == SUBACK and not self.ready.done():
            self.ready.set_result(None)


def _next(data: bytes, at: int) -> tuple[int, int, int] | None:
    """(kind, start of the body, end of the packet) of the packet at `at`; None: not all here."""
    size = shift = 0
    for place in range(at + 1, min(at + 5, len(data))):
        size |= (data[place] & 0x7F) << shift
        shift += 7
        if not data[place] & 0x80:
            end = place + 1 + size
            return (data[at], place + 1, end) if end <= len(data) else None
    return None
