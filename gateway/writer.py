"""The one thread that writes the outbox: collect, commit, and only then tell the devices."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from device import wire
from device.payloads import Receipt
from gateway.clock import Clock
from gateway.intake import Batch, Intake, receipt
from gateway.outbox import DiskFull, Entry, Freed, Outbox

Item = TypeVar("Item")
log = logging.getLogger(__name__)
LINGER_S = 0.03  # a commit waits so long for company
LARGEST_COMMIT = 2000  # messages
LARGEST_QUEUE = 10_000  # messages; further ones are dropped, their senders will repeat them
RECEIPT_QOS = 0  # a lost one is repaired when the device repeats its frames
FULL_PAUSE_S = 0.5  # between attempts while the disk is full


class Writer:
    """message() and freed() may be called from any thread.

    tell(topic, data, qos) sends a receipt to a device, committed(entries) hands on new frames.
    `failed` is set when the disk cannot be trusted; the thread has then ended.
    """

    def __init__(
        self,
        outbox: Outbox,
        clock: Clock,
        tell: Callable[[str, bytes, int], bool],
        committed: Callable[[list[Entry]], None],
    ) -> None:
        self._outbox = outbox
        self._clock = clock
        self._tell = tell
        self._committed = committed
        self.intake = Intake(outbox.load)
        self.full = False
        self.dropped = 0  # messages that found the queue or the disk full
        self.failed: Exception | None = None
        self._messages: deque[tuple[str, bytes, int, int]] = deque()
        self._freed: deque[Freed] = deque()
        self._work = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Store what has arrived, then end."""
        self._ending.set()
        self._work.set()
        self._thread.join(10.0)

    def message(self, topic: str, data: bytes) -> None:
        """A device's message has arrived, now."""
        if len(self._messages) >= LARGEST_QUEUE:
            self.dropped += 1
            return
        self._messages.append((topic, data, self._clock.wall_ms(), self._clock.elapsed_ms()))
        self._work.set()

    def freed(self, device: str, session: int, receipt: Receipt) -> None:
        """The cloud has stored these frames."""
        self._freed.append(Freed(device, session, receipt))
        self._work.set()

    def _run(self) -> None:
        try:
            while not self._ending.is_set():
                self._work.wait(FULL_PAUSE_S if self.full else None)
                self._ending.wait(LINGER_S)
                self._work.clear()
                self._step()
            while (self._messages or self._freed) and not self.full:
                self._step()
        except Exception as error:
            log.exception("the writer has ended")
            self.failed = error

    def _step(self) -> None:
        messages = _some(self._messages)
        freed = _some(self._freed)
        if self._messages or self._freed:
            self._work.set()
        room = self._outbox.has_room()
        if room:
            for message in messages:
                self.intake.accept(*message)
        else:
            self.dropped += len(messages)
            self._say_full("less is free than the reserve")
        self._store(self.intake.take(), freed, room)

    def _store(self, batch: Batch, freed: list[Freed], room: bool) -> None:
        try:
            entries = self._outbox.commit(batch, freed)
        except DiskFull as error:
            self.dropped += len(batch.sessions)
            self.intake.forget(batch)
            self._say_full(str(error))
            return
        if self.full and room:
            self.full = False
            log.warning("the disk has room again, frames are accepted")
        for session in batch.sessions.values():
            self._tell(wire.device_down(session.device), receipt(session), RECEIPT_QOS)
        if entries:
            self._committed(entries)

    def _say_full(self, reason: str) -> None:
        if not self.full:
            log.error("disk full, frames of devices are not accepted: %s", reason)
        self.full = True


def _some(queue: deque[Item]) -> list[Item]:
    return [queue.popleft() for _ in range(min(LARGEST_COMMIT, len(queue)))]
