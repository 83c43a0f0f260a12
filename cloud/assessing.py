"""Assesses open recordings now and then, and each once more when it has ended."""

from dataclasses import dataclass

from sqlalchemy import Engine

from cloud.gestation import gestation_weeks
from cloud.live import KEEP_S, LiveTrace
from cloud.store import assessments, people
from cloud.store.assessments import Stored
from cloud.store.db import reading, writing
from cloud.store.recordings import Recording
from models.assess import assess
from models.trace import Trace

WINDOW_S = 30 * 60  # a running recording is judged by so much: FIGO 2015 classifies 30 min
STORED_EVERY_MS = 60_000  # an unchanged verdict; a new one at once
LEAST_EVERY_S = 1.0  # of a replay, whose recorded minutes pass faster
GOLDEN = 0.618034  # its multiples modulo 1 are spread evenly: no two recordings at the same time


@dataclass
class _Judged:
    next_ms: int
    verdict: str = ""
    stored_ms: int = 0
    ended: bool = False  # the last assessment has been stored


class Assessor:
    def __init__(self, engine: Engine, every_s: float) -> None:
        self._engine = engine
        self._every_s = every_s
        self._judged: dict[int, _Judged] = {}

    def go_on(self, trace: LiveTrace, to_s: float, now_ms: int) -> None:
        """Assess this recording up to `to_s` if it is its turn, or once it has ended."""
        recording = trace.recording
        every_ms = round(max(LEAST_EVERY_S, self._every_s / recording.speed) * 1000)
        judged = self._judged.get(recording.id)
        if judged is None:
            first_ms = now_ms + round(recording.id * GOLDEN % 1 * every_ms)
            judged = self._judged[recording.id] = _Judged(first_ms)
        if trace.ended_ms is not None:
            if judged.ended or to_s < int(trace.newest_s):
                return
            made_ms = max(now_ms, trace.ended_ms)
            self._store(self.assess(recording, trace.window(KEEP_S, to_s), made_ms))
            judged.ended = True
            return
        judged.ended = False
        if now_ms >= judged.next_ms:
            judged.next_ms = now_ms + every_ms
            window = trace.window(WINDOW_S, to_s)
            found = self.assess(recording, window, now_ms)
            if found.verdict != judged.verdict or now_ms - judged.stored_ms >= STORED_EVERY_MS:
                self._store(found)
                judged.verdict, judged.stored_ms = found.verdict, now_ms

    def finish(self, recording: Recording, trace: Trace, made_ms: int) -> None:
        """The last assessment of a recording that is not in memory any more."""
        self._store(self.assess(recording, trace, made_ms))

    def forget(self, recording_id: int) -> None:
        self._judged.pop(recording_id, None)

    def assess(self, recording: Recording, trace: Trace, made_ms: int) -> Stored:
        with reading(self._engine) as conn:
            mother_id = recording.mother_id
            mother = None if mother_id is None else people.get_mother(conn, mother_id)
        weeks = gestation_weeks(mother.due_date, recording.start_ms) if mother else None
        found = assess(trace, weeks)
        return Stored(recording.id, trace.end_s, made_ms, found.verdict.value, found.to_json())

    def _store(self, found: Stored) -> None:
        with writing(self._engine) as conn:
            assessments.add(conn, found)
