"""What is counted, for Prometheus: GET /metrics. The names are those of docs/operations.md.

Counters are of this process, but for those of alerts and messages: these count what all processes
have written to the store since this one began. No label names a person or a recording.
"""

from collections.abc import Callable, Iterator, Sequence

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from cloud.health.parts import Parts
from cloud.hub import Hub
from cloud.ingest import Ingest
from cloud.live import Live
from cloud.sessions import Stored
from cloud.store import health, hidden
from cloud.store.db import reading
from cloud.turns import Pace

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series for each series, that nobody asks for
COMMIT_S = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
LAG_S = (0.1, 0.3, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 3600)  # later: back-fill after an outage
ACCEPT_S = (5, 10, 20, 30, 45, 60, 90, 120, 300, 600, 1800)


class Metrics:
    """`stored` is a watcher of cloud.ingest; `text()` is what /metrics answers."""

    def __init__(
        self,
        engine: Engine,
        ingest: Ingest,
        live: Live,
        hub: Hub,
        parts: Parts,
        clock: Callable[[], int],
        pace: Callable[[int], Pace],
    ) -> None:
        self.pace = pace
        self._engine = engine
        self._clock = clock
        self._registry = registry = CollectorRegistry()
        self._frames = _counter(registry, "frames_stored", "New frames stored.")
        self._repeated = _counter(registry, "frames_repeated", "Frames that were there already.")
        self._damaged = _counter(registry, "frames_damaged", "Places that were no valid frame.")
        self._commit = _histogram(registry, "commit_seconds", "One commit of frames.", COMMIT_S)
        self._lag = _histogram(
            registry, "ingest_lag_seconds", "From the end of a sample to its commit.", LAG_S
        )
        self._steps = _counter(
            registry, "alert_steps", "What happened to alerts, by rule.", ("rule", "step")
        )
        self._accept = _histogram(
            registry, "alert_accept_seconds", "From raised to accepted.", ACCEPT_S
        )
        self._tries = _counter(
            registry, "messages_tried", "Messages handed to providers.", ("channel", "outcome")
        )
        ProcessCollector(registry=registry)
        registry.register(State(engine, ingest, live, hub, parts, clock, pace))
        with reading(engine) as conn:
            self._step_id, self._try_id = health.newest_ids(conn)

    def stored(self, stored: Sequence[Stored], commit_s: float) -> None:
        """Called on the thread of the ingest after each commit."""
        self._commit.observe(commit_s)
        now_ms = self._clock()
        for one in stored:
            before, after = one.session.recording, one.recording
            self._frames.inc(len(one.fresh))
            self._repeated.inc(after.resent - before.resent)
            self._damaged.inc(after.damaged - before.damaged)
            newest = max((f.t_ms for f in one.frames if f.seq in one.fresh), default=None)
            if newest is not None:
                begun_ms = after.start_ms + (after.clock_offset_ms or 0)
                self._lag.observe(max(0.0, (now_ms - begun_ms - newest / after.speed) / 1000))

    def text(self) -> bytes:
        self._count_stored()
        return generate_latest(self._registry)

    def _count_stored(self) -> None:
        with reading(self._engine) as conn:
            steps = health.steps_after(conn, self._step_id)
            tries = health.tries_after(conn, self._try_id)
        for step in steps:
            self._step_id = step.id
            self._steps.labels(step.rule, step.event).inc()
            if step.event == "accept" and step.after_ms >= 0:  # else it has worsened since
                self._accept.observe(step.after_ms / 1000)
        for try_id, channel, failed in tries:
            self._try_id = try_id
            self._tries.labels(channel, "failed" if failed else "taken").inc()


class State(Collector):
    """What is true at the moment of asking."""

    def __init__(
        self,
        engine: Engine,
        ingest: Ingest,
        live: Live,
        hub: Hub,
        parts: Parts,
        clock: Callable[[], int],
        pace: Callable[[int], Pace],
    ) -> None:
        self._pace = pace
        self._engine = engine
        self._ingest = ingest
        self._live = live
        self._hub = hub
        self._parts = parts
        self._clock = clock

    def describe(self) -> list[Metric]:
        return []  # or registering would ask for everything

    def collect(self) -> Iterator[Metric]:
        now_ms = self._clock()
        running = sum(
            trace.ended_ms is None and not self._hub.hides(trace.recording.mother_id)
            for trace in self._live.all()
        )
        yield gauge("recordings_open", "Recordings that are running.", running)
        missing = self._ingest.missing()
        yield gauge("frames_missing", "Frames of open recordings that must exist.", missing)
        queued = self._ingest.health()["queued"]
        yield gauge("ingest_queue_messages", "Messages waiting for a commit.", queued)
        age_s = self._ingest.age_s(now_ms)
        yield gauge("ingest_age_seconds", "How long the ingest has not come round.", age_s)
        yield gauge("broker_connected", "1: connected.", self._ingest.link.connected)
        yield gauge("pages_open", "Open pages (SSE streams).", self._hub.pages)
        yield gauge("disk_free_bytes", "Of the fuller disk.", self._parts.disk_free())
        pace = self._pace(now_ms)
        about = "Median time between the last two assessments of a recording that runs."
        yield gauge("assessment_interval_seconds", about, pace.every_s)
        about = "Median time since the last assessment of a recording that runs."
        yield gauge("assessment_age_seconds", about, pace.age_s)
        about = "Since the last assessment of the recording that has waited longest."
        yield gauge("assessment_oldest_seconds", about, pace.oldest_s)
        about = "Recordings whose assessment fails again and again."
        yield gauge("recordings_not_assessed", about, len(pace.failing))
        parts = [*self._parts.look(now_ms), *self._parts.others(now_ms)]
        names = {part.name: float(part.ok) for part in parts}
        yield gauges("part_ok", "1: this part works.", "part", names)
        yield gauges("part_age_seconds", "Since it last worked.", "part", self._parts.ages_s())
        with reading(self._engine) as conn:
            waiting = health.waiting(conn, now_ms)
            last = hidden.newest(conn, now_ms)
        canary_s = last and (now_ms - last.at_ms) / 1000
        yield gauge("canary_age_seconds", "Since the last canary was answered.", canary_s)
        yield gauge("canary_seconds", "From its sample to its answer.", last and last.late_s)
        counts = {one.channel: float(one.number) for one in waiting}
        ages = {one.channel: (now_ms - one.oldest_ms) / 1000 for one in waiting}
        yield gauges("outbox_messages", "Messages that should have left.", "channel", counts)
        yield gauges("outbox_age_seconds", "Since the first of them should.", "channel", ages)


def gauge(name: str, about: str, value: float | None) -> Metric:
    known = None if value is None else float(value)
    return GaugeMetricFamily(f"lucina_{name}", about, value=known)


def gauges(name: str, about: str, label: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(f"lucina_{name}", about, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _counter(
    registry: CollectorRegistry, name: str, about: str, labels: Sequence[str] = ()
) -> Counter:
    return Counter(f"lucina_{name}", about, labels, registry=registry)


def _histogram(
    registry: CollectorRegistry, name: str, about: str, bounds: Sequence[float]
) -> Histogram:
    return Histogram(f"lucina_{name}", about, buckets=bounds, registry=registry)
