"""Which frames of one session to send now. No I/O; time and chance are arguments.

Live frames first, then those without a receipt for too long or reported missing, then what has
waited longest. Only WINDOW frames may be without a receipt at a time; live frames may pass them.
"""

from device.payloads import Receipt
from device.spool import Spool

WINDOW = 64  # frames sent and not receipted
LIVE_WINDOW = 96  # the same for live frames, which a long back-fill must not hold up
LIVE_FRAMES = 16  # the newest that were never sent; older ones count as back-fill
RESEND_MS = 2000  # without a receipt
RESEND_TOP_MS = 30_000
# A receipt may cross a frame that is already under way again, and after a reconnect the
# messages that MQTT repeats bring receipts that free most of the rest: wait for those.
CROSSING_MS = 300


def resend_wait_ms(times_sent: int, chance: float) -> int:
    """How long to wait for a receipt: 2 s at first, then full jitter above that, up to 30 s."""
    top_ms = min(RESEND_TOP_MS, RESEND_MS << min(times_sent - 1, 8))
    return RESEND_MS + int(chance * (top_ms - RESEND_MS))


class Sender:
    """`chance` is a function like random.random."""

    def __init__(self, spool: Spool, chance) -> None:
        self.spool = spool
        self.resent = 0  # frames that left more than once
        self._chance = chance
        self._flight: dict = {}  # seq: (sent_ms, wait_ms, times sent)
        self._live: list[int] = []  # never sent, newest last

    @property
    def in_flight(self) -> int:
        return len(self._flight)

    def add(self, seq: int, data: bytes, now_ms: int) -> None:
        """A new frame."""
        self.spool.add(seq, data, now_ms)
        self._live.append(seq)
        if len(self._live) > LIVE_FRAMES:
            self._live.pop(0)

    def due(self, now_ms: int, count: int) -> list[int]:
        """Up to `count` frames to send now, in this order. Tell with sent() which were."""
        seqs = self._live[: max(0, min(count, LIVE_WINDOW - len(self._flight)))]
        if len(seqs) < count:
            seqs += self._late(now_ms, count - len(seqs))
        room = min(count - len(seqs), WINDOW - len(self._flight) - len(seqs))
        if room > 0 and self.spool.held.count > len(self._flight) + len(self._live):
            seqs += self._waiting(room)
        return seqs

    def sent(self, seqs: list[int], now_ms: int) -> None:
        chance = self._chance()
        for seq in seqs:
            times = 1
            if seq in self._flight:
                times += self._flight[seq][2]
                self.resent += 1
            elif seq in self._live:
                self._live.remove(seq)
            self._flight[seq] = (now_ms, resend_wait_ms(times, chance), times)

    def receipt(self, receipt: Receipt) -> None:
        """Free what is stored; what is missing is due at once."""
        self.spool.free(receipt)
        for seq in list(self._flight):
            if seq not in self.spool.held:
                del self._flight[seq]
            elif seq < receipt.seen:
                sent_ms, wait_ms, times = self._flight[seq]
                self._flight[seq] = (sent_ms, min(wait_ms, CROSSING_MS), times)
        self._live = [seq for seq in self._live if seq in self.spool.held]

    def reconnected(self, now_ms: int) -> None:
        """Nobody knows what the old connection still delivered: all of it is due again."""
        for seq, (_, _, times) in list(self._flight.items()):
            self._flight[seq] = (now_ms, CROSSING_MS, times)

    def _late(self, now_ms: int, count: int) -> list[int]:
        late = []
        for seq, (sent_ms, wait_ms, _) in list(self._flight.items()):
            if now_ms - sent_ms >= wait_ms:
                if seq in self.spool.held:
                    late.append(seq)
                else:
                    del self._flight[seq]  # dropped meanwhile
        return sorted(late)[:count]

    def _waiting(self, count: int) -> list[int]:
        """Held, not in flight and not live; oldest first."""
        found: list[int] = []
        for first, last in self.spool.held.pairs:
            for seq in range(first, last + 1):
                if seq not in self._flight and seq not in self._live:
                    found.append(seq)
                    if len(found) == count:
                        return found
        return found
