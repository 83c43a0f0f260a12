"""A log of frames on NOR flash: appended second by second, each sector worn alike.

Each frame goes to a journal (device/journal.py) at once, and into a block in memory. The block is
written when it has 30 frames or 128 bytes, and then the journal is not needed for them any more;
after a power cut what had no block is found in the journal. So each second is durable by itself,
and only blocks pay for length and CRC.

The sectors of the log are used in a ring, and so are those of the journal, which is the last
sixteenth of the flash. A sector holds frames of one session, squeezed (device/squeeze.py):

    4s  magic    b"LUF2"
    I   turn     how many sectors were begun before it
    I   session
    I   first    seq of its first frame; each further frame is the next number
    H   before   frames in the sector before it, 0xFFFF: not known
    I   crc      CRC-32 of the 18 bytes before it
    B   state    0xFF in use, 0 every frame has its receipt
    ..  blocks, to the end of the sector or to a size of 0xFFFF:
    H   size     bytes of body
    B   count    of frames; + 128: made with a new model, so that reading can begin here
    ..  body
    I   crc      CRC-32 of all of this block, begun with the crc of the sector

Little-endian. A block that is torn ends its sector: nothing is written after it, and nothing
before it is touched. `flash` has read(address, buffer), program(address, data) within a page,
erase(address) of a sector, SIZE, SECTOR and PAGE.
"""

from array import array
from binascii import crc32
from struct import pack, unpack_from

from device import wire
from device.flashsector import (
    BLOCK_FRAMES,
    CRC_AT,
    HEAD_SIZE,
    STATE_AT,
    Reader,
    Writer,
    program,
)
from device.journal import Journal
from device.slots import NOBODY
from device.squeeze import Model

MAGIC = b"LUF2"
HEAD = "<4sIIIH"
_UNKNOWN = 0xFFFF
_IN_USE = 0xFF
_TRIES = 8  # sectors that may be bad before we give up


class FlashError(OSError):
    """What was written cannot be read back, in any of _TRIES sectors."""


