"""A probe that resends until its receipt comes, a cloud that receipts what it keeps, a gateway
process. All speak over a real broker."""

import json
import sqlite3
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from device import payloads, wire
from gateway.users import sha256_hex
from models.completeness import Tally
from tests.process import Process

RESEND_AFTER_S = 1.0
TOKENS = {"a": "token a", "b": "token b"}


def recording(session: int, seconds: int, speed: int = 1) -> list[bytes]:
    """The frames of one session: start, a trace for each second, stop. Each seq differs."""
    start = payloads.pack_start(payloads.Start(7, speed, payloads.SYNTHETIC, "test"))
    frames = [wire.Frame(wire.EVENT, session, 0, 0, start)]
    for second in range(seconds):
        counts = (500 + second % 100, 560, 571, payloads.GAP_16)
        body = payloads.pack_trace(payloads.Trace(counts, None, None, (20, 21, 22, 23), None))
        frames.append(wire.Frame(wire.TRACE, session, second + 1, 1000 * second, body))
    stop = payloads.pack_event(payloads.Event(payloads.STOP, seconds + 2, b""))
    frames.append(wire.Frame(wire.EVENT, session, seconds + 1, 1000 * seconds, stop))
    return [wire.encode(frame) for frame in frames]


def client(port: int, user: str = "", token: str = "") -> paho.Client:
    made = paho.Client(CallbackAPIVersion.VERSION2)
    if user:
        made.username_pw_set(user, token)
    made.reconnect_delay_set(1, 1)
    return made


class Probe:
    """Keeps each frame until a receipt frees it."""

    def __init__(self, port: int, device: str, token: str = "") -> None:
        self.device = device
        self.kept: dict[tuple[int, int], bytes] = {}
        self.commands: list[wire.Frame] = []
        self.receipts = 0
        self._due_s: dict[tuple[int, int], float] = {}
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._client = client(port, device if token else "", token)
        self._client.on_connect = lambda c, *_: c.subscribe(wire.device_down(device), qos=1)
        self._client.on_message = self._arrived
        self._client.connect_async("127.0.0.1", port)
        self._client.loop_start()
        self._thread = threading.Thread(target=self._resend, daemon=True)
        self._thread.start()

    def send(self, data: bytes) -> None:
        """One frame in one message."""
        frame = wire.decode(data)
        with self._lock:
            self.kept[frame.session, frame.seq] = data
            self._due_s[frame.session, frame.seq] = time.monotonic() + RESEND_AFTER_S
        self.raw(data)

    def raw(self, data: bytes, topic: str = "") -> None:
        self._client.publish(topic or wire.device_up(self.device), data, qos=1)

    def close(self) -> None:
        self._ending.set()
        self._thread.join()
        self._client.disconnect()
        self._client.loop_stop()

    def _arrived(self, _c: object, _u: object, message: paho.MQTTMessage) -> None:
        for frame in wire.Reader().feed(message.payload):
            if frame.kind == wire.COMMAND:
                self.commands.append(frame)
                continue
            receipt = payloads.unpack_receipt(frame)
            self.receipts += 1
            with self._lock:
                for session, seq in [key for key in self.kept if key[0] == frame.session]:
                    if seq < receipt.seen and not any(a <= seq <= b for a, b in receipt.missing):
                        del self.kept[session, seq], self._due_s[session, seq]

    def _resend(self) -> None:
        while not self._ending.wait(0.1):
            now_s = time.monotonic()
            with self._lock:
                late = [key for key, due_s in self._due_s.items() if due_s < now_s]
                self._due_s |= dict.fromkeys(late, now_s + RESEND_AFTER_S)
                again = [self.kept[key] for key in sorted(late)]
            for data in again:
                self.raw(data)


