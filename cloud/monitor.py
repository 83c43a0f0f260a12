"""Looks at every open recording, again and again: its rules, its link, its assessment.

Rules run on recorded time (cloud.alerts.watching); a lost link is the only thing that is known by
waiting, with a grace after the monitor's own start. A failure in one recording is logged and harms
no other.
"""

import logging
import math
import time
from collections.abc import Callable, Sequence

from sqlalchemy import Engine

from cloud.alerts import holding
from cloud.alerts.link import Links
from cloud.alerts.moves import words
from cloud.alerts.reporting import Reported
from cloud.alerts.service import Alerting
from cloud.alerts.silences import keep_silent
from cloud.alerts.watching import REMEMBERS_S, Watched
from cloud.assessing import Assessor
from cloud.clock import Clock
from cloud.failing import NOT_ASSESSED
from cloud.live import Live, LiveTrace
from cloud.looking import Look, Lookers
from cloud.store import assessments, recordings
from cloud.store.db import reading
from cloud.store.recordings import Recording
from cloud.views import stored_trace
from device.wire import Frame
from models.conditions import Change
from models.findings import Findings
from models.trace import Trace
from models.whole import changes

log = logging.getLogger(__name__)
EVERY_S = 0.5  # so a rule that becomes true is told within a second, commit included
CATCH_UP_S = 0.3  # of one tick at most: recordings that are in step are not kept waiting
ASSESS_S = 0.075  # of one tick at most: the rules come first, what is left waits for the next tick
UNFINISHED_EVERY_MS = 30_000
UNFINISHED_BACK_MS = 24 * 3600 * 1000  # what ended longer ago waits for the next start
ENDED_BACK_S = 7200.0  # of what was looked at live: a whole day would keep others waiting for 2 s
HERE = Lookers(0)  # in this process


