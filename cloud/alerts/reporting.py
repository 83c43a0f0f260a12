"""What devices report beside the trace, as reports of the alarm catalogue, and what they change.

Frames come on the thread that stores them and are looked at on the monitor's. What came before
this process began is read from the store once.
"""

from collections import deque

from sqlalchemy import Engine

from cloud.alerts.edge import Warnings
from cloud.live import KEEP_S
from cloud.store import frames
from cloud.store.db import reading
from cloud.store.recordings import Recording
from device import payloads
from device.payloads import GAP_8, GAP_16, PROBE_OFF, PROBE_ON, VITAL_SIGNS
from device.wire import EVENT, STATUS, TRACE, VITALS, Frame, WireError, decode
from models.conditions import Change
from models.reports import Report, Reports

CONTACT = {PROBE_OFF: 0.0, PROBE_ON: 1.0}
_KIND = 3  # where it is in a frame


def reports_in(frame: Frame) -> list[Report]:
    """What this frame reports; nothing from one whose payload is none, or that measured nothing."""
    at_s = frame.t_ms / 1000
    try:
        if frame.kind == VITALS:
            return _vitals(at_s, payloads.unpack_vitals(frame.payload))
        if frame.kind == STATUS:
            status = payloads.unpack_status(frame.payload)
            known = {"battery": status.battery_percent, "contact": status.contact}
            return [Report(at_s, name, count) for name, count in known.items() if count != GAP_8]
        if frame.kind == EVENT:
            code = payloads.unpack_event(frame.payload).code
            return [Report(at_s, "contact", CONTACT[code])] if code in CONTACT else []
    except WireError:
        return []
    return []


def _vitals(at_s: float, counts: dict[int, int]) -> list[Report]:
    values = {
        VITAL_SIGNS[code][0]: count / VITAL_SIGNS[code][1]
        for code, count in counts.items()
        if count != GAP_16
    }
    systolic, diastolic = values.pop("systolic", None), values.pop("diastolic", None)
    found = [Report(at_s, name, value) for name, value in values.items()]
    if systolic is not None and diastolic is not None:
        found.append(Report(at_s, "pressure", systolic, diastolic))
    return found


class Reported:
    """The reports of one recording."""

    def __init__(self, engine: Engine, recording_id: int) -> None:
        self._new: deque[Report] = deque()
        self._reports = Reports()
        self._clock_s: float | None = None
        self.warnings = Warnings()  # of its gateway
        with reading(engine) as conn:
            kept, _ = frames.read_newest(conn, recording_id, KEEP_S)
        for data in reversed(kept):
            if data[_KIND] != TRACE:
                self.note(decode(data))

    def note(self, frame: Frame) -> None:
        """A frame came; called on any thread."""
        if frame.kind != TRACE:
            self._new.extend(reports_in(frame))
            self.warnings.note(frame)

    def look(self, recording: Recording, at_s: float) -> list[Change]:
        """What has changed since the last look; `at_s` is the newest recorded second."""
        found: list[Change] = []
        while self._new:
            found += self._reports.put(self._new.popleft())
        offset_ms = recording.clock_offset_ms
        if offset_ms is not None and (clock_s := abs(offset_ms) / 1000) != self._clock_s:
            self._clock_s = clock_s
            found += self._reports.put(Report(at_s, "clock_offset_s", clock_s))
        return found + self._reports.look(at_s)
