"""The flash chip on SPI. Runs under pytest and, unchanged, on MicroPython."""

import errno

from device.drivers import WrongChip
from device.drivers.w25q128 import PAGE, SECTOR, SIZE, W25q128


class FakeChip:
    """A W25Q128 on its bus, command by command as the data sheet describes it. It is the SPI bus,
    and calling `select` begins (0) and ends (1) a command."""

    def __init__(self, identity=b"\xef\x40\x18"):
        self.identity = identity
        self.asleep = True  # as an earlier run may have left it
        self.protected = False
        self.slow = 2  # times it is asked while it works
        self._sectors = {}
        self._busy = 0
        self._enabled = False
        self._out = None

    def select(self, level):
        if level == 0:
            self._in = b""
        elif self._in[:1] in (b"\x02", b"\x20") and self._enabled:
            self._work()

    def write(self, data):
        self._in += bytes(data)
        code = self._in[0]
        if code == 0xAB:
            self.asleep = False
        elif code == 0xB9:
            self.asleep = True
        elif code == 0x06 and not (self.asleep or self._busy or self.protected):
            self._enabled = True

    def readinto(self, buffer):
        code = self._in[0]
        for n in range(len(buffer)):
            buffer[n] = 0xFF if self.asleep else self._byte(code, n)

    def _byte(self, code, n):
        if code == 0x9F:
            return self.identity[n]
        if code == 0x05:
            status = (1 if self._busy else 0) | (2 if self._enabled else 0)
            self._busy = max(0, self._busy - 1)
            if not self._busy and status & 1:
                self._enabled = False
            return status
        assert code == 0x03 and not self._busy  # while it works it reads nothing
        return self._at(self._address() + n)

    def _address(self):
        return self._in[1] << 16 | self._in[2] << 8 | self._in[3]

    def _at(self, address):
        sector = self._sectors.get(address // SECTOR)
        return 0xFF if sector is None else sector[address % SECTOR]

    def _work(self):
        address = self._address()
        self._busy = self.slow
        if self._in[0] == 0x20:
            self._sectors.pop(address // SECTOR, None)
            return
        sector = self._sectors.setdefault(address // SECTOR, bytearray(b"\xff" * SECTOR))
        page = address % SECTOR // PAGE * PAGE
        for n, byte in enumerate(self._in[4:]):
            sector[page + (address + n) % PAGE] &= byte  # it wraps inside its page


def flash_on(chip):
    return W25q128(chip, chip.select)


def read(flash, address, count):
    buffer = bytearray(count)
    flash.read(address, buffer)
    return bytes(buffer)


def refused(error, function, *arguments):
    try:
        function(*arguments)
    except error as found:
        return found
    return None


def test_bits_only_go_down_until_a_sector_is_erased():
    flash = flash_on(FakeChip())
    assert (flash.SIZE, flash.SECTOR, flash.PAGE) == (SIZE, 4096, 256) == (16777216, 4096, 256)
    assert read(flash, 0, 4) == b"\xff" * 4
    flash.program(SECTOR + 250, b"\x0f\xf0\x55")
    flash.program(SECTOR + 250, b"\xfe")
    assert read(flash, SECTOR + 249, 5) == b"\xff\x0e\xf0\x55\xff"
    flash.program(SIZE - 1, b"\x00")
    flash.erase(SECTOR)
    assert read(flash, SECTOR + 250, 3) == b"\xff" * 3
    assert read(flash, SIZE - 2, 2) == b"\xff\x00"


def test_a_whole_page():
    flash = flash_on(FakeChip())
    flash.program(512, bytes(range(256)))
    assert read(flash, 510, 260) == b"\xff\xff" + bytes(range(256)) + b"\xff\xff"


def test_what_the_chip_would_wrap_is_refused():
    flash = flash_on(FakeChip())
    for address, count in ((0, 257), (255, 2), (SIZE, 1), (-1, 1), (SIZE + SECTOR, 4)):
        assert refused(ValueError, flash.program, address, bytes(count))
    for address in (1, SECTOR - 1, SIZE, -SECTOR):
        assert refused(ValueError, flash.erase, address)
    assert refused(ValueError, flash.read, SIZE - 1, bytearray(2))


def test_a_chip_that_never_finishes_is_told():
    chip = FakeChip()
    flash = flash_on(chip)
    chip.slow = 1 << 20
    assert refused(OSError, flash.program, 0, b"\x00").errno == errno.ETIMEDOUT


def test_a_chip_that_takes_no_writes_is_told():
    chip = FakeChip()
    flash = flash_on(chip)
    chip.protected = True
    assert "protected" in str(refused(OSError, flash.program, 0, b"\x00"))
    assert "protected" in str(refused(OSError, flash.erase, 0))


def test_no_chip_and_another_chip():
    assert refused(OSError, flash_on, FakeAbsent()).errno == errno.ETIMEDOUT  # all ones: busy
    assert "0xef6018" in str(refused(WrongChip, flash_on, FakeChip(b"\xef\x60\x18")))


def test_it_sleeps_and_is_woken_by_the_next_start():
    chip = FakeChip()
    flash_on(chip).sleep()
    assert chip.asleep
    assert read(flash_on(chip), 0, 1) == b"\xff" and not chip.asleep


class FakeAbsent:
    """A bus on which nobody answers."""

    def select(self, level):
        pass

    def write(self, data):
        pass

    def readinto(self, buffer):
        for n in range(len(buffer)):
            buffer[n] = 0xFF