class Monitor:
    """tick() is for cloud.ticker, each EVERY_S."""

    def __init__(
        self,
        engine: Engine,
        live: Live,
        alerting: Alerting,
        assess_every_s: float,
        timer_s: Callable[[], float] = time.perf_counter,
        lookers: Lookers = HERE,
        steady: Clock | None = None,  # None: the time of tick() is
    ) -> None:
        self.last_tick_ms = 0.0  # how long the last tick took
        self._engine = engine
        self._live = live
        self._alerting = alerting
        self._timer_s = timer_s  # by which it knows what a tick has taken
        self._steady = steady
        self._assessor = Assessor(engine, assess_every_s, self._judge, self._despair, lookers)
        self.pace = self._assessor.pace
        self._findings: dict[int, Findings] = {}
        self._reported: dict[int, Reported] = {}
        self._watched: dict[int, Watched] = {}
        self._links = Links(engine, alerting)
        self._unfinished: list[int] = []  # ended, and nobody has looked at their last seconds
        self._unfinished_ms: int | None = None  # when that was read; None: not by this process
        self._now_ms = 0
        live.listeners.append(self._note)

    def tick(self, now_ms: int) -> None:
        """Not to be called twice at once."""
        began_s = self._timer_s()
        self._now_ms = now_ms
        traces = self._live.all()
        self._forget_all_but({trace.recording.id for trace in traces})
        for trace in traces:
            self._guarded(self._go_on, trace.recording, trace, now_ms)
        self._catch_up(traces, now_ms, began_s + CATCH_UP_S)
        self._assess(traces, now_ms, self._timer_s() + ASSESS_S)
        self.last_tick_ms = (self._timer_s() - began_s) * 1000

    def _go_on(self, recording: Recording, trace: LiveTrace, now_ms: int) -> None:
        watched = self._watched.get(recording.id)
        if watched is None:
            with reading(self._engine) as conn:
                before = assessments.latest(conn, recording.id)
            known_s = before.at_s if before else 0.0
            watched = self._watched[recording.id] = Watched(trace, known_s)
        self._tell(recording, watched, watched.go_on(now_ms), now_ms)
        self._links.look(recording, trace, now_ms, self._steady() if self._steady else now_ms)
        self._look_at_reports(recording, trace, now_ms)

    def _catch_up(self, traces: Sequence[LiveTrace], now_ms: int, until_s: float) -> None:
        """Look at whole traces: after a start, after late frames, after an end not seen here."""
        for trace in traces:
            watched = self._watched.get(trace.recording.id)
            if watched is None or not watched.wants_whole(now_ms):
                continue
            if self._timer_s() > until_s:
                return
            self._guarded(self._look_at_whole, trace.recording, watched, now_ms)
        self._read_unfinished(now_ms)
        while self._unfinished and self._assessor.has_room and self._timer_s() < until_s:
            with reading(self._engine) as conn:
                ended = recordings.get(conn, self._unfinished.pop())
            if ended is not None:
                self._guarded(self._finish, ended, now_ms)
                self._take_done()

    def _read_unfinished(self, now_ms: int) -> None:
        """What ended before this process began; now and then what a store that was away kept."""
        read_ms = self._unfinished_ms
        if read_ms is not None and 0 <= now_ms - read_ms < UNFINISHED_EVERY_MS:
            return
        since_ms = 0 if read_ms is None else now_ms - UNFINISHED_BACK_MS
        with reading(self._engine) as conn:
            found = assessments.unfinished(conn, since_ms)
        self._unfinished_ms = now_ms
        busy = self._assessor.looks_at
        self._unfinished = [i for i in found if not (self._live.get(i) or busy(i))]

    def _assess(self, traces: Sequence[LiveTrace], now_ms: int, until_s: float) -> None:
        watched = ((trace, self._watched.get(trace.recording.id)) for trace in traces)
        settled = [(trace, one.through_s) for trace, one in watched if one and one.is_settled]
        self._take_done()
        for trace, to_s in self._assessor.due(settled, now_ms):
            if self._timer_s() > until_s or not self._assessor.has_room:
                break
            self._guarded(self._begin, trace.recording, trace, to_s, now_ms)
            self._take_done()
        self._assessor.flush()

    def _begin(self, recording: Recording, trace: LiveTrace, to_s: float, now_ms: int) -> None:
        has_ended = trace.ended_ms is not None
        stored = self._tell_stored(recording, ENDED_BACK_S, now_ms) if has_ended else None
        self._assessor.begin(recording, trace, to_s, now_ms, stored)

    def _take_done(self) -> None:
        for one in self._assessor.done():
            self._guarded(self._assessor.take, one.recording, one)

    def _look_at_whole(self, recording: Recording, watched: Watched, now_ms: int) -> None:
        found = watched.look_at_whole(self._engine, now_ms)
        self._tell(recording, watched, found, now_ms)

    def _finish(self, recording: Recording, now_ms: int) -> None:
        """It ended while nobody looked: tell what its last seconds hold."""
        trace = self._tell_stored(recording, math.inf, now_ms)
        self._agree(recording, Reported(self._engine, recording.id), now_ms)
        self._assessor.begin_last(recording, trace, now_ms)

    def _tell_stored(self, recording: Recording, seconds: float, now_ms: int) -> Trace:
        """It has ended: the store is the truth, memory may lack what was stored in a fault."""
        with reading(self._engine) as conn:
            trace = stored_trace(conn, recording.id, seconds)
        known_s = trace.start_s + REMEMBERS_S if trace.start_s > 0 else 0.0
        found = [change for change in changes(trace) if change.at_s > known_s]
        self._apply(recording, found, now_ms, trace.end_s)
        return trace

    def _look_at_reports(self, recording: Recording, trace: LiveTrace, now_ms: int) -> None:
        reported = self._reported.get(recording.id)
        if reported is None:
            reported = self._reported[recording.id] = Reported(self._engine, recording.id)
        try:
            self._apply(recording, reported.look(recording, trace.newest_s), now_ms)
            self._agree(recording, reported, now_ms)
        except Exception:
            del self._reported[recording.id]  # found again from the store
            raise

    def _agree(self, recording: Recording, reported: Reported, now_ms: int) -> None:
        """What its gateway warned of is written to the alerts that it became."""
        for alert_id in reported.warnings.agree(self._engine, recording, now_ms):
            self._alerting.publish(alert_id)

    def _judge(self, recording: Recording, seen: Look, now_ms: int) -> None:
        """Conditions on an analysis, and what was kept silent."""
        findings, uncleared = self._findings.get(recording.id), {}
        if findings is None:
            with reading(self._engine) as conn:
                uncleared = holding.uncleared(conn, recording.id)
            findings = self._findings[recording.id] = Findings(uncleared)
        try:
            if NOT_ASSESSED.id in uncleared:
                self._alerting.cleared(recording.id, NOT_ASSESSED.id, seen.at_s, now_ms)
            self._apply(recording, findings.take(seen.found, seen.at_s), now_ms)
        except Exception:
            del self._findings[recording.id]  # found again from what was told
            raise
        keep_silent(self._engine, recording.id, seen.silent, now_ms)

    def _despair(self, recording: Recording, change: Change, now_ms: int) -> None:
        """It cannot be assessed; its next assessment looks for what is told by then."""
        self._findings.pop(recording.id, None)
        self._apply(recording, [change], now_ms)

    def _tell(
        self, recording: Recording, watched: Watched, found: Sequence[Change], now_ms: int
    ) -> None:
        try:
            self._apply(recording, found, now_ms, watched.through_s)
        except Exception:
            watched.look_again()
            raise

    def _apply(
        self, recording: Recording, found: Sequence[Change], now_ms: int, to_s: float = 0.0
    ) -> None:
        """to_s: so far was looked; what was not over by then lasts until then at least."""
        over_s = {(c.rule.id, c.onset_s): c.at_s for c in found if c.what == "cleared"}
        for change in found:
            if change.what == "cleared":
                self._alerting.cleared(recording.id, change.rule.id, change.at_s, now_ms)
                continue
            reason = words(change.reason.text, **change.reason.args)
            onset_s, at_s = change.onset_s, change.at_s
            last_s = over_s.get((change.rule.id, onset_s), to_s)
            self._alerting.raise_alert(
                recording.id, change.rule, onset_s, at_s, reason, now_ms, last_s
            )

    def _note(self, recording: Recording, frame: Frame) -> None:
        watched = self._watched.get(recording.id)
        if watched is not None:
            watched.note(frame, self._now_ms)
        reported = self._reported.get(recording.id)
        if reported is not None:
            reported.note(frame)

    def _forget_all_but(self, recording_ids: set[int]) -> None:
        for gone in (self._watched.keys() | self._findings.keys()) - recording_ids:
            self._watched.pop(gone, None)
            self._links.forget(gone)
            self._findings.pop(gone, None)
            self._reported.pop(gone, None)
            self._assessor.forget(gone)

    def _guarded(self, look: Callable[..., None], recording: Recording, *args: object) -> None:
        try:
            look(recording, *args)
        except Exception:
            log.exception("recording %d could not be looked at", recording.id)
