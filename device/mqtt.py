"""MQTT 3.1.1 from the client's side, without I/O: bytes in, messages out.

Section numbers are those of the OASIS standard, mqtt-v3.1.1-os. What it does: log in, subscribe,
publish with QoS 1, take messages with QoS 0 and 1, ping. The session is kept by the broker
(CleanSession 0), so what was not acknowledged is sent again with DUP after a reconnect (4.4).
An answer that is overdue by ANSWER_MS, and by twice what subscribing took on this line, is an
error: the caller closes and connects again, with more patience for the log-in.
"""

from collections import namedtuple
from struct import pack, unpack_from

CONNECT, CONNACK, PUBLISH, PUBACK = 1, 2, 3, 4
SUBSCRIBE, SUBACK, PINGREQ, PINGRESP = 8, 9, 12, 13
DUP = 0x08
QOS_1 = 0x02

ANSWER_MS = 2000  # measured at 20 % packet loss: 3.1 s worst delay instead of 8.6..61 s
PING_AFTER_MS = 5000  # with nothing to wait for
KEEP_ALIVE_S = 15  # the broker drops us after 1.5 times this
MAX_UNACKED = 4  # messages kept in memory until their PUBACK
MAX_PACKET = 4096  # bytes we are ready to hold of an incoming packet
MAX_PACKET_ID = 65535
BACKOFF_BASE_MS = 500
BACKOFF_TOP_MS = 30_000

REFUSALS = {  # table 3.1
    1: "protocol version",
    2: "client id",
    3: "server unavailable",
    4: "bad user name or password",
    5: "not authorised",
}

Message = namedtuple("Message", ("topic", "payload"))


class MqttError(Exception):
    """The broker broke the protocol, refused us, or did not answer in time."""


def backoff_ms(attempt: int, chance: float) -> int:
    """Full jitter: how long to wait before connection attempt 0, 1, 2 ... chance is in [0, 1)."""
    return int(chance * min(BACKOFF_TOP_MS, BACKOFF_BASE_MS * 2 ** min(attempt, 16)))


