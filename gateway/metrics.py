"""The gateway's counts for Prometheus, on a loopback port. The names are in docs/operations.md."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from gateway.config import ConfigError

LOOPBACK = "127.0.0.1"
COUNTERS = {
    "frames": "New frames taken from devices.",
    "duplicates": "Frames that were there already.",
    "damaged": "Places in messages that were no valid frame.",
    "refused": "Messages that no frame could be taken from.",
    "dropped": "Messages that found the queue or the disk full; their senders repeat them.",
    "resent": "Frames sent to the cloud more than once.",
    "warnings": "Warnings of the gateway's own watch that were sent to probes.",
    "unwatched": "Frames of devices beyond those that the watch has room for.",
}
GAUGES = {
    "devices": "Devices heard lately.",
    "outbox": "Frames that wait for the cloud's receipt.",
    "disk_full": "1: frames of devices are not accepted.",
    "cloud_up": "1: connected to the cloud's broker.",
    "cloud_since_seconds": "Since the connection came up or went down.",
    "alone": "1: the cloud has not answered for 10 s, the gateway watches alone.",
    "warning": "Probes that show a warning of the gateway's own.",
    "quiet": "Probes not heard for 10 s in the middle of a recording.",
}
Status = Callable[[], Mapping[str, object]]


class Counts(Collector):
    def __init__(self, status: Status) -> None:
        self._status = status

    def describe(self) -> list[Metric]:
        return []  # or registering would ask for everything

    def collect(self) -> Iterator[Metric]:
        found = self._status()
        known = {
            **found,
            "cloud_up": found["cloud"] == "up",
            "cloud_since_seconds": found["cloud_since_s"],
        }
        for name, about in COUNTERS.items():
            yield CounterMetricFamily(f"lucina_gateway_{name}", about, value=_number(known[name]))
        for name, about in GAUGES.items():
            yield GaugeMetricFamily(f"lucina_gateway_{name}", about, value=_number(known[name]))


def registry_of(status: Status) -> CollectorRegistry:
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(Counts(status))
    return registry


def serve_metrics(port: int, status: Status) -> None:
    """Until the process ends. ConfigError: the port is taken."""
    try:
        start_http_server(port, LOOPBACK, registry_of(status))
    except OSError as error:
        raise ConfigError("metrics_port", port, f"a free port ({error.strerror})") from None


def _number(value: object) -> float:
    assert isinstance(value, int | float)
    return float(value)
