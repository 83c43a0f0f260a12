"""Calls a function with the time, again and again, in a thread of its own."""

import logging
import threading
import time
from collections.abc import Callable

from cloud.clock import Clock, wall_ms

log = logging.getLogger(__name__)


class Ticker:
    """A call that fails is logged and does not stop the next; one that takes longer than the
    period is followed by the next at once."""

    def __init__(
        self, name: str, every_s: float, tick: Callable[[int], object], clock: Clock = wall_ms
    ) -> None:
        self.name = name
        self.every_s = every_s
        self.tick = tick  # for a caller with a clock of its own, and no start()
        self._clock = clock
        self.count = 0  # calls that came back without an error
        self._done_s = time.monotonic()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def age_s(self) -> float:
        """Seconds since a call last came back without an error."""
        return time.monotonic() - self._done_s

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the call that is under way has ended."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        due_s = time.monotonic()
        while not self._stopping.wait(max(0.0, due_s - time.monotonic())):
            due_s = max(due_s + self.every_s, time.monotonic())
            try:
                self.tick(self._clock())
                self._done_s = time.monotonic()
                self.count += 1
            except Exception:
                log.exception("%s failed", self._thread.name)
