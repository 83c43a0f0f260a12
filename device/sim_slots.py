"""Two places for firmware and the boot loader of an ESP32, for machines without them.

An image begins with its version as u32, little-endian. boot() is what the boot loader does at each
start; it keeps its own state through a power cut (the real one holds it twice, with a CRC).
"""

from struct import unpack

from device.region import Region


class SimSlots:
    def __init__(self, flash) -> None:
        half = flash.SIZE // 2
        self.BLOCK = flash.SECTOR
        self.size = half
        self._slots = Region(flash, 0, half), Region(flash, half, half)
        self._chosen = False
        self.running = 0
        self.trial = False

    @property
    def version(self) -> int:
        head = bytearray(4)
        self._slots[self.running].read(0, head)
        (version,) = unpack("<I", head)
        return int(version)

    def erase(self, offset: int) -> None:
        self._other().erase(offset)

    def write(self, offset: int, data) -> None:
        self._other().program(offset, data)

    def read(self, offset: int, buffer) -> None:
        """Of the slot that does not run."""
        at = 0
        while at < len(buffer):
            part = buffer[at : at + self.BLOCK - (offset + at) % self.BLOCK]
            self._other().read(offset + at, part)
            at += len(part)

    def try_other(self) -> None:
        self._chosen = True

    def confirm(self) -> None:
        self.trial = False

    def boot(self) -> None:
        if self._chosen or self.trial:
            self.running = 1 - self.running
        self.trial, self._chosen = self._chosen, False

    def _other(self) -> Region:
        return self._slots[1 - self.running]


class FileFlash:
    """A flash that is a file, and so no part of a small heap; erased at first."""

    PAGE = 256
    SECTOR = 4096

    def __init__(self, path: str, sectors: int) -> None:
        self.SIZE = sectors * self.SECTOR
        self._file = open(path, "w+b")
        self.programs = 0
        for address in range(0, self.SIZE, self.SECTOR):
            self.erase(address)

    def read(self, address: int, buffer) -> None:
        self._file.seek(address)
        self._file.readinto(buffer)

    def program(self, address: int, data) -> None:
        self.programs += 1
        self._file.seek(address)
        self._file.write(data)

    def erase(self, address: int) -> None:
        for at in range(address, address + self.SECTOR, self.PAGE):
            self._file.seek(at)
            self._file.write(b"\xff" * self.PAGE)
