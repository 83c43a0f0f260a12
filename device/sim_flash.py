"""A NOR flash as its data sheet describes it, for machines without one.

Programming only clears bits, up to a page at a time; erasing sets all bits of a sector. The power
may be cut after any byte of a program and anywhere inside an erase: what was under way is left
half done, and everything after that raises PowerCut until power() is called.
"""


class PowerCut(Exception):  # noqa: N818  it is no error of the software
    """The board is off."""


class SimFlash:
    """`bits(n)` gives n random bits, like random.getrandbits: how half-done bytes look."""

    PAGE = 256
    ERASE = 512  # bytes that can be programmed meanwhile, for `left`

    def __init__(self, size: int, bits, sector: int = 4096) -> None:
        self.SECTOR = sector
        self.SIZE = size
        self.memory = [bytearray(b"\xff" * sector) for _ in range(size // sector)]
        self.erased = [0] * (size // sector)  # how often each sector was
        self.left: int | None = None  # bytes until the power is cut; None: never
        self._bits = bits

    def power(self) -> None:
        self.left = None

    def read(self, address: int, buffer) -> None:
        self._spend(0)
        at = address % self.SECTOR  # a read that goes on in the next sector is never needed
        buffer[:] = self.memory[address // self.SECTOR][at : at + len(buffer)]

    def program(self, address: int, data) -> None:
        if not 0 < len(data) <= self.PAGE - address % self.PAGE:
            raise ValueError("%d bytes at %d cross a page" % (len(data), address))
        done = self._spend(len(data))
        memory = self.memory[address // self.SECTOR]
        start = address % self.SECTOR
        for at in range(done):
            if data[at] & ~memory[start + at]:
                raise ValueError("bits at %d are not erased" % (address + at))
            memory[start + at] = data[at]
        if done < len(data):
            memory[start + done] &= data[done] | self._bits(8)
            raise PowerCut

    def erase(self, address: int) -> None:
        if address % self.SECTOR:
            raise ValueError("%d is not the start of a sector" % address)
        done = self._spend(self.ERASE)
        self.erased[address // self.SECTOR] += 1
        memory = self.memory[address // self.SECTOR]
        if done == self.ERASE:
            memory[:] = b"\xff" * self.SECTOR
            return
        for at in range(self.SECTOR):
            memory[at] |= self._bits(8)
        raise PowerCut

    def _spend(self, count: int) -> int:
        """How many of these bytes are done before the power is cut."""
        if self.left is None:
            return count
        if self.left <= 0:
            raise PowerCut
        done = min(count, self.left)
        self.left -= done
        return done
