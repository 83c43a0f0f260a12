"""MAX17048: how full the battery is, by its voltage and a model of the cell.

Registers are from the data sheet, Analog Devices 19-6171, table 2, as known, not read again here:
check them against the data sheet before a board is made.
"""

from device.drivers import Registers, must_be, signed

ADDRESS = 0x36
_VOLTAGE, _CHARGE, _VERSION, _RATE = 0x02, 0x04, 0x08, 0x16


class Max17048:
    def __init__(self, i2c, address: int = ADDRESS) -> None:
        self._registers = Registers(i2c, address)
        must_be("MAX17048", self._registers.word(_VERSION) & 0xFFF0, 0x0010)

    def millivolts(self) -> int | None:
        """Of the cell; None in the first 250 ms after it was connected."""
        counts = self._registers.word(_VOLTAGE)
        return (counts * 5 + 32) >> 6 if counts else None  # 78.125 uV a count

    def percent(self) -> int | None:
        """0..100; None while the voltage is not known, for the charge follows from it."""
        if self.millivolts() is None:
            return None
        return min(100, (self._registers.word(_CHARGE) + 128) >> 8)

    def percent_per_hour(self) -> float:
        """Below 0 while it empties."""
        return signed(self._registers.word(_RATE), 16) * 0.208
