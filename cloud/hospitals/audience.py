"""Which hospitals may see a recording, remembered for a while: events ask it every second."""

import time
from threading import Lock

from sqlalchemy import Engine

from cloud.store.db import reading
from cloud.store.sight import organisations_of

REMEMBERED_S = 30.0  # a mother who changes her hospital is seen by the new one after this


class Audience:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()  # or what was read before a commit might be kept after it
        self._known: dict[int, tuple[float, frozenset[int]]] = {}

    def of(self, recording_id: int) -> frozenset[int]:
        with self._lock:
            read_s, organisation_ids = self._known.get(recording_id, (-REMEMBERED_S, frozenset()))
            if time.monotonic() - read_s >= REMEMBERED_S:
                read_s = time.monotonic()
                with reading(self._engine) as conn:
                    organisation_ids = organisations_of(conn, recording_id)
                self._known[recording_id] = read_s, organisation_ids
            return organisation_ids

    def forget(self, recording_id: int) -> None:
        """One of its alerts has asked another hospital."""
        with self._lock:
            self._known.pop(recording_id, None)
