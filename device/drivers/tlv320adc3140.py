"""TLV320ADC3140: the Doppler sound of two ultrasound channels, on I2S, 8 kHz and 16 bit.

The chip makes its clocks from the I2S bit clock, for MicroPython's I2S gives no master clock.
Registers (page 0) are from the data sheet, TI SBAS993, section 8.6, as known, not read again
here: check them against the data sheet before a board is made. It has no id: what it holds after
a reset must do.
"""

from device import emitter as micropython
from device.drivers import Registers, must_be, wait_until
from device.emitter import ptr16

ADDRESS = 0x4C  # ADDR0 and ADDR1 low
RATE_HZ = 8000  # that the I2S must have: two slots of 16 bit
_PAGE, _RESET, _SLEEP, _FORMAT = 0x00, 0x01, 0x02, 0x07
_INPUT_1, _GAIN_1, _INPUT_2, _GAIN_2 = 0x3C, 0x3D, 0x41, 0x42
_INPUTS, _OUTPUTS, _POWER, _CHANNELS_UP, _STATE = 0x73, 0x74, 0x75, 0x76, 0x77
_AWAKE_OWN_1V8 = 0x81
_I2S_16_BIT = 0x40
_LINE_SINGLE_ENDED = 0xA0
_BOTH = 0xC0
_ADC_AND_PLL = 0x60
_AFTER_RESET = ((_STATE, 0x80), (_INPUTS, 0xF0))
_UP_MS = 50


class Tlv320adc3140:
    def __init__(self, i2c, address: int = ADDRESS) -> None:
        self._registers = Registers(i2c, address)
        self._registers.put(_PAGE, 0)
        self._registers.put(_RESET, 1)
        for register, value in _AFTER_RESET:
            must_be("TLV320ADC3140", self._registers.byte(register), value)

    def start(self, gain_db: int) -> None:
        """gain_db: 0..42, of both. The I2S must run already: without its clock nothing comes up,
        and OSError(ETIMEDOUT) says so."""
        if not 0 <= gain_db <= 42:
            raise ValueError("gain of %d dB is not in 0..42" % gain_db)
        self._registers.put(_SLEEP, _AWAKE_OWN_1V8)
        self._registers.put(_FORMAT, _I2S_16_BIT)
        for source, gain in ((_INPUT_1, _GAIN_1), (_INPUT_2, _GAIN_2)):
            self._registers.put(source, _LINE_SINGLE_ENDED)
            self._registers.put(gain, gain_db << 2)
        self._registers.put(_INPUTS, _BOTH)
        self._registers.put(_OUTPUTS, _BOTH)
        self._registers.put(_POWER, _ADC_AND_PLL)
        wait_until(self._up, _UP_MS, "TLV320ADC3140")

    def sleep(self) -> None:
        self._registers.put(_POWER, 0)
        self._registers.put(_SLEEP, 0)

    def _up(self) -> bool:
        return self._registers.byte(_CHANNELS_UP) & _BOTH == _BOTH


@micropython.viper
def to_sound(words: ptr16, count: int, left: ptr16, right: ptr16):
    """What the I2S gave (16 bit, left and right in turn, 8 * count words) as 12 bit sound at 2 kHz:
    means of four, 0..4095, 2048 is silence. Array("H") all of them."""
    n = 0
    at = 0
    while n < count:
        one = 0
        other = 0
        end = at + 8
        while at < end:
            one += words[at] ^ 0x8000
            other += words[at + 1] ^ 0x8000
            at += 2
        left[n] = one >> 6
        right[n] = other >> 6
        n += 1
