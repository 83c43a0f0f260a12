"""One whole Lucina as real processes on this machine: broker, cloud, gateway, probes.

    with Rig(folder) as rig:
        rig.probe(1, "synthetic:bradycardia:13:30", speed=60)
        rig.sign_in("hospital").get("/api/...")

People, places and accounts are those of the demo. Probes reach their gateway through `near`, the
gateway reaches the cloud's broker through `far`, when it is `proxied`.
"""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import httpx2

from cloud import demo
from cloud.drill.heard import Heard
from cloud.drill.process import Process, Server, Spawn, free_port, spawn
from cloud.drill.proxy import Proxy
from cloud.store.db import migrate, open_engine, writing

COMMAND = [sys.executable, "-m", "lucina"]
ROOT = Path(__file__).parents[2]
ENV = {"PYTHONPATH": str(ROOT)}
READY_S = 120.0  # a cloud that rebuilds a thousand recordings takes its time


class Rig:
    """Starts on enter, ends everything on exit. Each process can be killed and started again."""

    def __init__(
        self,
        folder: Path,
        mothers: int = 4,
        database_url: str = "",
        env: Mapping[str, str] | None = None,
        proxied: bool = False,
        gateway_home: Path | None = None,
        spawn: Spawn = spawn,
    ) -> None:
        self._spawn = spawn
        self.folder = folder
        self.mothers = mothers
        self.database_url = database_url or f"sqlite:///{folder / 'lucina.sqlite'}"
        self.tokens = demo.make_tokens(mothers)
        self.devices = list(self.tokens.devices)
        self.broker_port, self.cloud_port, self.local_port = free_port(), free_port(), free_port()
        self.near_port, self.far_port = self.local_port, self.broker_port
        self.heard = Heard()
        self.proxies: list[Proxy] = []
        if proxied:
            self.near_port, self.far_port = free_port(), free_port()
            self.near = Proxy(self.local_port, self.near_port, self.heard.passes)
            self.far = Proxy(self.broker_port, self.far_port)
            self.proxies = [self.near, self.far]
        self.url = f"http://127.0.0.1:{self.cloud_port}"
        self.probes: list[Process] = []
        self.gateway_home = gateway_home or folder / "gateway"
        folder.mkdir(parents=True, exist_ok=True)
        self.engine = open_engine(self.database_url)
        self.broker: Process = self._broker()
        self.cloud = self._cloud(env or {})
        self.gateway = self._gateway()

    def set_up(self) -> None:
        """Everything that must be there before the first process starts."""
        self.write_files()
        migrate(self.engine)
        with writing(self.engine) as conn:
            demo.fill(conn, self.tokens, datetime.now(UTC).date())

    def write_files(self) -> None:
        """Who may connect to the cloud's broker, and to the gateway's."""
        demo.write_broker_users(self.folder / "broker.json", self.tokens)
        demo.write_devices(self.folder / "devices.json", self.tokens)

    def __enter__(self) -> Self:
        self.set_up()
        try:
            for proxy in self.proxies:
                proxy.start()
            for process in (self.broker, self.cloud, self.gateway):
                self.start(process)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in (*self.probes, self.gateway, self.cloud, self.broker):
            process.stop()
        for proxy in self.proxies:
            proxy.stop()
        self.engine.dispose()

    def start(self, process: Process) -> None:
        """Start, and wait until it says that it is ready (a Server: until its port answers)."""
        process.start()
        if not isinstance(process, Server):
            process.wait_for("ready on", READY_S)

    def probe(self, number: int, source: str | Path, speed: int, *more: str) -> Process:
        """Mother `number` (from 1) starts to replay a recording."""
        device = self.devices[number - 1]
        args = [*COMMAND, "probe", "--replay", str(source), "--device", device,
                "--broker", f"mqtt://127.0.0.1:{self.near_port}", "--speed", str(speed),
                "--spool", str(self.folder / f"spool-{device}"), *more]  # fmt: skip
        env = {**ENV, "LUCINA_DEVICE_TOKEN": self.tokens.devices[device]}
        name = f"{device}-{len(self.probes)}"
        process = Process(args, self.folder, env, name, self._spawn)
        self.probes.append(process)
        process.start()
        return process

    def sign_in(self, username: str) -> httpx2.Client:
        client = httpx2.Client(base_url=self.url, timeout=10)
        answer = client.post("/login", data={"username": username, "password": demo.PASSWORD})
        if answer.status_code not in (200, 303) or not client.cookies:
            raise RuntimeError(f"{username} was not let in: {answer.text[:200]}")
        return client

    def _broker(self) -> Process:
        args = [*COMMAND, "broker", "--port", str(self.broker_port),
                "--users", str(self.folder / "broker.json")]  # fmt: skip
        return Process(args, self.folder, ENV, "broker", self._spawn)

    def _cloud(self, env: Mapping[str, str]) -> Process:
        broker = f"mqtt://{demo.CLOUD}:{self.tokens.cloud}@127.0.0.1:{self.broker_port}"
        settings = {
            **ENV,
            "LUCINA_HOME": str(self.folder / "cloud"),
            "LUCINA_DATABASE_URL": self.database_url,
            "LUCINA_BROKER_URL": broker,
            "LUCINA_DEMO": "true",
        }
        args = [*COMMAND, "cloud", "--host", "127.0.0.1", "--port", str(self.cloud_port)]
        return Process(args, self.folder, {**settings, **env}, "cloud", self._spawn)

    def _gateway(self) -> Process:
        cloud = f"mqtt://{demo.GATEWAY}:{self.tokens.gateway}@127.0.0.1:{self.far_port}"
        args = [*COMMAND, "gateway", "--id", demo.GATEWAY, "--home", str(self.gateway_home),
                "--listen", f"127.0.0.1:{self.local_port}", "--cloud", cloud,
                "--devices", str(self.folder / "devices.json")]  # fmt: skip
        return Process(args, self.folder, ENV, "gateway", self._spawn)
