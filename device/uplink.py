"""All frames of this device on their way to the gateway, until receipts free them.

The session that runs comes first; what earlier sessions left in their store is drained
beside it, one after the other.
"""

import random

from device import spoken, wire
from device.link import Link
from device.sender import LIVE_WINDOW, WINDOW, Flight, Sender
from device.slots import SlotRing
from device.spool import FILE_FRAMES, RAM_FRAMES, Spool

MESSAGE_BYTES = 256  # frames that wait travel together, in messages up to this size
MESSAGE_FRAMES = 9


class Uplink:
    """store: see device/spool.py; None: nothing outlives a restart."""

    def __init__(self, device: str, link: Link, clock, store=None) -> None:
        self._topic = wire.device_up(device)
        self._link = link
        self._clock = clock
        self._store = store
        self._left_over = store.left_over() if store else []
        self._live: Sender | None = None
        self._old: Sender | None = None
        self._ram_frames = store.RAM_FRAMES if store else RAM_FRAMES
        self._ring: SlotRing | None = None  # made once, like the next: after hours there may be
        self._flight: Flight | None = None  # no such pieces in a small heap
        self._connections = 0
        self._old_resent = 0
        self._old_dropped = 0
        self.damaged = 0  # places in incoming messages that were not valid
        self.error = ""  # a receipt that cannot be

    def begin(self, session: int, capacity: int = FILE_FRAMES) -> None:
        """A new session; from here on add() takes its frames."""
        if self._live and self._live.spool.held.count:
            self._leave(self._live)
        if self._ring and self._flight:
            self._ring.clear()
            self._flight.clear()
        else:
            self._ring, self._flight = SlotRing(self._ram_frames), Flight(LIVE_WINDOW)
        spool = Spool(session, self._store, capacity, self._ram_frames, None, self._ring)
        self._live = Sender(spool, random.random, self._flight)

    def _leave(self, sender: Sender) -> None:
        """A session is over and has frames without a receipt."""
        if self._store:
            sender.spool.close()
            self._left_over.append(sender.spool.name())
        elif self._old is None:
            self._old = sender
            self._ring = None  # it keeps these
        else:
            self._old_dropped += sender.spool.held.count

    def add(self, frame: wire.Frame) -> None:
        if self._live is None:
            raise ValueError("no session has begun")
        self._live.add(frame.seq, wire.encode(frame))

    @property
    def up(self) -> bool:
        """Logged in at the broker?"""
        return self._link.up

    @property
    def receipted(self) -> int:
        """Frames of the running session that are stored for good."""
        spool = self._live.spool if self._live else None
        return spool.end - spool.held.count - spool.dropped if spool else 0

    @property
    def waiting(self) -> int:
        """Frames of all opened sessions without a receipt."""
        return sum(sender.spool.held.count for sender in self._senders())

    @property
    def drained(self) -> bool:
        return not self.waiting and not self._old and not self._left_over

    @property
    def resent(self) -> int:
        return self._old_resent + sum(sender.resent for sender in self._senders())

    @property
    def dropped(self) -> int:
        return self._old_dropped + sum(sender.spool.dropped for sender in self._senders())

    @property
    def reconnects(self) -> int:
        return max(0, self._link.connections - 1)

    @property
    def trouble(self) -> str:
        """Why frames do not get through now, as far as this side can tell."""
        return self.error or ("" if self._link.up else self._link.error)

    def retry(self) -> None:
        """There is a network again."""
        self._link.retry()

    def step(self, wait_ms: int) -> list[wire.Frame]:
        """Receive, send, spill; returns the commands that came. Waits at most wait_ms."""
        messages = self._link.step(wait_ms)
        now_ms = self._clock.now_ms()
        if self._link.connections != self._connections:
            self._connections = self._link.connections
            for sender in self._senders():
                sender.reconnected(now_ms)
        commands = []
        for message in messages:
            commands += self._take(message.payload)
        self._turn_to_old()
        for sender in self._senders():
            self._send(sender, now_ms)
            sender.spool.tick(now_ms)
        return commands

    def close(self) -> None:
        """What is held goes to the store."""
        for sender in self._senders():
            sender.spool.close()
        self._link.close()

    def _senders(self) -> list[Sender]:
        return [sender for sender in (self._live, self._old) if sender]

    def _take(self, payload: bytes) -> list[wire.Frame]:
        reader = wire.Reader()
        commands = []
        for frame in reader.feed(payload):
            if frame.kind == wire.RECEIPT:
                self._receipt(frame)
            elif frame.kind in (wire.COMMAND, wire.BLOCK):
                commands.append(frame)
        self.damaged += reader.damaged + (1 if reader.pending else 0)
        return commands

    def _receipt(self, frame: wire.Frame) -> None:
        try:
            receipt = spoken.unpack_receipt(frame)
        except wire.WireError:
            self.damaged += 1
            return
        for sender in self._senders():
            if sender.spool.session != frame.session:
                continue
            if sender is self._live and receipt.seen > sender.spool.end:
                # Believing it would free frames that nobody has.
                self.error = "the gateway knows session %d from before" % frame.session
                continue
            sender.receipt(receipt)

    def _turn_to_old(self) -> None:
        """One left-over session at a time."""
        if self._old and not self._old.spool.held.count:
            self._old_resent += self._old.resent
            self._old_dropped += self._old.spool.dropped
            self._old.spool.close()
            self._old = None
        if self._old is None and self._left_over:
            spool = Spool.reopen(self._store, self._left_over.pop(0))
            self._old = Sender(spool, random.random, Flight(WINDOW // 2))

    def _send(self, sender: Sender, now_ms: int) -> None:
        while self._link.ready:
            seqs = sender.due(now_ms, MESSAGE_FRAMES)
            if not seqs:
                return
            taken: list[int] = []
            parts: list[bytes] = []
            size = 0
            for seq in seqs:
                data = sender.spool.get(seq)
                if data is None:
                    continue
                size += len(data)
                if parts and size > MESSAGE_BYTES:
                    break
                parts.append(data)
                taken.append(seq)
            if parts:
                self._link.publish(self._topic, b"".join(parts))
                sender.sent(taken, now_ms)
