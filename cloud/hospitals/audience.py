"""Which hospitals may see a recording, remembered for a while: events ask it every second."""

from threading import Lock

from sqlalchemy import Engine

from cloud.clock import Clock, wall_ms
from cloud.store.db import reading
from cloud.store.sight import organisations_of

REMEMBERED_MS = 30_000  # a mother who changes her hospital is seen by the new one after this


class Audience:
    def __init__(self, engine: Engine, clock: Clock = wall_ms) -> None:
        self._engine = engine
        self._clock = clock
        self._lock = Lock()  # or what was read before a commit might be kept after it
        self._known: dict[int, tuple[int, frozenset[int]]] = {}

    def of(self, recording_id: int) -> frozenset[int]:
        with self._lock:
            now_ms, known = self._clock(), self._known.get(recording_id)
            if known is not None and 0 <= now_ms - known[0] < REMEMBERED_MS:
                return known[1]
            with reading(self._engine) as conn:
                found = organisations_of(conn, recording_id)
            self._known[recording_id] = now_ms, found
            return found

    def forget(self, recording_id: int) -> None:
        """One of its alerts has asked another hospital."""
        with self._lock:
            self._known.pop(recording_id, None)
