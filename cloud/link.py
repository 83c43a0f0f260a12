"""The service's connection to its broker: kept up, and subscribed again after each reconnect.

One thread reads and writes, many packets with each call of the system: a library's select, read,
wake and write for each packet took four fifths of what a message costs. A `take` that blocks is
back-pressure: reading stops, and the broker keeps what comes. What the broker believes delivered
counts for nothing here: senders keep a frame until they have our receipt.
"""

import logging
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable
from secrets import token_hex
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from cloud import mqtt

log = logging.getLogger(__name__)
KEEPALIVE_S = 10
PING_S = KEEPALIVE_S / 2
SILENT_S = 1.5 * KEEPALIVE_S  # so long nothing came though we ping: the connection is dead
STUCK_S = 5.0  # the longest that connecting, or one write, may take
RECONNECT_S = (1.0, 30.0)  # first and longest wait between attempts
MAX_OUT = 4 << 20  # bytes that wait to be written
CHUNK = 1 << 16  # bytes read at a time
MAX_PACKET_ID = 0xFFFF

Take = Callable[[str, bytes], None]


class Broker(Protocol):
    """What the service's parts use of a link; a simulation brings its own."""

    @property
    def connected(self) -> bool: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def publish(self, topic: str, data: bytes, qos: int) -> bool: ...


OpenLink = Callable[[str, str, Take], Broker]  # url, topic, take


class Link:
    """MQTT 3.1.1 to `url`: mqtt://user:password@host:port, or mqtts://...[?ca=FILE].

    ca: the certificates to trust; without it those of the system.
    """

    def __init__(self, url: str, topic: str, take: Take) -> None:
        self.connected = False  # and subscribed
        address = urlsplit(url)
        self._tls = None
        if address.scheme == "mqtts":
            ca_file = parse_qs(address.query).get("ca", [None])[0]
            self._tls = ssl.create_default_context(cafile=ca_file)
        self._host = address.hostname or ""
        self._port = address.port or (8883 if self._tls else 1883)
        user, password = unquote(address.username or "cloud"), unquote(address.password or "")
        self._hello = mqtt.connect("cloud-" + token_hex(6), user, password, KEEPALIVE_S)
        self._topic = topic
        self._take = take
        self._out = bytearray()
        self._packet_id = 1  # that of the subscription
        self._lock = threading.Lock()  # of the two above
        self._woken, self._waker = socket.socketpair()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)

    def start(self) -> None:
        """Connect now or, while the broker is away, as soon as it is back."""
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._waker.send(b"x")
        self._thread.join()

    def publish(self, topic: str, data: bytes, qos: int) -> bool:
        """False: there is no connection now, and nothing was kept for later."""
        with self._lock:
            if not self.connected or len(self._out) > MAX_OUT:
                return False
            if not self._out:
                self._waker.send(b"x")
            if qos:
                self._packet_id = self._packet_id % MAX_PACKET_ID + 1
            self._out += mqtt.publish(topic, data, self._packet_id if qos else None)
        return True

    def _run(self) -> None:
        wait_s = RECONNECT_S[0]
        while not self._stopping.is_set():
            try:
                with self._connect() as sock:
                    self._talk(sock)
            except (OSError, ValueError) as error:  # ValueError: a name that is no host's
                log.error("broker %s:%s: %s", self._host, self._port, error)
            with self._lock:
                wait_s = RECONNECT_S[0] if self.connected else wait_s
                self.connected = False
                self._out.clear()
            self._stopping.wait(wait_s)
            wait_s = min(2 * wait_s, RECONNECT_S[1])

    def _connect(self) -> socket.socket:
        sock = socket.create_connection((self._host, self._port), STUCK_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._tls.wrap_socket(sock, server_hostname=self._host) if self._tls else sock

    def _talk(self, sock: socket.socket) -> None:
        """Until stop(), or an OSError that says why the connection ended."""
        came = bytearray()
        heard_s = pinged_s = time.monotonic()
        sock.sendall(self._hello)
        with selectors.DefaultSelector() as selector:
            for one in (sock, self._woken):
                selector.register(one, selectors.EVENT_READ)
            while not self._stopping.is_set():
                ready = [key.fileobj for key, _ in selector.select(PING_S)]
                if self._woken in ready:
                    self._woken.recv(CHUNK)
                if sock in ready:
                    self._read(sock, came)
                    heard_s = time.monotonic()
                elif time.monotonic() - heard_s > SILENT_S:
                    raise TimeoutError(f"nothing came for {SILENT_S:.0f} s")
                out = self._take_out()
                if time.monotonic() - pinged_s >= PING_S:
                    pinged_s = time.monotonic()
                    out += mqtt.PING
                if out:
                    sock.sendall(out)
        sock.sendall(self._take_out() + mqtt.BYE)

    def _take_out(self) -> bytes:
        with self._lock:
            out = bytes(self._out)
            self._out.clear()
        return out

    def _read(self, sock: socket.socket, came: bytearray) -> None:
        """What is there to be read, and our answers to it."""
        answers = bytearray()
        while True:
            data = sock.recv(CHUNK)
            if not data:
                raise mqtt.MqttError("closed by the broker")
            came += data
            for first, body in mqtt.take_packets(came):
                answers += self._answer(first, body)
            if not (isinstance(sock, ssl.SSLSocket) and sock.pending()):
                break
        if answers:
            sock.sendall(answers)

    def _answer(self, first: int, body: bytes) -> bytes:
        kind = first & 0xF0
        if kind == mqtt.PUBLISH:
            topic, data, packet_id = mqtt.published(first, body)
            self._take(topic, data)
            return mqtt.puback(packet_id) if packet_id else b""
        if kind == mqtt.CONNACK:
            code = body[1] if len(body) == 2 else -1
            if code:
                raise mqtt.MqttError(f"refused us: {mqtt.REFUSALS.get(code, code)}")
            return mqtt.subscribe(self._topic, 1)
        if kind == mqtt.SUBACK:
            if len(body) != 3 or body[2] >= mqtt.REFUSED:
                log.error("the broker does not let this user read %s", self._topic)
            else:
                log.info("broker %s:%s: connected", self._host, self._port)
                self.connected = True
        return b""
