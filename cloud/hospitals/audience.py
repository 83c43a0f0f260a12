"""Which hospitals may see a recording, remembered for a while: events ask it every second."""

from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Engine

from cloud.clock import Clock, wall_ms
from cloud.store import hidden
from cloud.store.db import reading
from cloud.store.sight import organisations_of_all

REMEMBERED_MS = 30_000  # a mother who changes her hospital is seen by the new one after this
SOON_MS = REMEMBERED_MS // 2  # what is older is looked up along with another one


@dataclass
class _Known:
    organisation_ids: frozenset[int]
    read_ms: int
    asked_ms: int


class Audience:
    def __init__(self, engine: Engine, clock: Clock = wall_ms) -> None:
        self._engine = engine
        self._clock = clock
        self._lock = Lock()  # or what was read before a commit might be kept after it
        self._known: dict[int, _Known] = {}

    def of(self, recording_id: int) -> frozenset[int]:
        with self._lock:
            now_ms, known = self._clock(), self._known.get(recording_id)
            if known is None or not 0 <= now_ms - known.read_ms < REMEMBERED_MS:
                known = self._look(recording_id, now_ms)
            known.asked_ms = now_ms
            return known.organisation_ids

    def _look(self, recording_id: int, now_ms: int) -> _Known:
        """Read it, and with it those that are soon too old and still asked for."""
        old = {
            number: one.asked_ms
            for number, one in self._known.items()
            if not 0 <= now_ms - one.read_ms < SOON_MS
        }
        for number in old:
            del self._known[number]
        asked = {n: at_ms for n, at_ms in old.items() if 0 <= now_ms - at_ms < REMEMBERED_MS}
        asked[recording_id] = now_ms
        with reading(self._engine) as conn:
            found = organisations_of_all(conn, asked)
        for number, organisation_ids in found.items():
            self._known[number] = _Known(organisation_ids, now_ms, asked[number])
        return self._known[recording_id]

    def forget(self, recording_id: int) -> None:
        """One of its alerts has asked another hospital."""
        with self._lock:
            self._known.pop(recording_id, None)


class Hidden:
    """Whether a mother is hidden, remembered: she is for good, or never."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[int, bool] = {}

    def __call__(self, mother_id: int) -> bool:
        if mother_id not in self._known:
            with reading(self._engine) as conn:
                self._known[mother_id] = hidden.is_hidden(conn, mother_id)
        return self._known[mother_id]
