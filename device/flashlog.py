"""A log of frames on NOR flash: appended second by second, each sector worn alike.

The sectors are used in a ring. A sector holds frames of one session, squeezed (device/squeeze.py):

    4s  magic    b"LUF1"
    I   turn     how many sectors were begun before it
    I   session
    I   first    seq of the first record; each further record is the next number
    H   before   records in the sector before it, 0xFFFF: not known
    I   crc      CRC-32 of the 18 bytes before it
    B   state    0xFF in use, 0 every frame has its receipt
    ..  records, to the end of the sector or to a size of 0xFF:
    B   size     bytes of body, 0..254
    ..  body
    I   crc      CRC-32 of all of this record, begun with the crc of the sector

Little-endian. A record that is torn ends its sector: nothing is written after it, and nothing
before it is touched. `flash` has read(address, buffer), program(address, data) within a page,
erase(address) of a sector, SIZE, SECTOR and PAGE.
"""

from array import array
from binascii import crc32
from struct import pack, unpack_from

from device import wire
from device.squeeze import Model

MAGIC = b"LUF1"
HEAD = "<4sIIIH"
CRC_AT = 18
STATE_AT = 22
HEAD_SIZE = 23
UNKNOWN = 0xFFFF
MAX_BODY = 128  # of ours: a start event, the longest frame but sound, takes about 80
MAX_RECORD = MAX_BODY + 5
ERASED = 0xFF
TRIES = 8  # sectors that may be bad before we give up


class FlashError(OSError):
    """What was written cannot be read back, in any of TRIES sectors."""


class FlashLog:
    def __init__(self, flash) -> None:
        self._flash = flash
        self.sectors = flash.SIZE // flash.SECTOR
        self.turns = array("I", bytes(4 * self.sectors))  # turn + 1; 0: not in use
        self.sessions = array("I", bytes(4 * self.sectors))
        self.firsts = array("I", bytes(4 * self.sectors))
        self._counts = array("H", b"\xff\xff" * self.sectors)  # of records, or UNKNOWN
        self.dropped = 0  # sectors that were given up for newer frames
        self._turn = 0  # of the next sector
        self._sector = self.sectors - 1  # the last one begun
        self._writer: Writer | None = None
        self._model = Model()  # the writer's: room for it must be there later too
        before = self._look(self._sector)
        for sector in range(self.sectors):
            turn = self._look(sector)
            if turn and turn != before + 1:
                self._counts[sector - 1] = UNKNOWN  # it was used again since
            before = turn

    def append(self, frame: wire.Frame) -> int:
        """Written and read back when this returns. The oldest sector makes room when it must.

        Returns the sector.
        """
        writer: Writer | None = self._writer
        if writer:
            if writer.takes(frame) and writer.put(frame):
                return writer.sector
            self._counts[writer.sector] = writer.count
        for _ in range(TRIES):
            self._writer = writer = self._begin(frame)
            if writer and writer.put(frame):
                return writer.sector
        raise FlashError("flash is worn out")

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
        if count == UNKNOWN:
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
        if head[STATE_AT] == ERASED:
            self.turns[sector], self.sessions[sector] = turn + 1, session
            self.firsts[sector] = first
        return int(turn) + 1

    def _begin(self, frame: wire.Frame):
        """A writer in the next sector of the ring; None when the sector does not keep its head."""
        sector = self._sector = (self._sector + 1) % self.sectors
        if self.turns[sector]:
            self.release(sector)
            self.dropped += 1
        self._flash.erase(sector * self._flash.SECTOR)
        before = self._counts[sector - 1]
        head = pack(HEAD, MAGIC, self._turn, frame.session, frame.seq, before)
        head += pack("<I", crc32(head))
        self._turn += 1
        self._counts[sector] = UNKNOWN
        if not _program(self._flash, sector * self._flash.SECTOR, head):
            return None
        self.turns[sector], self.sessions[sector] = self._turn, frame.session
        self.firsts[sector] = frame.seq
        return Writer(self._flash, sector, frame, self._model)


class Writer:
    """Appends to one sector."""

    def __init__(self, flash, sector: int, first: wire.Frame, model: Model) -> None:
        self.sector = sector
        self._flash = flash
        self._start = sector * flash.SECTOR
        self._at = HEAD_SIZE
        self._seq = first.seq  # expected next
        self._first = first.seq
        self._model = model
        model.begin(first.session)
        self._salt = _salt(flash, sector)

    def takes(self, frame: wire.Frame) -> bool:
        """Room is left for the largest record, and the frame is the next one of this session."""
        if self._at + MAX_RECORD > self._flash.SECTOR:
            return False
        return (frame.session, frame.seq) == (self._model.session, self._seq)

    @property
    def count(self) -> int:
        return int(self._seq - self._first)

    def put(self, frame: wire.Frame) -> bool:
        """False: this sector does not keep it, and must not be written to any more."""
        body = self._model.squeeze(frame)
        if len(body) > MAX_BODY:
            raise ValueError("%d bytes do not fit in a record" % len(body))
        record = bytes((len(body),)) + body
        record += pack("<I", crc32(record, self._salt))
        kept = _program(self._flash, self._start + self._at, record)
        self._at += len(record)
        self._seq += kept
        return kept


class Reader:
    """The records of one sector, in their order."""

    def __init__(self, flash, sector: int, model: Model | None, first: int) -> None:
        self.sector = sector
        self.seq = first  # of the next record
        self._flash = flash
        self._model = model  # None: skim() only
        self._salt = _salt(flash, sector)
        self._at = HEAD_SIZE
        self._buffer = memoryview(bytearray(MAX_RECORD))

    def next(self):
        """The next frame, None at the end or where the rest is damaged."""
        body = self._body()
        if body is None or self._model is None:
            return None
        self.seq += 1
        return self._model.restore(body, self.seq - 1)

    def skim(self) -> int:
        """The seq after the last record that is whole. This reader is used up then."""
        while self._body() is not None:
            self.seq += 1
        return int(self.seq)

    def _body(self):
        """Of the next record; good until the next call."""
        buffer = self._buffer[: self._flash.SECTOR - self._at]
        if len(buffer) < 5:
            return None
        self._flash.read(self._start + self._at, buffer)
        end = 1 + buffer[0]
        if buffer[0] == ERASED or end + 4 > len(buffer):
            return None
        if unpack_from("<I", buffer, end)[0] != crc32(buffer[:end], self._salt):
            return None
        self._at += end + 4
        return buffer[1:end]

    @property
    def _start(self) -> int:
        start: int = self.sector * self._flash.SECTOR
        return start


def _salt(flash, sector: int) -> int:
    """The crc of a sector's head."""
    word = bytearray(4)
    flash.read(sector * flash.SECTOR + CRC_AT, word)
    salt: int = unpack_from("<I", word)[0]
    return salt


def _program(flash, address: int, data: bytes) -> bool:
    """Over the ends of pages. True when it can be read back."""
    at = 0
    while at < len(data):
        size = min(len(data) - at, flash.PAGE - (address + at) % flash.PAGE)
        flash.program(address + at, data[at : at + size])
        at += size
    kept = bytearray(len(data))
    flash.read(address, kept)
    return kept == data
