"""Frames of one session in slots of fixed size: frame `seq` in slot seq % capacity.

In memory all slots are made at once, so that a ring that fills up over hours does not leave the
heap in pieces (one of 128 kB with 70 kB free could not give 600 bytes in a row). In a file a torn
slot costs its frame and nothing else: the frame's own CRC tells.
"""

import os

from device import wire

SLOT = 96  # bytes; the longest frame but SOUND is a start event with a name of 60 bytes: 90
NOBODY = -1


class SlotRing:
    """Slots in memory. A slot holds what was put there until take() or the next put()."""

    def __init__(self, capacity: int) -> None:
        self._seqs = [NOBODY] * capacity
        self._slots = [bytearray(SLOT) for _ in range(capacity)]
        self.capacity = capacity

    def holder(self, seq: int) -> int:
        """The frame in the slot that `seq` would use, or NOBODY."""
        return self._seqs[seq % self.capacity]

    def put(self, seq: int, data: bytes) -> None:
        self._slots[seq % self.capacity][: len(data)] = data
        self._seqs[seq % self.capacity] = seq

    def get(self, seq: int) -> bytes:
        """Only for the holder of its slot."""
        slot = bytes(self._slots[seq % self.capacity])
        return slot[: wire.size_of(slot)]

    def clear(self) -> None:
        for slot in range(self.capacity):
            self._seqs[slot] = NOBODY

    def forget(self, seq: int) -> None:
        if self.holder(seq) == seq:
            self._seqs[seq % self.capacity] = NOBODY


class SlotFile:
    """Slots in a file, for frames of one session."""

    def __init__(self, path: str, session: int, capacity: int) -> None:
        self._session = session
        self._path = path
        self.capacity = capacity
        try:
            self._file = open(path, "r+b")
        except OSError:
            self._file = open(path, "w+b")

    def put(self, seq: int, data: bytes) -> None:
        self._file.seek(seq % self.capacity * SLOT)
        self._file.write(data + bytes(SLOT - len(data)))

    def sync(self) -> None:
        """All of it is on the medium after this. MicroPython's flush() does both."""
        self._file.flush()
        if hasattr(os, "fsync"):
            os.fsync(self._file.fileno())

    def get(self, seq: int) -> bytes | None:
        """None when the slot is torn or holds another frame."""
        self._file.seek(seq % self.capacity * SLOT)
        frame, data = self._parse(self._file.read(SLOT))
        return data if frame and frame.seq == seq else None

    def ranges(self):
        """(seq, seq) of every frame that is whole and in its slot, in the order of the slots."""
        for slot in range(self.capacity):
            self._file.seek(slot * SLOT)
            raw = self._file.read(SLOT)
            if not raw:
                return
            frame, _ = self._parse(raw)
            if frame and frame.seq % self.capacity == slot:
                yield frame.seq, frame.seq

    def keep(self, _held) -> None:
        """Nothing else is needed any more; but a slot is simply used again when its turn comes."""

    def remove(self) -> None:
        self._file.close()
        os.remove(self._path)

    def _parse(self, raw: bytes):
        if len(raw) < wire.HEAD_SIZE:
            return None, None
        try:
            data = raw[: wire.size_of(raw)]
            frame = wire.decode(data)
        except wire.WireError:
            return None, None
        return (frame, data) if frame.session == self._session else (None, None)
