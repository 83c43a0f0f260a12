"""A flash that is a file: it is no part of a board's memory, and here neither of the heap."""


class FileFlash:
    """Erased at first. See device/sim_flash.py."""

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
