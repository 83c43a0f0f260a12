"""A part of a flash, as if it were one of its own."""


class Region:
    """From the sector at `start` on; both numbers are of whole sectors."""

    def __init__(self, flash, start: int, size: int) -> None:
        if start % flash.SECTOR or size % flash.SECTOR or start + size > flash.SIZE:
            raise ValueError("%d bytes at %d are no region" % (size, start))
        self.SIZE = size
        self.SECTOR = flash.SECTOR
        self.PAGE = flash.PAGE
        self._flash = flash
        self._start = start

    def read(self, address: int, buffer) -> None:
        self._flash.read(self._start + address, buffer)

    def program(self, address: int, data) -> None:
        """Over the ends of pages."""
        at = 0
        while at < len(data):
            size = min(len(data) - at, self.PAGE - (address + at) % self.PAGE)
            self._flash.program(self._start + address + at, data[at : at + size])
            at += size

    def erase(self, address: int = 0) -> None:
        self._flash.erase(self._start + address)
