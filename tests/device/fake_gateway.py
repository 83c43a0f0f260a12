"""The other side of the probe's tests: stores frames, sends receipts, and may be bad at both."""

import random
import threading
from collections.abc import Callable
from typing import Any, Self

import paho.mqtt.client as paho

from device import payloads, wire


def receipt_of(stored: set[int]) -> payloads.Receipt:
    """What a receiver that has these frames says."""
    seen = max(stored, default=-1) + 1
    gaps: list[tuple[int, int]] = []
    for n in range(seen):
        if n in stored:
            continue
        if gaps and gaps[-1][1] == n - 1:
            gaps[-1] = (gaps[-1][0], n)
        else:
            gaps.append((n, n))
    return payloads.Receipt(gaps[0][0] if gaps else seen, seen, tuple(gaps))


class FakeGateway:
    """loses: chance that a message is acknowledged and not stored; mute: that no receipt goes out;
    delay_s: the longest wait before a receipt."""

    def __init__(
        self, port: int, loses: float = 0, mute: float = 0, delay_s: float = 0, seed: int = 1
    ) -> None:
        self.sessions: dict[int, dict[int, wire.Frame]] = {}
        self.messages = 0
        self.repeated = 0  # frames that came again
        self.differing = 0  # of them, those that were not the same bytes
        self.damaged = 0
        self.stored: Callable[[wire.Frame], None] = lambda _frame: None  # told of each new frame
        self._loses, self._mute, self._delay_s = loses, mute, delay_s
        self._chance = random.Random(seed)
        self._ready = threading.Event()
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="intake")
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = self._connected
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = self._message
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._ready.wait(10)

    def frames(self, session: int) -> list[wire.Frame]:
        return [frame for _, frame in sorted(self.sessions[session].items())]

    def complete(self, session: int) -> bool:
        """The stop event came, and as many frames as it says."""
        frames = self.frames(session) if session in self.sessions else []
        if not frames or frames[-1].kind != wire.EVENT:
            return False
        event = payloads.unpack_event(frames[-1].payload)
        return event.code == payloads.STOP and event.value == len(frames)

    def command(self, device: str, number: int, code: int, text: str = "") -> None:
        payload = payloads.pack_command(payloads.Command(code, text))
        self._send(device, wire.Frame(wire.COMMAND, 0, number, 0, payload))

    def receipt(self, device: str, session: int, receipt: payloads.Receipt) -> None:
        payload = payloads.pack_receipt(receipt)
        self._send(device, wire.Frame(wire.RECEIPT, session, receipt.stored, 0, payload))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, client: paho.Client, *_: Any) -> None:
        client.subscribe(wire.device_up("+"), qos=1)

    def _message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        (device,) = wire.names_in(message.topic)
        self.messages += 1
        if self._chance.random() < self._loses:
            return
        reader = wire.Reader()
        frames = reader.feed(message.payload)
        self.damaged += reader.damaged + bool(reader.pending)
        for frame in frames:
            self._store(frame)
        for session in {frame.session for frame in frames}:
            if self._chance.random() < self._mute:
                continue
            receipt = receipt_of(set(self.sessions[session]))
            wait_s = self._chance.random() * self._delay_s
            threading.Timer(wait_s, self.receipt, (device, session, receipt)).start()

    def _store(self, frame: wire.Frame) -> None:
        stored = self.sessions.setdefault(frame.session, {})
        if frame.seq in stored:
            self.repeated += 1
            self.differing += stored[frame.seq] != frame
        else:
            self.stored(frame)
        stored[frame.seq] = frame

    def _send(self, device: str, frame: wire.Frame) -> None:
        self._client.publish(wire.device_down(device), wire.encode(frame), qos=1)
