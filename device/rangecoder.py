"""An adaptive binary range coder: bits in, few bytes out when most of them were expected.

The well-known carry-propagating coder (Martin 1979; the bit-wise form of LZMA), with a range of 24
bits so that every number fits in the 31-bit small integers of MicroPython: no step allocates.
A probability counts the 4096ths that the next bit is 0; both sides update an array of them alike.
"""

from array import array

_PROBABILITY_BITS = 12
_HALF = 1 << _PROBABILITY_BITS - 1
_FULL_RANGE = 0xFFFFFF
_LEAST_RANGE = 0x10000
_FAST, _SLOW = 2, 5  # shifts of the update: quick at first, then steady
_STATE_BITS = 3  # below the probability in the same cell: how often it was updated, 0.._SLOW-_FAST


def contexts(count: int) -> array:
    """`count` cells that expect 0 and 1 alike."""
    cells = array("H", bytes(2 * count))
    forget(cells)
    return cells


def forget(cells: array) -> None:
    """As they were at first."""
    for at in range(len(cells)):
        cells[at] = _HALF << _STATE_BITS


def _updated(cell: int, bit: int) -> int:
    seen = cell & 7
    chance = cell >> _STATE_BITS
    shift = _FAST + seen
    if bit:
        chance -= chance >> shift
    else:
        chance += (1 << _PROBABILITY_BITS) - chance >> shift
    chance = min(max(chance, 16), (1 << _PROBABILITY_BITS) - 16)
    return chance << _STATE_BITS | min(seen + 1, _SLOW - _FAST)


class Encoder:
    """Makes one byte string. `cells` belong to the caller and go on into the next one.

    Encoder and Decoder have the same methods, and both return what was written, so that a model is
    walked by one piece of code: what is given to a Decoder is not looked at.
    """

    def __init__(self, cells: array) -> None:
        self.cells = cells
        self.out = bytearray()
        self._low = 0
        self._range = _FULL_RANGE

    def bit(self, context: int, bit: int) -> int:
        cell = self.cells[context]
        split = (self._range >> _PROBABILITY_BITS) * (cell >> _STATE_BITS)
        if bit:
            self._low += split
            self._range -= split
        else:
            self._range = split
        self.cells[context] = _updated(cell, bit)
        self._grow()
        return bit

    def number(self, value: int, bits: int) -> int:
        """Bits that nothing is known of, highest first."""
        for at in range(bits - 1, -1, -1):
            self._range >>= 1
            if value >> at & 1:
                self._low += self._range
            self._grow()
        return value

    def finish(self) -> bytearray:
        """The shortest bytes that the decoder, which reads zeros after them, understands."""
        top = self._low + self._range - 1
        for bits in (24, 16, 8, 0):
            value = top >> bits << bits
            if value >= self._low:
                break
        self._low = value
        for _ in range(3):
            self._shift()
        end = len(self.out)
        while end and not self.out[end - 1]:
            end -= 1
        return self.out[:end]

    def _grow(self) -> None:
        while self._range < _LEAST_RANGE:
            self._range <<= 8
            self._shift()

    def _shift(self) -> None:
        """Move the highest byte out; a carry goes into those that are out already."""
        if self._low > _FULL_RANGE:
            at = len(self.out) - 1
            while self.out[at] == 0xFF:
                self.out[at] = 0
                at -= 1
            self.out[at] += 1
        self.out.append(self._low >> 16 & 0xFF)
        self._low = (self._low & 0xFFFF) << 8


class Decoder:
    def __init__(self, cells: array, data) -> None:
        self.cells = cells
        self._data = data
        self._at = 0
        self._range = _FULL_RANGE
        self._code = 0
        for _ in range(3):
            self._shift()

    def bit(self, context: int, _bit: int) -> int:
        cell = self.cells[context]
        split = (self._range >> _PROBABILITY_BITS) * (cell >> _STATE_BITS)
        bit = self._code >= split
        if bit:
            self._code -= split
            self._range -= split
        else:
            self._range = split
        self.cells[context] = _updated(cell, bit)
        self._grow()
        return int(bit)

    def number(self, _value: int, bits: int) -> int:
        value = 0
        for _ in range(bits):
            self._range >>= 1
            bit = self._code >= self._range
            if bit:
                self._code -= self._range
            value = value << 1 | bit
            self._grow()
        return value

    def _grow(self) -> None:
        while self._range < _LEAST_RANGE:
            self._range <<= 8
            self._shift()

    def _shift(self) -> None:
        byte = self._data[self._at] if self._at < len(self._data) else 0
        self._at += 1
        self._code = self._code << 8 | byte
