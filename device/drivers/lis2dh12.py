"""LIS2DH12: how the probe lies and moves, three axes, 25 samples a second, 1 mg a count.

Registers are from the data sheet, ST DS10877, section 8, as known, not read again here: check them
against the data sheet before a board is made.
"""

from device.drivers import Registers, must_be, signed

ADDRESS = 0x19  # SA0 high
RATE_HZ = 25
_WHO_AM_I = 0x0F
_CONTROL_1, _CONTROL_4, _CONTROL_5 = 0x20, 0x23, 0x24
_FIFO, _FIFO_STATE = 0x2E, 0x2F
_OUT_AND_ON = 0xA8  # the top bit: go on to the next register
_25_HZ_XYZ, _WHOLE_2G_12_BIT, _USE_FIFO, _STREAM = 0x37, 0x88, 0x40, 0x80
_OVERRUN = 0x40


class Lis2dh12:
    def __init__(self, i2c, address: int = ADDRESS) -> None:
        self._registers = Registers(i2c, address)
        self._six = bytearray(6)
        self.overruns = 0  # times that samples were lost because nobody took them
        must_be("LIS2DH12", self._registers.byte(_WHO_AM_I), 0x33)

    def start(self) -> None:
        self._registers.put(_CONTROL_4, _WHOLE_2G_12_BIT)
        self._registers.put(_CONTROL_5, _USE_FIFO)
        self._registers.put(_FIFO, 0)  # emptied
        self._registers.put(_FIFO, _STREAM)
        self._registers.put(_CONTROL_1, _25_HZ_XYZ)

    def read_into(self, x, y, z) -> int:
        """Put the waiting samples, mg, oldest first, into the arrays; how many: as many as fit."""
        state = self._registers.byte(_FIFO_STATE)
        waiting = state & 31
        if state & _OVERRUN:
            self.overruns += 1
            waiting = 32
        taken = min(waiting, len(x))
        for n in range(taken):
            self._registers.fill(_OUT_AND_ON, self._six)
            x[n] = self._milli_g(0)
            y[n] = self._milli_g(2)
            z[n] = self._milli_g(4)
        return taken

    def sleep(self) -> None:
        self._registers.put(_CONTROL_1, 0)

    def _milli_g(self, at: int) -> int:
        return signed(self._six[at] | self._six[at + 1] << 8, 16) >> 4
