"""The newest frames on NOR flash, each by itself, in a few sectors that are used in a ring.

A block of the log (device/flashlog.py) is written when it is full. Until then its frames are here,
so that each is durable at once. Nothing here is ever released: the ring writes over it. A slot:

    B   size   of the frame; 0xFF: erased
    I   turn   how many slots were used or given up before it; its place is turn % all slots
    ..  frame
    I   crc    CRC-32 of all before it

Little-endian. `flash` is that of device/flashlog.py; of its sectors these are the last sixteenth.
"""

from binascii import crc32
from struct import pack, unpack_from

from device.slots import NOBODY, SLOT

_ROOM = 128  # of a slot, so that none crosses a page
_HEAD = "<BI"
_HEAD_SIZE = 5
_PART = 16


class Journal:
    """`first` is its first sector; the log may have those before it. Of at least so many of the
    newest frames it keeps all."""

    def __init__(self, flash, frames: int) -> None:
        every = flash.SIZE // flash.SECTOR
        sectors = max(every // _PART, frames * _ROOM // flash.SECTOR + 2)
        self.first = every - sectors
        self._flash = flash
        self._start = self.first * flash.SECTOR
        self._row = flash.SECTOR // _ROOM  # slots of a sector
        self._slots = sectors * self._row
        self._buffer = bytearray(_ROOM)
        newest = self._newest()
        self.end = newest  # the turn after the last one that is whole
        while self.get(self.end) is not None:
            self.end += 1
        # Where the power failed something may be half written: on with the next sector.
        self._turn = newest + self._row if self.end > newest else 0

    def put(self, data: bytes) -> int:
        """Written and read back: its turn. NOBODY when the flash does not keep it."""
        turn, place = self._turn, self._place(self._turn)
        if turn % self._row == 0:
            self._flash.erase(place)
        record = pack(_HEAD, len(data), turn) + data
        record += pack("<I", crc32(record))
        self._flash.program(place, record)
        self._turn += 1
        if self.get(turn) == data:
            return turn
        self._turn += -self._turn % self._row  # give the rest of this sector up
        return NOBODY

    def get(self, turn: int) -> bytes | None:
        """The frame of that turn, None when it is not there any more."""
        buffer = self._buffer
        self._flash.read(self._place(turn), buffer)
        size, found = unpack_from(_HEAD, buffer)
        end = _HEAD_SIZE + size
        if size > SLOT or found != turn:
            return None
        if unpack_from("<I", buffer, end)[0] != crc32(memoryview(buffer)[:end]):
            return None
        return bytes(buffer[_HEAD_SIZE:end])

    def _place(self, turn: int) -> int:
        return int(self._start + turn % self._slots * _ROOM)

    def _newest(self) -> int:
        """The first turn of the sector that was begun last; 0 when there is none."""
        newest = 0
        for place in range(0, self._slots, self._row):
            self._flash.read(self._start + place * _ROOM, self._buffer)
            turn = unpack_from(_HEAD, self._buffer)[1]
            if turn > newest and turn % self._slots == place and self.get(turn) is not None:
                newest = turn
        return int(newest)
