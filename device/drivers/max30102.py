"""MAX30102: red and infrared light through the mother's finger, 50 samples a second, 18 bit.

Registers are from the data sheet, Analog Devices 19-7740, tables 1 to 8, as known, not read again
here: check them against the data sheet before a board is made.
"""

from device.drivers import Registers, must_be, wait_until

ADDRESS = 0x57
RATE_HZ = 50
TOP = (1 << 18) - 1  # counts: more light than can be measured
_WRITE_POINTER, _LOST, _READ_POINTER, _DATA = 0x04, 0x05, 0x06, 0x07
_FIFO, _MODE, _SPO2, _LED_RED, _LED_INFRARED, _PART = 0x08, 0x09, 0x0A, 0x0C, 0x0D, 0xFF
_PAIRS_ROLL_OVER = 0x30  # means of 2; when full the oldest are lost, and counted
_RANGE_4096_NA_100_HZ_18_BIT = 0x27
_CURRENT = 0x24  # 7.2 mA
_RESET, _SHUT_DOWN, _RED_AND_INFRARED = 0x40, 0x80, 0x03
_DEPTH = 32
_RESET_MS = 10


class Max30102:
    def __init__(self, i2c, address: int = ADDRESS) -> None:
        self._registers = Registers(i2c, address)
        self._six = bytearray(6)
        self.lost = 0  # samples that nobody took in time
        must_be("MAX30102", self._registers.byte(_PART), 0x15)

    def start(self) -> None:
        self._registers.put(_MODE, _RESET)
        wait_until(lambda: not self._registers.byte(_MODE) & _RESET, _RESET_MS, "MAX30102")
        self._registers.put(_FIFO, _PAIRS_ROLL_OVER)
        self._registers.put(_SPO2, _RANGE_4096_NA_100_HZ_18_BIT)
        self._registers.put(_LED_RED, _CURRENT)
        self._registers.put(_LED_INFRARED, _CURRENT)
        for register in (_WRITE_POINTER, _LOST, _READ_POINTER):
            self._registers.put(register, 0)
        self._registers.put(_MODE, _RED_AND_INFRARED)

    def read_into(self, red, infrared) -> int:
        """Put the waiting samples, oldest first, into both arrays; how many: as many as fit."""
        lost = self._registers.byte(_LOST) & 31
        waiting = (
            self._registers.byte(_WRITE_POINTER) - self._registers.byte(_READ_POINTER)
        ) % _DEPTH
        if lost:
            self.lost += lost
            waiting = _DEPTH
        taken = min(waiting, len(red))
        six = self._six
        for n in range(taken):
            self._registers.fill(_DATA, six)
            red[n] = (six[0] << 16 | six[1] << 8 | six[2]) & TOP
            infrared[n] = (six[3] << 16 | six[4] << 8 | six[5]) & TOP
        return taken

    def sleep(self) -> None:
        self._registers.put(_MODE, _SHUT_DOWN)
