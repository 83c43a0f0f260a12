"""What a message from a device becomes: new frames, and what is known of their sessions.

No I/O and no clock: bytes and times in, a Batch out. The writer stores the batch, then tells the
devices with receipt(). A batch that could not be stored is given back with forget().
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from device import payloads, wire
from device.wire import Frame, WireError
from gateway.config import NAME
from models.completeness import Tally

LARGEST_MESSAGE = 64 * 1024  # bytes; devices send far less, the reader's work grows as its square
LAST_SEQ = wire.MAX_U32 - 1  # so that one more than it fits in a receipt
REMEMBERED = 5000  # sessions kept in memory; older ones are loaded again when they speak

Key = tuple[str, int]  # device, session


@dataclass
class Session:
    """One recording of one device, as this gateway knows it.

    base_ms is the wall clock less the elapsed clock when the session was first heard of. All of
    its times are base_ms plus elapsed time, so that setting the wall clock moves none of them.
    """

    device: str
    session: int
    base_ms: int
    start_ms: int  # Unix ms when it began: the least of arrival less recorded time
    last_ms: int  # arrival of the newest message, Unix ms
    tally: Tally = field(default_factory=Tally)
    speed: int = 0  # recorded seconds per second; 0 until its start event has come
    duplicates: int = 0  # frames that came again
    damaged: int = 0  # places in its messages that were no frame
    id: int = 0  # in the outbox; 0: not there yet


@dataclass
class Batch:
    """What one commit has to store."""

    frames: list[tuple[Session, int, bytes]] = field(default_factory=list)  # session, seq, frame
    sessions: dict[Key, Session] = field(default_factory=dict)  # all that were touched


@dataclass
class Counts:
    """Since the process started."""

    messages: int = 0
    frames: int = 0  # new ones
    duplicates: int = 0
    damaged: int = 0
    refused: int = 0  # messages on a wrong topic or too large, frames that no device may send


class Intake:
    """Checks, de-duplicates and times what devices send. `load` finds a session of earlier."""

    def __init__(self, load: Callable[[str, int], Session | None]) -> None:
        self._load = load
        self._known: dict[Key, Session] = {}
        self._latest: dict[str, Session] = {}  # by device: to it damage is counted
        self._batch = Batch()
        self.counts = Counts()

    def accept(self, topic: str, message: bytes, wall_ms: int, elapsed_ms: int) -> None:
        """Add a message, with the clocks as they were when it arrived, to the batch."""
        self.counts.messages += 1
        device = device_of(topic)
        if device is None or len(message) > LARGEST_MESSAGE:
            self.counts.refused += 1
            return
        reader = wire.Reader()
        frames = reader.feed(message)
        damaged = reader.damaged + (1 if reader.pending else 0)
        for frame in frames:
            if frame.kind in wire.RECORDED and frame.seq <= LAST_SEQ:
                self._add(device, frame, wall_ms, elapsed_ms)
            else:
                self.counts.refused += 1
        if damaged:
            self._damage(device, damaged)

    def take(self) -> Batch:
        """What has come together since the last take()."""
        batch, self._batch = self._batch, Batch()
        while len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        return batch

    def forget(self, batch: Batch) -> None:
        """The batch was not stored: its sessions are what the outbox says they are."""
        self.counts.frames -= len(batch.frames)
        for key, session in batch.sessions.items():
            self._known.pop(key, None)
            if self._latest.get(session.device) is session:
                del self._latest[session.device]

    def _add(self, device: str, frame: Frame, wall_ms: int, elapsed_ms: int) -> None:
        session = self._session(device, frame.session, wall_ms, elapsed_ms)
        if not session.tally.add(frame.seq):
            session.duplicates += 1
            self.counts.duplicates += 1
            return
        self.counts.frames += 1
        self._batch.frames.append((session, frame.seq, wire.encode(frame)))
        session.speed = session.speed or speed_of(frame)
        began_ms = session.last_ms
        if session.speed:
            began_ms -= frame.t_ms // session.speed
        session.start_ms = max(0, min(session.start_ms, began_ms))

    def _session(self, device: str, number: int, wall_ms: int, elapsed_ms: int) -> Session:
        key = (device, number)
        session = self._known.pop(key, None) or self._load(device, number)
        if session is None:
            session = Session(device, number, wall_ms - elapsed_ms, wall_ms, wall_ms)
        self._known[key] = session  # at the end: those that were silent longest come first
        self._latest[device] = session
        self._batch.sessions[key] = session
        session.last_ms = session.base_ms + elapsed_ms
        return session

    def _damage(self, device: str, places: int) -> None:
        self.counts.damaged += places
        session = self._latest.get(device)
        if session is not None:
            session.damaged += places
            self._batch.sessions[device, session.session] = session


def device_of(topic: str) -> str | None:
    """The device whose frames come on this topic; None when it is no such topic."""
    try:
        names = wire.names_in(topic)
    except WireError:
        return None
    if len(names) != 1 or not NAME.fullmatch(names[0]) or topic != wire.device_up(names[0]):
        return None
    return names[0]


def speed_of(frame: Frame) -> int:
    """The speed a start event tells; 0 for every other frame."""
    if frame.kind != wire.EVENT:
        return 0
    try:
        return int(payloads.unpack_start(payloads.unpack_event(frame.payload)).speed)
    except WireError:
        return 0


def receipt(session: Session) -> bytes:
    """The frame that tells the device what of the session is kept."""
    tally = session.tally
    told = payloads.Receipt(tally.stored, tally.seen, tally.missing())
    frame = Frame(wire.RECEIPT, session.session, tally.stored, 0, payloads.pack_receipt(told))
    return bytes(wire.encode(frame))
