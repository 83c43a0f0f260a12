"""Keeps the frames of one session until a receipt frees them.

The newest are in a ring in memory. A frame that has no receipt within a second, or that is pushed
out of the ring, moves to a store, a folder of files (device/folder.py) or the board's flash
(device/flashstore.py): a link that works never wears the flash, and a power cut costs no more than
the last second. When there is no room the oldest is dropped and counted. SOUND frames are too long
for a slot and are refused.
"""

from device.ranges import Ranges
from device.slots import NOBODY, SLOT, SlotRing
from device.spoken import Receipt

FILE_FRAMES = 86_400  # a day of one frame a second: 8.3 MB when all of it is used
RAM_FRAMES = 64
SPILL_EVERY_MS = 500  # a frame spills at the second of these moments that it lives to see


class Spool:
    """The frames of one session that have no receipt. store None: in memory only.

    A store has left_over(): names; open(session, capacity) and reopen(name): a file that has
    put(seq, data), get(seq), ranges(), sync(), keep(held) and remove().
    """

    def __init__(
        self,
        session: int,
        store,
        capacity: int = FILE_FRAMES,
        ram_frames: int = RAM_FRAMES,
        file=None,
        slots: SlotRing | None = None,
    ) -> None:
        self.session = session
        self.held = Ranges()
        self.end = 0  # one more than the newest seq
        self.dropped = 0  # given up: no room, or a torn slot
        self._store = store
        self._capacity = capacity if store else ram_frames
        self._file = file  # of the store
        self._ring = slots or SlotRing(ram_frames)
        self._spilled = 0  # older frames are in the file, or there is no need
        self._seen = 0  # `end` at the last tick
        self._spill_ms = 0
        self._dirty = False

    @classmethod
    def reopen(cls, store, name) -> "Spool":
        """What an earlier session left in its file."""
        session, capacity, file = store.reopen(name)
        spool = cls(session, store, capacity, 1, file)  # nothing is added to it any more
        for first, last in file.ranges():
            spool.held.add(first, last)
            spool.end = max(spool.end, last + 1)
        spool._spilled = spool.end
        return spool

    def add(self, seq: int, data: bytes) -> None:
        """The newest frame. Makes room by spilling, or else by dropping the oldest."""
        if len(data) > SLOT:
            raise ValueError("frame of %d bytes, at most %d" % (len(data), SLOT))
        pushed_out = self._ring.holder(seq)
        if pushed_out != NOBODY and not self._spill(pushed_out):
            self._drop(pushed_out, pushed_out)
        self._ring.put(seq, data)
        self.held.add(seq)
        self.end = seq + 1
        self._drop(0, seq - self._capacity)

    def get(self, seq: int) -> bytes | None:
        """The bytes of a frame that is held; None when its slot is torn: then it is dropped."""
        if self._ring.holder(seq) == seq:
            return self._ring.get(seq)
        found = self._file.get(seq) if self._file else None
        if found is None:
            self._drop(seq, seq)
        return found

    def free(self, receipt: Receipt) -> None:
        """Forget all that is below `seen` and not missing."""
        first = 0
        for low, high in receipt.missing:
            self._forget(first, low - 1)
            first = high + 1
        self._forget(first, receipt.seen - 1)

    def tick(self, now_ms: int) -> None:
        """Spill what has waited for too long."""
        if now_ms - self._spill_ms < SPILL_EVERY_MS:
            return
        self._spill_ms = now_ms
        for seq in range(max(self._spilled, self.end - self._ring.capacity), self._seen):
            self._spill(seq)
        self._spilled = self._seen
        self._seen = self.end
        self._sync()
        if self._file:
            self._file.keep(self.held)

    def close(self) -> None:
        """Leave nothing behind when nothing is held, else all of it in the file."""
        if self.held.count:
            for seq in range(max(0, self.end - self._ring.capacity), self.end):
                self._spill(seq)
            self._sync()
        elif self._file:
            self._file.remove()
            self._file = None

    def name(self):
        """By which the store knows it."""
        return self._store.name(self.session, self._capacity)

    def _spill(self, seq: int) -> bool:
        """Move a frame from memory to the file. False when it stays in memory."""
        if self._store is None or self._ring.holder(seq) != seq:
            return False
        try:
            self._open().put(seq, self._ring.get(seq))
        except OSError:  # the medium is full or broken: memory is what is left
            return False
        self._ring.forget(seq)
        self._dirty = True
        return True

    def _sync(self) -> None:
        if self._dirty and self._file:
            self._file.sync()
            self._dirty = False

    def _open(self):
        if self._file is None:
            self._file = self._store.open(self.session, self._capacity)
        return self._file

    def _drop(self, first: int, last: int) -> None:
        self.dropped += self._forget(first, last)

    def _forget(self, first: int, last: int) -> int:
        """How many of first..last were held."""
        if last < first:
            return 0
        for seq in range(max(first, self.end - self._ring.capacity), min(last + 1, self.end)):
            self._ring.forget(seq)
        return self.held.remove(first, last)
