"""A device made by the drill: real frames, sent as badly as a drill wants over real MQTT."""

import socket
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress

from cloud import mqtt
from cloud.drill.heard import receipted
from cloud.scenario.probes import GAPS, OpenPacker
from device import payloads, wire
from models.counts import seconds_of
from models.trace import Trace

KEEP_ALIVE_S = 60
MAX_PACKET_ID = 0xFFFF
LINK_S = 10.0  # the longest that connecting or a write may take
SILENT_S = 2.0  # without a receipt for so long, what is left is sent again
BATCH = 20  # frames of one message when they are sent again


class Refused(ConnectionError):  # noqa: N818 - it is what happened
    """The broker did not let this device in."""


def frames_of(
    open_packer: OpenPacker, session: int, speed: int, name: str, trace: Trace
) -> list[bytes]:
    """A whole recording as its probe would make it: start, a trace each second, stop."""
    packer = open_packer(session)
    flags = payloads.REPLAYED | payloads.SYNTHETIC
    start = packer.start(payloads.Start(session, speed, flags, name))
    packed = (payloads.pack_trace(payloads.Trace(*second)) for second in seconds_of(trace, GAPS))
    traces = [packer.trace(payload) for payload in packed]
    return [wire.encode(frame) for frame in (start, *traces, packer.stop())]


class Sender:
    """One device's connection. Receipts are read in a thread: `kept` are the (session, seq) that
    the gateway says it has."""

    def __init__(self, port: int, device: str, token: str) -> None:
        self.kept: set[tuple[int, int]] = set()
        self._port, self._device, self._token = port, device, token
        self._heard_s = time.monotonic()
        self._packet_id = 0
        self._sock: socket.socket | None = None

    def open(self) -> None:
        """Connect and subscribe. Refused: not with this token."""
        sock = socket.create_connection(("127.0.0.1", self._port), LINK_S)
        hello = mqtt.connect(self._device, self._device, self._token, KEEP_ALIVE_S)
        sock.sendall(hello)
        answer = sock.recv(4)
        if len(answer) < 4 or answer[3]:
            sock.close()
            raise Refused(f"{self._device}: not let in")
        sock.sendall(mqtt.subscribe(wire.device_down(self._device), 1))
        sock.settimeout(None)
        self._sock = sock
        threading.Thread(target=self._read, args=(sock,), daemon=True).start()

    def close(self) -> None:
        if self._sock is not None:
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)
            self._sock.close()

    def publish(self, data: bytes, device: str = "") -> None:
        """One message with QoS 1. device: under another's name."""
        self._packet_id = self._packet_id % MAX_PACKET_ID + 1
        self.raw(mqtt.publish(wire.device_up(device or self._device), data, self._packet_id))

    def raw(self, data: bytes) -> None:
        """Bytes as they are; connected again where the broker has hung up."""
        for _ in range(2):
            try:
                if self._sock is None:
                    self.open()
                assert self._sock is not None
                self._sock.sendall(data)
            except OSError:
                self.close()
                self._sock = None
                continue
            return

    def send(self, messages: Iterable[bytes], per_s: float) -> None:
        """One after the other, at this pace."""
        next_s = time.monotonic()
        for message in messages:
            time.sleep(max(0.0, next_s - time.monotonic()))
            next_s += 1 / per_s
            self.publish(message)

    def drain(self, frames: Sequence[bytes], timeout_s: float = 60.0) -> bool:
        """Send again what has no receipt, until all has one. False: not in this time."""
        end_s = time.monotonic() + timeout_s
        while left := [data for data in frames if identity(data) not in self.kept]:
            if time.monotonic() > end_s:
                return False
            if time.monotonic() - self._heard_s > SILENT_S:
                self._heard_s = time.monotonic()
                for at in range(0, len(left), BATCH):
                    self.publish(b"".join(left[at : at + BATCH]))
            time.sleep(0.05)
        return True

    def _read(self, sock: socket.socket) -> None:
        came = bytearray()
        with suppress(OSError, ValueError):
            while data := sock.recv(1 << 16):
                came += data
                for first, body in mqtt.take_packets(came):
                    if first & 0xF0 == mqtt.PUBLISH:
                        _, payload, packet_id = mqtt.published(first, body)
                        self._take(payload)
                        if packet_id:
                            sock.sendall(mqtt.puback(packet_id))

    def _take(self, payload: bytes) -> None:
        for frame in wire.Reader().feed(payload):
            if frame.kind == wire.RECEIPT:
                self.kept.update((frame.session, seq) for seq in receipted(frame))
                self._heard_s = time.monotonic()


def identity(data: bytes) -> tuple[int, int]:
    """(session, seq) of a whole frame."""
    frame = wire.decode(data)
    return frame.session, frame.seq
