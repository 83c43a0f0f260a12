"""Keeps the frames of one session until a receipt frees them.

The newest are in a ring in memory. A frame that has no receipt after SPILL_AFTER_MS, or that is
pushed out of the ring, moves to a file of slots (one file per session): a link that works never
wears the flash, and a power cut costs no more than the last second. When there is no room the
oldest is dropped and counted. A frame longer than a slot (SOUND) is kept in memory only.
"""

import os

from device.payloads import Receipt
from device.ranges import Ranges
from device.slots import SLOT, SlotFile

FILE_FRAMES = 86_400  # a day of one frame a second: 8.3 MB when all of it is used
RAM_FRAMES = 128
SPILL_AFTER_MS = 500
SPILL_EVERY_MS = 500  # one write to the medium for all frames that are due
SUFFIX = ".spool"


def left_over(folder: str | None) -> list[str]:
    """Names of the spool files of earlier sessions."""
    if folder is None:
        return []
    try:
        names = os.listdir(folder)
    except OSError:
        os.mkdir(folder)
        return []
    return sorted(name for name in names if _parts(name))


def _parts(name: str):
    """(session, capacity) of a spool file's name, None when it is not one."""
    parts = name[: -len(SUFFIX)].split("-")
    if not name.endswith(SUFFIX) or len(parts) != 2:
        return None
    try:
        return int(parts[0], 16), int(parts[1])
    except ValueError:
        return None


class Spool:
    """The frames of one session that have no receipt. folder None: in memory only."""

    def __init__(self, session: int, folder: str | None, capacity: int = FILE_FRAMES) -> None:
        self.session = session
        self.held = Ranges()
        self.end = 0  # one more than the newest seq
        self.dropped = 0  # given up: no room, or a torn slot
        self._folder = folder
        self._capacity = capacity if folder else RAM_FRAMES
        self._file: SlotFile | None = None
        self._ram: list = [None] * RAM_FRAMES  # (seq, made_ms, frame bytes) at seq % RAM_FRAMES
        self._young = 0  # no older frame waits in memory for its time to spill
        self._spill_ms = 0
        self._dirty = False

    @classmethod
    def reopen(cls, folder: str, name: str) -> "Spool":
        """What an earlier session left in its file."""
        session, capacity = _parts(name)
        spool = cls(session, folder, capacity)
        for seq in spool._open().seqs():
            spool.held.add(seq)
            spool.end = max(spool.end, seq + 1)
        spool._young = spool.end
        return spool

    def add(self, seq: int, data: bytes, now_ms: int) -> None:
        """The newest frame. Makes room by spilling, or else by dropping the oldest."""
        pushed_out = self._ram[seq % RAM_FRAMES]
        if pushed_out and not self._spill(pushed_out):
            self._drop(pushed_out[0], pushed_out[0])
        self._ram[seq % RAM_FRAMES] = (seq, now_ms, data)
        self.held.add(seq)
        self.end = seq + 1
        self._drop(0, seq - self._capacity)

    def get(self, seq: int) -> bytes | None:
        """The bytes of a frame that is held; None when its slot is torn: then it is dropped."""
        kept = self._ram[seq % RAM_FRAMES]
        if kept and kept[0] == seq:
            data: bytes = kept[2]
            return data
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
        while self._young < self.end:
            kept = self._ram[self._young % RAM_FRAMES]
            if kept and kept[0] == self._young:
                if now_ms - kept[1] < SPILL_AFTER_MS:
                    break
                self._spill(kept)
            self._young += 1
        self._sync()

    def close(self) -> None:
        """Leave nothing behind when nothing is held, else all of it in the file."""
        if self.held.count:
            for kept in self._ram:
                if kept:
                    self._spill(kept)
            self._sync()
        elif self._file:
            self._file.remove()
            self._file = None

    def _spill(self, kept) -> bool:
        """Move a frame from memory to the file. False when it cannot go there."""
        seq, _, data = kept
        if self._folder is None or len(data) > SLOT:
            return False
        try:
            self._open().put(seq, data)
        except OSError:  # the medium is full or broken: memory is what is left
            return False
        self._ram[seq % RAM_FRAMES] = None
        self._dirty = True
        return True

    def _sync(self) -> None:
        if self._dirty and self._file:
            self._file.sync()
            self._dirty = False

    def _open(self) -> SlotFile:
        if self._file is None:
            name = "%08x-%d%s" % (self.session, self._capacity, SUFFIX)
            path = "%s/%s" % (self._folder, name)
            self._file = SlotFile(path, self.session, self._capacity)
        return self._file

    def _drop(self, first: int, last: int) -> None:
        self.dropped += self._forget(first, last)

    def _forget(self, first: int, last: int) -> int:
        """How many of first..last were held."""
        if last < first:
            return 0
        for seq in range(max(first, self.end - RAM_FRAMES), min(last + 1, self.end)):
            kept = self._ram[seq % RAM_FRAMES]
            if kept and kept[0] == seq:
                self._ram[seq % RAM_FRAMES] = None
        return self.held.remove(first, last)
