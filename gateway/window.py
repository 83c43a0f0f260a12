"""Which frames are on their way to the cloud, and when to send them again. No I/O, no clock.

Everything that is not in this window is in the outbox, and found there by the backlog scan: the
window may forget what it likes.
"""

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from device import payloads, wire
from device.payloads import Receipt, Stamp
from gateway.outbox import Entry

LARGEST = 8000  # frames sent and not receipted
BACKLOG_LARGEST = 4000  # of them, so many may be old ones: live frames always find a place
BACKLOG_FIRST, BACKLOG_LEAST = 1000, 500  # how many may at first, and on a path that is jammed
QUEUED_S = 1.0  # longer than the fastest receipt: the backlog jams the path, also for live frames
BACKLOG_GROWS = 0.25  # for each old frame that was receipted sooner; it shrinks likewise
LIVE_LARGEST = 5000  # frames that wait to be sent first; older ones are left to the scan
FIRST_TIMEOUT_S = 2.0  # the cloud commits once a second at most
LARGEST_TIMEOUT_S = 30.0
SMOOTHING = 0.05  # weight of one receipt in the usual delay
TIMED_SENDINGS = 2  # a frame sent more often tells of an outage, not of the usual delay
CROSSING_S = 0.3  # a receipt that calls a frame missing may have left before the frame arrived
PARK_AFTER = 6  # sendings without a receipt; then the scan brings it back, behind all others
MESSAGE_FRAMES = 100
MESSAGE_BYTES = 8 * 1024  # with the stamp


@dataclass(slots=True)
class Flight:
    entry: Entry
    began_s: float  # when it was first sent
    left_s: float  # when it was last sent
    due_s: float  # when to send it again
    sent: int  # times
    old: bool  # came from the backlog


