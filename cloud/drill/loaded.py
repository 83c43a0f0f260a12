"""Programs that start at once: forks of a process that has read the modules of all of them.

    with Loaded() as loaded:
        Process([*COMMAND, "gateway", ...], folder, env, spawn=loaded.spawn)

What is killed is a whole process, as ever; only the seconds that Python takes to read modules are
spared, so that hundreds of kills can be paid for. Such a process may also kill itself at a named
point of its code, which its environment names (DIE_AT) and which nobody but this file reads.

    python -m cloud.drill.loaded    reads orders, each a line of JSON, and answers with a number
"""

import ctypes
import functools
import gc
import importlib
import itertools
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Any, Self

from cloud.drill.process import DIE_WITH_US, STARTER
from cloud.drill.rig import ENV

DIE_AT = "LUCINA_DRILL_DIE_AT"  # MODULE:CLASS.METHOD:before or after:which of its calls
AT_POINT = b"killed at its point\n"  # its last words
PROGRAM = "lucina"
MODULES = (  # what the programs read when they are started, or at their first work
    PROGRAM,
    "cloud.main",
    "gateway.main",
    "gateway.broker",
    "hardware.bench.source",
    "device.probe",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
)
OF_PYTHON = 3  # python -m lucina: what of a command line this process is already
PR_SET_PDEATHSIG = 1


class Loaded:
    """The process that forks. All that it has started ends with it."""

    def __init__(self) -> None:
        self._process = STARTER.submit(
            subprocess.Popen,
            [*DIE_WITH_US, sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **ENV},
            start_new_session=True,
        ).result()

    def spawn(
        self, args: Sequence[str], env: Mapping[str, str], out: IO[bytes], err: IO[bytes]
    ) -> "Forked":
        order = {"args": args[OF_PYTHON:], "env": dict(env), "out": out.name, "err": err.name}
        return Forked(self.ask(order), self)

    def ask(self, order: dict[str, Any]) -> int:
        """The answer to an order of serve()."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(order, default=str) + "\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


class Forked:
    """A child of Loaded's process; what a Process needs of subprocess.Popen."""

    def __init__(self, pid: int, loaded: Loaded) -> None:
        self.pid = pid
        self._loaded = loaded
        self._file = os.pidfd_open(pid)
        self._code: int | None = None

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(PROGRAM, timeout or 0)
        return code

    def _ended(self, timeout_s: float | None) -> int | None:
        if self._code is None and select.select([self._file], [], [], timeout_s)[0]:
            os.close(self._file)
            self._code = self._loaded.ask({"ended": self.pid})
        return self._code


def serve() -> dict[str, Any] | None:
    """Fork for each order, and say the exit codes of what has ended. In a fork: what it has to
    become. None: no more orders."""
    gc.freeze()
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        if "ended" in order:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["ended"], 0)[1])
        else:
            answer = os.fork()
            if not answer:
                return order
            with suppress(PermissionError, ProcessLookupError):  # it has done so, or has ended
                os.setpgid(answer, answer)
        print(answer, flush=True)  # noqa: T201 - to who has asked
    return None


def become(order: dict[str, Any]) -> None:
    """Turn this fork into the program."""
    os.setpgid(0, 0)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for number, name in enumerate((os.devnull, order["out"], order["err"])):
        file = os.open(name, os.O_RDWR | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - it lives as long as the process
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    sys.argv = [PROGRAM, *order["args"]]
    if point := os.environ.get(DIE_AT):
        die_at(point)


def die_at(point: str) -> None:
    """Kill -9 of this process just before or after a certain call of a method."""
    module, path, when, which = point.split(":")
    owner_name, _, method = path.partition(".")
    owner = getattr(importlib.import_module(module), owner_name)
    plain = getattr(owner, method)
    calls = itertools.count(1)

    def end() -> None:
        os.write(2, AT_POINT)
        os.kill(os.getpid(), signal.SIGKILL)

    @functools.wraps(plain)
    def last(*args: Any, **more: Any) -> Any:
        now = next(calls) == int(which)
        if now and when == "before":
            end()
        result = plain(*args, **more)
        if now:
            end()
        return result

    setattr(owner, method, last)


def main() -> None:
    for name in MODULES:
        importlib.import_module(name)
    order = serve()
    if order is not None:
        become(order)
        importlib.import_module(PROGRAM).main()


if __name__ == "__main__":
    main()
