"""The real service on a simulated clock: made by create_app, its threads not started, its ticks
called here in a fixed order; people use it over HTTP, in this process, with cookies of its login.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2

from cloud.app import create_app
from cloud.commands import CommandSender
from cloud.config import Settings
from cloud.deps import Services
from cloud.hub import Event, Subscription, Viewer
from cloud.outgoing.courier import Courier
from cloud.outside import Outside
from cloud.scenario.people import PASSWORD, Cast, Person
from cloud.scenario.probes import Probes
from cloud.ticker import Ticker

HOUSE_S = 30.0  # between two looks for recordings that have fallen silent
COURIER_S = 30.0  # of real time, for what it has under way
NOT_PLAYED = ("health",)  # it watches threads and the clock of this machine: there are none here
TURNS = 4  # of the event loop, until every page has what was published


class Clock:
    """The time of the play. Parts of the service read it; run.py moves it."""

    def __init__(self, start_ms: int) -> None:
        self.now_ms = start_ms

    def __call__(self) -> int:
        return self.now_ms


@dataclass(frozen=True)
class Call:
    """What somebody did over HTTP, and what came of it."""

    at_ms: int
    account: str
    method: str
    path: str
    status: int


@dataclass
class Page:
    """An open page: what the hub has handed to it since the last look."""

    account: str
    subscription: Subscription
    task: asyncio.Task[None]
    since_ms: int
    inbox: list[Event] = field(default_factory=list)


class Service:
    """start() and stop() as often as the script wants: the store stays."""

    def __init__(
        self, settings: Settings, clock: Clock, probes: Probes, cast: Cast, loop: Any
    ) -> None:
        self.calls: list[Call] = []
        self.pages: dict[str, Page] = {}
        self.opened: dict[str, list[tuple[int, int]]] = {}  # account: from, to, of pages now closed
        self.running = False
        self._settings = settings
        self._clock = clock
        self._probes = probes
        self._cast = cast
        self._loop: asyncio.AbstractEventLoop = loop
        self._cookies: dict[str, dict[str, str]] = {}
        self._due_ms: dict[str, int] = {}

    def start(self) -> None:
        outside = Outside(
            self._clock, lambda: 0.0, lambda _url, _topic, _take: self._probes, self._clock
        )
        self._app = create_app(self._settings, outside)
        self.parts: Services = self._app.state.services
        self._couriers = [part for part in self._app.state.running if isinstance(part, Courier)]
        tickers = [part for part in self._app.state.running if isinstance(part, Ticker)]
        self._tickers = [one for one in tickers if one.name not in NOT_PLAYED]
        self._senders = [p for p in self._app.state.running if isinstance(p, CommandSender)]
        self.parts.live.rebuild(self.parts.engine, self._clock())
        for part in self._couriers:
            part.start()
        self._http = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self._app), base_url="http://day.local"
        )
        self._due_ms = {}
        self.running = True

    def stop(self) -> None:
        self.running = False
        for account in list(self.pages):
            self.close_page(account)
        for part in self._couriers:
            part.stop()
        self._loop.run_until_complete(self._http.aclose())
        self.parts.planner.close()
        self.parts.engine.dispose()

    def tick(self) -> None:
        """What the threads of the service do, each in its turn when its time has come."""
        now_ms = self._clock.now_ms
        self.parts.ingest.take_in()
        if self._is_due("house", HOUSE_S, now_ms):
            self.parts.ingest.keep_house(now_ms)
        for ticker in self._tickers:
            if self._is_due(ticker.name, ticker.every_s, now_ms):
                ticker.tick(now_ms)
        for courier in self._couriers:
            courier.finish(COURIER_S)
        for sender in self._senders:
            sender.send_due(now_ms)

    def call(self, account: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """What this person's browser asks for: status and JSON, None without."""
        answer = self._ask(account, method, path, body)
        if method != "GET":
            self.calls.append(Call(self._clock.now_ms, account, method, path, answer.status_code))
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return answer.status_code, answer.json() if is_json else None

    def get(self, account: str, path: str) -> Any:
        """The JSON of a page; LookupError when it is not theirs (any more)."""
        return self._got(account, path).json()

    def download(self, account: str, path: str) -> bytes:
        """A file of a page; LookupError as above."""
        return self._got(account, path).content

    def open_page(self, account: str) -> None:
        if account not in self.pages:
            who = self._cast.people[account]
            self.pages[account] = self._loop.run_until_complete(self._open(who))

    def close_page(self, account: str) -> None:
        page = self.pages.pop(account, None)
        if page is not None:
            self.opened.setdefault(account, []).append((page.since_ms, self._clock.now_ms))
            page.subscription.close()
            self._loop.run_until_complete(page.task)

    def was_open(self, account: str, at_ms: int) -> bool:
        """Whether this person had a page then, as far as it is closed by now."""
        return any(since <= at_ms < until for since, until in self.opened.get(account, []))

    def events(self) -> Iterator[tuple[str, Event]]:
        """What has come to the open pages since the last look, page by page."""
        self._loop.run_until_complete(self._turn())
        for account in list(self.pages):
            page = self.pages.get(account)
            if page is not None:
                came = page.inbox.copy()
                page.inbox.clear()
                for event in came:
                    yield account, event

    def _is_due(self, name: str, every_s: float, now_ms: int) -> bool:
        if now_ms < self._due_ms.get(name, 0):
            return False
        self._due_ms[name] = now_ms + round(every_s * 1000)
        return True

    def _got(self, account: str, path: str) -> httpx2.Response:
        answer = self._ask(account, "GET", path)
        if answer.status_code != 200:
            raise LookupError(f"{account} GET {path}: {answer.status_code}")
        return answer

    def _ask(self, account: str, method: str, path: str, body: Any = None) -> httpx2.Response:
        return self._loop.run_until_complete(self._call(account, method, path, body))

    async def _call(self, account: str, method: str, path: str, body: Any) -> httpx2.Response:
        if account not in self._cookies:
            form = {"username": account, "password": PASSWORD}
            answer = await self._http.post("/login", data=form)
            if answer.status_code != 303:
                raise RuntimeError(f"{account} cannot log in: {answer.status_code}")
            self._cookies[account] = dict(answer.cookies)
        self._http.cookies.clear()
        pairs = "; ".join(f"{name}={value}" for name, value in self._cookies[account].items())
        return await self._http.request(method, path, json=body, headers={"cookie": pairs})

    async def _open(self, who: Person) -> Page:
        organisation_id = None if who.mother_id else self._cast.place_ids[who.place]
        viewer = Viewer(who.role, organisation_id, who.mother_id)
        subscription = self.parts.hub.subscribe(viewer)
        inbox: list[Event] = []

        async def read() -> None:
            keep = inbox.append
            async for event in subscription:
                if event.kind != "trace":
                    keep(event)

        return Page(
            who.account, subscription, asyncio.create_task(read()), self._clock.now_ms, inbox
        )

    async def _turn(self) -> None:
        for _ in range(TURNS):
            await asyncio.sleep(0)
