"""The parts of the service that may fail, each with what is wrong in words.

A part that is silent is one that fails: every age here grows while nothing happens. What has no
recording or message to deal with is well.
"""

import shutil
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine

from cloud.config import Settings
from cloud.health.clock import ClockWatch
from cloud.ingest import Ingest
from cloud.live import Live
from cloud.store import health, hidden
from cloud.store.db import StoreError, reading
from cloud.ticker import Ticker

TICK_LATE_S = 5.0  # the monitor looks twice a second
NOTIFIER_LATE_S = 10.0  # and the notifier four times; a road server may keep one waiting
INGEST_LATE_S = 10.0  # from the broker to the store; its thread comes round each second
OUTBOX_LATE_S = 60.0  # for a message that should have left; the courier looks four times a second
DISK_FREE = 256 << 20  # bytes; a thousand mothers write about 100 MB an hour
CANARY_LATE_S = 90.0  # it sings each minute (cloud.canary)
CLOCK_OFF_S = 60.0  # against the clocks of the gateways: their times order what is recorded
GATEWAY_SILENT_MS = 30_000  # about as for one recording (models.rules link_lost)
SQLITE = "sqlite:///"

# for pages and alarms: what is wrong, and what to do. %(...)s are facts of the part
WORDS = {
    "database": "The database does not answer: nothing is stored. Frames wait at the gateways.",
    "broker": "The broker cannot be reached: nothing comes in. Frames wait at the gateways.",
    "ingest": "What comes in is stored late: %(age_s)s s. Look at the disk and the load.",
    "monitor": "Nobody has looked at the strips for %(age_s)s s. Restart the service.",
    "notifier": "Alerts have not been told or escalated for %(age_s)s s. Restart the service.",
    "courier": "Messages beside the pages have not been looked at for %(age_s)s s. "
    "Restart the service.",
    "outbox": "%(count)s messages should have left %(age_s)s s ago. Look at the channels.",
    "disk": "The disk is nearly full: %(free_mib)s MiB are free. Make room now.",
    "clock": "The clock of this machine was set, or differs from the gateways' by %(off_s)s s. "
    "Look at its time server.",
    "canary": "No test alarm has come the whole way for %(age_s)s s. Look at lucina canary, and at "
    "every part that it goes through.",
    "gateways": "No data from these gateways, with recordings running: %(silent)s. "
    "Call where they are.",
}


@dataclass(frozen=True)
class Part:
    """One part: whether it works, and its facts."""

    name: str
    ok: bool
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> dict[str, Any]:
        """For cloud.i18n.say."""
        return {"text": WORDS[self.name], "args": dict(self.facts)}


class Parts:
    """Looked at by pages, by probes of the machine's operator and by cloud.health.service."""

    def __init__(
        self,
        engine: Engine,
        ingest: Ingest,
        live: Live,
        tickers: Mapping[str, Ticker],
        settings: Settings,
    ) -> None:
        self.clock = ClockWatch()
        self._engine = engine
        self._ingest = ingest
        self._live = live
        self._tickers = tickers
        self._first_ms: int | None = None
        self._folders = {settings.home}
        if settings.database_url.startswith(SQLITE):
            self._folders.add(Path(settings.database_url.removeprefix(SQLITE)).parent)

    def look(self, now_ms: int) -> list[Part]:
        """All of them, now. The database is asked: not for the event loop."""
        outbox = self._waiting(now_ms)
        return [
            Part("database", outbox is not None and self._ingest.failing is None),
            Part("broker", self._ingest.link.connected),
            self._late("ingest", self._ingest.age_s(now_ms), INGEST_LATE_S),
            self._late("monitor", self._tickers["monitor"].age_s, TICK_LATE_S),
            self._late("notifier", self._tickers["notifier"].age_s, NOTIFIER_LATE_S),
            self._late("courier", self._tickers["courier-tick"].age_s, NOTIFIER_LATE_S),
            _outbox(outbox or [], now_ms),
            self._disk(),
            self._clock(now_ms),
        ]

    def gateways(self, now_ms: int) -> Part:
        """Gateways all of whose running recordings are silent: no matter of this service."""
        ages: dict[str, list[int]] = defaultdict(list)
        for trace in self._live.all():
            if trace.ended_ms is None:
                ages[trace.recording.gateway_id].append(now_ms - trace.last_frame_wall_ms)
        silent = sorted(name for name, known in ages.items() if min(known) >= GATEWAY_SILENT_MS)
        return Part("gateways", not silent, {"silent": ", ".join(silent), "running": len(ages)})

    def others(self, now_ms: int) -> list[Part]:
        """What is no matter of this service alone: its readiness does not depend on it."""
        return [self.gateways(now_ms), *self._canary(now_ms)]

    def beats(self) -> int:
        """A number that grows as long as the monitor works: two equal ones are a standstill."""
        return self._tickers["monitor"].count

    def disk_free(self) -> int:
        """Bytes, of the fuller disk of the two that are written to."""
        return min(shutil.disk_usage(folder).free for folder in self._folders)

    def ages_s(self) -> dict[str, float]:
        return {name: ticker.age_s for name, ticker in self._tickers.items()}

    def _canary(self, now_ms: int) -> list[Part]:
        """Where one is set up. Before the first one it is missed from our own first look on."""
        self._first_ms = self._first_ms or now_ms
        try:
            with reading(self._engine) as conn:
                if not hidden.places(conn):
                    return []
                last = hidden.newest(conn, now_ms)
        except StoreError:
            return []  # that is the database's trouble
        age_s = (now_ms - (last.at_ms if last else self._first_ms)) / 1000
        return [self._late("canary", age_s, CANARY_LATE_S)]

    def _late(self, name: str, age_s: float, limit_s: float) -> Part:
        return Part(name, age_s < limit_s, {"age_s": round(age_s, 1)})

    def _waiting(self, now_ms: int) -> list[health.Waiting] | None:
        try:
            with reading(self._engine) as conn:
                return health.waiting(conn, now_ms)
        except StoreError:
            return None

    def _disk(self) -> Part:
        free = self.disk_free()
        return Part("disk", free >= DISK_FREE, {"free_mib": free >> 20})

    def _clock(self, now_ms: int) -> Part:
        """Against itself, and against the gateways that have sent something lately."""
        offsets = [
            trace.recording.clock_offset_ms / 1000
            for trace in self._live.all()
            if trace.recording.clock_offset_ms is not None
            and now_ms - trace.last_frame_wall_ms < GATEWAY_SILENT_MS
        ]
        off_s = median(offsets) if offsets else 0.0
        step_s = self.clock.step_s
        facts = {"off_s": round(off_s, 1), "step_s": round(step_s, 1)}
        return Part("clock", abs(off_s) < CLOCK_OFF_S and not step_s, facts)


def _outbox(found: list[health.Waiting], now_ms: int) -> Part:
    age_s = max((now_ms - one.oldest_ms for one in found), default=0) / 1000
    count = sum(one.number for one in found)
    return Part("outbox", age_s < OUTBOX_LATE_S, {"age_s": round(age_s, 1), "count": count})
