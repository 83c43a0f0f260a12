"""What a bench hands back, and who used the processor meanwhile."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import psutil

from tests.bench.load import Plan
from tests.process import Process

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Row:
    """One line of the table. `met` is None where nothing was asked for."""

    what: str
    value: str
    spread: str = ""
    goal: str = ""
    met: bool | None = None
    note: str = ""


class Usage:
    """Processor time of named processes between two looks, in cores; children go by
    "NAME's workers"."""

    def __init__(self, processes: Mapping[str, int]) -> None:
        self._processes = {name: psutil.Process(pid) for name, pid in processes.items()}
        self._since_s = time.perf_counter()
        self._times_s = self._now()

    def look(self) -> dict[str, float]:
        """{name: cores used since the last look}."""
        took_s = time.perf_counter() - self._since_s
        before_s, self._times_s = self._times_s, self._now()
        self._since_s += took_s
        return {name: (now - before_s.get(name, 0)) / took_s for name, now in self._times_s.items()}

    def _now(self) -> dict[str, float]:
        used_s = {name: sum(p.cpu_times()[:2]) for name, p in self._processes.items()}
        for name, process in self._processes.items():
            if children := process.children():
                used_s[f"{name}'s workers"] = sum(sum(one.cpu_times()[:2]) for one in children)
        return used_s

    def memory_mib(self) -> dict[str, float]:
        return {name: p.memory_info().rss / 2**20 for name, p in self._processes.items()}


def cores(used: Mapping[str, float]) -> str:
    """'cloud 0.63, broker 0.52': cores, most first."""
    order = sorted(used.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {share:.2f}" for name, share in order)


class LoadError(Exception):
    """The generator of the load did not go on; the text says why."""


@contextlib.contextmanager
def load(plan: Plan, folder: Path) -> Iterator[tuple[Iterator[dict[str, Any]], int]]:
    """Start the generator; what it says line by line, and its process id. LoadError: it ended."""
    with (folder / "load.err").open("w+b") as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.load"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        assert child.stdin and child.stdout
        child.stdin.write(json.dumps(asdict(plan)))
        child.stdin.close()
        try:
            yield _lines(child, errors), child.pid
        finally:
            child.kill()
            child.wait()


def _lines(child: "subprocess.Popen[str]", errors: IO[bytes]) -> Iterator[dict[str, Any]]:
    assert child.stdout
    for line in map(json.loads, child.stdout):
        if line["state"] == "failed":  # the broker refuses, or does not answer
            raise LoadError(line["error"])
        yield line
    if child.wait():
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip().splitlines()
        raise LoadError(f"the load ended with {child.returncode}: {said[-1] if said else '-'}")


def pids(processes: Mapping[str, Process], load_pid: int) -> dict[str, int]:
    return {**{name: process.pid for name, process in processes.items()}, "load": load_pid}


def quantiles(values: list[float]) -> tuple[float, float, float]:
    """Median, 99th percentile, most."""
    median, p99, most = np.quantile(values, (0.5, 0.99, 1.0))
    return float(median), float(p99), float(most)
