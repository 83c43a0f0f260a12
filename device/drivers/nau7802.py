"""NAU7802: the strain gauge of the toco, 24 bit, 20 readings a second; it feeds the bridge.

Registers are from the data sheet, Nuvoton NAU7802 revision 1.7, section 11, as known, not read
again here: check them against the data sheet before a board is made.
"""

from device.drivers import Registers, must_be, signed, wait_until

ADDRESS = 0x2A
RAIL = (1 << 23) - 1  # counts: the bridge is beyond what can be measured
RATE_HZ = 20
_POWER, _CONTROL_1, _CONTROL_2, _RESULT = 0x00, 0x01, 0x02, 0x12
_CHOPPER, _CAPACITOR, _REVISION = 0x15, 0x1C, 0x1F
_RESET, _DIGITAL_ON, _ALL_ON = 0x01, 0x02, 0x86  # all: digital, analogue, bridge from the LDO
_UP, _CYCLE, _READY = 0x08, 0x10, 0x20
_LDO_3V_GAIN_128 = 0x2F
_RATE_20 = 0x10
_CALIBRATE, _CALIBRATION_FAILED = 0x04, 0x08
_START_MS, _CALIBRATE_MS = 10, 1000


class Nau7802:
    def __init__(self, i2c, address: int = ADDRESS) -> None:
        self._registers = Registers(i2c, address)
        self._three = bytearray(3)
        must_be("NAU7802", self._registers.byte(_REVISION) & 0x0F, 0x0F)

    def start(self) -> None:
        """Reset, calibrate the offset, measure. OSError(ETIMEDOUT): it did not come up."""
        self._registers.put(_POWER, _RESET)
        self._registers.put(_POWER, _DIGITAL_ON)
        wait_until(lambda: self._registers.byte(_POWER) & _UP, _START_MS, "NAU7802")
        self._registers.put(_POWER, _ALL_ON)
        self._registers.put(_CONTROL_1, _LDO_3V_GAIN_128)
        self._registers.put(_CHOPPER, 0x30)
        self._registers.put(_CAPACITOR, 0x80)
        self._registers.put(_CONTROL_2, _RATE_20 | _CALIBRATE)
        wait_until(
            lambda: not self._registers.byte(_CONTROL_2) & _CALIBRATE, _CALIBRATE_MS, "NAU7802"
        )
        if self._registers.byte(_CONTROL_2) & _CALIBRATION_FAILED:
            raise OSError("NAU7802 could not calibrate: is the bridge connected?")
        self._registers.put(_POWER, _ALL_ON | _CYCLE)

    def ready(self) -> bool:
        """Whether there is a reading that was not taken yet."""
        return bool(self._registers.byte(_POWER) & _READY)

    def counts(self) -> int:
        """The newest reading, -2**23..2**23 - 1; at either end it is beyond the range."""
        self._registers.fill(_RESULT, self._three)
        value = self._three[0] << 16 | self._three[1] << 8 | self._three[2]
        return signed(value, 24)

    def sleep(self) -> None:
        """Bridge off too."""
        self._registers.put(_POWER, 0)
