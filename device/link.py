"""The socket under device/mqtt.py: connects, sends, receives, and connects again.

One call of step() never blocks for longer than it was told to, but for the name look-up of a
host that is not an IP address. All reconnecting is here.
"""

import errno
import random
import select
import socket
import sys
from binascii import a2b_base64

from device.clock import sleep_ms
from device.mqtt import ANSWER_MS, BACKOFF_TOP_MS, Message, Mqtt, MqttError, backoff_ms

CONNECT_MS = 5000  # for TCP at least; TLS and log-in get ANSWER_MS, and twice that each time
READ_BYTES = 256
MAX_MESSAGES = 4  # taken in one step, about: what came while we were held up may not fill the heap
# CPython's TLS says "call again when there is more to read / room to write" with these numbers
TLS_WANTS_READ, TLS_WANTS_WRITE = 2, 3
NOT_NOW = (errno.EAGAIN, errno.EINPROGRESS, TLS_WANTS_READ, TLS_WANTS_WRITE)
IPPROTO_TCP, TCP_NODELAY = 6, 1  # MicroPython has no names for them
MICROPYTHON = sys.implementation.name == "micropython"


class Link:
    """`tls` is None, or the CA certificates to trust (PEM). `clock` has now_ms(). `identity` is
    None, or the files (certificate, key) in DER that show who we are."""

    def __init__(
        self, host: str, port: int, mqtt: Mqtt, clock, tls: bytes | None = None, identity=None
    ) -> None:
        self._host = host
        self._port = port
        self._mqtt = mqtt
        self._clock = clock
        self._tls = None if tls is None else tls_context(tls, identity)
        self._sock: socket.socket | None = None
        self._poll = select.poll()
        self._retry_ms = 0
        self._attempt = 0
        self._opened_ms = 0
        self._tcp_open = False
        self._tls_wants_read = False
        self._more = False  # something may be left to read that poll() does not tell, under TLS
        self.connections = 0  # that came up, log-in and subscription included
        self.error = ""  # why the last connection ended

    @property
    def up(self) -> bool:
        return self._sock is not None and self._mqtt.up

    @property
    def ready(self) -> bool:
        """May publish() be called?"""
        return self._sock is not None and self._mqtt.ready

    def retry(self) -> None:
        """There is a network again: no need to wait longer."""
        self._retry_ms = self._attempt = 0

    def publish(self, topic: str, payload: bytes) -> None:
        """It leaves with the next step()."""
        self._mqtt.publish(topic, payload, self._clock.now_ms())

    def step(self, wait_ms: int) -> list[Message]:
        """Do what is due, wait at most wait_ms (< 1 s) for the peer, return what it said."""
        now_ms = self._clock.now_ms()
        try:
            if self._sock is None:
                if now_ms < self._retry_ms:
                    sleep_ms(min(wait_ms, self._retry_ms - now_ms))
                    return []
                self._open(now_ms)
                return []
            return self._serve(self._sock, wait_ms)
        except (OSError, MqttError) as error:
            self._end(error)
            return []

    def close(self) -> None:
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    def _open(self, now_ms: int) -> None:
        places = socket.getaddrinfo(self._host, self._port, 0, socket.SOCK_STREAM)
        place = places[self._attempt % len(places)]
        self._sock = socket.socket(place[0], socket.SOCK_STREAM)
        self._poll = select.poll()
        self._poll.register(self._sock, select.POLLOUT)
        self._opened_ms = now_ms
        self._tcp_open = self._more = False
        self._sock.setblocking(False)
        self._sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        try:
            self._sock.connect(place[-1])
        except OSError as error:
            if error.errno not in NOT_NOW:
                raise

    def _end(self, error: Exception) -> None:
        if self._mqtt.up:
            self._attempt = 0
        self.error = str(error)
        self._mqtt.up = False
        self.close()
        chance = random.random()  # noqa: S311  spreads reconnects, guards nothing
        self._retry_ms = self._clock.now_ms() + backoff_ms(self._attempt, chance)
        self._attempt += 1

    def _serve(self, sock: socket.socket, wait_ms: int) -> list[Message]:
        if not self._tcp_open:
            self._finish_connecting(sock, wait_ms)
            return []
        self._send(sock)
        blocked = self._mqtt.out and not self._tls_wants_read
        self._poll.register(sock, select.POLLIN | (select.POLLOUT if blocked else 0))
        arrived = self._poll.poll(0 if self._more else wait_ms) or self._more
        now_ms = self._clock.now_ms()
        was_up = self._mqtt.up
        messages = self._receive(sock, now_ms) if arrived else []
        self.connections += self._mqtt.up and not was_up
        self._mqtt.tick(now_ms)
        return messages

    def _finish_connecting(self, sock: socket.socket, wait_ms: int) -> None:
        states = self._poll.poll(wait_ms)
        now_ms = self._clock.now_ms()
        if not states:
            if now_ms - self._opened_ms >= max(CONNECT_MS, self._patience_ms()):
                raise MqttError("no connection to %s:%d" % (self._host, self._port))
            return
        if states[0][1] & (select.POLLERR | select.POLLHUP):
            raise MqttError("%s:%d refused the connection" % (self._host, self._port))
        if self._tls:
            self._poll = select.poll()
            self._sock = self._tls.wrap_socket(
                sock, server_hostname=self._host, do_handshake_on_connect=False
            )
        self._tcp_open = True
        self._tls_wants_read = False
        self._mqtt.open(now_ms, self._patience_ms())

    def _patience_ms(self) -> int:
        """A line, or a broker, that is slow is given more time with each failure."""
        return min(BACKOFF_TOP_MS, ANSWER_MS << min(self._attempt, 4))

    def _send(self, sock: socket.socket) -> None:
        out = self._mqtt.out
        while out and not self._tls_wants_read:
            count, self._tls_wants_read = _write(sock, out[0])
            if not count:
                break
            rest = out.pop(0)[count:]
            if rest:
                out.insert(0, rest)

    def _receive(self, sock: socket.socket, now_ms: int) -> list[Message]:
        messages: list[Message] = []
        self._tls_wants_read = False
        while len(messages) < MAX_MESSAGES:
            data = _read(sock)
            if data is None:
                self._more = False
                return messages
            if not data:
                raise MqttError("closed by the broker")
            messages += self._mqtt.feed(data, now_ms)
        self._more = True
        return messages


