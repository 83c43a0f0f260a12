"""The last hour of each open recording, in memory. The store is the truth; this is rebuilt."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from cloud.placing import Placed, placed_after, placed_by, spooled_by
from cloud.store import frames, recordings
from cloud.store.assessments import Stored
from cloud.store.db import reading
from cloud.store.recordings import Recording
from cloud.traces import BLOCK, CHANNELS, Blocks, blocks_in, places, samples_of, to_trace
from device.wire import STATUS, Frame, decode
from models.trace import FS_HZ, Trace

log = logging.getLogger(__name__)
KEEP_S = 3600  # 5 channels x 4 Hz x 4 bytes x 3600 s = 281 KiB, and 28 KiB of arrival times
GIVE_UP_MS = 5_000  # a missing second is waited for this long: two resends of 2 s
LINGER_MS = 60_000  # a recording that ended stays so long
LINGER_MOST_MS = 600_000  # and until its last look, which the store may keep waiting, at most
_KEEP = KEEP_S * FS_HZ
_NEVER = -1
_KIND = 3  # where it is in a frame

Listener = Callable[[Recording, Frame], None]
Watcher = Callable[[Recording], None]


class LiveTrace:
    """One recording. Thread-safe: readers get copies.

    Inside are rings, indexed by the number of the sample or second modulo their length.
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.last_frame_wall_ms = recording.last_frame_ms
        self.ended_ms: int | None = None  # wall clock when it was closed; None: it goes on
        self.looked = False  # whether its last look is over
        self.assessment: Stored | None = None  # the newest, of cloud.assessing
        self.placed: Placed | None = None  # how the probe lies; None: it has not said
        self.listens_ms = 0  # wall clock since when missing seconds can come
        self._spooled = (0, 0)  # t_ms of the newest status; frames that the probe had not sent then
        self._samples = np.full((CHANNELS, _KEEP), np.nan, np.float32)
        self._came_ms = np.full(KEEP_S, _NEVER, np.int64)  # wall clock at which a second came
        self._end = 0  # number of the sample after the newest
        self._through = 0  # seconds looked at or given up
        self._lock = threading.Lock()

    @property
    def newest_s(self) -> float:
        """Recorded second at which the newest sample ends; 0.0 while there is none."""
        return self._end / FS_HZ

    @property
    def newest_came_ms(self) -> int:
        """Wall clock at which the newest second came; while there is none, the first frame."""
        with self._lock:
            if self._end == 0:
                return self.recording.opened_ms
            return int(self._came_ms[(self._end - 1) // FS_HZ % KEEP_S])

    @property
    def unsent_s(self) -> int:
        """Seconds of the last hour that are known to exist and are not here yet: those missing
        before the newest, or those that the probe still kept when it last said so."""
        with self._lock:
            newest = self._end // FS_HZ
            came_ms = self._came_ms[np.arange(max(0, newest - KEEP_S), newest) % KEEP_S]
            return max(int(np.count_nonzero(came_ms == _NEVER)), self._spooled[1])

    @property
    def nbytes(self) -> int:
        return self._samples.nbytes + self._came_ms.nbytes

    def add(self, frame: Frame, now_ms: int) -> None:
        """A stored frame, in any order; one older than the hour kept is left out."""
        block = samples_of(frame)
        with self._lock:
            self.last_frame_wall_ms = max(self.last_frame_wall_ms, now_ms)
            self.placed = placed_by(self.placed, frame, now_ms)
            self._spooled = spooled_by(self._spooled, frame)
            if block is not None:
                first, values = block
                self._grow(first + BLOCK)
                if first >= self._end - _KEEP:
                    at = first % _KEEP
                    if at + BLOCK <= _KEEP:
                        self._samples[:, at : at + BLOCK] = values
                    else:
                        self._samples[:, np.arange(at, at + BLOCK) % _KEEP] = values
                    self._came_ms[first // FS_HZ % KEEP_S] = now_ms

    def fill(self, found: Blocks, came_ms: NDArray[np.int64]) -> None:
        """add() many at once that came at (n,) ms; one call for all that came before."""
        with self._lock:
            if len(found.firsts):
                self._grow(int(found.firsts.max()) + BLOCK)
                kept = found.firsts >= self._end - _KEEP
                firsts = found.firsts[kept]
                self._samples[:, places(firsts) % _KEEP] = found.values[kept].transpose(1, 0, 2)
                self._came_ms[firsts // FS_HZ % KEEP_S] = came_ms[kept]

    def _grow(self, end: int) -> None:
        """Move the newest end on: what lies between is unknown until it comes."""
        if end <= self._end:
            return
        first = max(self._end, end - _KEEP)
        for part in _parts(first, end, _KEEP):
            self._samples[:, part] = np.nan
        for part in _parts(-(-first // FS_HZ), -(-end // FS_HZ), KEEP_S):
            self._came_ms[part] = _NEVER
        self._end = end

    def through_s(self, now_ms: int) -> float:
        """Recorded second up to which all has come, or was waited for long enough.

        It never goes back, and never beyond newest_s. A second that comes after it was given up
        is in the window like any other.
        """
        with self._lock:
            newest = self._end // FS_HZ
            self._through = max(self._through, newest - KEEP_S)
            while self._through < newest:
                if self._came_ms[self._through % KEEP_S] != _NEVER:
                    self._through += 1
                    continue
                came_ms = self._came_ms[np.arange(self._through, newest) % KEEP_S]
                after = np.flatnonzero(came_ms != _NEVER)
                noticed_ms = came_ms[after].min() if len(after) else now_ms
                waited_ms = abs(now_ms - max(noticed_ms, self.listens_ms))  # the clock may be set
                if self.ended_ms is None and waited_ms < GIVE_UP_MS:
                    break
                self._through += int(after[0]) if len(after) else len(came_ms)
            return float(self._through)

    def window(self, seconds: float, to_s: float | None = None) -> Trace:
        """A copy of the last `seconds` up to `to_s` (the newest sample), at most the hour kept."""
        with self._lock:
            last = self._end if to_s is None else min(self._end, round(to_s * FS_HZ))
            first = max(0, self._end - _KEEP, last - round(seconds * FS_HZ))
            parts = [self._samples[:, part] for part in _parts(first, max(first, last), _KEEP)]
            return to_trace(np.concatenate(parts, axis=1), first)


def _parts(first: int, stop: int, size: int) -> list[slice]:
    """Where first..stop - 1, at most `size` of them, are in a ring of this size."""
    at = first % size
    over = at + stop - first - size
    return [slice(at, size), slice(0, over)] if over > 0 else [slice(at, at + stop - first)]


class Live:
    """The open recordings. Thread-safe.

    listeners  called with (recording, frame) after a frame is in
    watchers   called with a recording that opened, ended or has learnt its name or whose it is
    """

    def __init__(self) -> None:
        self.recordings: dict[int, LiveTrace] = {}
        self.listeners: list[Listener] = []
        self.watchers: list[Watcher] = []
        self._lock = threading.Lock()

    def open(self, recording: Recording) -> LiveTrace:
        """Keep this recording, or what has become known about it."""
        with self._lock:
            trace = self.recordings.get(recording.id)
            if trace is not None and trace.recording is recording:
                return trace
            before = None if trace is None else _worth_telling(trace.recording)
            if trace is None:
                trace = self.recordings[recording.id] = LiveTrace(recording)
            trace.recording = recording
            trace.ended_ms = recording.closed_ms
            trace.looked = trace.looked and recording.closed_ms is not None
        if before != _worth_telling(recording):
            _tell(self.watchers, recording)
        return trace

    def add(self, recording_id: int, frame: Frame, now_ms: int) -> None:
        """A frame of an open recording that has been committed to the store."""
        trace = self.recordings[recording_id]
        trace.add(frame, now_ms)
        _tell(self.listeners, trace.recording, frame)

    def get(self, recording_id: int) -> LiveTrace | None:
        return self.recordings.get(recording_id)

    def all(self) -> list[LiveTrace]:
        with self._lock:
            return list(self.recordings.values())

    def evict(self, now_ms: int) -> list[int]:
        """Forget the recordings that ended a while ago; which these were."""
        with self._lock:
            gone = [
                key
                for key, trace in self.recordings.items()
                if trace.ended_ms is not None
                and now_ms - trace.ended_ms >= (LINGER_MS if trace.looked else LINGER_MOST_MS)
            ]
            for key in gone:
                del self.recordings[key]
            return gone

    def rebuild(self, engine: Engine, now_ms: int) -> None:
        """At start: all that have not ended."""
        with reading(engine) as conn:
            for recording in recordings.open_now(conn):
                self.recall(conn, recording, now_ms)

    def recall(self, conn: Connection, recording: Recording, now_ms: int) -> None:
        """The last hour of one that is not here. What was missed before is waited for anew, for
        nothing could come meanwhile."""
        kept, came_ms = frames.read_newest(conn, recording.id, KEEP_S)
        found = blocks_in(kept)
        trace = self.open(recording)
        trace.listens_ms = now_ms
        trace.fill(found, np.array(came_ms, np.int64)[found.which])
        newest_last = zip(reversed(kept), reversed(came_ms), strict=True)
        told = ((decode(data), ms) for data, ms in newest_last if data[_KIND] == STATUS)
        trace.placed = placed_after(told)


def _worth_telling(recording: Recording) -> tuple[object, ...]:
    known = recording.name, recording.speed, recording.frames_made, recording.closed_ms
    return *known, recording.mother_id


def _tell(listeners: list[Any], recording: Recording, *more: Any) -> None:
    """One that fails harms neither the others nor the way of the frames."""
    for listener in listeners:
        try:
            listener(recording, *more)
        except Exception:
            log.exception("a listener failed on recording %d", recording.id)
