"""The alarm rules of one recording: each recorded second is looked at once, in order.

What is found depends on the data alone. After a restart, and when frames came late, the whole
trace is looked at again; what was told before is known by its alert (cloud.alerts.service).
"""

from sqlalchemy import Engine

from cloud.live import KEEP_S, LiveTrace
from cloud.store import frames
from cloud.store.db import reading
from device.wire import TRACE, Frame
from models.conditions import Change
from models.watch import LONGEST_WINDOW_S, Watch

REMEMBERS_S = LONGEST_WINDOW_S + 300  # fed with so much a Watch is in step: windows, reference
LATE_MS = 5_000  # late frames come in bursts: the trace is looked at again so long after the first
NEVER = float("inf")


class Watched:
    """`known_s` is the recorded second up to which an earlier process has looked."""

    def __init__(self, trace: LiveTrace, known_s: float) -> None:
        self._trace = trace
        self._watch = Watch()
        self._through_s = 0.0  # recorded second up to which it has been looked at
        self._needed_s = known_s  # earliest recorded second that has to be looked at again
        self._again_ms: int | None = 0  # wall clock from which to look at the whole; None: in step

    def note(self, frame: Frame, now_ms: int) -> None:
        """A frame came; is it one of a second that had been given up?"""
        at_s = frame.t_ms / 1000
        if frame.kind == TRACE and at_s < self._through_s:
            self._needed_s = min(self._needed_s, at_s)
            if self._again_ms is None:
                self._again_ms = now_ms + LATE_MS

    def look_again(self) -> None:
        """What was found could not be told: find it again."""
        self._needed_s = min(self._needed_s, self._through_s)
        self._again_ms = 0

    @property
    def through_s(self) -> float:
        return self._through_s

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits to be looked at as a whole."""
        return self._again_ms is None

    def wants_whole(self, now_ms: int) -> bool:
        """Also where the clock was set back: it is never a long wait."""
        due_ms = self._again_ms
        return due_ms is not None and not due_ms - LATE_MS <= now_ms < due_ms

    def go_on(self, now_ms: int) -> list[Change]:
        """What changed in the seconds that have come since the last look."""
        to_s = self._trace.through_s(now_ms)
        if self._again_ms == 0 or to_s <= self._through_s:
            return []
        part = self._trace.window(to_s - self._through_s, to_s)
        if part.start_s > self._through_s:  # more came at once than is kept in memory
            self.look_again()
            return []
        self._through_s = to_s
        return self._watch.look(part, to_s)

    def look_at_whole(self, engine: Engine, now_ms: int) -> list[Change]:
        """All changes of the recording so far; from here on go_on() is in step."""
        needed_s, self._needed_s, self._again_ms = self._needed_s, NEVER, None
        self._through_s = to_s = self._trace.through_s(now_ms)
        whole = self._trace.window(KEEP_S, to_s)
        if whole.start_s > 0 and needed_s < whole.start_s + REMEMBERS_S:
            with reading(engine) as conn:
                whole = frames.trace_of(conn, self._trace.recording.id, 0, to_s)
        self._watch = Watch()
        found = self._watch.resume(whole)
        known_s = whole.start_s + REMEMBERS_S if whole.start_s > 0 else 0.0
        return [change for change in found if change.at_s > known_s]
