"""What an evaluation may use: the data folder, the cores, and how much to look at."""

import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from cloud.research.bootstrap import RESAMPLES, Draws

Item = TypeVar("Item")
Result = TypeVar("Result")
QUICK_ITEMS = 4  # recordings of a set
QUICK_RESAMPLES = 200
FEW = 8  # items, for which no process is worth starting
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class NotMeasuredError(Exception):
    """Why a table cannot be made."""


def _ignore(_done: int, _of: int) -> None: ...


@dataclass(frozen=True)
class Plan:
    """`quick` looks at QUICK_ITEMS of each set: to see that it runs, not to be quoted."""

    data: Path
    quick: bool = False
    cores: int = 1
    out: Path | None = None  # folder for pictures
    progress: Callable[[int, int], None] = field(default=_ignore)

    def folder(self, name: str) -> Path:
        found = self.data / name
        if not found.is_dir():
            raise NotMeasuredError(f"folder {found} is missing")
        return found

    def files(self, name: str, pattern: str) -> list[Path]:
        """The recordings of a set, by name."""
        found = sorted(self.folder(name).glob(pattern))
        if not found:
            raise NotMeasuredError(f"no {pattern} in {self.data / name}")
        return self.some(found)

    def some(self, items: Sequence[Item]) -> list[Item]:
        """All of them, or a few from everywhere when it must be quick."""
        step = max(len(items) // QUICK_ITEMS, 1) if self.quick else 1
        return list(items)[::step][: QUICK_ITEMS if self.quick else None]

    def draws(self, recordings: int) -> Draws:
        return Draws.of(recordings, QUICK_RESAMPLES if self.quick else RESAMPLES)

    def mapped(self, function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """`function` of each, in order, on all cores; it and the items must be picklable."""
        found: list[Result] = []
        self.progress(0, len(items))
        if self.cores == 1 or len(items) <= FEW:
            for item in items:
                found.append(function(item))
                self.progress(len(found), len(items))
            return found
        for name in ONE_THREAD:  # the processes are the parallel part
            os.environ.setdefault(name, "1")
        context = get_context("forkserver")
        try:
            with ProcessPoolExecutor(self.cores, context, _leave_interrupts) as pool:
                for one in pool.map(function, items, chunksize=2):
                    found.append(one)
                    self.progress(len(found), len(items))
        except BrokenProcessPool:
            raise NotMeasuredError(f"a process died after {len(found)} of {len(items)}") from None
        return found


def _leave_interrupts() -> None:
    """Ctrl-C is for the parent, which then ends its processes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