class Window:
    """The frames between outbox and cloud. `uniform(a, b)` draws a random time-out."""

    def __init__(self, uniform: Callable[[float, float], float]) -> None:
        self._uniform = uniform
        self._flights: dict[tuple[str, int], dict[int, Flight]] = {}
        self._live: deque[Entry] = deque()
        self._next_due_s = 0.0
        self.usual_s = 0.0  # from first sending to receipt
        self.flying = 0
        self.flying_old = 0
        self.resent = 0
        self._most_old = float(BACKLOG_FIRST)
        self._fastest_s = math.inf  # from first sending to receipt, on this connection
        self._halved_s = -math.inf

    @property
    def waiting(self) -> int:
        """Live frames that were not sent yet."""
        return len(self._live)

    def offer(self, entries: Iterable[Entry]) -> None:
        """Frames that were just committed."""
        self._live.extend(entries)
        while len(self._live) > LIVE_LARGEST:
            self._live.popleft()

    def send(self, now_s: float, most: int = LARGEST) -> list[Entry]:
        """What to send now: live frames, those due again before new ones, while there is room,
        then those of the backlog that are due again."""
        again = self._due(now_s, most)
        live = [flight.entry for flight in again if not flight.old]
        old = [flight.entry for flight in again if flight.old]
        while self._live and self.flying < LARGEST and len(live) + len(old) < most:
            entry = self._live.popleft()
            if self._start(entry, now_s, old=False):
                live.append(entry)
        return live + old

    def room_for_old(self) -> int:
        """How many frames of the backlog may be sent now; none while live ones wait."""
        if self._live:
            return 0
        return min(int(self._most_old) - self.flying_old, LARGEST - self.flying)

    def send_old(self, entries: Iterable[Entry], now_s: float) -> list[Entry]:
        """Those of the backlog's entries that are not under way already."""
        return [entry for entry in entries if self._start(entry, now_s, old=True)]

    def receipted(self, device: str, session: int, receipt: Receipt, now_s: float) -> None:
        """Frees what is stored; what the cloud calls missing is due at once."""
        flights = self._flights.get((device, session), {})
        for seq in [seq for seq in flights if covers(receipt, seq)]:
            flight = flights.pop(seq)
            self._land(flight)
            if flight.sent <= TIMED_SENDINGS:
                self._learn(flight, now_s - flight.began_s)
        crossing_s = max(CROSSING_S, 2 * self.usual_s)  # on a narrow line most are under way
        for seq, flight in flights.items():
            if seq < receipt.seen and now_s - flight.left_s >= crossing_s:
                flight.due_s = self._next_due_s = 0.0
        if not flights:
            self._flights.pop((device, session), None)

    def reconnected(self) -> None:
        """The broker may have lost what was under way: all of it is due at once."""
        for flights in self._flights.values():
            for flight in flights.values():
                flight.due_s = 0.0
                flight.sent = 1
        self._next_due_s = 0.0
        self._fastest_s = math.inf  # it may be another path

    def _start(self, entry: Entry, now_s: float, old: bool) -> bool:
        flights = self._flights.setdefault((entry.device, entry.session), {})
        if entry.seq in flights:
            return False
        due_s = now_s + self._patience_s()
        flights[entry.seq] = Flight(entry, now_s, now_s, due_s, 1, old)
        self._next_due_s = min(self._next_due_s, due_s)
        self.flying += 1
        self.flying_old += old
        return True

    def _patience_s(self) -> float:
        """A path that is slow for all must not get everything twice."""
        return min(LARGEST_TIMEOUT_S, max(FIRST_TIMEOUT_S, 2 * self.usual_s))

    def _learn(self, flight: Flight, took_s: float) -> None:
        self.usual_s += SMOOTHING * (took_s - self.usual_s)
        self._fastest_s = min(self._fastest_s, took_s)
        if flight.old:
            is_brisk = took_s <= self._fastest_s + QUEUED_S
            self._allow_old(self._most_old + (BACKLOG_GROWS if is_brisk else -BACKLOG_GROWS))

    def _allow_old(self, count: float) -> None:
        self._most_old = min(BACKLOG_LARGEST, max(BACKLOG_LEAST, count))

    def _land(self, flight: Flight) -> None:
        self.flying -= 1
        self.flying_old -= flight.old

    def _due(self, now_s: float, most: int) -> list[Flight]:
        """Flights whose receipt is late, with their next time-out set; some are parked. Those of
        the backlog leave half of the room to new ones."""
        if now_s < self._next_due_s or most <= 0:
            return []
        flights = (flight for each in self._flights.values() for flight in each.values())
        due = [flight for flight in flights if flight.due_s <= now_s]
        live = [flight for flight in due if not flight.old]
        old = [flight for flight in due if flight.old]
        if old and now_s - self._halved_s >= FIRST_TIMEOUT_S:
            self._halved_s = now_s
            self._allow_old(self._most_old / 2)
        again: list[Flight] = []
        for flight in live[:most] + old[: most // 2]:
            if flight.sent >= PARK_AFTER:
                del self._flights[flight.entry.device, flight.entry.session][flight.entry.seq]
                self._land(flight)
                continue
            wait_s = timeout_s(flight.sent, self._uniform)
            flight.left_s = now_s
            flight.due_s = now_s + max(wait_s, self._patience_s())
            flight.sent += 1
            again.append(flight)
        self.resent += len(again)
        times = (f.due_s for flights in self._flights.values() for f in flights.values())
        self._next_due_s = min(times, default=now_s + FIRST_TIMEOUT_S)
        return again


def timeout_s(sent: int, uniform: Callable[[float, float], float]) -> float:
    """Wait for a receipt after sending again: full jitter below a bound that doubles."""
    bound_s = min(LARGEST_TIMEOUT_S, FIRST_TIMEOUT_S * 2.0**sent)
    return max(FIRST_TIMEOUT_S, uniform(0.0, bound_s))


def covers(receipt: Receipt, seq: int) -> bool:
    """Whether the receipt frees the frame."""
    if seq < receipt.stored:
        return True
    return seq < receipt.seen and not any(a <= seq <= b for a, b in receipt.missing)


def messages(
    entries: Iterable[Entry], elapsed_ms: int, waiting: int
) -> Iterator[tuple[str, bytes, int]]:
    """(device, message, frames in it): a stamp and frames of one session, in the given order."""
    by_session: dict[tuple[str, int], list[Entry]] = {}
    for entry in entries:
        by_session.setdefault((entry.device, entry.session), []).append(entry)
    for (device, _), group in by_session.items():
        for part in _parts(group):
            yield device, _stamped(part, elapsed_ms, waiting), len(part)


def _parts(group: list[Entry]) -> Iterator[list[Entry]]:
    limit = MESSAGE_BYTES - wire.HEAD_SIZE - wire.CRC_SIZE - 20  # the stamp
    part: list[Entry] = []
    size = 0
    for entry in group:
        if part and (len(part) == MESSAGE_FRAMES or size + len(entry.data) > limit):
            yield part
            part, size = [], 0
        part.append(entry)
        size += len(entry.data)
    if part:
        yield part


def _stamped(part: list[Entry], elapsed_ms: int, waiting: int) -> bytes:
    newest = part[-1]
    stamp = Stamp(max(0, newest.base_ms + elapsed_ms), newest.start_ms, waiting)
    frame = wire.Frame(wire.STAMP, newest.session, 0, 0, payloads.pack_stamp(stamp))
    return bytes(wire.encode(frame)) + b"".join(entry.data for entry in part)
