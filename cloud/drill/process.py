"""Processes of a drill: in a group of their own, killed for sure, waited for by their words."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol, Self, TypeVar

T = TypeVar("T")
PATIENCE_S = 45.0  # at least, of every wait that must end: a slow machine is no fault
# where util-linux has it (Debian: always), a killed run leaves no servers behind
SETPRIV = shutil.which("setpriv")
DIE_WITH_US = [SETPRIV, "--pdeathsig", "KILL"] if SETPRIV else []
STARTER = ThreadPoolExecutor(1)  # "us" is the thread that starts it: one that lives to the end


class Missing(RuntimeError):  # noqa: N818 - it is a state of the machine, read as one
    """A part that is not installed; the message names the package to install."""


def free_port() -> int:
    """A loopback TCP port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(predicate: Callable[[], T], timeout_s: float, what: str) -> T:
    """The first true value of predicate, looked at every 20 ms. TimeoutError says what."""
    timeout_s = max(timeout_s, PATIENCE_S)
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


def cpu_s(pid: int) -> float:
    """Of this process so far, in programs and in the kernel."""
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


class Running(Protocol):
    """What a Process needs of subprocess.Popen."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...


Spawn = Callable[[Sequence[str], Mapping[str, str], IO[bytes], IO[bytes]], Running]


def spawn(
    args: Sequence[str], env: Mapping[str, str], out: IO[bytes], err: IO[bytes]
) -> subprocess.Popen[bytes]:
    command = [*DIE_WITH_US, *args]
    return STARTER.submit(
        subprocess.Popen, command, stdout=out, stderr=err, env=env, start_new_session=True
    ).result()


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
        spawn: Spawn = spawn,
    ) -> None:
        self._spawn = spawn
        self.args = [str(arg) for arg in args]
        self.env = {**os.environ, **(env or {})}
        self.name = name or Path(self.args[0]).name
        folder.mkdir(parents=True, exist_ok=True)
        self.stdout_path = folder / f"{self.name}.out"
        self.stderr_path = folder / f"{self.name}.err"
        self._popen: Running | None = None
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
            self._popen = self._spawn(self.args, self.env, out, err)
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

    def __exit__(self, *_: object) -> None:
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
