"""The one clock of the service: milliseconds since 1970, UTC. Whoever needs it is given it."""

import time
from collections.abc import Callable

Clock = Callable[[], int]  # ms


def wall_ms() -> int:
    return time.time_ns() // 1_000_000
