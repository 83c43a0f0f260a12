"""The time-series feed: copies what is stored to a server with the InfluxDB v2 write API.

Off unless influx_url is set. Nothing here reads back, and nothing waits for it: losing that server
loses nothing. It may forget what it has taken (a 204 is not durability), so the cursor in the
database trails by influx_flush_s, and after every sign of a restart all behind it is sent again.
Sending twice is harmless: a point is its tags and its time.
"""

import logging
import threading
import time
from collections import deque
from hashlib import sha256
from typing import Any

from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException
from sqlalchemy import Engine
from urllib3.exceptions import HTTPError

from cloud.config import Settings
from cloud.points import Point, points_of
from cloud.store import feed
from cloud.store.db import StoreError, reading, writing

log = logging.getLogger(__name__)
BATCH = 2000  # frames in one write
LOOK_EVERY_S = 1.0
RETRY_S = (1.0, 60.0)  # first and longest wait after a failed write
TIMEOUT_MS = 10_000
KEEPS_NO_CONNECTION = 3  # so many new ones in a row are a habit of the server, not restarts


class Feed:
    """One thread, start() to stop()."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.failing: str | None = None
        self._engine = engine
        self._settings = settings
        target = f"{settings.influx_url} {settings.influx_org} {settings.influx_bucket}"
        self._name = "influx " + sha256(target.encode()).hexdigest()[:16]
        self._client: Any = InfluxDBClient(
            url=settings.influx_url,
            token=settings.influx_token.get_secret_value(),
            org=settings.influx_org,
            timeout=TIMEOUT_MS,
        )
        self._writer: Any = self._client.write_api(write_options=SYNCHRONOUS)
        self._position: int | None = None  # written up to here; None: read the cursor first
        self._unsafe: deque[tuple[float, int]] = deque()  # (when, up to) not yet surely on disk
        self._used: object = None  # see _line
        self._new_in_a_row = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        self._client.close()

    def _run(self) -> None:
        wait_s, retry_s = 0.0, RETRY_S[0]
        while not self._stopping.wait(wait_s):
            try:
                wait_s = 0.0 if self.step(time.monotonic()) else LOOK_EVERY_S
                retry_s = RETRY_S[0]
                if self.failing:
                    log.info("the feed goes on")
                self.failing = None
            except (ApiException, HTTPError, OSError, StoreError) as error:
                if not self.failing:
                    log.error("the feed waits: %s", _plain(error))
                self.failing = _plain(error)
                self._rewind()
                wait_s, retry_s = retry_s, min(2 * retry_s, RETRY_S[1])

    def step(self, now_s: float) -> bool:
        """Send what is next and move the cursor. True: there is more to send now."""
        with reading(self._engine) as conn:
            if self._position is None:
                self._position = feed.cursor(conn, self._name)
            rows = feed.frames_after(conn, self._position, BATCH)
        if rows:
            points = [point for row in rows for point in points_of(row, self._settings.influx_raw)]
            self._write(points)
        elif not self._due(now_s) or not self._client.ping():
            return False
        if self._restarted():
            self._rewind()
            return True
        if rows:
            self._position = rows[-1].id
            self._unsafe.append((now_s, self._position))
        self._settle(now_s)
        return len(rows) == BATCH

    def _write(self, points: list[Point]) -> None:
        if points:
            self._writer.write(
                self._settings.influx_bucket, record=points, write_precision=WritePrecision.MS
            )

    def _restarted(self) -> bool:
        """Whether the server may have, after a request: then it may have forgotten."""
        line = self._line()
        self._new_in_a_row = self._new_in_a_row + 1 if line is None or line != self._used else 0
        self._used = line
        return bool(self._unsafe) and 0 < self._new_in_a_row <= KEEPS_NO_CONNECTION

    def _line(self) -> object:
        """Our end of the connection that was just used; None: it was closed after the answer.

        urllib3 replaces one that the server dropped in silence, and does not count it.
        """
        pool = self._client.api_client.rest_client.pool_manager
        last_used = pool.connection_from_url(self._settings.influx_url).pool.queue[-1]
        sock = getattr(last_used, "sock", None)
        return sock.getsockname() if sock is not None else None

    def _rewind(self) -> None:
        self._position = None
        self._unsafe.clear()

    def _due(self, now_s: float) -> bool:
        """Whether the oldest of what was sent has been with the server long enough."""
        return bool(self._unsafe) and now_s - self._unsafe[0][0] >= self._settings.influx_flush_s

    def _settle(self, now_s: float) -> None:
        """What was taken long enough ago, by a server that lives on, is on its disk."""
        safe = None
        while self._due(now_s):
            safe = self._unsafe.popleft()[1]
        if safe is not None:
            with writing(self._engine) as conn:
                feed.set_cursor(conn, self._name, safe)


def _plain(error: Exception) -> str:
    """One line without what was sent: the token is in the request's headers."""
    if isinstance(error, ApiException):
        return f"HTTP {error.status} {error.reason}"
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
