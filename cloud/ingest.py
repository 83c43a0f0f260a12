"""Frames come in here: from the broker into memory, into the store, and only then receipted.

One thread writes. It takes what has come within LINGER_S, commits it in one transaction, sends
the receipts and hands the frames to the live traces. A commit that fails is tried again and
nothing of it is receipted; meanwhile the queue fills and reading from the broker stops.
"""

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Engine

from cloud.clock import Clock, wall_ms
from cloud.link import Broker, Link, OpenLink
from cloud.live import Live
from cloud.messages import Message, read_message
from cloud.pending import remove_expired
from cloud.sessions import Sessions, Stored
from cloud.store import hidden, recordings
from cloud.store.db import StoreAway, StoreError, reading, writing
from device import payloads, wire
from device.payloads import Receipt
from models.completeness import Tally

log = logging.getLogger(__name__)
LINGER_S = 0.05  # so long a message waits for others to share its commit
MAX_MESSAGES = 2000  # in one commit
MAX_QUEUED = 4000  # messages in memory; more wait in the broker
IDLE_S = 0.5  # without messages, until other duties
RETRY_S = (0.1, 5.0)  # first and longest wait after a failed commit
HOUSEKEEPING_S = 5.0

Raw = tuple[str, bytes, int]  # topic, payload, when it came
Publish = Callable[[str, bytes, int], Any]
Watcher = Callable[[Sequence[Stored], float], None]  # what a commit kept, and its seconds


