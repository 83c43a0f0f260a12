"""A link without a network: the firmware's MQTT client against a broker and a gateway in memory.

The gateway keeps which frames it has and sends receipts; the link can be cut and comes back.
"""

from struct import pack, unpack_from

from device import wire
from device.mqtt import PUBLISH, MqttError
from device.ranges import Ranges
from device.spoken import MAX_RANGES

CONNACK = b"\x20\x02\x00\x00"
PINGRESP = b"\xd0\x00"
READ_BYTES, MAX_MESSAGES = 256, 4  # in one step, as device/link.py


class SimLink:
    """The calls of link.Link. `cut` True: nothing passes, and what is under way is lost."""

    def __init__(self, mqtt, clock, down: str) -> None:
        self._mqtt = mqtt
        self._clock = clock
        self._down = down.encode()
        self._to_device = b""
        self._open = False
        self.cut = False
        self.connections = 0
        self.error = ""
        self.stored: dict[int, Ranges] = {}  # seqs by session
        self.heard = lambda _message: None  # told of each
        self.repeated = 0
        self.largest_id = 0

    @property
    def up(self) -> bool:
        return self._open and self._mqtt.up

    @property
    def ready(self) -> bool:
        return self._open and self._mqtt.ready

    def publish(self, topic: str, payload: bytes) -> None:
        self._mqtt.publish(topic, payload, self._clock.now_ms())

    def step(self, _wait_ms: int):
        now_ms = self._clock.now_ms()
        try:
            if self.cut:
                self._mqtt.out.clear()
                self._to_device = b""
                if self._open:
                    self._mqtt.tick(now_ms)
                return []
            if not self._open:
                self._mqtt.open(now_ms)
                self._open = True
            return self._exchange(now_ms)
        except MqttError as error:
            self.error = str(error)
            self._open = self._mqtt.up = False
            return []

    def close(self) -> None:
        self._open = False

    def _exchange(self, now_ms: int):
        was_up = self._mqtt.up
        out, self._mqtt.out[:] = list(self._mqtt.out), []
        for packet in out:
            self._broker(packet)
        messages: list = []
        while self._to_device and len(messages) < MAX_MESSAGES:
            data, self._to_device = self._to_device[:READ_BYTES], self._to_device[READ_BYTES:]
            messages += self._mqtt.feed(data, now_ms)
        self.connections += self._mqtt.up and not was_up
        self._mqtt.tick(now_ms)
        return messages

    def _broker(self, packet: bytes) -> None:
        kind = packet[0] >> 4
        if kind == PUBLISH:
            at = 2 if packet[1] < 0x80 else 3
            start = at + 2 + unpack_from(">H", packet, at)[0]
            self.largest_id = max(self.largest_id, unpack_from(">H", packet, start)[0])
            self._to_device += b"\x40\x02" + packet[start : start + 2]
            self._gateway(packet[start + 2 :])
        elif kind == 1:
            self._to_device += CONNACK
        elif kind == 8:
            self._to_device += b"\x90\x03" + packet[2:4] + b"\x01"
        elif kind == 12:
            self._to_device += PINGRESP

    def _gateway(self, message: bytes) -> None:
        self.heard(message)
        at = 0
        session = 0
        while at < len(message):
            size = wire.size_of(message, at)
            _, _, _, session, seq, _, _ = unpack_from(wire.HEAD, message, at)
            stored = self.stored.setdefault(session, Ranges())
            self.repeated += seq in stored
            stored.add(seq)
            at += size
        self._receipt(session)

    def _receipt(self, session: int) -> None:
        missing = []
        end = 0
        for low, high in self.stored[session].pairs:
            if low > end:
                missing.append((end, low - 1))
            end = high + 1
        first = missing[0][0] if missing else end
        if len(missing) > MAX_RANGES:
            end = missing[MAX_RANGES][0]
        body = pack("<I", end)  # not by payloads.py, for which a small heap has no room
        for low, high in missing[:MAX_RANGES]:
            body += pack("<II", low, high)
        self.send(wire.Frame(wire.RECEIPT, session, first, 0, body))

    def send(self, frame: wire.Frame) -> None:
        """To the device, with its next step()."""
        body = pack(">H", len(self._down)) + self._down + wire.encode(frame)
        self._to_device += b"\x30" + _length(len(body)) + body


def _length(size: int) -> bytes:
    return bytes((size,)) if size < 128 else bytes((size & 0x7F | 0x80, size >> 7))
