"""Assesses open recordings now and then, and each once more when it has ended.

Each look is one refresh of models.live.Live on the last hour, made by cloud.looking. Pages get the
newest from memory (LiveTrace.assessment); it is stored each minute, when the verdict changes, and
at the end. What is stored says also that the alarm rules have looked as far, and what was frozen:
the next process begins there.

When there is more to assess than the workers can, everybody waits longer, and pace() says how long.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from statistics import median

from sqlalchemy import Engine

from cloud.gestation import gestation_weeks
from cloud.live import KEEP_S, LiveTrace
from cloud.looking import Look, Lookers, is_lost, look
from cloud.store import assessments, people
from cloud.store.assessments import Stored
from cloud.store.db import reading, writing
from cloud.store.recordings import Recording
from models.live import Live
from models.trace import Trace

STORED_EVERY_MS = 60_000  # an unchanged verdict; a new one at once
LEAST_EVERY_S = 1.0  # of a replay, whose recorded minutes pass faster
GOLDEN = 0.618034  # its multiples modulo 1 are spread evenly: no two recordings at the same time
Looked = tuple[LiveTrace, float]


@dataclass
class _Judged:
    since_ms: int  # it has been open to assessment
    next_ms: int
    live: Live | None = None
    verdict: str = ""
    stored_ms: int = 0
    begun_ms: int = 0  # the newest assessment; 0: none yet
    apart_ms: int = 0  # from the one before; 0: none yet
    under_way: bool = False
    ended: bool = False  # it is known that the recording has ended
    done: bool = False  # and the last assessment has been made


@dataclass(frozen=True, eq=False)
class UnderWay:
    """A look that was begun."""

    recording: Recording
    trace: LiveTrace
    made_ms: int  # the time that it is said to be of
    begun_ms: int
    has_ended: bool
    future: "Future[Look]"


@dataclass(frozen=True)
class Pace:
    """How often open recordings are assessed."""

    every_s: float  # median of the times between the last two of each; 0: not known yet
    age_s: float  # median of the times since the last one of each, or since she began; 0: of none
    oldest_s: float  # the longest of these


class Assessor:
    """For one thread, again and again: due(), begin() while has_room, take() each that is done(),
    flush(). `judge` is called with each look, and with the time at which it was made."""

    def __init__(
        self,
        engine: Engine,
        every_s: float,
        judge: Callable[[Recording, Look, int], None],
        lookers: Lookers,
    ) -> None:
        self._engine = engine
        self._every_s = every_s
        self._judge = judge
        self._lookers = lookers
        self._judged: dict[int, _Judged] = {}
        self._under_way: list[UnderWay] = []
        self._waiting: list[Stored] = []  # for the next flush()

    def due(self, looked: Iterable[Looked], now_ms: int) -> list[Looked]:
        """Of these traces and the seconds up to which the rules have looked: whose turn it is,
        the longest waiting first, and before them what has ended."""
        turns: list[tuple[int, int, Looked]] = []
        for trace, to_s in looked:
            judged = self._judged.get(trace.recording.id)
            if judged is None:
                first_ms = now_ms + round(trace.recording.id * GOLDEN % 1 * self._every_ms(trace))
                judged = self._judged[trace.recording.id] = _Judged(now_ms, first_ms)
            ended = trace.ended_ms is not None
            if ended != judged.ended:
                judged.ended, judged.done, judged.next_ms = ended, False, 0 if ended else now_ms
            if judged.under_way or (ended and (judged.done or to_s < int(trace.newest_s))):
                continue
            if now_ms >= judged.next_ms:
                turns.append((judged.next_ms, len(turns), (trace, to_s)))
        return [looked for _, _, looked in sorted(turns)]

    @property
    def has_room(self) -> bool:
        """Whether one more look is worth beginning."""
        return len(self._under_way) < self._lookers.room

    def begin(self, recording: Recording, trace: LiveTrace, to_s: float, now_ms: int) -> None:
        """Assess this recording up to `to_s`."""
        judged = self._judged[recording.id]
        judged.next_ms = now_ms + self._every_ms(trace)
        if judged.live is None:
            judged.live = self._resumed(recording)
        judged.live.gestation_weeks = self._weeks(recording)
        has_ended = trace.ended_ms is not None
        made_ms = max(now_ms, trace.ended_ms or 0)
        future = self._lookers.begin(judged.live, trace.window(KEEP_S, to_s), has_ended)
        judged.under_way = True
        self._under_way.append(UnderWay(recording, trace, made_ms, now_ms, has_ended, future))

    def done(self) -> list[UnderWay]:
        """The looks that have ended since the last call, in the order in which they were begun.

        One that a worker took along in its death has its next turn like any other.
        """
        ended = [one for one in self._under_way if one.future.done()]
        for one in ended:
            self._under_way.remove(one)
            judged = self._judged.get(one.recording.id)
            if judged is not None:
                judged.under_way = False
        lost = [one for one in ended if is_lost(one.future)]
        if lost:
            self._lookers.replace()
        return [one for one in ended if one not in lost]

    def take(self, recording: Recording, one: UnderWay) -> None:
        """Judge what it found and keep it, for pages and the next flush(). What it raised is
        raised here."""
        seen = one.future.result()
        self._judge(recording, seen, one.made_ms)
        now_ms = one.begun_ms
        found = Stored(recording.id, seen.at_s, one.made_ms, seen.verdict, seen.body)
        judged = self._judged.get(recording.id) or _Judged(now_ms, now_ms)
        one.trace.assessment = found
        judged.live = seen.live
        judged.done = one.has_ended and judged.ended
        if judged.begun_ms:
            judged.apart_ms = now_ms - judged.begun_ms
        judged.begun_ms = now_ms
        changed = found.verdict != judged.verdict
        if one.has_ended or changed or now_ms - judged.stored_ms >= STORED_EVERY_MS:
            self._waiting.append(found)
            judged.verdict, judged.stored_ms = found.verdict, now_ms

    def finish(self, recording: Recording, trace: Trace, made_ms: int) -> None:
        """The last assessment of a recording that is not in memory any more, made here and now."""
        live = self._resumed(recording)
        live.gestation_weeks = self._weeks(recording)
        seen = look(live, trace.window(trace.end_s - KEEP_S, trace.end_s), True)
        self._judge(recording, seen, made_ms)
        self._waiting.append(Stored(recording.id, seen.at_s, made_ms, seen.verdict, seen.body))

    def pace(self, now_ms: int) -> Pace:
        """Of the recordings that go on. For any thread."""
        running = [one for one in list(self._judged.values()) if not one.ended]
        apart_ms = [one.apart_ms for one in running if one.apart_ms]
        ages_ms = [now_ms - (one.begun_ms or one.since_ms) for one in running]
        every_ms, age_ms = (median(some) if some else 0 for some in (apart_ms, ages_ms))
        return Pace(every_ms / 1000, age_ms / 1000, max(ages_ms, default=0) / 1000)

    def flush(self) -> None:
        """Store what has been found, in one transaction; what fails stays for the next time."""
        if self._waiting:
            with writing(self._engine) as conn:
                for found in self._waiting:
                    assessments.add(conn, found)
            self._waiting = []

    def forget(self, recording_id: int) -> None:
        self._judged.pop(recording_id, None)

    def _every_ms(self, trace: LiveTrace) -> int:
        return round(max(LEAST_EVERY_S, self._every_s / trace.recording.speed) * 1000)

    def _resumed(self, recording: Recording) -> Live:
        """An engine that holds on to what an earlier process has shown."""
        live = Live()
        with reading(self._engine) as conn:
            before = assessments.latest(conn, recording.id)
        document = before.document() if before else {}
        if "frozen_to_s" in document:  # else it is of a version that froze nothing
            live.resume(document)
        return live

    def _weeks(self, recording: Recording) -> float | None:
        if recording.mother_id is None:
            return None
        with reading(self._engine) as conn:
            mother = people.get_mother(conn, recording.mother_id)
        return gestation_weeks(mother.due_date, recording.start_ms) if mother else None
