"""A TCP proxy that misbehaves on demand, and hears every frame that passes.

    proxy = Proxy(to_port).start()      # listens on proxy.port, on loopback
    proxy.up.latency_s = 2.0            # what is sent to the server is late
    proxy.cut()                         # all connections end, new ones are refused, until heal()

TCP lets nobody take, double or change bytes: faults of frames are a client's (cloud.drill.sender).
"""

import asyncio
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

CHUNK = 1 << 16
STEP_S = 0.01  # how soon a change is noticed
Tap = Callable[[int, bool, bytes], None]  # connection, whether it goes up, what passes


@dataclass
class Direction:
    """What is done to the bytes of one direction, of all connections."""

    latency_s: float = 0.0
    bytes_per_s: float = 0.0  # 0: as fast as it goes
    held: bool = False  # nothing passes; it is kept
    stalled_share: float = 0.0  # of the chunks that wait as if TCP had to send them again
    rng: random.Random = field(default_factory=random.Random)

    def wait_s(self, size: int) -> float:
        """So long the chunk stays here."""
        late_s = self.latency_s + (size / self.bytes_per_s if self.bytes_per_s else 0.0)
        # Linux's least retransmission time-out beyond what an answer takes; it doubles
        again_s = 0.2 + 2 * self.latency_s
        while self.stalled_share and self.rng.random() < self.stalled_share:
            late_s += again_s
            again_s *= 2
        return late_s


class Proxy:
    """From `port` of loopback to another port of it. Its loop runs in a thread."""

    def __init__(self, to_port: int, port: int, tap: Tap = lambda *_: None) -> None:
        self.port = port
        self.up, self.down = Direction(), Direction()
        self.from_host: str | None = None  # address that it connects from
        self.tap = tap  # what goes up is heard as it comes, what goes down as it is handed on
        self._to_port = to_port
        self._refusing = False
        self.connections = 0
        self._frozen: set[int] = set()  # connections that are half-open
        self._open: dict[int, list[asyncio.StreamWriter]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def start(self) -> Self:
        self._thread.start()
        opened = asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self._server = asyncio.run_coroutine_threadsafe(opened, self._loop).result(10)
        return self

    def stop(self) -> None:
        self._refusing = True
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def cut(self) -> None:
        """The line is down."""
        self._refusing = True
        self._loop.call_soon_threadsafe(self._end_all)

    def fall_silent(self) -> None:
        """The line is dead and nobody is told: what is open is mute, new ones are refused."""
        self._refusing = True
        self.freeze()

    def connect(self) -> None:
        """The line is up again, as slow as it is."""
        self._refusing = False

    def freeze(self) -> None:
        """What is open now stays open and carries nothing any more; new connections are sound."""
        self._frozen |= set(self._open)

    def heal(self) -> None:
        """All is as it should be, but for what is frozen."""
        for way in (self.up, self.down):
            way.latency_s = way.bytes_per_s = way.stalled_share = 0.0
            way.held = False
        self.connect()

    async def _end(self) -> None:
        self._server.close()
        self._end_all()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _end_all(self) -> None:
        for writers in self._open.values():
            for writer in writers:
                writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self._refusing:
                raise ConnectionRefusedError
            source = (self.from_host, 0) if self.from_host else None
            there = await asyncio.open_connection("127.0.0.1", self._to_port, local_addr=source)
        except OSError:
            writer.transport.abort()
            return
        self.connections += 1
        number = self.connections
        self._open[number] = [writer, there[1]]
        ways = (
            self._pass(number, reader, there[1], True),
            self._pass(number, there[0], writer, False),
        )
        await asyncio.gather(*ways)
        del self._open[number]

    async def _pass(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, up: bool
    ) -> None:
        """One direction of one connection. Late chunks do not hold up the reading of others."""
        way = self.up if up else self.down
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(1000)
        writing = asyncio.create_task(self._write(number, up, waiting, writer))
        free_s = 0.0  # when the line has carried what came before
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                if up:
                    self.tap(number, True, data)
                free_s = max(free_s, time.monotonic()) + way.wait_s(len(data)) - way.latency_s
                await waiting.put((free_s + way.latency_s, data))
        await waiting.put((0.0, b""))
        await writing

    async def _write(
        self,
        number: int,
        up: bool,
        waiting: asyncio.Queue[tuple[float, bytes]],
        writer: asyncio.StreamWriter,
    ) -> None:
        way = self.up if up else self.down
        broken = False
        while True:
            at_s, data = await waiting.get()
            if not data:
                break
            await asyncio.sleep(max(0.0, at_s - time.monotonic()))
            while (way.held or number in self._frozen) and not writer.is_closing():
                await asyncio.sleep(STEP_S)
            try:
                if not broken:
                    if not up:
                        self.tap(number, False, data)
                    writer.write(data)
                    await writer.drain()
            except OSError:
                broken = True
        writer.transport.abort() if self._refusing else writer.close()
