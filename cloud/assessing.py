"""Assesses open recordings now and then, and each once more when it has ended.

Each look is one refresh of models.live.Live on the last hour. Pages get the newest from memory
(LiveTrace.assessment); it is stored each minute, when the verdict changes, and at the end. What is
stored says also that the alarm rules have looked as far, and what was frozen: the next process
begins there.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Engine

from cloud.gestation import gestation_weeks
from cloud.live import KEEP_S, LiveTrace
from cloud.store import assessments, people
from cloud.store.assessments import Stored
from cloud.store.db import reading, writing
from cloud.store.recordings import Recording
from models.analysis import Analysis
from models.live import Live
from models.trace import Trace

STORED_EVERY_MS = 60_000  # an unchanged verdict; a new one at once
LEAST_EVERY_S = 1.0  # of a replay, whose recorded minutes pass faster
GOLDEN = 0.618034  # its multiples modulo 1 are spread evenly: no two recordings at the same time
Looked = tuple[LiveTrace, float]


@dataclass
class _Judged:
    next_ms: int
    live: Live | None = None
    verdict: str = ""
    stored_ms: int = 0
    ended: bool = False  # it is known that the recording has ended
    done: bool = False  # and the last assessment has been made


class Assessor:
    """`judge` is called with each analysis, and with the time at which it was made."""

    def __init__(
        self, engine: Engine, every_s: float, judge: Callable[[Recording, Analysis, int], None]
    ) -> None:
        self._engine = engine
        self._every_s = every_s
        self._judge = judge
        self._judged: dict[int, _Judged] = {}
        self._waiting: list[Stored] = []  # for the next flush()

    def due(self, looked: Iterable[Looked], now_ms: int) -> list[Looked]:
        """Of these traces and the seconds up to which the rules have looked: whose turn it is,
        the longest waiting first, and before them what has ended."""
        turns: list[tuple[int, int, Looked]] = []
        for trace, to_s in looked:
            judged = self._judged.get(trace.recording.id)
            if judged is None:
                first_ms = now_ms + round(trace.recording.id * GOLDEN % 1 * self._every_ms(trace))
                judged = self._judged[trace.recording.id] = _Judged(first_ms)
            ended = trace.ended_ms is not None
            if ended != judged.ended:
                judged.ended, judged.done, judged.next_ms = ended, False, 0 if ended else now_ms
            if ended and (judged.done or to_s < int(trace.newest_s)):
                continue
            if now_ms >= judged.next_ms:
                turns.append((judged.next_ms, len(turns), (trace, to_s)))
        return [looked for _, _, looked in sorted(turns)]

    def go_on(self, recording: Recording, trace: LiveTrace, to_s: float, now_ms: int) -> None:
        """Assess this recording up to `to_s`."""
        judged = self._judged[recording.id]
        judged.next_ms = now_ms + self._every_ms(trace)
        if judged.live is None:
            judged.live = self._resumed(recording)
        has_ended = trace.ended_ms is not None
        made_ms = max(now_ms, trace.ended_ms or 0)
        found = self._look(recording, judged.live, trace.window(KEEP_S, to_s), made_ms, has_ended)
        trace.assessment = found
        judged.done = has_ended
        changed = found.verdict != judged.verdict
        if has_ended or changed or now_ms - judged.stored_ms >= STORED_EVERY_MS:
            self._waiting.append(found)
            judged.verdict, judged.stored_ms = found.verdict, now_ms

    def finish(self, recording: Recording, trace: Trace, made_ms: int) -> None:
        """The last assessment of a recording that is not in memory any more."""
        last = trace.window(trace.end_s - KEEP_S, trace.end_s)
        self._waiting.append(self._look(recording, self._resumed(recording), last, made_ms, True))

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

    def _look(
        self, recording: Recording, live: Live, trace: Trace, made_ms: int, has_ended: bool
    ) -> Stored:
        with reading(self._engine) as conn:
            mother_id = recording.mother_id
            mother = None if mother_id is None else people.get_mother(conn, mother_id)
        live.gestation_weeks = (
            gestation_weeks(mother.due_date, recording.start_ms) if mother else None
        )
        shown = live.look(trace, has_ended)
        self._judge(recording, shown.analysis, made_ms)
        document = shown.document
        body = json.dumps(document, allow_nan=False)
        return Stored(recording.id, trace.end_s, made_ms, document["verdict"], body)
