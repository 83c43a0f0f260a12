"""One session at the gateway: its frames come in, which rules of the edge are true comes out.

The rules, their limits and the code that looks are the cloud's (models). What comes late is left to
the cloud: here only what happens now counts, which comes as fast as it is recorded. No I/O and no
clock.
"""

import numpy as np

from device import payloads, wire
from device.wire import Frame
from models.conditions import Change
from models.pressure import REPEAT_S
from models.reports import Report, Reports
from models.rules import BY_ID, RULES
from models.trace import FS_HZ, Trace
from models.watch import LONGEST_WINDOW_S, Watch

CODES = {rule_id: code for code, rule_id in payloads.WARNINGS.items()}
LINK_LOST = BY_ID["link_lost"]
OF_TRACE = tuple(rule for rule in RULES if rule.id in CODES and rule.where == "trace")
OF_REPORTS = tuple(rule for rule in RULES if rule.id in CODES and rule.where == "report")
_OF_TRACE = {rule.id for rule in OF_TRACE}
GIVE_UP_S = 5.0  # a missing second is waited for so long, as by the cloud: two resends of 2 s
PACE_S = 5.0  # so often it is seen how fast seconds come
FASTEST = 2.0  # recorded seconds a second, by the speed of the recording; more is back-fill
MOST_WAITING = 600  # seconds of a recording that wait for an earlier one
SYSTOLIC, DIASTOLIC = 1, 2  # of payloads.VITAL_SIGNS, 1 count per mmHg
NAN = float("nan")
Second = tuple[list[float], list[float]]  # rates of baby and mother, bpm; NaN: not measured


class Watched:
    """put() frames in any order, look() often; `now` holds what is true now."""

    def __init__(self, now_s: float) -> None:
        self.heard_s = now_s  # when its last frame came
        self.running = False  # between start and stop
        self.true: dict[str, float] = {}  # by the data, rule id: when it was found here
        self.now: set[str] = set()  # of these, what is no back-fill
        self._watch = Watch(OF_TRACE)
        self._reports = Reports(OF_REPORTS)
        self._waiting: dict[int, Second] = {}
        self._next: int | None = None  # second to be looked at
        self._missed_s: float | None = None  # since when it is missing
        self._skipped = 0  # seconds that the watch was not told of
        self._speed = 1
        self._newest_s = self._reported_s = 0.0  # recorded seconds
        self._live = False  # its seconds come as fast as they are recorded
        self._paced: tuple[float, int] | None = None  # when that was seen, and the next second then

    def put(self, frame: Frame, speed: int, now_s: float) -> None:
        """WireError: its payload is none."""
        self.heard_s = now_s
        self._speed = max(1, speed)
        self._newest_s = max(self._newest_s, frame.t_ms / 1000)
        if frame.kind == wire.TRACE:
            second = frame.t_ms // 1000
            if self._next is None or second >= self._next:
                self._waiting[second] = rates_in(frame.payload)
        elif frame.kind == wire.VITALS:
            report = pressure_in(frame)
            if report is not None:
                self._reported_s = report.at_s
                self._turn(self._reports.put(report), now_s)
        elif frame.kind == wire.EVENT:
            code = payloads.unpack_event(frame.payload).code
            if code in (payloads.START, payloads.STOP):
                self.running = code == payloads.START

    def look(self, now_s: float) -> None:
        """At each recorded second once, in order, when it has come or was waited for."""
        while self._waiting and self._is_next(min(self._waiting), now_s):
            self._missed_s = None
            run = []
            first = self._next = min(self._waiting)
            while self._next in self._waiting:
                run.append(self._waiting.pop(self._next))
                self._next += 1
            trace = trace_of(run, first - self._skipped)
            self._turn(self._watch.look(trace, trace.end_s), now_s)
        self._pace(now_s)
        if self._live:
            self.now |= self.true.keys() & _OF_TRACE
        if self._newest_s - self._reported_s <= REPEAT_S * self._speed:
            self.now |= self.true.keys() - _OF_TRACE
        self.now &= self.true.keys()

    def go_on(self, now_s: float) -> None:
        """After a start of the gateway: what was true a moment ago is true now."""
        self.look(now_s)
        self.now = set(self.true)

    def _pace(self, now_s: float) -> None:
        if self._next is None:
            return
        since_s, since = self._paced = self._paced or (now_s, self._next)
        if now_s - since_s >= PACE_S:
            came = (self._next - since) / self._speed
            self._live = 0 < came <= FASTEST * (now_s - since_s)
            self._paced = now_s, self._next

    def _is_next(self, first: int, now_s: float) -> bool:
        """Whether to go on there; after a long loss all windows are empty, however long it was."""
        lost = 0 if self._next is None else first - self._next
        if lost == 0:
            return True
        if self._missed_s is None:
            self._missed_s = now_s
        if now_s - self._missed_s < GIVE_UP_S and len(self._waiting) < MOST_WAITING:
            return False
        self._skipped += max(0, lost - LONGEST_WINDOW_S)
        return True

    def _turn(self, changes: list[Change], now_s: float) -> None:
        for change in changes:
            if change.what == "raised":
                self.true[change.rule.id] = now_s
            else:
                self.true.pop(change.rule.id, None)


def rates_in(payload: bytes) -> Second:
    trace = payloads.unpack_trace(payload)
    return _bpm(trace.fhr), _bpm(trace.mhr)


def _bpm(counts: tuple[int, ...] | None) -> list[float]:
    if counts is None:
        return [NAN] * FS_HZ
    return [NAN if n == payloads.GAP_16 else n / payloads.PER_BPM for n in counts]


def trace_of(seconds: list[Second], start_s: float) -> Trace:
    fhr, mhr = (np.array(rates, np.float32).ravel() for rates in zip(*seconds, strict=True))
    lost = np.full_like(fhr, np.nan)
    return Trace(fhr, lost, mhr, lost, lost, start_s)


def pressure_in(frame: Frame) -> Report | None:
    """The blood pressure of these vital signs, when both values were measured."""
    counts = payloads.unpack_vitals(frame.payload)
    both = [counts.get(code, payloads.GAP_16) for code in (SYSTOLIC, DIASTOLIC)]
    if payloads.GAP_16 in both:
        return None
    return Report(frame.t_ms / 1000, "pressure", *both)
