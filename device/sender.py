"""Which frames of one session to send now. No I/O; time and chance are arguments.

Live frames first, then those without a receipt for too long or reported missing, then what has
waited longest: of the last ten minutes first, which alarms look at, then of all before. Only WINDOW
frames may be without a receipt at a time; live frames may pass them.
"""

from device.slots import NOBODY
from device.spoken import MAX_RANGES, Receipt
from device.spool import Spool

WINDOW = 64  # frames sent and not receipted
LIVE_WINDOW = 96  # the same for live frames, which a long back-fill must not hold up
RECENT_FRAMES = 660  # ten minutes of seconds and statuses
LIVE_FRAMES = 16  # the newest that were never sent; older ones count as back-fill
RESEND_MS = 2000  # without a receipt
RESEND_TOP_MS = 30_000
# A receipt may cross a frame that is already under way again, and after a reconnect the
# messages that MQTT repeats bring receipts that free most of the rest: wait for those.
CROSSING_MS = 300
MOST_TIMES = 255


def resend_wait_ms(times_sent: int, chance: float) -> int:
    """How long to wait for a receipt: 2 s at first, then full jitter above that, up to 30 s."""
    top_ms = min(RESEND_TOP_MS, RESEND_MS << min(times_sent - 1, 8))
    return RESEND_MS + int(chance * (top_ms - RESEND_MS))


class Flight:
    """Frames that were sent and have no receipt: a table of fixed size, made once, because many
    small objects that live for seconds would leave a small heap in pieces."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.seqs = [NOBODY] * size
        self.sent_ms = [0] * size
        self.due_ms = [0] * size  # when to send it again
        self.times = bytearray(size)  # it was sent, up to MOST_TIMES
        self.count = 0

    def row(self, seq: int) -> int:
        """Where it is; a new row when it was not there."""
        if seq in self.seqs:
            return self.seqs.index(seq)
        row = self.seqs.index(NOBODY)
        self.seqs[row] = seq
        self.times[row] = 0
        self.count += 1
        return row

    def forget(self, row: int) -> None:
        self.seqs[row] = NOBODY
        self.count -= 1

    def clear(self) -> None:
        """For another session."""
        for row in self.rows():
            self.forget(row)

    def rows(self):
        """Those in use."""
        return (row for row in range(self.size) if self.seqs[row] != NOBODY)


class Sender:
    """`chance` is a function like random.random; rows: a table to use again."""

    def __init__(self, spool: Spool, chance, rows: Flight | None = None) -> None:
        self.spool = spool
        self.resent = 0  # frames that left more than once
        self._chance = chance
        self._flight = rows or Flight(LIVE_WINDOW)
        self._live: list[int] = []  # never sent, newest last
        self._holes = False  # so many that a receipt says nothing of what lies behind them

    @property
    def in_flight(self) -> int:
        return self._flight.count

    def add(self, seq: int, data: bytes) -> None:
        """A new frame."""
        self.spool.add(seq, data)
        self._live.append(seq)
        if len(self._live) > LIVE_FRAMES:
            self._live.pop(0)

    def due(self, now_ms: int, count: int) -> list[int]:
        """Up to `count` frames to send now, in this order. Tell with sent() which were."""
        seqs = self._live[: max(0, min(count, self._flight.size - self.in_flight))]
        if len(seqs) < count:
            seqs += self._late(now_ms, count - len(seqs))
        room = min(count - len(seqs), min(WINDOW, self._flight.size) - self.in_flight - len(seqs))
        if room > 0 and self.spool.held.count > self.in_flight + len(self._live):
            seqs += self._waiting(room)
        return seqs

    def sent(self, seqs: list[int], now_ms: int) -> None:
        chance = self._chance()
        flight = self._flight
        for seq in seqs:
            row = flight.row(seq)
            flight.times[row] = min(flight.times[row] + 1, MOST_TIMES)
            flight.sent_ms[row] = now_ms
            flight.due_ms[row] = now_ms + resend_wait_ms(flight.times[row], chance)
            self.resent += flight.times[row] > 1
            if seq in self._live:
                self._live.remove(seq)

    def receipt(self, receipt: Receipt) -> None:
        """Free what is stored; what is missing is due at once."""
        self.spool.free(receipt)
        flight = self._flight
        self._holes = len(receipt.missing) >= MAX_RANGES
        for row in flight.rows():
            untold = self._holes and flight.seqs[row] >= receipt.seen  # would block what fills them
            if untold or flight.seqs[row] not in self.spool.held:
                flight.forget(row)
            elif flight.seqs[row] < receipt.seen:
                flight.due_ms[row] = min(flight.due_ms[row], flight.sent_ms[row] + CROSSING_MS)
        self._live = [seq for seq in self._live if seq in self.spool.held]

    def reconnected(self, now_ms: int) -> None:
        """Nobody knows what the old connection still delivered: all of it is due again."""
        for row in self._flight.rows():
            self._flight.due_ms[row] = now_ms + CROSSING_MS

    def _late(self, now_ms: int, count: int) -> list[int]:
        late = []
        for row in self._flight.rows():
            if self._flight.due_ms[row] <= now_ms:
                if self._flight.seqs[row] in self.spool.held:
                    late.append(self._flight.seqs[row])
                else:
                    self._flight.forget(row)  # dropped meanwhile
        return sorted(late)[:count]

    def _waiting(self, count: int) -> list[int]:
        """Held, not in flight and not live; the newest RECENT_FRAMES first, each part in order;
        the oldest first while holes keep receipts from telling of the newest."""
        recent = 0 if self._holes else max(0, self.spool.end - RECENT_FRAMES)
        found = self._between(recent, self.spool.end, count)
        return found + self._between(0, recent, count - len(found))

    def _between(self, start: int, end: int, count: int) -> list[int]:
        found: list[int] = []
        for first, last in self.spool.held.pairs:
            for seq in range(max(first, start), min(last + 1, end)):
                if len(found) >= count:
                    return found
                if seq not in self._flight.seqs and seq not in self._live:
                    found.append(seq)
        return found
