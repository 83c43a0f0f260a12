"""One whole Lucina as real processes on this machine: broker, cloud, gateway, probes.

    with Rig(tmp_path) as rig:
        probe = rig.probe(1, "synthetic:bradycardia:13:30", speed=60)
        page = browser.new_page(); rig.sign_in_page(page, "hospital")

People, places and accounts are those of the demo; mothers beyond the fourth live beside the
first, and `homes` are further mothers whose gateways the test plays itself. What is stored is
read from the database by this file alone, not by the code under test.
"""

import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2
import numpy as np
from sqlalchemy import create_engine, text

from cloud import demo
from device import payloads, wire
from tests import servers
from tests.e2e import population
from tests.servers import Process, free_port, wait_until

COMMAND = [sys.executable, "-m", "lucina"]
ROOT = Path(__file__).parents[2]
ENV = {"PYTHONPATH": str(ROOT)}
READY_S = 120.0  # a cloud that rebuilds a thousand recordings takes its time
GAPS = {name: gap for name, _, gap in payloads.CHANNELS}
PER_UNIT = {"fhr": 4.0, "fhr2": 4.0, "mhr": 4.0, "toco": 2.0, "quality": 1.0}


class Rig:
    """Starts on enter, ends everything on exit. Each process can be killed and started again."""

    def __init__(
        self,
        folder: Path,
        mothers: int = 4,
        broker: str = "lucina",
        database_url: str = "",
        env: Mapping[str, str] | None = None,
        homes: int = 0,
    ) -> None:
        self.folder = folder
        self.mothers = mothers
        self.database_url = database_url or f"sqlite:///{folder / 'lucina.sqlite'}"
        self.tokens = demo.make_tokens(mothers)
        self.devices = list(self.tokens.devices)
        self.homes = {f"home-{n}": secrets.token_urlsafe(12) for n in range(1, homes + 1)}
        self.broker_port, self.cloud_port, self.local_port = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.cloud_port}"
        self.probes: list[Process] = []
        folder.mkdir(parents=True, exist_ok=True)
        self.broker: Process = self._mosquitto() if broker == "mosquitto" else self._broker()
        self.cloud = self._cloud(env or {})
        self.gateway = self._gateway()

    def set_up(self) -> None:
        """Everything that must be there before the first process starts."""
        population.write_files(self.folder, self.tokens, self.homes)
        population.fill(self.database_url, self.tokens, self.homes)

    def __enter__(self) -> Self:
        self.set_up()
        try:
            for process in (self.broker, self.cloud, self.gateway):
                self.start(process)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        self.engine = create_engine(self.database_url)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for process in (*self.probes, self.gateway, self.cloud, self.broker):
            process.stop()

    def start(self, process: Process) -> None:
        """Start, and wait until it says that it is ready (Mosquitto: until its port answers)."""
        process.start()
        if not isinstance(process, servers.Server):
            process.wait_for("ready on", READY_S)

    def probe(
        self, number: int, source: str | Path, speed: int, micropython: bool = False
    ) -> Process:
        """Mother `number` (from 1) starts to replay a recording."""
        device = self.devices[number - 1]
        args = [*COMMAND, "probe", "--replay", str(source), "--device", device,
                "--broker", f"mqtt://127.0.0.1:{self.local_port}", "--speed", str(speed),
                "--spool", str(self.folder / f"spool-{device}")]  # fmt: skip
        if micropython:
            servers.micropython_path()
            args.append("--micropython")
        env = {**ENV, "LUCINA_DEVICE_TOKEN": self.tokens.devices[device]}
        process = Process(args, self.folder, env, name=f"{device}-{len(self.probes)}")
        self.probes.append(process)
        process.start()
        return process

    def sign_in(self, username: str) -> httpx2.Client:
        client = httpx2.Client(base_url=self.url, timeout=10)
        answer = client.post("/login", data={"username": username, "password": demo.PASSWORD})
        assert answer.status_code in (200, 303), answer.text
        assert client.cookies, f"{username} got no cookie"
        return client

    def sign_in_page(self, page: Any, username: str, path: str = "") -> None:
        page.goto(f"{self.url}/login")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", demo.PASSWORD)
        page.click("form.login button")
        page.wait_for_url(lambda url: "/login" not in url)
        if path:
            page.goto(f"{self.url}{path}")

    def rows(self, sql: str, **values: Any) -> list[Any]:
        with self.engine.connect() as conn:
            return list(conn.execute(text(sql), values))

    def recording_id(self, number: int, timeout_s: float = 30) -> int:
        """The newest recording of mother `number`, once it is there."""
        sql = "SELECT id FROM recordings WHERE device_id = :d ORDER BY id DESC LIMIT 1"
        device = self.devices[number - 1]
        found = wait_until(lambda: self.rows(sql, d=device), timeout_s, f"recording of {device}")
        return int(found[0][0])

    def wait_complete(self, recording_id: int, timeout_s: float) -> int:
        """Wait until as many frames are stored as its stop event says; return how many."""
        sql = """SELECT r.frames_made FROM recordings r WHERE r.id = :r AND r.frames_made =
                 (SELECT count(*) FROM frames f WHERE f.recording_id = r.id)"""
        what = f"all frames of recording {recording_id}"
        return int(wait_until(lambda: self.rows(sql, r=recording_id), timeout_s, what)[0][0])

    def stored(self, recording_id: int) -> list[wire.Frame]:
        """What the store holds, checked by seq and CRC, in order of seq."""
        sql = "SELECT seq, data FROM frames WHERE recording_id = :r ORDER BY seq"
        rows = self.rows(sql, r=recording_id)
        frames = [wire.decode(bytes(data)) for _, data in rows]
        assert [frame.seq for frame in frames] == [seq for seq, _ in rows]
        return frames

    def trace(self, recording_id: int) -> dict[str, np.ndarray]:
        """{channel: (n,) float64 at 4 Hz, NaN where missing} from the stored frames."""
        seconds = {f.t_ms // 1000: payloads.unpack_trace(f.payload)
                   for f in self.stored(recording_id) if f.kind == wire.TRACE}  # fmt: skip
        trace = {name: np.full(4 * (max(seconds) + 1), np.nan) for name in GAPS}
        for second, samples in seconds.items():
            for name, counts in samples._asdict().items():
                if counts is not None:
                    trace[name][4 * second : 4 * second + 4] = counts
        for name, values in trace.items():
            values[values == GAPS[name]] = np.nan
            values /= PER_UNIT[name]
        return trace

    def _broker(self) -> Process:
        args = [*COMMAND, "broker", "--port", str(self.broker_port),
                "--users", str(self.folder / "broker.json")]  # fmt: skip
        return Process(args, self.folder, ENV, name="broker")

    def _mosquitto(self) -> Process:
        users = {demo.GATEWAY: self.tokens.gateway, demo.CLOUD: self.tokens.cloud}
        users |= self.homes
        return servers.start_mosquitto(self.folder / "mosquitto", users, self.broker_port)

    def _cloud(self, env: Mapping[str, str]) -> Process:
        settings = {
            **ENV,
            "LUCINA_HOME": str(self.folder / "cloud"),
            "LUCINA_DATABASE_URL": self.database_url,
            "LUCINA_BROKER_URL": f"mqtt://{demo.CLOUD}:{self.tokens.cloud}@127.0.0.1:{self.broker_port}",
            "LUCINA_DEMO": "true",
        }
        args = [*COMMAND, "cloud", "--host", "127.0.0.1", "--port", str(self.cloud_port)]
        return Process(args, self.folder, {**settings, **env}, name="cloud")

    def _gateway(self) -> Process:
        cloud = f"mqtt://{demo.GATEWAY}:{self.tokens.gateway}@127.0.0.1:{self.broker_port}"
        args = [*COMMAND, "gateway", "--id", demo.GATEWAY, "--home", str(self.folder / "gateway"),
                "--listen", f"127.0.0.1:{self.local_port}", "--cloud", cloud,
                "--devices", str(self.folder / "devices.json")]  # fmt: skip
        return Process(args, self.folder, ENV, name="gateway")
