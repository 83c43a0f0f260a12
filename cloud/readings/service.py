"""The reading service: one transaction for each change, then the pages are told.

What may be done says cloud.readings.moves. The tick queues recordings that have ended and finds
readings past their deadline. The pages get the id only and read the view again: a blind reader, a
mother and the centre do not see the same of it.
"""

import logging
from collections.abc import Callable

from sqlalchemy import Connection, Engine

from cloud.alerts.answers import Refused
from cloud.hospitals.audience import Audience
from cloud.hub import Event, Hub
from cloud.readings import moves
from cloud.store import readings, recordings
from cloud.store.db import reading as looking
from cloud.store.db import writing
from cloud.store.readings import Reading

log = logging.getLogger(__name__)
EVERY_S = 1.0
LOOKS_BACK_MS = 24 * 3600 * 1000  # what ended longer ago is read when somebody asks
ASSESSMENT_WAIT_MS = 60_000  # so long the last assessment is waited for: it gives the priority


class Readings:
    """tick() is for cloud.ticker, each EVERY_S."""

    def __init__(self, engine: Engine, hub: Hub, audience: Audience) -> None:
        self._engine = engine
        self._hub = hub
        self._audience = audience

    def change(self, do: Callable[[Connection], Reading]) -> Reading:
        """Do it and tell the pages. Refused and LookupError pass through: nothing was done."""
        with writing(self._engine) as conn:
            reading = do(conn)
        self._tell(reading)
        return reading

    def tick(self, now_ms: int) -> None:
        with looking(self._engine) as conn:
            ended = readings.unread(conn, now_ms - LOOKS_BACK_MS, now_ms - ASSESSMENT_WAIT_MS)
            late = readings.late(conn, now_ms)
        for recording_id in ended:
            self._guarded(self._queue, recording_id, now_ms)
        for reading_id in late:
            self._guarded(self._overdue, reading_id, now_ms)

    def _queue(self, recording_id: int, now_ms: int) -> None:
        with writing(self._engine) as conn:
            recording = recordings.get(conn, recording_id)
            if recording is None or readings.of_recording_locked(conn, recording_id):
                return  # somebody has asked in the meantime
            reading = moves.want(conn, recording, None, "", now_ms)
        self._tell(reading)

    def _overdue(self, reading_id: int, now_ms: int) -> None:
        with writing(self._engine) as conn:
            reading = moves.overdue(conn, reading_id, now_ms)
        if reading is not None:
            self._tell(reading)

    def _guarded(self, do: Callable[[int, int], None], number: int, now_ms: int) -> None:
        try:
            do(number, now_ms)
        except Refused:
            log.info("%s of %d was overtaken", do.__name__, number)
        except Exception:
            log.exception("%s of %d failed", do.__name__, number)

    def _tell(self, reading: Reading) -> None:
        audience = self._audience.of(reading.recording_id)
        data = {
            "id": reading.id,
            "recording_id": reading.recording_id,
            "phase": reading.phase.value,
        }
        self._hub.publish(Event("reading", reading.recording_id, reading.mother_id, audience, data))
