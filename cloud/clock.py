"""The clock of the service: milliseconds since 1970, UTC. Whoever needs it is given it.

Somebody may set it: how long something lasts is told by another, which nobody can.
"""

import time
from collections.abc import Callable

Clock = Callable[[], int]  # ms


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


def steady_ms() -> int:
    """Since some moment, the same for as long as this process runs."""
    return time.monotonic_ns() // 1_000_000
