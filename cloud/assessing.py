"""Assesses open recordings now and then, and each once more when it has ended.

An assessment that is stored says also that the alarm rules have looked as far: the next process
begins there.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Engine

from cloud.gestation import gestation_weeks
from cloud.live import KEEP_S, LiveTrace
from cloud.store import assessments, people
from cloud.store.assessments import Stored
from cloud.store.db import reading, writing
from cloud.store.recordings import Recording
from models.assess import assess
from models.tiers import JUDGED_S
from models.trace import Trace

STORED_EVERY_MS = 60_000  # an unchanged verdict; a new one at once
LEAST_EVERY_S = 1.0  # of a replay, whose recorded minutes pass faster
GOLDEN = 0.618034  # its multiples modulo 1 are spread evenly: no two recordings at the same time
Looked = tuple[LiveTrace, float]


@dataclass
class _Judged:
    next_ms: int
    verdict: str = ""
    stored_ms: int = 0
    ended: bool = False  # it is known that the recording has ended
    done: bool = False  # and the last assessment has been made


class Assessor:
    def __init__(self, engine: Engine, every_s: float) -> None:
        self._engine = engine
        self._every_s = every_s
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
        """Assess this recording up to `to_s`: its last half hour, or all when it has ended."""
        judged = self._judged[recording.id]
        judged.next_ms = now_ms + self._every_ms(trace)
        if trace.ended_ms is not None:
            made_ms = max(now_ms, trace.ended_ms)
            self._waiting.append(self._assess(recording, trace.window(KEEP_S, to_s), made_ms))
            judged.done = True
            return
        found = self._assess(recording, trace.window(JUDGED_S, to_s), now_ms)
        if found.verdict != judged.verdict or now_ms - judged.stored_ms >= STORED_EVERY_MS:
            self._waiting.append(found)
            judged.verdict, judged.stored_ms = found.verdict, now_ms

    def finish(self, recording: Recording, trace: Trace, made_ms: int) -> None:
        """The last assessment of a recording that is not in memory any more."""
        self._waiting.append(self._assess(recording, trace, made_ms))

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

    def _assess(self, recording: Recording, trace: Trace, made_ms: int) -> Stored:
        with reading(self._engine) as conn:
            mother_id = recording.mother_id
            mother = None if mother_id is None else people.get_mother(conn, mother_id)
        weeks = gestation_weeks(mother.due_date, recording.start_ms) if mother else None
        found = assess(trace, weeks)
        return Stored(recording.id, trace.end_s, made_ms, found.verdict.value, found.to_json())
