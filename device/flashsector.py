"""One sector of the log on flash, written and read; its layout is in device/flashlog.py."""

from binascii import crc32
from struct import pack, unpack_from

from device import wire
from device.rangecoder import Decoder, Encoder
from device.squeeze import Model

CRC_AT = 18
STATE_AT = 22
HEAD_SIZE = 23
_BLOCK_HEAD = 3
BLOCK_FRAMES = 30
_BLOCK_BYTES = 128  # a block is over when it has more
_FRAME_BYTES = 150  # of the next frame: more than any of ours takes
_FRESH = 0x80  # in `count`
_FRESH_EVERY = 16  # blocks: to read a frame, no more than those before it are made whole
_ERASED = 0xFFFF


class Writer:
    """Appends to one sector. Its open block is in memory until flush()."""

    def __init__(self, flash, sector: int, frame: wire.Frame, model: Model) -> None:
        self.sector = sector
        self.first = frame.seq  # of the open block
        self.seq = frame.seq  # expected next
        self.turn = 0  # of the first frame of the open block in the journal
        self._flash = flash
        self._start = sector * flash.SECTOR
        self._at = HEAD_SIZE
        self._blocks = 0
        self._model = model
        self._coder: Encoder | None = None
        self._salt = _salt(flash, sector)
        model.begin(frame.session)

    def takes(self, frame: wire.Frame) -> bool:
        """Room is left for it, and it is the next one of this session."""
        size = len(self._coder.out) if self._coder else 0
        if self._at + _BLOCK_HEAD + size + _FRAME_BYTES > self._flash.SECTOR:
            return False
        return (frame.session, frame.seq) == (self._model.session, self.seq)

    def add(self, frame: wire.Frame, turn: int) -> bool:
        """To the open block. True when that is full."""
        coder = self._coder
        if coder is None:
            if self._blocks % _FRESH_EVERY == 0:
                self._model.begin(frame.session)
            self._coder = coder = Encoder(self._model.cells)
            self.turn = turn
        self._model.squeeze(coder, frame)
        self.seq += 1
        return self.seq - self.first >= BLOCK_FRAMES or len(coder.out) > _BLOCK_BYTES

    def flush(self) -> bool:
        """Write the open block. False: this sector does not keep it, and is not to be used on."""
        if self._coder is None:
            return True
        body = self._coder.finish()
        fresh = _FRESH if self._blocks % _FRESH_EVERY == 0 else 0
        record = pack("<HB", len(body), self.seq - self.first | fresh) + body
        record += pack("<I", crc32(record, self._salt))
        if self._at + len(record) > self._flash.SECTOR:
            return False
        if not program(self._flash, self._start + self._at, record):
            return False
        self._at += len(record)
        self._blocks += 1
        self._coder = None
        self.first = self.seq
        return True


class Reader:
    """The frames of one sector, in their order."""

    def __init__(self, flash, sector: int, model: Model | None, first: int) -> None:
        self.sector = sector
        self.seq = first  # of the next frame
        self._flash = flash
        self._model = model  # None: skim() only
        self._salt = _salt(flash, sector)
        self._at = HEAD_SIZE
        self._left = 0  # frames of the block
        self._fresh = False
        self._coder: Decoder | None = None

    def next(self):
        """The next frame, None at the end or where the rest is damaged."""
        model = self._model
        if model is None:
            return None
        if not self._left:
            body = self._body()
            if body is None:
                return None
            if self._fresh:
                model.begin(model.session)
            self._coder = Decoder(model.cells, body)
        self._left -= 1
        self.seq += 1
        return model.restore(self._coder, self.seq - 1)

    def skim(self, seq: int = wire.MAX_U32) -> int:
        """The seq after the last block that is whole, of those that begin no later than `seq`.
        next() then goes on with the last of them that needs none before it."""
        at, first = self._at, self.seq
        while self.seq <= seq:
            here = self._at
            if self._body() is None:
                break
            if self._fresh:
                at, first = here, self.seq
            self.seq += self._left
        end = self.seq
        self._at, self.seq, self._left = at, first, 0
        return int(end)

    def _body(self):
        """Of the next block."""
        start = self.sector * self._flash.SECTOR
        room = self._flash.SECTOR - self._at - _BLOCK_HEAD - 4
        if room < 0:
            return None
        head = bytearray(_BLOCK_HEAD)
        self._flash.read(start + self._at, head)
        size, count = unpack_from("<HB", head)
        if size == _ERASED or size > room:
            return None
        rest = bytearray(size + 4)
        self._flash.read(start + self._at + _BLOCK_HEAD, rest)
        body = memoryview(rest)[:size]
        if unpack_from("<I", rest, size)[0] != crc32(body, crc32(head, self._salt)):
            return None
        self._at += _BLOCK_HEAD + size + 4
        self._left, self._fresh = count & _FRESH - 1, count >= _FRESH
        return body


def _salt(flash, sector: int) -> int:
    """The crc of a sector's head."""
    word = bytearray(4)
    flash.read(sector * flash.SECTOR + CRC_AT, word)
    salt: int = unpack_from("<I", word)[0]
    return salt


def program(flash, address: int, data: bytes) -> bool:
    """Over the ends of pages. True when it can be read back."""
    at = 0
    while at < len(data):
        size = min(len(data) - at, flash.PAGE - (address + at) % flash.PAGE)
        flash.program(address + at, data[at : at + size])
        at += size
    kept = bytearray(len(data))
    flash.read(address, kept)
    return kept == data
