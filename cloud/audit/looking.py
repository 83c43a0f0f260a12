"""Each look of staff at a mother's recording or record is written down, for her to see.

A look that cannot be written down does not keep a doctor from the strip: it is logged as an error.
"""

import logging
from threading import Lock

from sqlalchemy import Engine

from cloud.store import looks
from cloud.store.db import StoreError, writing
from cloud.store.looks import HOUR_MS

log = logging.getLogger(__name__)
STAFF = ("hospital", "centre", "admin")


class Looking:
    """Remembers the looks of this hour, so that a page that reads often writes once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._hour = 0
        self._known: set[tuple[int, int, int | None]] = set()

    def note(
        self, person_id: int, organisation_id: int | None, mother_id: int,
        recording_id: int | None, now_ms: int,
    ) -> None:  # fmt: skip
        """`recording_id` None: at her record."""
        key = (person_id, mother_id, recording_id)
        with self._lock:
            if self._hour != now_ms // HOUR_MS:
                self._hour, self._known = now_ms // HOUR_MS, set()
            if key in self._known:
                return
        try:
            with writing(self._engine) as conn:
                looks.add(
                    conn, mother_id=mother_id, recording_id=recording_id, person_id=person_id,
                    organisation_id=organisation_id, at_ms=now_ms,
                )  # fmt: skip
        except StoreError as error:
            log.error("a look of person %d is not written down: %s", person_id, error.orig)
            return
        with self._lock:
            self._known.add(key)