class Ingest:
    """start() connects and runs until stop(). Rebuild `live` before."""

    def __init__(
        self,
        engine: Engine,
        live: Live,
        broker_url: str,
        clock: Clock = wall_ms,
        open_link: OpenLink = Link,
    ) -> None:
        self.link: Broker = open_link(broker_url, wire.gateway_up("+", "+"), self.take)
        self.failing: str | None = None  # why commits fail just now
        self.stored = 0  # new frames since the start
        self.watchers: list[Watcher] = []  # called after each commit
        self._engine = engine
        self._live = live
        self._clock = clock
        self._sessions = Sessions()
        self._round_s = time.monotonic()  # when the thread last came round
        self._changed: deque[int] = deque()  # recordings that others have written to
        self._queue: queue.Queue[Raw] = queue.Queue(MAX_QUEUED)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self.link.start()

    def stop(self) -> None:
        """What is in memory is still stored, if the store takes it."""
        self._stopping.set()
        self.link.stop()
        self._thread.join()

    def take(self, topic: str, data: bytes) -> None:
        """A message from the broker. Blocks while the queue is full."""
        self._queue.put((topic, data, self._clock()))

    def take_in(self) -> None:
        """Store all that has come so far: for a caller with a clock of its own, and no start()."""
        while not self._queue.empty():
            self._store(self._gather(linger_s=0))

    def reread(self, recording: recordings.Recording) -> None:
        """Others have written to it: from the next frame on it is as the store has it."""
        self._changed.append(recording.id)
        if self._live.get(recording.id) is not None:
            self._live.open(recording)

    def health(self) -> dict[str, Any]:
        return {
            "connected": self.link.connected,
            "failing": self.failing,
            "queued": self._queue.qsize(),
            "stored": self.stored,
        }

    def missing(self) -> int:
        """Frames of open recordings that must exist and are not here."""
        return self._sessions.missing()

    def age_s(self, now_ms: int) -> float:
        """Seconds that the thread has not come round, or that a message has waited for it."""
        with self._queue.mutex:
            oldest_ms = self._queue.queue[0][2] if self._queue.queue else now_ms
        return max(time.monotonic() - self._round_s, (now_ms - oldest_ms) / 1000)

    def _run(self) -> None:
        kept_s = time.monotonic()
        while not (self._stopping.is_set() and self._queue.empty()):
            self._round_s = time.monotonic()
            try:
                messages = self._gather()
                if messages:
                    self._store(messages)
                if time.monotonic() - kept_s >= HOUSEKEEPING_S:
                    kept_s = time.monotonic()
                    self.keep_house(self._clock())
            except Exception:  # what was not receipted comes again; this thread must not end
                log.exception("a batch was not finished")

    def _gather(self, linger_s: float = LINGER_S) -> list[Message]:
        """What comes within linger_s of the first message; nothing when a while nothing comes."""
        raw: list[Raw] = []
        try:
            raw.append(self._queue.get(timeout=IDLE_S))
            if self._queue.qsize() < MAX_MESSAGES:
                self._stopping.wait(linger_s)
            while len(raw) < MAX_MESSAGES:
                raw.append(self._queue.get_nowait())
        except queue.Empty:
            pass
        return [message for one in raw if (message := _read(*one)) is not None]

    def _store(self, messages: Sequence[Message], again: bool = False) -> None:
        """Store until it is stored; receipts and live traces only then. again: it was tried."""
        while self._changed:
            self._sessions.forget_recordings([self._changed.popleft()])
        wait_s = RETRY_S[0]
        while True:
            began_s = time.monotonic()
            try:
                with writing(self._engine) as conn:
                    stored = self._sessions.store(conn, messages, self._clock())
            except StoreAway as error:
                self._sessions.forget(messages)
                self.failing, again = str(error.orig), True
                log.error("nothing is receipted, the store fails: %s", self.failing)
                if self._stopping.wait(wait_s):
                    return
                wait_s = min(2 * wait_s, RETRY_S[1])
                continue
            except Exception:
                self._sessions.forget(messages)
                self._store_apart(messages)
                return
            self.failing = None
            self._tell(stored, time.monotonic() - began_s)
            self._sessions.accept(stored)
            self._hand_on(stored, again)
            return

    def _store_apart(self, messages: Sequence[Message]) -> None:
        """Something in this batch cannot be stored by anybody: find it, keep the rest."""
        if len(messages) == 1:
            gateway, device = messages[0].gateway, messages[0].device
            log.exception("gateway %s: a message for %s cannot be stored", gateway, device)
            return
        for message in messages:
            self._store([message], again=True)

    def _tell(self, stored: Sequence[Stored], commit_s: float) -> None:
        for watcher in self.watchers:
            try:
                watcher(stored, commit_s)
            except Exception:  # what is stored is receipted, whoever fails to count it
                log.exception("a commit was not counted")

    def _hand_on(self, stored: Sequence[Stored], again: bool) -> None:
        """again: an earlier try may have committed, so that what is not fresh is news here."""
        for one in stored:
            recording = one.recording
            topic = wire.gateway_down(recording.gateway_id, recording.device_id)
            self.link.publish(topic, receipt(recording.session, one.session.tally), 0)
        now_ms = self._clock()
        for one in stored:
            self.stored += len(one.fresh)
            if one.fresh or again or one.recording.closed_ms is None:
                self._open(one, now_ms)
            for frame in one.frames:
                if again or frame.seq in one.fresh:
                    self._live.add(one.recording.id, frame, now_ms)

    def _open(self, stored: Stored, now_ms: int) -> None:
        """One that was taken for ended may go on: what had come before is in the store."""
        recording, tally = stored.recording, stored.session.tally
        if self._live.get(recording.id) is None and tally.count > len(stored.fresh):
            try:
                with reading(self._engine) as conn:
                    self._live.recall(conn, recording, now_ms)
            except StoreError as error:
                log.error("recording %d goes on without its past: %s", recording.id, error.orig)
        self._live.open(recording)

    def keep_house(self, now_ms: int) -> None:
        """Forget what ended a while ago, close what has been silent for long, and remove what
        nobody has claimed and old canaries."""
        self._live.evict(now_ms)
        try:
            with writing(self._engine) as conn:
                closed = recordings.close_silent(conn, now_ms)
                removed = remove_expired(conn, now_ms) + hidden.remove_old(conn, now_ms)
                rows = [recordings.get(conn, number) for number in closed]
        except StoreError as error:
            log.error("silent recordings were not closed: %s", error.orig)
            return
        self._sessions.forget_recordings([*closed, *removed])
        for recording in rows:
            if recording is not None:
                self._live.open(recording)


def receipt(session: int, tally: Tally) -> bytes:
    """The frame that says what is kept for good of a session.

    It goes out once, without MQTT's own repeats: a lost one is repaired by the next.
    """
    body = payloads.pack_receipt(Receipt(tally.stored, tally.seen, tally.missing()))
    return wire.encode(wire.Frame(wire.RECEIPT, session, tally.stored, 0, body))


def _read(topic: str, data: bytes, came_ms: int) -> Message | None:
    message = read_message(topic, data, came_ms)
    if message is None:
        log.warning("not a topic of ours: %r", topic[:200])
    return message