class FlashLog:
    def __init__(self, flash) -> None:
        self._flash = flash
        self._journal = Journal(flash, BLOCK_FRAMES)
        self.sectors = self._journal.first
        self.turns = array("I", bytes(4 * self.sectors))  # turn + 1; 0: not in use
        self.sessions = array("I", bytes(4 * self.sectors))
        self.firsts = array("I", bytes(4 * self.sectors))
        self._counts = array("H", b"\xff\xff" * self.sectors)  # of frames, or _UNKNOWN
        self.dropped = 0  # sectors that were given up for newer frames
        self._turn = 0  # of the next sector
        self._sector = self.sectors - 1  # the last one begun
        self._writer: Writer | None = None
        self._model = Model()  # the writer's: room for it must be there later too
        before = self._look(self._sector)
        for sector in range(self.sectors):
            turn = self._look(sector)
            if turn and turn != before + 1:
                self._counts[sector - 1] = _UNKNOWN  # it was used again since
            before = turn
        self._recover()

    def append(self, frame: wire.Frame) -> int:
        """Written and read back when this returns. The oldest sector makes room when it must.

        Returns the sector.
        """
        writer: Writer | None = self._writer
        if writer is None or not writer.takes(frame):
            self.flush()
            writer = self._begin_any(frame)
        turn = self._journal.put(wire.encode(frame))
        if writer.add(frame, turn) or turn == NOBODY:
            self.flush(frame)
        sector: int = self._sector
        return sector

    def flush(self, newest: wire.Frame | None = None) -> None:
        """Write the open block. newest: its last frame, if the journal may not have that."""
        old: Writer | None = self._writer
        if old is None or old.flush():
            return
        for _ in range(_TRIES):
            if self._move(old, newest):
                return
        self._writer = None
        raise FlashError("flash is worn out")

    def pending(self, session: int, seq: int) -> bytes | None:
        """A frame of the open block."""
        writer: Writer | None = self._writer
        if not writer or session != self._model.session or not writer.first <= seq < writer.seq:
            return None
        return self._journal.get(writer.turn + seq - writer.first)

    def used_by(self, session: int):
        """Its sectors, oldest first."""
        found = [n for n in range(self.sectors) if self.turns[n] and self.sessions[n] == session]
        return sorted(found, key=lambda sector: self.turns[sector])

    def left_over(self) -> list[int]:
        """Sessions that have frames here, oldest first."""
        found: list[int] = []
        for sector in sorted(range(self.sectors), key=lambda sector: self.turns[sector]):
            if self.turns[sector] and self.sessions[sector] not in found:
                found.append(self.sessions[sector])
        return found

    def release(self, sector: int) -> None:
        """Its frames are not needed any more, after the next start of the board neither."""
        if self.turns[sector]:
            self.turns[sector] = 0
            self._flash.program(sector * self._flash.SECTOR + STATE_AT, b"\x00")
            if self._writer and self._writer.sector == sector:
                self._writer = None

    def end_of(self, sector: int) -> int:
        """The seq after its last record that is whole. Takes time only for the newest sector."""
        count = self._counts[sector]
        if count == _UNKNOWN:
            count = self._counts[sector] = self.reader(sector).skim() - self.firsts[sector]
        return int(self.firsts[sector] + count)

    def reader(self, sector: int, model: Model | None = None) -> "Reader":
        """model: begun anew for it; without one it can skim() only."""
        if model:
            model.begin(self.sessions[sector])
        return Reader(self._flash, sector, model, self.firsts[sector])

    def _look(self, sector: int) -> int:
        """Its turn + 1, 0 when it has no head."""
        head = bytearray(HEAD_SIZE)
        self._flash.read(sector * self._flash.SECTOR, head)
        magic, turn, session, first, before = unpack_from(HEAD, head)
        if magic != MAGIC or unpack_from("<I", head, CRC_AT)[0] != crc32(head[:CRC_AT]):
            return 0
        self._counts[sector - 1] = before
        if turn >= self._turn:
            self._turn = turn + 1
            self._sector = sector
        if head[STATE_AT] == _IN_USE:
            self.turns[sector], self.sessions[sector] = turn + 1, session
            self.firsts[sector] = first
        return int(turn) + 1

    def _recover(self) -> None:
        """What the last session had in its open block when the power failed."""
        if not self.turns[self._sector]:
            return
        session, seq = self.sessions[self._sector], self.end_of(self._sector)
        end = self._journal.end
        try:
            for turn in range(max(0, end - BLOCK_FRAMES), end):
                data = self._journal.get(turn)
                frame = wire.decode(data) if data else None
                if frame and (frame.session, frame.seq) == (session, seq):
                    writer = self._writer or self._begin_any(frame)
                    writer.add(frame, turn)
                    seq += 1
            self.flush()
        except FlashError:
            pass  # a board whose flash is worn out starts too

    def _move(self, old: Writer, newest: wire.Frame | None) -> bool:
        """The open block of a sector that does not keep it, into the next. Is it there?"""
        writer: Writer | None = None
        for seq in range(old.first, old.seq):
            turn = old.turn + seq - old.first
            frame = newest
            if newest is None or newest.seq != seq:
                data = self._journal.get(turn)
                frame = wire.decode(data) if data else None
            if frame is None:
                return False
            writer = writer or self._begin(frame)
            if writer is None:
                return False
            writer.add(frame, turn)
        return writer is not None and writer.flush()

    def _begin_any(self, frame: wire.Frame):
        """A writer in the next sector that keeps its head."""
        for _ in range(_TRIES):
            writer = self._begin(frame)
            if writer:
                return writer
        raise FlashError("flash is worn out")

    def _begin(self, frame: wire.Frame):
        """A writer in the next sector of the ring; None when the sector does not keep its head."""
        old: Writer | None = self._writer
        if old:
            self._counts[old.sector] = old.first - self.firsts[old.sector]
        self._writer = None
        sector = self._sector = (self._sector + 1) % self.sectors
        if self.turns[sector]:
            self.release(sector)
            self.dropped += 1
        self._flash.erase(sector * self._flash.SECTOR)
        before = self._counts[sector - 1]
        head = pack(HEAD, MAGIC, self._turn, frame.session, frame.seq, before)
        head += pack("<I", crc32(head))
        self._turn += 1
        self._counts[sector] = _UNKNOWN
        if not program(self._flash, sector * self._flash.SECTOR, head):
            return None
        self.turns[sector], self.sessions[sector] = self._turn, frame.session
        self.firsts[sector] = frame.seq
        self._writer = Writer(self._flash, sector, frame, self._model)
        return self._writer
