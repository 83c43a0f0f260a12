"""Milliseconds that only go forward, under both interpreters."""

import time


class Clock:
    """Unwraps a tick counter: on a board it starts again after 2**30 ms (12 days).

    ticks_ms() reads the counter; ticks_diff(later, earlier) is signed and knows the wrap.
    """

    def __init__(self, ticks_ms, ticks_diff) -> None:
        self._ticks_ms = ticks_ms
        self._ticks_diff = ticks_diff
        self._last = ticks_ms()
        self._now_ms = 0

    def now_ms(self) -> int:
        """Since this clock was made. Call it at least every 2**29 ms (6 days)."""
        ticks = self._ticks_ms()
        self._now_ms += self._ticks_diff(ticks, self._last)
        self._last = ticks
        return self._now_ms


def system_clock() -> Clock:
    """MicroPython has ticks, CPython a monotonic clock."""
    ticks_ms = getattr(time, "ticks_ms", None)
    if ticks_ms is None:
        return Clock(
            lambda: time.monotonic_ns() // 1_000_000, lambda later, earlier: later - earlier
        )
    return Clock(ticks_ms, getattr(time, "ticks_diff"))  # noqa: B009  CPython's time has none


def sleep_ms(wait_ms: int) -> None:
    time.sleep(wait_ms / 1000)
