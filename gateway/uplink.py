"""Sends the outbox to the cloud and takes its receipts and commands."""

import logging
import random
import threading
import time
from collections.abc import Callable

from device import payloads, wire
from device.payloads import Receipt
from device.wire import WireError
from gateway.clock import Clock
from gateway.config import Endpoint
from gateway.link import Link
from gateway.outbox import Entry, Outbox
from gateway.window import Window, messages

log = logging.getLogger(__name__)
LOOK_EVERY_S = 0.1  # for frames that are due again
SCAN_ROWS = 500
SCAN_PAUSE_S = 5.0  # between scans of the outbox for frames that are not under way


class Uplink:
    """committed() is called by the writer. free(device, session, receipt) deletes what the cloud
    has; command(device, frame) passes a command on to a device."""

    def __init__(
        self,
        gateway_id: str,
        endpoint: Endpoint,
        outbox: Outbox,
        clock: Clock,
        free: Callable[[str, int, Receipt], None],
        command: Callable[[str, wire.Frame], None],
    ) -> None:
        self._gateway_id = gateway_id
        self._outbox = outbox
        self._clock = clock
        self._free = free
        self._command = command
        self._window = Window(random.uniform)
        self._lock = threading.Lock()  # of the window
        self._work = threading.Event()
        self._ending = threading.Event()
        self._scanned_id = 0
        self._scan_at_s = 0.0
        self._heard_s = 0.0  # when its last receipt came, monotonic
        self._asked_s = time.monotonic() if outbox.depth else 0.0  # when it first owed an answer
        self.failed: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="uplink", daemon=True)
        topic = wire.gateway_down(gateway_id, "+")
        client_id = f"{gateway_id}-uplink"
        self.link = Link("cloud", endpoint, client_id, topic, self.arrived, self._link_up)

    @property
    def resent(self) -> int:
        return self._window.resent

    def silent_s(self) -> float:
        """How long the cloud has owed a receipt. One that stores nothing watches nothing."""
        if self._asked_s <= self._heard_s:
            return 0.0
        return time.monotonic() - self._asked_s

    def start(self) -> None:
        self._thread.start()
        self.link.start()

    def stop(self) -> None:
        self._ending.set()
        self._work.set()
        self._thread.join(5.0)
        self.link.stop()

    def committed(self, entries: list[Entry]) -> None:
        if self._asked_s <= self._heard_s:
            self._asked_s = time.monotonic()
        with self._lock:
            self._window.offer(entries)
        self._work.set()

    def arrived(self, topic: str, data: bytes) -> None:
        """A message of the cloud."""
        try:
            gateway, device = wire.names_in(topic)
        except (WireError, ValueError):
            return
        if gateway != self._gateway_id:
            return
        for frame in wire.Reader().feed(data):
            if frame.kind in (wire.COMMAND, wire.BLOCK):
                self._command(device, frame)
            elif frame.kind == wire.RECEIPT:
                self._receipt(device, frame)

    def _receipt(self, device: str, frame: wire.Frame) -> None:
        try:
            receipt = payloads.unpack_receipt(frame)
        except WireError as error:
            log.warning("receipt for %s not understood: %s", device, error)
            return
        self._heard_s = time.monotonic()
        with self._lock:
            self._window.receipted(device, frame.session, receipt, self._heard_s)
        self._free(device, frame.session, receipt)
        self._work.set()

    def _link_up(self) -> None:
        with self._lock:
            self._window.reconnected()
        self._scan_at_s = 0.0
        self._work.set()

    def _run(self) -> None:
        try:
            while not self._ending.is_set():
                self._work.wait(LOOK_EVERY_S)
                self._work.clear()
                if self.link.up:
                    self._pump(time.monotonic())
        except Exception as error:
            log.exception("the uplink has ended")
            self.failed = error

    def _pump(self, now_s: float) -> None:
        with self._lock:
            entries = self._window.send(now_s, self.link.room)
        self._send(entries)
        while self.link.up and not self._ending.is_set():
            with self._lock:
                room = self._window.room_for_old()
            if min(room, self.link.room) < SCAN_ROWS or now_s < self._scan_at_s:
                return
            self._send(self._next_old(now_s))
            if self._work.is_set():
                return  # something new may have come: it goes first

    def _next_old(self, now_s: float) -> list[Entry]:
        rows = self._outbox.read(self._scanned_id, SCAN_ROWS)
        if len(rows) < SCAN_ROWS:
            self._scanned_id = 0
            self._scan_at_s = now_s + SCAN_PAUSE_S
        else:
            self._scanned_id = rows[-1].id
        with self._lock:
            return self._window.send_old(rows, now_s)

    def _send(self, entries: list[Entry]) -> None:
        now_ms = self._clock.elapsed_ms()
        for device, data, _ in messages(entries, now_ms, self._outbox.depth):
            self.link.publish(wire.gateway_up(self._gateway_id, device), data)
