"""W25Q128JV: 16 MiB of flash on SPI, for the log of frames that have no receipt.

Commands are from the data sheet, Winbond W25Q128JV revision F, section 8, as known, not read again
here: check them against the data sheet before a board is made.

`spi` is machine.SPI, or anything with write(data) and readinto(buffer); `select` is the pin, called
with 0 to begin a command and with 1 to end it.
"""

from device.drivers import must_be, wait_until

SIZE = 16 << 20
SECTOR = 4096
PAGE = 256
_READ, _PROGRAM, _ERASE, _WRITE_ENABLE, _STATUS, _ID = 0x03, 0x02, 0x20, 0x06, 0x05, 0x9F
_WAKE, _POWER_DOWN = 0xAB, 0xB9
_JEDEC = 0xEF4018
_BUSY, _ENABLED = 1, 2
_PROGRAM_MS, _ERASE_MS, _WAKE_MS = 5, 500, 2


class W25q128:
    SIZE, SECTOR, PAGE = SIZE, SECTOR, PAGE

    def __init__(self, spi, select) -> None:
        self._spi = spi
        self._select = select
        self._head = bytearray(4)
        self._one = bytearray(1)
        three = bytearray(3)
        self._command(_WAKE)
        wait_until(self._idle, _WAKE_MS, "W25Q128")
        self._command(_ID, answer=three)
        must_be("W25Q128", three[0] << 16 | three[1] << 8 | three[2], _JEDEC)

    def read(self, address: int, buffer) -> None:
        """Fill the buffer with what lies from `address` on."""
        self._must_fit(address, len(buffer))
        self._at(_READ, address)
        self._spi.readinto(buffer)
        self._select(1)

    def program(self, address: int, data) -> None:
        """At most PAGE bytes inside one page; bits go from 1 to 0 only. Returns when it is done."""
        if address % PAGE + len(data) > PAGE:
            raise ValueError("%d bytes at 0x%x leave their page" % (len(data), address))
        self._must_fit(address, len(data))
        self._enable()
        self._at(_PROGRAM, address)
        self._spi.write(data)
        self._select(1)
        wait_until(self._idle, _PROGRAM_MS, "W25Q128")

    def erase(self, address: int) -> None:
        """The sector that begins at `address`: all ones. Returns when it is done."""
        if address % SECTOR:
            raise ValueError("no sector begins at 0x%x" % address)
        self._must_fit(address, SECTOR)
        self._enable()
        self._at(_ERASE, address)
        self._select(1)
        wait_until(self._idle, _ERASE_MS, "W25Q128")

    def sleep(self) -> None:
        """1 uA until it is made anew."""
        self._command(_POWER_DOWN)

    def _enable(self) -> None:
        self._command(_WRITE_ENABLE)
        if not self._status() & _ENABLED:
            raise OSError("W25Q128 is write-protected, or not there any more")

    def _idle(self) -> bool:
        return not self._status() & _BUSY

    def _status(self) -> int:
        self._command(_STATUS, answer=self._one)
        return self._one[0]

    def _command(self, code: int, answer=None) -> None:
        self._select(0)
        self._spi.write(bytes((code,)))
        if answer is not None:
            self._spi.readinto(answer)
        self._select(1)

    def _at(self, code: int, address: int) -> None:
        """Begins a command that goes on."""
        head = self._head
        head[0], head[1], head[2], head[3] = code, address >> 16, address >> 8 & 255, address & 255
        self._select(0)
        self._spi.write(head)

    def _must_fit(self, address: int, count: int) -> None:
        if not 0 <= address <= SIZE - count:
            raise ValueError("%d bytes at 0x%x are not on the chip" % (count, address))
