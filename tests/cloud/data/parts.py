"""What the tests of the cloud's data need: frames, and a gateway that resends until receipted."""

import os
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from device import payloads, wire
from tests.process import Process

ROOT = Path(__file__).parents[3]
SESSION = 77


def trace_frame(seq: int, second: int, bpm: float = 140.0, session: int = SESSION) -> wire.Frame:
    """One second of a steady rate that says which second it is in its toco."""
    counts = (round(bpm * payloads.PER_BPM),) * 4
    toco = (second % 200,) * 4
    body = payloads.pack_trace(payloads.Trace(counts, None, None, toco, (80,) * 4))
    return wire.Frame(wire.TRACE, session, seq, 1000 * second, body)


def lost_frame(seq: int, second: int, session: int = SESSION) -> wire.Frame:
    """One second in which nothing was heard."""
    gap = (payloads.GAP_16,) * 4
    body = payloads.pack_trace(payloads.Trace(gap, None, None, None, None))
    return wire.Frame(wire.TRACE, session, seq, 1000 * second, body)


def event_frame(
    seq: int, code: int, value: int = 0, t_ms: int = 0, session: int = SESSION
) -> wire.Frame:
    body = payloads.pack_event(payloads.Event(code, value, b""))
    return wire.Frame(wire.EVENT, session, seq, t_ms, body)


def start_frame(name: str = "1001", speed: int = 1, session: int = SESSION) -> wire.Frame:
    body = payloads.pack_start(payloads.Start(5, speed, payloads.REPLAYED, name))
    return wire.Frame(wire.EVENT, session, 0, 0, body)


def whole_session(seconds: int, session: int = SESSION) -> list[wire.Frame]:
    """START, one TRACE a second, STOP."""
    traces = [trace_frame(n + 1, n, 120 + n % 40 / 4, session) for n in range(seconds)]
    stop = event_frame(seconds + 1, payloads.STOP, seconds + 2, 1000 * seconds, session)
    return [start_frame(session=session), *traces, stop]


def stamp(sent_ms: int, start_ms: int, session: int = SESSION) -> bytes:
    body = payloads.pack_stamp(payloads.Stamp(sent_ms, start_ms, 0))
    return wire.encode(wire.Frame(wire.STAMP, session, 0, 0, body))


def message(frames: Iterable[wire.Frame], sent_ms: int = 1000, start_ms: int = 0) -> bytes:
    kept = list(frames)
    head = stamp(sent_ms, start_ms, kept[0].session)
    return head + b"".join(wire.encode(frame) for frame in kept)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Gateway:
    """Sends the frames of one session and keeps each until a receipt frees it."""

    def __init__(self, port: int, frames: list[wire.Frame], name: str = "g1", password: str = ""):
        self.name, self.device = name, "d-" + name
        self.session = frames[0].session
        self.waiting = {frame.seq: frame for frame in frames}
        self.receipts: list[payloads.Receipt] = []
        self.commands: list[wire.Frame] = []
        self.start_ms = now_ms()
        self._lock = threading.Lock()
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name)
        self.client.username_pw_set(name, password)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = self._connected
        self.client.on_message = self._receive
        self.client.connect_async("127.0.0.1", port)
        self.client.loop_start()

    def _connected(self, client: paho.Client, *_: Any) -> None:
        client.subscribe(wire.gateway_down(self.name, self.device), qos=1)

    def _receive(self, _client: paho.Client, _data: Any, message: Any) -> None:
        for frame in wire.Reader().feed(message.payload):
            if frame.kind == wire.COMMAND:
                self.commands.append(frame)
            if frame.kind != wire.RECEIPT or frame.session != self.session:
                continue
            receipt = payloads.unpack_receipt(frame)
            missing = {n for first, last in receipt.missing for n in range(first, last + 1)}
            with self._lock:
                self.receipts.append(receipt)
                for seq in [n for n in self.waiting if n < receipt.seen and n not in missing]:
                    del self.waiting[seq]

    def send(self, seqs: Iterable[int], extra: bytes = b"") -> None:
        """One message with these frames, as far as they still wait."""
        with self._lock:
            chosen = [self.waiting[seq] for seq in seqs if seq in self.waiting]
        if chosen and self.client.is_connected():
            data = message(chosen, now_ms(), self.start_ms) + extra
            self.client.publish(wire.gateway_up(self.name, self.device), data, qos=1)

    def send_until_free(self, timeout_s: float, per_message: int = 5) -> None:
        """All of them, again every 0.3 s, until everything is receipted."""
        end = time.monotonic() + timeout_s
        while self.waiting:
            assert time.monotonic() < end, f"{len(self.waiting)} frames without a receipt"
            with self._lock:
                seqs = sorted(self.waiting)
            for at in range(0, min(len(seqs), 40 * per_message), per_message):
                self.send(seqs[at : at + per_message])
            time.sleep(0.3)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def python(folder: Path, module_or_code: list[str], name: str) -> Process:
    """Our own Python, that finds our packages."""
    env = {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    return Process([sys.executable, *module_or_code], folder, env, name=name)


def ingest_process(folder: Path, database_url: str, broker_url: str) -> Process:
    args = ["-m", "tests.cloud.data.run_ingest", database_url, broker_url]
    return python(folder, args, "ingest")
