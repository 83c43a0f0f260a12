"""The gateway process: broker, intake, outbox, uplink and watch, put together and watched.

serve(Config("home-1", Path("~/.lucina").expanduser(), "mqtt://home-1:TOKEN@cloud:1883",
             devices_file=Path("devices.json")))
"""

import fcntl
import json
import logging
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from device import wire
from device.payloads import Receipt
from gateway.ble import Instruments
from gateway.broker import BrokerThread
from gateway.clock import Clock
from gateway.config import Config, Endpoint, GatewayError
from gateway.keeper import Keeper
from gateway.link import NEAR_BACKOFF_S, Link
from gateway.metrics import serve_metrics
from gateway.outbox import Entry, Outbox
from gateway.uplink import Uplink
from gateway.users import Users
from gateway.vitals import Recorder, peers_of
from gateway.writer import Writer

log = logging.getLogger(__name__)
STATUS_EVERY_S = 10.0
LOOK_EVERY_S = 0.5
WATCHED_AGAIN = 10_000  # frames of the outbox that the watch sees again after a start


def serve(config: Config) -> None:
    """Run until SIGTERM or SIGINT. GatewayError: a setting, the port or the outbox is unusable.

    Prints `gateway ready on HOST:PORT` when devices can send.
    """
    config.check()
    if not logging.getLogger().handlers:
        form = "%(asctime)s %(levelname)s %(name)s %(message)s"
        logging.basicConfig(stream=sys.stderr, level=logging.INFO, format=form)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with alone_in(config.home):
        gateway = Gateway(config)
        gateway.start()
        if config.metrics_port:
            serve_metrics(config.metrics_port, gateway.status)
        try:
            gateway.watch(ended)
        finally:
            gateway.stop()


@contextmanager
def alone_in(home: Path) -> Iterator[None]:
    """Makes the folder and keeps other gateways out of it as long as this process lives."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = (home / "gateway.lock").open("w")
    except OSError as error:
        raise GatewayError(f"home {home}: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise GatewayError(f"home {home}: another gateway uses it") from None
        yield


class Gateway:
    """All threads of one gateway."""

    def __init__(self, config: Config) -> None:
        self._clock = clock = Clock()
        self._devices = self._device_side(config)
        self._outbox = Outbox(config.home / "outbox.sqlite", clock)
        cloud = Endpoint.parse("cloud_url", config.cloud_url)
        self._uplink = Uplink(
            config.gateway_id, cloud, self._outbox, clock, self._free, self._command
        )
        self._keeper = Keeper(config.home, self._uplink.silent_s, self._devices.publish)
        self._writer = Writer(self._outbox, clock, self._devices.publish, self._committed)
        peers = peers_of(config.ble)
        self._instruments = None
        if peers:
            recorder = Recorder(config.home / "vitals.json", self._outbox.frames_seen)
            self._instruments = Instruments(peers, recorder, self._arrived)
        self._heard: dict[str, float] = {}  # monotonic seconds of the last message, by topic

    def start(self) -> None:
        self._keeper.begin(self._outbox.newest(WATCHED_AGAIN), self._clock.elapsed_ms())
        if self._instruments is not None:
            self._instruments.start()
        self._devices.start()
        self._writer.start()
        self._uplink.start()

    def watch(self, ended: threading.Event) -> None:
        """Say when ready, then the status, until `ended`; GatewayError when a part has died."""
        ready = False
        status_at_s = time.monotonic() + STATUS_EVERY_S
        while not ended.wait(LOOK_EVERY_S if ready else 0.02):
            if self._devices.up and not ready:
                ready = True
                host, port = self.where
                print(f"gateway ready on {host}:{port}", flush=True)  # noqa: T201 - others wait
            for failed in (self._writer.failed, self._uplink.failed):
                if failed is not None:
                    raise GatewayError(f"stopped, nothing was lost: {failed}")
            if isinstance(self._devices, BrokerThread) and not self._devices.up:
                raise GatewayError("stopped: the embedded broker has ended")
            if time.monotonic() >= status_at_s:
                status_at_s += STATUS_EVERY_S
                log.info("status %s", json.dumps(self.status()))

    def stop(self) -> None:
        """In the order of the path: what has arrived is stored, what is not sent stays on disk."""
        if self._instruments is not None:
            self._instruments.stop()
        self._devices.stop()
        self._writer.stop()
        self._keeper.stop()
        self._uplink.stop()
        self._outbox.close()

    def status(self) -> dict[str, object]:
        now_s = time.monotonic()
        counts = self._writer.intake.counts
        cloud = self._uplink.link
        recent = [
            topic for topic, at_s in self._heard.copy().items() if now_s - at_s < STATUS_EVERY_S
        ]
        return {
            "devices": len(recent),
            "frames": counts.frames,
            "duplicates": counts.duplicates,
            "damaged": counts.damaged,
            "refused": counts.refused,
            "dropped": self._writer.dropped + getattr(self._devices, "dropped", 0),
            "outbox": self._outbox.depth,
            "disk_full": self._writer.full,
            "cloud": "up" if cloud.up else "down",
            "cloud_since_s": round(now_s - cloud.since_s),
            "resent": self._uplink.resent,
            **self._keeper.status(),
            **self._bluetooth(),
        }

    def _bluetooth(self) -> dict[str, object]:
        if self._instruments is None:
            return {}
        return {"ble": self._instruments.trouble or "up", "ble_heard": self._instruments.heard}

    def _device_side(self, config: Config) -> BrokerThread | Link:
        """The embedded broker, or a link to an external one."""
        if config.broker_url is None:
            assert config.devices_file is not None  # checked
            users = Users(config.devices_file)
            self.where = config.listen
            return BrokerThread(*config.listen, users, tls=config.tls, on_message=self._arrived)
        broker = Endpoint.parse("broker_url", config.broker_url)
        self.where = (broker.host, broker.port)
        client_id = f"{config.gateway_id}-intake"
        return Link(
            "devices",
            broker,
            client_id,
            wire.device_up("+"),
            self._arrived,
            largest_backoff_s=NEAR_BACKOFF_S,
        )

    def _arrived(self, topic: str, data: bytes) -> None:
        self._heard[topic] = time.monotonic()
        self._writer.message(topic, data)

    def _committed(self, entries: list[Entry]) -> None:
        self._uplink.committed(entries)
        self._keeper.committed(entries)

    def _command(self, device: str, frame: wire.Frame) -> None:
        self._keeper.passes(device, frame)
        self._devices.publish(wire.device_down(device), wire.encode(frame))

    def _free(self, device: str, session: int, receipt: Receipt) -> None:
        self._writer.freed(device, session, receipt)
