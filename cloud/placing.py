"""How well the probe is placed, as the device said last: for the pages. Pure.

Kept in memory only: it is about now. What the alarms look at is cloud.alerts.reporting.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from device import payloads
from device.payloads import GAP_8
from device.wire import STATUS, Frame, WireError

GOOD = 2  # of device/placement.py: from here on nothing more needs to be found


@dataclass(frozen=True)
class Placed:
    """`contact` 0 none, 1 weak, 2 good, 3 steady; None is unknown to the probe."""

    contact: int
    own_heart: bool | None
    best_percent: int | None
    came_ms: int  # wall clock
    t_ms: int  # of the session, by the device
    searching_ms: int | None  # wall clock since which no good place is found; None: there is one

    def view(self, now_ms: int) -> dict[str, object]:
        """For pages: ages instead of times."""
        since_ms = self.searching_ms
        return {
            "contact": self.contact,
            "own_heart": self.own_heart,
            "best_percent": self.best_percent,
            "age_ms": max(0, now_ms - self.came_ms),
            "searching_ms": None if since_ms is None else max(0, now_ms - since_ms),
        }


def placed_by(before: Placed | None, frame: Frame, now_ms: int) -> Placed | None:
    """What is known after a frame that came at now_ms; older frames and other kinds say nothing.

    None where the device does not know: a replay, or a probe that does not help.
    """
    if frame.kind != STATUS or (before is not None and frame.t_ms < before.t_ms):
        return before
    try:
        status = payloads.unpack_status(frame.payload)
    except WireError:
        return before
    if status.contact == GAP_8:
        return None
    own_heart = None if status.own_heart == GAP_8 else status.own_heart == 1
    since_ms: int | None = now_ms
    if status.contact >= GOOD and not own_heart:
        since_ms = None
    elif before is not None and before.searching_ms is not None:
        since_ms = before.searching_ms
    best = None if status.best_percent == GAP_8 else status.best_percent
    return Placed(status.contact, own_heart, best, now_ms, frame.t_ms, since_ms)


def spooled_by(before: tuple[int, int], frame: Frame) -> tuple[int, int]:
    """(t_ms, frames without a receipt then) of the newest status; a frame is about a second."""
    if frame.kind != STATUS or frame.t_ms < before[0]:
        return before
    try:
        return frame.t_ms, payloads.unpack_status(frame.payload).spooled
    except WireError:
        return before


def placed_after(frames: Iterable[tuple[Frame, int]]) -> Placed | None:
    """After (frame, when it came) in the order in which they came."""
    placed = None
    for frame, came_ms in frames:
        placed = placed_by(placed, frame, came_ms)
    return placed
