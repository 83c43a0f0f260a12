"""Notices that the wall clock was set: it went another way than the monotonic one."""

import time
from collections.abc import Callable

STEP_S = 2.0  # more than a loaded machine makes two readings differ
REMEMBERED_S = 60.0


class ClockWatch:
    """look() again and again; a step is remembered for a minute."""

    def __init__(self, timer_s: Callable[[], float] = time.monotonic) -> None:
        self._timer_s = timer_s
        self._last: tuple[float, float] | None = None  # wall and monotonic seconds
        self._step = (0.0, float("-inf"))  # how far, when (monotonic)

    def look(self, now_ms: int) -> None:
        wall_s, timer_s = now_ms / 1000, self._timer_s()
        if self._last is not None:
            step_s = (wall_s - self._last[0]) - (timer_s - self._last[1])
            if abs(step_s) >= STEP_S:
                self._step = step_s, timer_s
        self._last = wall_s, timer_s

    @property
    def step_s(self) -> float:
        """How far it was set in the last minute; 0.0: it was not."""
        step_s, at_s = self._step
        return step_s if self._timer_s() - at_s < REMEMBERED_S else 0.0
