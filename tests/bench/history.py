"""Gives homes a past: recordings that have been running for a while, as the store would hold them.

So that a cloud under load assesses windows as long as real ones, not those of a bench's minutes.
"""

import time

from sqlalchemy import create_engine, insert

from cloud.store import tables as t
from models.live import KEEP_S
from tests.bench.load import SESSION, make_frame
from tests.e2e.population import HOME_MOTHERS, home_device
from tests.e2e.rig import Rig
from tests.process import Process

HISTORY_S = KEEP_S  # a whole window of the cloud's assessments
INTO = "INSERT INTO frames (recording_id, seq, data, received_ms)"
READY_S = 600.0
PATTERNS = 30  # that many mothers differ; frames are made once for each (SQLite only)


class LivedIn(Rig):
    """A rig whose first homes have been recording for HISTORY_S."""

    lived_in = 0  # homes

    def set_up(self) -> None:
        super().set_up()
        write(self.database_url, list(self.homes)[: self.lived_in], HISTORY_S)

    def start(self, process: Process) -> None:
        """As a rig does, but a cloud that reads a thousand hours may take its time."""
        if process is self.cloud:
            process.start()
            process.wait_for("ready on", READY_S)
        else:
            super().start(process)


def write(database_url: str, homes: list[str], seconds: int) -> int:
    """Frames 0 (START) .. `seconds` of each home, still open. How many frames each has."""
    now_ms = int(time.time() * 1000)
    engine = create_engine(database_url)
    with engine.begin() as conn:
        for number, gateway in enumerate(homes):
            recording_id = number + 1
            conn.execute(insert(t.recordings).values(
                id=recording_id, device_id=home_device(gateway), session=SESSION,
                gateway_id=gateway, mother_id=HOME_MOTHERS + number, name="load", boot_id=1,
                speed=1, replayed=False, synthetic=True, start_ms=now_ms - 1000 * seconds,
                resent=0, damaged=0, opened_ms=now_ms, last_frame_ms=now_ms,
            ))  # fmt: skip
            if number < PATTERNS:
                rows = [
                    (recording_id, seq, make_frame(seq, number), now_ms)
                    for seq in range(seconds + 1)
                ]
                conn.exec_driver_sql(f"{INTO} VALUES (?, ?, ?, ?)", rows)
            else:  # SQLite copies much faster than Python inserts
                like = "SELECT ?, seq, data, received_ms FROM frames WHERE recording_id = ?"
                conn.exec_driver_sql(f"{INTO} {like}", (recording_id, number % PATTERNS + 1))
    engine.dispose()
    return seconds + 1
