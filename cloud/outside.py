"""What the service takes from the world: its time and its broker. A simulation brings its own."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from cloud.clock import Clock, steady_ms, wall_ms
from cloud.link import Link, OpenLink


@dataclass(frozen=True)
class Outside:
    clock: Clock = wall_ms
    timer_s: Callable[[], float] = time.perf_counter  # what a part has taken of its time
    open_link: OpenLink = Link
    steady: Clock = steady_ms  # how long something lasts


REAL = Outside()
