"""The real service for tests of its pages: uvicorn in a thread, Mosquitto, the demo's people.

with Service(tmp_path) as service:
    recording = service.play("probe-1", trace)   # its frames come as a gateway would send them
    alert_id = service.alert(recording, "bradycardia_80")
    centre = service.client("centre")
"""

import shutil
import ssl
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import httpx2
import numpy as np
import uvicorn
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import Engine, make_url

from cloud import auth, demo
from cloud.app import create_app
from cloud.config import Settings
from cloud.deps import Services
from cloud.main import Server
from cloud.store import logins, people
from cloud.store.db import migrate, writing
from device import payloads, wire
from models.rules import BY_ID
from models.trace import FS_HZ, Trace
from tests.cloud.stores import filled
from tests.process import free_port, wait_until
from tests.servers import start_mosquitto

SECRET = "a secret of the tests, nothing else"
TOKENS = demo.make_tokens()  # of this process
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loading certificates for nothing is slow
IN_ONE_MESSAGE = 60  # frames; a message of a gateway stays small


def _with_demo(engine: Engine) -> None:
    migrate(engine)
    with writing(engine) as conn:
        demo.fill(conn, TOKENS, datetime.now(UTC).date())


class Service:
    def __init__(self, folder: Path, is_demo: bool = True, escalate_after_s: float = 60) -> None:
        self._exit = ExitStack()
        self._folder = folder
        self._sessions = 0
        self.port = free_port()
        self.tokens = TOKENS
        self.settings_given: dict[str, Any] = {
            "home": folder,
            "secret": SECRET,
            "demo": is_demo,
            "escalate_after_s": escalate_after_s,
            "assess_every_s": 5,
        }

    def __enter__(self) -> Self:
        users = {demo.CLOUD: self.tokens.cloud, demo.GATEWAY: self.tokens.gateway}
        broker = self._exit.enter_context(start_mosquitto(self._folder / "mosquitto", users))
        url = f"mqtt://{demo.CLOUD}:{self.tokens.cloud}@127.0.0.1:{broker.port}"
        self.settings = Settings(broker_url=url, **self.settings_given)
        self._fill()
        self.start()
        self._gateway = Client(CallbackAPIVersion.VERSION2, client_id="test-gateway")
        self._gateway.username_pw_set(demo.GATEWAY, self.tokens.gateway)
        self._gateway.connect("127.0.0.1", broker.port)
        self._gateway.loop_start()
        self._exit.callback(self._gateway.loop_stop)
        self._exit.callback(self._gateway.disconnect)
        wait_until(lambda: self.parts.ingest.link.connected, 10, "the service has its broker")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._exit.close()

    def _fill(self) -> None:
        path = make_url(self.settings.database_url).database
        assert path
        shutil.copyfile(filled(_with_demo), path)

    def start(self) -> None:
        self.url = f"http://127.0.0.1:{self.port}"
        self.app = create_app(self.settings)
        self.parts: Services = self.app.state.services
        config = uvicorn.Config(
            self.app, port=self.port, log_level="warning", timeout_graceful_shutdown=5
        )
        self._server = Server(config, self.parts)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        wait_until(lambda: self._server.started, 10, "the service listens")

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(30)
        self._server.force_exit = True  # as a second interrupt: connections have had their time
        self._thread.join()

    def client(self, username: str = "") -> httpx2.Client:
        """A browser without a screen; with a name it is logged in (the form's argon2 is slow)."""
        cookies = {auth.COOKIE: self._log_in(username)} if username else None
        client = httpx2.Client(base_url=self.url, cookies=cookies, timeout=60, verify=NO_TLS)
        self._exit.callback(client.close)
        return client

    def _log_in(self, username: str) -> str:
        """A new login's cookie."""
        with writing(self.parts.engine) as conn:
            person = people.get_person_by_username(conn, username)
            assert person is not None
            login = logins.begin(conn, person.id, self.parts.clock())
        secret = self.settings.secret.get_secret_value()
        return auth.write_cookie(secret, login, person.password_hash)

    def play(
        self, device: str, trace: Trace, speed: int = 1, flags: int = payloads.SYNTHETIC
    ) -> int:
        """Send a whole trace as if it ended now; the id of its recording, which stays open."""
        self._sessions += 1
        session = self._sessions
        start = payloads.pack_start(payloads.Start(1, speed, flags, "test"))
        self.send(device, session, [wire.Frame(wire.EVENT, session, 0, 0, start)], 0, speed)
        frames = trace_frames(trace, session)
        self.send(device, session, frames, round(trace.end_s * 1000), speed)
        seconds = round(trace.end_s)

        def stored() -> int | None:
            for live in self.parts.live.all():
                recording = live.recording
                if (recording.device_id, recording.session) == (device, session):
                    return recording.id if live.newest_s >= seconds else None
            return None

        found = wait_until(stored, 20, f"{device} is stored")
        assert found is not None
        return found

    def send(
        self, device: str, session: int, frames: list[wire.Frame], newest_ms: int, speed: int = 1
    ) -> None:
        now_ms = time.time_ns() // 1_000_000
        stamp = payloads.pack_stamp(payloads.Stamp(now_ms, now_ms - newest_ms // speed, 0))
        head = wire.encode(wire.Frame(wire.STAMP, session, 0, 0, stamp))
        for at in range(0, len(frames), IN_ONE_MESSAGE):
            body = b"".join(wire.encode(frame) for frame in frames[at : at + IN_ONE_MESSAGE])
            topic = wire.gateway_up(demo.GATEWAY, device)
            self._gateway.publish(topic, head + body, qos=1).wait_for_publish(10)

    def stop_recording(self, recording_id: int) -> None:
        """As its device says that this was all."""
        live = self.parts.live.recordings[recording_id]
        row, seq = live.recording, round(live.newest_s) + 1
        newest_ms = round(1000 * live.newest_s)
        body = payloads.pack_event(payloads.Event(payloads.STOP, seq + 1, b""))
        frame = wire.Frame(wire.EVENT, row.session, seq, newest_ms, body)
        self.send(row.device_id, row.session, [frame], newest_ms)

    def alert(self, recording_id: int, rule: str, at_s: float = 300) -> int:
        """As the monitor raises it."""
        args = {"bpm": 75, "limit": 80, "seconds": 50, "valid": 60, "window": 60}
        reason = {"text": BY_ID[rule].reason, "args": args}
        now_ms = time.time_ns() // 1_000_000
        alert_id = self.parts.alerting.raise_alert(
            recording_id, BY_ID[rule], at_s - 60, at_s, reason, now_ms
        )
        assert alert_id is not None
        return alert_id


def trace_frames(trace: Trace, session: int) -> list[wire.Frame]:
    """One TRACE a second, numbered after the start event."""
    channels = []
    for (_, _, gap), per_unit, values in zip(
        payloads.CHANNELS, (4, 4, 4, 2, 1), trace.channels().values(), strict=True
    ):
        counts = np.where(np.isnan(values), gap, np.round(values * per_unit)).astype(int)
        channels.append(counts.reshape(-1, FS_HZ).tolist())
    first = round(trace.start_s)
    seconds = (payloads.Trace(*map(tuple, second)) for second in zip(*channels, strict=True))
    return [
        wire.Frame(wire.TRACE, session, n + 1, 1000 * n, payloads.pack_trace(second))
        for n, second in enumerate(seconds, start=first)
    ]
