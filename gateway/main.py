"""The gateway process: broker, intake, outbox and uplink, put together and watched.

serve(Config("home-1", Path("~/.lucina").expanduser(), "mqtt://home-1:TOKEN@cloud:1883",
             devices_file=Path("devices.json")))
"""

import fcntl
import json
import logging
import secrets
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from device import wire
from device.payloads import Receipt
from gateway.broker import BrokerThread
from gateway.clock import Clock
from gateway.config import Config, Endpoint, GatewayError
from gateway.link import Link
from gateway.outbox import Outbox
from gateway.uplink import Uplink
from gateway.users import Users, sha256_hex
from gateway.writer import Writer

log = logging.getLogger(__name__)
STATUS_EVERY_S = 10.0
LOOK_EVERY_S = 0.5


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
        clock = Clock()
        self._broker: BrokerThread | None = None
        self._local = self._local_broker(config)
        self._outbox = Outbox(config.home / "outbox.sqlite", clock)
        self._devices = Link(
            "devices",
            self._local,
            f"{config.gateway_id}-intake",
            wire.device_up("+"),
            self._arrived,
        )
        cloud = Endpoint.parse("cloud_url", config.cloud_url)
        self._uplink = Uplink(
            config.gateway_id, cloud, self._outbox, clock, self._free, self._devices.publish
        )
        self._writer = Writer(self._outbox, clock, self._devices.publish, self._uplink.committed)
        self._heard: dict[str, float] = {}  # monotonic seconds of the last message, by topic

    def start(self) -> None:
        if self._broker is not None:
            self._broker.start()
        self._writer.start()
        self._uplink.start()
        self._devices.start()

    def watch(self, ended: threading.Event) -> None:
        """Say when ready, then the status, until `ended`; GatewayError when a part has died."""
        ready = False
        status_at_s = time.monotonic() + STATUS_EVERY_S
        while not ended.wait(LOOK_EVERY_S if ready else 0.02):
            if self._devices.up and not ready:
                ready = True
                where = f"{self._local.host}:{self._local.port}"
                print(f"gateway ready on {where}", flush=True)  # noqa: T201 - others wait for it
            for failed in (self._writer.failed, self._uplink.failed):
                if failed is not None:
                    raise GatewayError(f"stopped, nothing was lost: {failed}")
            if self._broker is not None and not self._broker.alive:
                raise GatewayError("stopped: the embedded broker has ended")
            if time.monotonic() >= status_at_s:
                status_at_s += STATUS_EVERY_S
                log.info("status %s", json.dumps(self.status()))

    def stop(self) -> None:
        """In the order of the path: what has arrived is stored, what is not sent stays on disk."""
        self._devices.stop()
        self._writer.stop()
        self._uplink.stop()
        if self._broker is not None:
            self._broker.stop()
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
            "dropped": self._writer.dropped + (self._broker.dropped if self._broker else 0),
            "outbox": self._outbox.depth,
            "disk_full": self._writer.full,
            "cloud": "up" if cloud.up else "down",
            "cloud_since_s": round(now_s - cloud.since_s),
            "resent": self._uplink.resent,
        }

    def _local_broker(self, config: Config) -> Endpoint:
        """The broker of the devices; the embedded one gets a user of our own for this run."""
        if config.broker_url is not None:
            return Endpoint.parse("broker_url", config.broker_url)
        user, token = f"intake-{secrets.token_hex(8)}", secrets.token_hex(32)
        users = Users(config.devices_file, {user: sha256_hex(token)})
        host, port = config.listen
        self._broker = BrokerThread(host, port, users, frozenset({user}), config.tls)
        return Endpoint(host, port, user, token)

    def _arrived(self, topic: str, data: bytes) -> None:
        self._heard[topic] = time.monotonic()
        self._writer.message(topic, data)

    def _free(self, device: str, session: int, receipt: Receipt) -> None:
        self._writer.freed(device, session, receipt)
