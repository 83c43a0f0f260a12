"""What just happened, handed to every open page of this process that may see it.

publish() may be called from any thread and never waits. Each page has a bounded queue; one that
does not keep up is cut off, reconnects and reloads, so that no page shows old data as new. Nothing
is kept here: what a page missed it reads from the store.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Self

SEE_ALL = ("centre", "admin")  # roles
MAX_WAITING = 4000  # events; four seconds of a thousand mothers on the centre's wall


@dataclass(frozen=True)
class Event:
    """One change, and who may know of it: the centre always, `mother_id` her own,
    `organisation_ids` each of these (None: no organisation but the centre)."""

    kind: str  # trace, alert, recording, sight, green, referral; changed: see changed()
    recording_id: int | None  # None: it is about no recording
    mother_id: int | None
    organisation_ids: frozenset[int] | None
    data: Mapping[str, Any]  # what the page gets, as JSON


def changed(
    topic: str, id_: int | None, *, mother_id: int | None, organisation_ids: frozenset[int] | None
) -> Event:
    """What pages that the service writes listen for (static/written.js): they read again."""
    return Event("changed", None, mother_id, organisation_ids, {"topic": topic, "id": id_})


@dataclass(frozen=True)
class Viewer:
    """Who looks, by role: centre and admin see all, a hospital and a mother their own."""

    role: str
    organisation_id: int | None = None
    mother_id: int | None = None


def may_see(
    viewer: Viewer,
    mother_id: int | None,
    organisation_ids: frozenset[int] | None,
    hidden: bool = False,
) -> bool:
    """The rule of who sees a recording: `mother_id` is whose it is, `organisation_ids` are her
    own hospital and those that an alert of it asked, with her consent (cloud.store.sight).
    `hidden`: she is the canary, whom only her own organisation sees (cloud.store.hidden)."""
    if viewer.role in SEE_ALL:
        return not hidden
    if viewer.role == "hospital":
        return viewer.organisation_id in (organisation_ids or ())
    return viewer.role == "mother" and mother_id is not None and viewer.mother_id == mother_id


class Subscription:
    """The events for one open page, in order: `async for event in subscription`.

    It ends when the page was too slow or close() was called.
    """

    def __init__(self, hub: "Hub", viewer: Viewer, limit: int) -> None:
        self.viewer = viewer
        self.cut_off = False
        self.offered: set[tuple[int, int | None]] = set()  # (alert, organisation asked): put here
        self.handed: set[tuple[int, int | None]] = set()  # and taken from here by the page
        self._hub = hub
        self._limit = limit
        self._lock = Lock()
        self._waiting: deque[Event] = deque()
        self._loop = asyncio.get_running_loop()
        self._more = asyncio.Event()
        self._closed = False

    def put(self, event: Event) -> None:
        """Queue one event, from any thread; too many waiting ends the subscription."""
        with self._lock:  # or two threads might each leave the waking to the other
            if self._closed:
                return
            if len(self._waiting) >= self._limit:
                self.cut_off = True
                self.close()
                return
            if event.kind == "alert":
                self.offered.add(asked(event))
            self._waiting.append(event)
            if len(self._waiting) == 1:
                self._wake()

    def close(self) -> None:
        self._closed = True
        self._hub.forget(self)
        self._wake()

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._more.set)
        except RuntimeError:  # its loop has ended, and the page with it
            self._closed = True
            self._hub.forget(self)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        while not self._closed:
            self._more.clear()
            if self._waiting:
                event = self._waiting.popleft()
                if event.kind == "alert":
                    self.handed.add(asked(event))
                return event
            await self._more.wait()
        raise StopAsyncIteration


class Hub:
    """`is_hidden` says it of a mother, and is asked for each event."""

    def __init__(
        self, limit: int = MAX_WAITING, is_hidden: Callable[[int], bool] = lambda _: False
    ) -> None:
        self._limit = limit
        self._is_hidden = is_hidden
        self._lock = Lock()
        self._subscriptions: tuple[Subscription, ...] = ()

    def publish(self, event: Event) -> None:
        """Hand the event to every subscription that may see it."""
        about = event.mother_id, event.organisation_ids, self.hides(event.mother_id)
        for subscription in self._subscriptions:
            if may_see(subscription.viewer, *about):
                subscription.put(event)

    def hides(self, mother_id: int | None) -> bool:
        return mother_id is not None and self._is_hidden(mother_id)

    @property
    def has_subscribers(self) -> bool:
        return bool(self._subscriptions)

    @property
    def pages(self) -> int:
        """How many are open."""
        return len(self._subscriptions)

    def watched(self, mother_id: int | None, organisation_ids: frozenset[int] | None) -> bool:
        """Whether anybody would get such an event: if not, it need not be made."""
        about = mother_id, organisation_ids, self.hides(mother_id)
        return any(may_see(s.viewer, *about) for s in self._subscriptions)

    def subscribe(self, viewer: Viewer) -> Subscription:
        """Called on the event loop on which the page will read."""
        subscription = Subscription(self, viewer, self._limit)
        with self._lock:
            self._subscriptions += (subscription,)
        return subscription

    def subscribers_of(self, organisation_id: int) -> tuple[Subscription, ...]:
        """The open pages of one hospital."""
        return tuple(
            s
            for s in self._subscriptions
            if s.viewer.role == "hospital" and s.viewer.organisation_id == organisation_id
        )

    def forget(self, subscription: Subscription) -> None:
        with self._lock:
            self._subscriptions = tuple(s for s in self._subscriptions if s is not subscription)


def asked(event: Event) -> tuple[int, int | None]:
    """Which alert an alert event is about, and which organisation it says is asked."""
    organisation = event.data["organisation"]
    return event.data["id"], organisation["id"] if organisation else None