class Cloud:
    """Keeps frames in memory, and receipts them after it has kept them."""

    def __init__(self, port: int, user: str = "", token: str = "") -> None:
        self.kept: dict[tuple[str, int, int], bytes] = {}
        self.times: Counter[tuple[str, int, int]] = Counter()  # how often each frame came
        self.order: list[tuple[str, int, int]] = []
        self.stamps: list[tuple[int, payloads.Stamp]] = []
        self.damaged = 0
        self.silent = False  # keeps, but tells nobody
        self._touched: set[tuple[str, str, int]] = set()
        self._ending = threading.Event()
        self._tallies: dict[tuple[str, int], Tally] = {}
        self._client = client(port, user, token)
        self._client.on_connect = lambda c, *_: c.subscribe(wire.gateway_up("+", "+"), qos=1)
        self._client.on_message = self._arrived
        self._client.connect_async("127.0.0.1", port)
        self._client.loop_start()
        self._thread = threading.Thread(target=self._receipt, daemon=True)
        self._thread.start()

    def command(self, gateway: str, device: str, frame: wire.Frame) -> None:
        self._client.publish(wire.gateway_down(gateway, device), wire.encode(frame), qos=1)

    def close(self) -> None:
        self._ending.set()
        self._thread.join()
        self._client.disconnect()
        self._client.loop_stop()

    def frames(self, device: str, session: int) -> list[bytes]:
        """What is kept of a session, in the order of seq."""
        keys = sorted(key for key in self.kept if key[:2] == (device, session))
        return [self.kept[key] for key in keys]

    def _arrived(self, _c: object, _u: object, message: paho.MQTTMessage) -> None:
        gateway, device = wire.names_in(message.topic)
        assert len(message.payload) <= 8 * 1024
        reader = wire.Reader()
        stamp, *frames = reader.feed(message.payload)
        self.damaged += reader.damaged + reader.pending
        assert stamp.kind == wire.STAMP
        self.stamps.append((stamp.session, payloads.unpack_stamp(stamp.payload)))
        tally = self._tallies.setdefault((device, stamp.session), Tally())
        for frame in frames:
            assert frame.session == stamp.session
            key = (device, frame.session, frame.seq)
            data = wire.encode(frame)
            assert self.kept.setdefault(key, data) == data
            self.times[key] += 1
            self.order.append(key)
            tally.add(frame.seq)
        if not self.silent:
            self._touched.add((gateway, device, stamp.session))

    def _receipt(self) -> None:
        """Ten times a second, for all sessions that were heard of: like a group commit."""
        while not self._ending.wait(0.1):
            touched, self._touched = self._touched, set()
            for gateway, device, session in touched:
                tally = self._tallies[device, session]
                told = payloads.Receipt(tally.stored, tally.seen, tally.missing())
                body = payloads.pack_receipt(told)
                frame = wire.Frame(wire.RECEIPT, session, told.stored, 0, body)
                self._client.publish(wire.gateway_down(gateway, device), wire.encode(frame), qos=1)


def gateway_process(
    folder: Path,
    cloud_port: int,
    *,
    listen: int = 0,
    broker_port: int = 0,
    tokens: dict[str, str] | None = None,
    home: Path | None = None,
    env: dict[str, str] | None = None,
) -> Process:
    """A gateway "g1" with the embedded broker on `listen`, or an external one at broker_port."""
    folder.mkdir(parents=True, exist_ok=True)
    devices = folder / "devices.json"
    devices.write_text(json.dumps({name: sha256_hex(t) for name, t in (tokens or {}).items()}))
    arguments = (
        f"'g1', Path({str(home or folder / 'home')!r}), 'mqtt://g1:t1@127.0.0.1:{cloud_port}'"
    )
    arguments += f", devices_file=Path({str(devices)!r}), listen=('127.0.0.1', {listen})"
    if broker_port:
        arguments += f", broker_url='mqtt://intake:t2@127.0.0.1:{broker_port}'"
    code = "from pathlib import Path\nfrom gateway.main import Config, serve\n"
    code += f"serve(Config({arguments}))"
    return Process([sys.executable, "-c", code], folder, env=env, name="gateway")


def outbox(folder: Path) -> sqlite3.Connection:
    file = folder / "gateway" / "home" / "outbox.sqlite"
    return sqlite3.connect(f"file:{file}?mode=ro", uri=True)


def frames_waiting(folder: Path) -> int:
    with outbox(folder) as connection:
        return int(connection.execute("SELECT count(*) FROM frames").fetchone()[0])
