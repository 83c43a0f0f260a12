"""Gives the frames of one session their numbers and times. No I/O and no clock."""

from device import spoken, wire
from device.wire import WireError

MAX_NAME = 60  # bytes, so that the start event fits in a slot of the spool
SECOND_MS = 1000


class Packer:
    """Frames come out in order: start first, then one trace a second with anything between
    them, stop last. A frame is stamped with the recorded time at which it is made."""

    def __init__(self, session: int) -> None:
        self.session = session
        self.made = 0  # frames so far
        self.seconds = 0  # traces so far

    def start(self, start: spoken.Start) -> wire.Frame:
        if len(start.name.encode()) > MAX_NAME:
            raise WireError("name of %d bytes, at most %d" % (len(start.name.encode()), MAX_NAME))
        return self._frame(wire.EVENT, spoken.pack_start(start))

    def trace(self, payload: bytes) -> wire.Frame:
        """The next second, packed by spoken.pack_trace."""
        frame = self._frame(wire.TRACE, payload)
        self.seconds += 1
        return frame

    def event(self, code: int, value: int = 0, data: bytes = b"") -> wire.Frame:
        return self._frame(wire.EVENT, spoken.pack_event(spoken.Event(code, value, data)))

    def vitals(self, values: dict[int, int]) -> wire.Frame:
        """values: {code of payloads.VITAL_SIGNS: count}."""
        return self._frame(wire.VITALS, spoken.pack_vitals(values))

    def status(self, status: spoken.Status) -> wire.Frame:
        return self._frame(wire.STATUS, spoken.pack_status(status))

    def stop(self) -> wire.Frame:
        """The last frame tells how many there are, itself included."""
        return self.event(spoken.STOP, self.made + 1)

    def _frame(self, kind: int, payload: bytes) -> wire.Frame:
        frame = wire.Frame(kind, self.session, self.made, self.seconds * SECOND_MS, payload)
        self.made += 1
        return frame