def _read(sock) -> bytes | None:
    """What is there, b"" when the peer has closed, None when nothing is there now."""
    try:
        data: bytes | None = sock.read(READ_BYTES) if MICROPYTHON else sock.recv(READ_BYTES)
        return data
    except OSError as error:
        if error.errno in NOT_NOW:
            return None
        raise
    except ValueError as error:  # how MicroPython's TLS says that it does not trust the peer
        raise MqttError(str(error).strip()) from None


def _write(sock, data):
    """(how many bytes were taken, whether TLS must read before it takes more)."""
    try:
        return (sock.write(data) if MICROPYTHON else sock.send(data)) or 0, False
    except OSError as error:
        if error.errno in NOT_NOW:
            return 0, error.errno == TLS_WANTS_READ
        raise
    except ValueError as error:
        raise MqttError(str(error).strip()) from None


def tls_context(pem: bytes, identity=None):
    """TLS that trusts these CA certificates and checks the name of the host."""
    import ssl  # only here: a board without TLS need not have it

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_mode = ssl.CERT_REQUIRED
    begin, end = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
    parts = pem.split(begin)[1:]
    if not parts:
        raise ValueError("no certificate to trust")
    for part in parts:
        context.load_verify_locations(cadata=a2b_base64(part.split(end)[0]))  # both take DER
    if identity:
        context.load_cert_chain(identity[0], identity[1])
    return context
