"""Sends what is in the outbox, and asks providers what became of it.

A message is claimed for LEASE_MS in the store before it goes out, and what came of it is written
after. So a process that dies in between sends it again, under the same name, and no two processes
send it at once. Sending is on an event loop in a thread of its own: a provider that hangs delays
no alert, no escalation and no other channel.
"""

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Coroutine, Mapping
from concurrent.futures import Future, wait
from typing import Any

import httpx2
from sqlalchemy import Connection, Engine

from cloud.channels import NAMES
from cloud.channels.base import TIMEOUT_S, Channel, Failed, Gone, Letter
from cloud.clock import Clock, wall_ms
from cloud.outgoing import attempts, letters
from cloud.outgoing.letters import Overtaken
from cloud.outgoing.receipts import Receipts
from cloud.store import contacts, messages
from cloud.store.db import reading, writing
from cloud.store.messages import Message, Try

log = logging.getLogger(__name__)
EVERY_S = 0.25  # how late a message may leave
LEASE_MS = 15_000  # more than one try takes
AT_ONCE = 16  # on one channel
BATCH = 100
POLL_EVERY_MS = 5_000
POLL_UNTIL_MS = 180_000  # after that nobody is asked any more
STOP_S = 2.0
TOO_SLOW = "no answer within %(seconds)d s"
NOT_UNDERSTOOD = "its answer was not understood"
NOT_WRITTEN = "the message could not be written"


