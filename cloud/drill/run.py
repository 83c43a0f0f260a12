"""Runs drills one after the other: those that leave their rig as it was share one."""

import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from cloud.drill.course import Course
from cloud.drill.ledger import Ledger
from cloud.drill.rig import Rig
from cloud.drill.table import DRILLS, Drill
from cloud.scenario.probes import OpenPacker

log = logging.getLogger(__name__)
Say = Callable[[str], None]
WORDS = 400  # the last ones of an error, in the ledger


def drills(
    names: Sequence[str], seed: int, times: int, open_packer: OpenPacker, say: Say
) -> Iterator[Ledger]:
    """The ledger of each, `times` its own times, with seeds from `seed` on.

    A rig with a breach is not used on.
    """
    with tempfile.TemporaryDirectory(prefix="lucina-drill-") as folder:
        shared = Shared(Path(folder))
        with shared.stack:
            for name in names:
                for number in range(times * DRILLS[name].times):
                    yield one(name, seed + number, open_packer, shared, say)


class Shared:
    """The rig that is open now, for the next drill that wants one like it."""

    def __init__(self, folder: Path) -> None:
        self.stack = ExitStack()
        self._folder = folder
        self._made = 0
        self._open: tuple[object, Rig] | None = None

    def rig_for(self, drill: Drill) -> Rig:
        if self._open is not None and self._open[0] is drill.open_rig:
            return self._open[1]
        self.close()
        self._made += 1
        rig = self.stack.enter_context(drill.open_rig(self._folder / str(self._made)))
        self._open = drill.open_rig, rig
        return rig

    def close(self) -> None:
        self._open = None
        self.stack.close()


def one(name: str, seed: int, open_packer: OpenPacker, shared: Shared, say: Say) -> Ledger:
    drill = DRILLS[name]
    ledger = Ledger(name, seed, not_run=drill.lacks())
    if ledger.not_run:
        return ledger
    began_s = time.monotonic()
    say("starting the processes")
    try:
        rig = shared.rig_for(drill)
        rig.probes.clear()
        course = Course(rig, ledger, open_packer, drill.replay, say)
        drill.run(course)
        course.finish()
    except Exception as error:
        log.debug("drill %s", name, exc_info=True)
        ledger.wrong.append(f"{type(error).__name__}: {str(error)[-WORDS:]}")
    ledger.took_s = round(time.monotonic() - began_s, 1)
    if ledger.wrong or not drill.shares:
        shared.close()
    return ledger
