"""Where the day is played: the clock, the service, the probes, who has promised to do what when."""

import heapq
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from cloud.scenario.people import Cast
from cloud.scenario.probes import Probes
from cloud.scenario.service import Clock, Service
from cloud.scenario.strips import Real

Do = Callable[[], object]


@dataclass(frozen=True)
class Pace:
    """How long things take in this play, in minutes, and how often the service assesses."""

    reading: tuple[float, float]  # from seeing a recording in the queue to taking it
    caring: tuple[float, float]  # from accepting an alert to writing down what was done
    travel: tuple[float, float]  # of a mother or an ambulance
    assess_every_s: float
    evening_min: int  # the longest the play goes on after its last line, until all is answered


@dataclass
class Stage:
    seed: int
    start_ms: int
    pace: Pace
    clock: Clock
    service: Service
    probes: Probes
    cast: Cast
    real: Real
    offline: set[str] = field(default_factory=set)  # places without a page, where nobody answers
    answers: dict[str, str] = field(default_factory=dict)  # place: what it answers instead of usual
    notes: list[tuple[int, str]] = field(default_factory=list)  # of the script, for the transcript
    seen: dict[tuple[str, int], int] = field(default_factory=dict)  # account, alert: first seen, ms
    waiting: dict[int, int] = field(
        default_factory=dict
    )  # alert: until when a hospital answers, ms
    refused: list[str] = field(default_factory=list)  # what nobody expected to be refused
    restarts: list[tuple[int, int]] = field(default_factory=list)  # from, to
    racing: bool = False  # two people of a hospital will accept the next alert at once
    cared: dict[int, str] = field(default_factory=dict)  # mother: the place whose team she has
    pending: list[tuple[int, int, list[dict[str, Any]]]] = field(
        default_factory=list
    )  # when the centre looked: how many recordings of nobody there should be, and its list
    learnt: set[tuple[str, int]] = field(default_factory=set)  # account, lesson
    shown: dict[str, Any] = field(default_factory=dict)  # to the centre at the end: closing.py
    wake: tuple[int, Do] | None = None  # when the service starts again, and how
    _agenda: list[tuple[int, int, Do]] = field(default_factory=list)
    _order: int = 0
    _done: set[Hashable] = field(default_factory=set)

    @property
    def now_ms(self) -> int:
        return self.clock.now_ms

    def rng(self, *about: object) -> Random:
        """The same for the same matter, whatever else has happened."""
        return Random(f"{self.seed} {about}")  # noqa: S311 - a play, not a secret

    def once(self, *about: Hashable) -> bool:
        """Whether nobody has reacted to this yet."""
        if about in self._done:
            return False
        self._done.add(about)
        return True

    def at(self, at_ms: int, do: Do) -> None:
        self._order += 1
        heapq.heappush(self._agenda, (at_ms, self._order, do))

    def later(self, seconds: float, do: Callable[..., object], *args: Any, **named: Any) -> None:
        """Somebody promises to do this after so many seconds."""
        self.at(self.now_ms + round(seconds * 1000), partial(do, *args, **named))

    @property
    def next_ms(self) -> int | None:
        return self._agenda[0][0] if self._agenda else None

    def act(self, until_ms: int) -> None:
        """Everybody does what they have promised to do by then, at the time they said."""
        while self._agenda and self._agenda[0][0] <= until_ms:
            at_ms, _, do = heapq.heappop(self._agenda)
            self.clock.now_ms = max(self.clock.now_ms, at_ms)
            if self.service.running:
                do()
            else:
                self.later(1.0, do)  # the page says "no connection": they try again
        self.clock.now_ms = until_ms

    def note(self, text: str) -> None:
        self.notes.append((self.now_ms, text))

    def post(
        self,
        account: str,
        path: str,
        body: Any = None,
        may: tuple[int, ...] = (),
        method: str = "POST",
    ) -> Any:
        """The JSON of the answer; None when it was refused. `may` are the statuses with which it
        can be refused in this play; any other one fails the check of refusals."""
        status, found = self.service.call(account, method, path, body)
        if status == 200:
            return found
        said = found.get("detail", found) if isinstance(found, dict) else found
        words = said["text"] % said["args"] if isinstance(said, dict) and "args" in said else said
        self.note(f"{account} {method} {path}: {status} {words}")
        if status not in may:
            self.refused.append(f"{account} {method} {path}: {status} {words}")
        return None

    def get(self, account: str, path: str) -> Any:
        """None when it is not theirs any more."""
        try:
            return self.service.get(account, path)
        except LookupError:
            return None