class Mqtt:
    """One client over any number of connections. `topics` are subscribed with QoS 1.

    open() when a connection begins, feed() what arrives, tick() often, and send the packets
    in `out`, taking out those that have left.
    """

    def __init__(self, client_id: str, user: str, password: str, topics) -> None:
        flags = 0xC0  # user name and password, session kept
        head = _text("MQTT") + bytes((4, flags)) + pack(">H", KEEP_ALIVE_S)
        texts = _text(client_id), _text(user), _text(password)
        self._hello = _packet(CONNECT << 4, head, *texts)
        self._topics = topics
        self.last_id = 0  # of the packets that wait for an answer
        self._unacked: list = []  # [packet id, packet], oldest first
        self.open(0)

    def open(self, now_ms: int, patience_ms: int = ANSWER_MS) -> None:
        """A new connection begins. What was not acknowledged is kept, all else is forgotten.
        patience_ms: for each answer until it is up."""
        self.up = False  # True when logged in and subscribed
        self.out = [self._hello]  # packets to be sent, in this order
        self._acks = b""  # of the messages that one feed() completes
        self._buf = b""
        self._logged_in = False
        self._subscribe_id = 0
        self._pinging = False
        self._since_ms = now_ms  # of the last answer, or of the first unanswered question
        self._limit_ms = patience_ms  # of silence after it

    @property
    def unacked(self) -> int:
        return len(self._unacked)

    @property
    def ready(self) -> bool:
        """May publish() be called?"""
        return self.up and len(self._unacked) < MAX_UNACKED

    def publish(self, topic: str, payload: bytes, now_ms: int) -> int:
        """Send with QoS 1; kept until its PUBACK. Returns the packet id. Only when ready."""
        if not self.ready:
            raise ValueError("not ready to publish")
        if not self._owed():
            self._since_ms = now_ms
        packet_id = self._next_id()
        packet = _packet(PUBLISH << 4 | QOS_1, _text(topic), pack(">H", packet_id), payload)
        self._unacked.append((packet_id, packet))
        self.out.append(packet)
        return packet_id

    def feed(self, data: bytes, now_ms: int) -> list[Message]:
        """Take what arrived; returns the messages completed by it, acknowledged in `out`."""
        self._buf += data
        self._acks = b""
        messages = []
        at = 0
        whole = memoryview(self._buf)  # so that a block of firmware is copied once, not thrice
        while True:
            body_at, end = _bounds(self._buf, at)
            if not end:
                break
            head = self._buf[at]
            message = self._take(head >> 4, head & 15, whole[body_at:end], now_ms)
            if message:
                messages.append(message)
            at = end
        self._buf = self._buf[at:]
        if self._acks:
            self.out.append(self._acks)  # as one: a list of many small ones costs a small heap
        return messages

    def tick(self, now_ms: int) -> None:
        """The watchdog, and a ping when it is quiet. MqttError when an answer is overdue."""
        quiet_ms = now_ms - self._since_ms
        if self._owed():
            if quiet_ms >= self._limit_ms:
                raise MqttError("no answer for %d ms" % quiet_ms)
        elif quiet_ms >= PING_AFTER_MS:
            self._pinging = True
            self._since_ms = now_ms
            self.out.append(_packet(PINGREQ << 4))

    def _owed(self) -> bool:
        return not self.up or self._pinging or bool(self._unacked)

    def _next_id(self) -> int:
        """1..65535, then 1 again, never one that is still in flight (2.3.1)."""
        taken = [packet_id for packet_id, _ in self._unacked]
        while True:
            self.last_id = self.last_id % MAX_PACKET_ID + 1
            if self.last_id not in taken:
                return self.last_id

    def _take(self, kind: int, flags: int, body: memoryview, now_ms: int) -> Message | None:
        if kind == CONNACK and not self._logged_in:
            self._connected(body)
        elif not self._logged_in:
            raise MqttError("packet %d before CONNACK" % kind)
        elif kind == PUBLISH:
            return self._message(flags, body)
        elif kind == PUBACK:
            packet_id = _packet_id(body)
            self._unacked = [sent for sent in self._unacked if sent[0] != packet_id]
        elif kind == SUBACK:
            self._subscribed(body)
            # A slow line may lose a packet too; but once up, no line is waited for without end.
            self._limit_ms = ANSWER_MS + min(2 * (now_ms - self._since_ms), 3 * ANSWER_MS)
        elif kind == PINGRESP and not len(body):
            self._pinging = False
        else:
            raise MqttError("unexpected packet %d" % kind)
        self._since_ms = now_ms
        return None

    def _connected(self, body: memoryview) -> None:
        if len(body) != 2:
            raise MqttError("CONNACK of %d bytes" % len(body))
        if body[1]:
            raise MqttError("refused: %s" % REFUSALS.get(body[1], "code %d" % body[1]))
        self._logged_in = True
        self._subscribe_id = self._next_id()
        asked = pack(">H", self._subscribe_id)
        for topic in self._topics:
            asked += _text(topic) + b"\x01"
        self.out.append(_packet(SUBSCRIBE << 4 | 2, asked))

    def _subscribed(self, body: memoryview) -> None:
        if _packet_id(body) != self._subscribe_id or len(body) != 2 + len(self._topics):
            raise MqttError("SUBACK for something else")
        if max(bytes(body[2:])) > 2:
            raise MqttError("refused: subscription")
        self.up = True
        for _, packet in self._unacked:  # in their order, before anything new (4.6)
            self.out.append(bytes((packet[0] | DUP,)) + packet[1:])

    def _message(self, flags: int, body: memoryview) -> Message:
        qos = flags >> 1 & 3
        if len(body) < 2 or qos > 1:
            raise MqttError("PUBLISH with QoS %d, %d bytes" % (qos, len(body)))
        end = 2 + unpack_from(">H", body)[0]
        topic = bytes(body[2:end])
        if len(topic) != end - 2:
            raise MqttError("PUBLISH ends inside its topic")
        if qos:
            self._acks += _packet(PUBACK << 4, pack(">H", _packet_id(body[end:])))
            end += 2
        try:
            return Message(topic.decode(), bytes(body[end:]))
        except (UnicodeError, ValueError):
            raise MqttError("topic is not UTF-8") from None


def _text(text: str) -> bytes:
    data = text.encode()
    if len(data) > 65535:
        raise ValueError("text of %d bytes" % len(data))
    return pack(">H", len(data)) + data


def _packet(head: int, *parts) -> bytes:
    """A fixed header (2.2): type and flags, then the length in groups of seven bits."""
    size = sum(len(part) for part in parts)
    fixed = bytearray((head,))
    while True:
        size, group = size >> 7, size & 0x7F
        fixed.append(group | (0x80 if size else 0))
        if not size:
            return bytes(fixed) + b"".join(parts)


def _bounds(buf: bytes, at: int):
    """(start, end) of the body of the packet at `at`; end is 0 while some of it is missing."""
    size = 0
    for n in range(4):
        if at + 1 + n >= len(buf):
            return 0, 0
        group = buf[at + 1 + n]
        size |= (group & 0x7F) << 7 * n
        if group < 0x80:
            if size > MAX_PACKET:
                raise MqttError("packet of %d bytes, at most %d" % (size, MAX_PACKET))
            start = at + 2 + n
            return start, start + size if start + size <= len(buf) else 0
    raise MqttError("packet length is longer than 4 bytes")


def _packet_id(body: memoryview) -> int:
    if len(body) < 2:
        raise MqttError("packet id is missing")
    packet_id: int = unpack_from(">H", body)[0]
    return packet_id
