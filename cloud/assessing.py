"""Assesses open recordings now and then, and each once more when it has ended.

Each look is one refresh of models.live.Live on the last hour, made by cloud.looking. Pages get the
newest from memory (LiveTrace.assessment); it is stored each minute, when the verdict changes, and
at the end. What is stored says also that the alarm rules have looked as far, and what was frozen:
the next process begins there.

When there is more to assess than the workers can, everybody waits longer, and pace() says how long.
Whose assessment fails again and again waits longer, alone, and is unknown (cloud.failing).
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Engine

from cloud import failing
from cloud.gestation import weeks_of
from cloud.live import KEEP_S, LiveTrace
from cloud.looking import Look, Lookers, is_lost
from cloud.store import assessments, people
from cloud.store.assessments import Stored
from cloud.store.db import reading, writing
from cloud.store.recordings import Recording
from cloud.turns import Pace, Turn, UnderWay, pace_of
from models.conditions import Change
from models.live import Live
from models.trace import Trace

log = logging.getLogger(__name__)
STORED_EVERY_MS = 60_000  # an unchanged verdict; a new one at once
LEAST_EVERY_S = 1.0  # of a replay, whose recorded minutes pass faster
GOLDEN = 0.618034  # its multiples modulo 1 are spread evenly: no two recordings at the same time
Looked = tuple[LiveTrace, float]


class Assessor:
    """For one thread, again and again: due(), begin() while has_room, take() each that is done(),
    flush(). `judge` is called with each look, and with the time at which it was made; `tell` when a
    recording cannot be assessed."""

    def __init__(
        self,
        engine: Engine,
        every_s: float,
        judge: Callable[[Recording, Look, int], None],
        tell: Callable[[Recording, Change, int], None],
        lookers: Lookers,
    ) -> None:
        self._engine = engine
        self._every_s = every_s
        self._judge = judge
        self._tell = tell
        self._lookers = lookers
        self._turns: dict[int, Turn] = {}
        self._under_way: list[UnderWay] = []
        self._waiting: list[Stored] = []  # for the next flush()

    def due(self, looked: Iterable[Looked], now_ms: int) -> list[Looked]:
        """Of these traces and the seconds up to which the rules have looked: whose turn it is,
        the longest waiting first, and before them what has ended."""
        turns: list[tuple[int, int, Looked]] = []
        for trace, to_s in looked:
            turn = self._turns.get(trace.recording.id)
            if turn is None:
                first_ms = now_ms + round(trace.recording.id * GOLDEN % 1 * self._every_ms(trace))
                turn = self._turns[trace.recording.id] = Turn(now_ms, first_ms)
            ended = trace.ended_ms is not None
            if ended != turn.ended:
                turn.ended, turn.done, turn.next_ms = ended, False, 0 if ended else now_ms
            if turn.under_way or (ended and (turn.done or to_s < int(trace.newest_s))):
                continue
            if now_ms >= turn.next_ms:
                turns.append((turn.next_ms, len(turns), (trace, to_s)))
        return [looked for _, _, looked in sorted(turns)]

    @property
    def has_room(self) -> bool:
        """Whether one more look is worth beginning."""
        return len(self._under_way) < self._lookers.room

    def looks_at(self, recording_id: int) -> bool:
        turn = self._turns.get(recording_id)
        return turn is not None and turn.under_way

    def begin(
        self,
        recording: Recording,
        trace: LiveTrace,
        to_s: float,
        now_ms: int,
        whole: Trace | None = None,
    ) -> None:
        """Assess this recording up to `to_s`; `whole`: what the store has of one that has ended."""
        turn = self._turns[recording.id]
        turn.next_ms = now_ms + self._every_ms(trace)
        has_ended = trace.ended_ms is not None
        made_ms = max(now_ms, trace.ended_ms or 0)
        window = trace.window(KEEP_S, to_s) if whole is None else _last_part(whole)
        self._look(recording, trace, window, (made_ms, now_ms), has_ended)

    def begin_last(self, recording: Recording, whole: Trace, now_ms: int) -> None:
        """Of a recording that ended before this process began."""
        self._look(recording, None, _last_part(whole), (now_ms, now_ms), has_ended=True)

    def _look(
        self,
        recording: Recording,
        trace: LiveTrace | None,
        window: Trace,
        made_begun_ms: tuple[int, int],
        has_ended: bool,
    ) -> None:
        now_ms = made_begun_ms[1]
        turn = self._turns.setdefault(recording.id, Turn(now_ms, now_ms, ended=has_ended))
        if turn.live is None:
            turn.live = self._resumed(recording)
        turn.live.gestation_weeks = self._weeks(recording)
        turn.under_way = True
        future = self._lookers.begin(turn.live, window, has_ended)
        one = UnderWay(recording, trace, window, *made_begun_ms, has_ended, future)
        self._under_way.append(one)

    def done(self) -> list[UnderWay]:
        """The looks that have ended since the last call, in the order in which they were begun.

        One whose worker has died of another one is due again.
        """
        ended = [one for one in self._under_way if one.future.done()]
        lost = []
        for one in ended:
            self._under_way.remove(one)
            turn = self._turn(one)
            turn.under_way = False
            if is_lost(one.future) and not self._lookers.was_fatal(one.future):
                turn.next_ms = one.begun_ms
                lost.append(one)
        for one in lost:
            if one.trace is None:
                self.begin_last(one.recording, one.window, one.made_ms)
        return [one for one in ended if one not in lost]

    def take(self, recording: Recording, one: UnderWay) -> None:
        """Judge what it found and keep it, for pages and the next flush()."""
        turn = self._turn(one)
        try:
            seen = one.future.result()
        except Exception as error:  # it was raised in the look, or its worker has died of it
            self._fail(one, turn, error)
            return
        self._judge(recording, seen, one.made_ms)
        turn.live, turn.failures = seen.live, 0
        if turn.begun_ms:
            turn.apart_ms = one.begun_ms - turn.begun_ms
        turn.begun_ms = one.begun_ms
        self._keep(one, turn, seen.at_s, seen.verdict, seen.body)

    def _fail(self, one: UnderWay, turn: Turn, error: Exception) -> None:
        turn.failures += 1
        said = "recording %d could not be assessed, %d times in a row"
        log.error(said, one.recording.id, turn.failures, exc_info=error)
        if turn.failures < failing.GIVEN_UP:
            if one.trace is None:
                self.begin_last(one.recording, one.window, one.made_ms)
            elif one.has_ended:
                turn.next_ms = one.begun_ms  # it is not kept in memory for long
            return
        at_s = one.window.end_s
        self._tell(one.recording, failing.change(turn.failures, at_s), one.made_ms)
        turn.next_ms = one.begun_ms + failing.pause_ms(turn.failures)
        body = failing.unknown(self._before(one), turn.failures, at_s)
        self._keep(one, turn, at_s, failing.VERDICT, body)

    def _keep(self, one: UnderWay, turn: Turn, at_s: float, verdict: str, body: str) -> None:
        found = Stored(one.recording.id, at_s, one.made_ms, verdict, body)
        turn.done = one.has_ended and turn.ended
        changed = verdict != turn.verdict
        if one.has_ended or changed or one.begun_ms - turn.stored_ms >= STORED_EVERY_MS:
            self._waiting.append(found)
            turn.verdict, turn.stored_ms = verdict, one.begun_ms
        if one.trace is None:
            self.forget(one.recording.id)
        else:
            one.trace.assessment, one.trace.looked = found, turn.done

    def pace(self, now_ms: int) -> Pace:
        """For any thread."""
        turns = dict(self._turns)
        failed = [key for key, turn in turns.items() if turn.failures >= failing.GIVEN_UP]
        return pace_of(turns.values(), failed, now_ms)

    def flush(self) -> None:
        """Store what has been found, in one transaction; what fails stays for the next time."""
        if self._waiting:
            with writing(self._engine) as conn:
                for found in self._waiting:
                    assessments.add(conn, found)
            self._waiting = []

    def forget(self, recording_id: int) -> None:
        self._turns.pop(recording_id, None)

    def _turn(self, one: UnderWay) -> Turn:
        """Another one, of which nothing is kept, if it has been forgotten meanwhile."""
        return self._turns.get(one.recording.id) or Turn(one.begun_ms, one.begun_ms)

    def _before(self, one: UnderWay) -> dict[str, Any] | None:
        """The newest assessment of it."""
        if one.trace is not None and one.trace.assessment is not None:
            return one.trace.assessment.document()
        with reading(self._engine) as conn:
            before = assessments.latest(conn, one.recording.id)
        return before.document() if before else None

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
            return weeks_of(conn, mother, recording.start_ms) if mother else None


def _last_part(whole: Trace) -> Trace:
    return whole.window(whole.end_s - KEEP_S, whole.end_s)