class Courier:
    """start() runs the loop that tick() hands its work to; tick() is for cloud.ticker."""

    def __init__(
        self,
        engine: Engine,
        http: httpx2.AsyncClient,
        channels: Mapping[str, Channel],
        receipts: Receipts,
        public_url: str,
        secret: str,
        clock: Clock = wall_ms,
    ) -> None:
        self._engine = engine
        self._http = http
        self._channels = channels
        self._receipts = receipts
        self._public_url = public_url
        self._secret = secret
        self._clock = clock
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="courier", daemon=True)
        self._lock = threading.Lock()
        self._busy: Counter[str] = Counter()
        self._running: set[Future[None]] = set()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What is under way gets a moment; the rest is sent again by the next process."""
        self.finish(STOP_S)
        asyncio.run_coroutine_threadsafe(self._http.aclose(), self._loop).result(STOP_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def finish(self, timeout_s: float) -> None:
        """Wait for what is under way."""
        with self._lock:
            running = set(self._running)
        wait(running, timeout_s)

    def tick(self, now_ms: int) -> None:
        with self._lock:
            room = {name: AT_ONCE - self._busy[name] for name in NAMES}
        with reading(self._engine) as conn:
            due = messages.due(conn, now_ms, [n for n in NAMES if room[n] > 0], BATCH)
            asked = messages.to_poll(conn, now_ms, BATCH)
        if not due and not asked:
            return
        with writing(self._engine) as conn:
            ready = [one for m in due if (one := self._claim(conn, m, room, now_ms)) is not None]
            for tried in asked:
                _ask_later(conn, tried, now_ms)
        for message, letter in ready:
            self._begin(message.channel or "", self._try(message, letter))
        for tried in asked:
            self._begin("", self._ask(tried))

    def _claim(
        self, conn: Connection, message: Message, room: dict[str, int], now_ms: int
    ) -> tuple[Message, Letter | Failed] | None:
        """None: there is no room now, somebody else has it, nobody needs it any more, or this way
        is not set up."""
        channel = message.channel or ""
        if room[channel] <= 0 or not messages.claim(conn, message, now_ms + LEASE_MS):
            return None
        if channel not in self._channels:
            dead = self._dead(conn, message)
            messages.change(conn, message.id, attempts.not_set_up(message, dead, now_ms))
            return None
        try:
            letter = self._letter(conn, message)
        except Overtaken:
            messages.change(conn, message.id, attempts.overtaken(message))
            return None
        room[channel] -= 1
        return message, letter

    def _letter(self, conn: Connection, message: Message) -> Letter | Failed:
        """Its words. One that cannot be written has failed, and holds up no other."""
        try:
            return letters.letter_of(conn, message, self._public_url, self._secret)
        except Overtaken:
            raise
        except Failed as failed:
            return failed
        except Exception as error:
            log.error("message %d cannot be written: %s", message.id, type(error).__name__)
            return Failed(NOT_WRITTEN)

    def _begin(self, channel: str, work: Coroutine[Any, Any, None]) -> None:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        with self._lock:
            self._busy[channel] += 1
            self._running.add(future)
        future.add_done_callback(lambda done: self._end(channel, done))

    def _end(self, channel: str, future: Future[None]) -> None:
        with self._lock:
            self._busy[channel] -= 1
            self._running.discard(future)
        if not future.cancelled() and (error := future.exception()):
            log.error("a message is tried again later: %s", type(error).__name__)

    async def _try(self, message: Message, letter: Letter | Failed) -> None:
        channel = self._channels[message.channel or ""]
        try:
            if isinstance(letter, Failed):
                raise letter
            provider_id = await _send(channel, letter)
        except Failed as failed:
            code = failed.why["args"].get("code") or failed.why["text"]
            log.warning("message %d: %s failed: %s", message.id, message.channel, code)
            await asyncio.to_thread(self._note_failed, message, failed)
            return
        await asyncio.to_thread(self._note_sent, message, channel, provider_id)

    def _note_sent(self, message: Message, channel: Channel, provider_id: str) -> None:
        now_ms = self._clock()
        with writing(self._engine) as conn:
            current = messages.get(conn, message.id, locked=True)
            values = attempts.after_sent(
                current, self._dead(conn, current), channel.limit_s, now_ms
            )
            if current.delivered_ms is not None:  # the receipt was faster than we
                values["next_ms"] = None
            messages.change(conn, message.id, values)
            poll_ms = None if channel.poll is None else now_ms + POLL_EVERY_MS
            _add_try(conn, message, now_ms, provider_id=provider_id[:120], poll_ms=poll_ms)

    def _note_failed(self, message: Message, failed: Failed) -> None:
        now_ms = self._clock()
        with writing(self._engine) as conn:
            current = messages.get(conn, message.id, locked=True)
            _add_try(conn, message, now_ms, failed_why=failed.why, final=failed.final)
            contact_id = message.ways[message.way][1]
            if isinstance(failed, Gone) and contact_id is not None:
                contacts.remove(conn, contact_id)
            values = attempts.after_failed(current, self._dead(conn, current), now_ms)
            messages.change(conn, message.id, values)

    def _dead(self, conn: Connection, message: Message) -> set[int]:
        """The indices of ways that would fail again, or are not set up here."""
        tried = messages.tries_of(conn, [message.id])[message.id]
        unset = (i for i, (name, _) in enumerate(message.ways) if name not in self._channels)
        return {one.way for one in tried if one.final}.union(unset)

    async def _ask(self, tried: Try) -> None:
        channel = self._channels.get(tried.channel)
        if channel is None or channel.poll is None or tried.provider_id is None:
            return
        try:
            address = await asyncio.to_thread(self._address, tried)
            async with asyncio.timeout(TIMEOUT_S):
                receipt = await channel.poll(tried.provider_id, address, tried.at_ms)
        except (Failed, TimeoutError, ValueError):
            return  # it is asked again
        if receipt is not None:
            note = self._receipts.note
            await asyncio.to_thread(note, tried.channel, tried.provider_id, receipt, self._clock())

    def _address(self, tried: Try) -> str:
        with reading(self._engine) as conn:
            return letters.address_of(conn, messages.get(conn, tried.message_id), tried.way)


async def _send(channel: Channel, letter: Letter) -> str:
    try:
        async with asyncio.timeout(TIMEOUT_S):
            return await channel.send(letter)
    except TimeoutError:
        raise Failed(TOO_SLOW, seconds=round(TIMEOUT_S)) from None
    except Failed:
        raise
    except Exception as error:  # whatever an answer held: its words are not logged
        log.error("an answer was not understood: %s", type(error).__name__)
        raise Failed(NOT_UNDERSTOOD) from None


def _ask_later(conn: Connection, tried: Try, now_ms: int) -> None:
    too_old = now_ms - tried.at_ms > POLL_UNTIL_MS
    again_ms = None if too_old else now_ms + POLL_EVERY_MS
    messages.change_try(conn, tried.id, {"poll_ms": again_ms})


def _add_try(conn: Connection, message: Message, now_ms: int, **values: Any) -> None:
    channel = message.ways[message.way][0]
    row = {"message_id": message.id, "way": message.way, "channel": channel, "at_ms": now_ms}
    messages.add_try(conn, **{**row, "final": False, **values})
