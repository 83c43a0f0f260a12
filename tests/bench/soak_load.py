"""What goes on in a day of the soak: recordings begin and end, pages are opened and left."""

import asyncio
import itertools
import json
import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx2

from cloud.canary.page import ANSWERS, FIRST, alerts_in
from cloud.demo import PASSWORD
from device import payloads, wire
from tests.bench.load import NEVER_S, make_frame
from tests.bench.mqtt import Client
from tests.e2e.rig import Rig

SPEED = 12
RECORDED_S = 300  # of one recording: 25 s here
FALLS_EVERY, FALLS_S = 5, 120  # one in so many; from that recorded second on
RECEIPTS_S = 30.0  # so long the last ones are waited for
VISITORS = 12  # pages open at the same time
STAYS_S = (3.0, 25.0)
STAFF = ("hospital", "county", "clinic", "centre")
PAGES = {"centre": "/centre", "hospital": "/hospital", "county": "/hospital", "clinic": "/hospital"}
REASON = {"reason": "the soak"}


@dataclass(frozen=True)
class Home:
    """A gateway of its own, with one probe."""

    gateway: str
    token: str
    device: str


class Day:
    """`count` recordings, evenly spread over `lasts_s`, one home after the other."""

    def __init__(self, port: int, homes: list[Home], count: int, lasts_s: float) -> None:
        self.begun = 0
        self.unreceipted = 0
        self._port = port
        self._homes = homes
        self._count = count
        self._every_s = lasts_s / count

    def run(self) -> None:
        """Until all have ended."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        tasks = []
        next_s = time.monotonic()
        for number, home in zip(range(self._count), itertools.cycle(self._homes), strict=False):
            await asyncio.sleep(max(0.0, next_s - time.monotonic()))
            next_s += self._every_s
            tasks.append(asyncio.create_task(self._record(number, home)))
        await asyncio.gather(*tasks)

    async def _record(self, number: int, home: Home) -> None:
        session, receipted = number // len(self._homes) + 1, 0
        up, down = wire.gateway_up(home.gateway, home.device), wire.gateway_down(home.gateway, "+")

        def heard(message: bytes) -> None:
            nonlocal receipted
            for frame in wire.Reader().feed(message):
                if frame.kind == wire.RECEIPT and frame.session == session:
                    receipted = max(receipted, payloads.unpack_receipt(frame).stored)

        client = Client(home.gateway, home.token, down, heard)
        await client.open(self._port)
        self.begun += 1
        frames = _frames(number, session)
        start_ms = time.time_ns() // 1_000_000
        for first in range(0, len(frames), SPEED):
            stamp = payloads.pack_stamp(payloads.Stamp(time.time_ns() // 1_000_000, start_ms, 0))
            head = wire.encode(wire.Frame(wire.STAMP, session, 0, 0, stamp))
            client.publish(up, head + b"".join(frames[first : first + SPEED]))
            await asyncio.sleep(1.0)
        until_s = time.monotonic() + RECEIPTS_S
        while receipted < len(frames) and time.monotonic() < until_s:
            await asyncio.sleep(0.2)
        self.unreceipted += len(frames) - receipted
        client.close()


def _frames(number: int, session: int) -> list[bytes]:
    falls_s = FALLS_S if number % FALLS_EVERY == 0 else NEVER_S
    frames = [make_frame(seq, number, falls_s, session, SPEED) for seq in range(RECORDED_S + 1)]
    stop = payloads.pack_event(payloads.Event(payloads.STOP, len(frames) + 1, b""))
    seq = len(frames)
    return [*frames, wire.encode(wire.Frame(wire.EVENT, session, seq, 1000 * RECORDED_S, stop))]


class Visits:
    """People who log in, look, answer what they are asked, and log out again; all the time."""

    def __init__(self, rig: Rig) -> None:
        self.count = 0
        self.failed = 0
        self._rig = rig
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._visit_on, args=(STAFF[n % len(STAFF)], n), daemon=True)
            for n in range(VISITORS)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(60)

    def _visit_on(self, username: str, seed: int) -> None:
        chance = random.Random(seed)
        while not self._ended.is_set():
            try:
                with httpx2.Client(base_url=self._rig.url, timeout=30) as client:
                    form = {"username": username, "password": PASSWORD}
                    client.post("/login", data=form)
                    self._visit(client, username, chance.uniform(*STAYS_S))
                    client.post("/logout")
                self.count += 1
            except (httpx2.HTTPError, ValueError):
                self.failed += 1
                self._ended.wait(1.0)

    def _visit(self, client: httpx2.Client, username: str, stays_s: float) -> None:
        """The page, its lists, a recording, and the stream with the alerts that come on it."""
        until_s = time.monotonic() + stays_s
        for path in (
            PAGES[username],
            "/api/recordings",
            "/health" if username == "centre" else "/",
        ):
            client.get(path)
        views: list[dict[str, Any]] = client.get("/api/alerts").raise_for_status().json()
        if views:
            client.get(f"/recordings/{views[0]['recording_id']}")
            client.get(f"/api/recordings/{views[0]['recording_id']}/assessment")
        for view in views[:20]:
            self._answer(client, view)
        with client.stream("GET", "/events") as stream:
            for view in alerts_in(_until(stream.raise_for_status().iter_lines(), until_s)):
                self._answer(client, view)

    def _answer(self, client: httpx2.Client, view: dict[str, Any]) -> None:
        """Whoever may not, or comes too late, is refused: that is as in life."""
        for step in ANSWERS.get(view["phase"], FIRST[view["kind"]]):
            with suppress(json.JSONDecodeError):
                client.post(f"/api/alerts/{view['id']}/{step}", json=REASON)


def _until(lines: Any, until_s: float) -> Any:
    """The stream's clock comes each second."""
    for line in lines:
        yield line
        if time.monotonic() > until_s:
            return
