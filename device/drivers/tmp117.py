"""TMP117: the temperature of the probe's face against the skin, +-0.1 Cel, one reading at a time.

Registers are from the data sheet, TI SNOSD82, table 7-3, as known, not read again here: check them
against the data sheet before a board is made.
"""

from device.drivers import Registers, must_be, signed

ADDRESS = 0x48
_RESULT, _CONFIG, _ID = 0x00, 0x01, 0x0F
_ONE_SHOT_MEAN_OF_8 = 0x0C20  # takes 125 ms, then it sleeps
_READY = 0x2000
_NEVER = 0x8000  # what the result holds before the first reading


class Tmp117:
    def __init__(self, i2c, address: int = ADDRESS) -> None:
        self._registers = Registers(i2c, address)
        must_be("TMP117", self._registers.word(_ID) & 0x0FFF, 0x117)

    def start(self) -> None:
        """Begin one reading."""
        self._registers.put_word(_CONFIG, _ONE_SHOT_MEAN_OF_8)

    def ready(self) -> bool:
        """True once after each reading: asking clears it."""
        return bool(self._registers.word(_CONFIG) & _READY)

    def centidegrees(self) -> int | None:
        """The last reading in 0.01 Cel; None before the first one."""
        counts = self._registers.word(_RESULT)
        if counts == _NEVER:
            return None
        return (signed(counts, 16) * 100 + 64) >> 7  # 7.8125 mCel a count
