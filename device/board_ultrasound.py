"""The ultrasound of the board: transmitter, switches of the receivers, converter and signal path.

The converter loses its settings with the front end's power (hardware/wiring.csv: SHDNZ), so it is
started each time. Its clocks are the I2S's, which runs before it.
"""

from array import array

import machine

from device.beams import Beams
from device.clock import sleep_ms
from device.doppler import Doppler
from device.drivers.adg706 import Adg706
from device.drivers.tlv320adc3140 import RATE_HZ, Tlv320adc3140, to_sound
from device.fhr import HOP

CARRIER_HZ, BURST_HZ, BURST_SHARE = 1_000_000, 2000, 13_107  # 20 % of 65536
CRYSTALS = 9  # at S1 to S9 of both switches; S1 is the one in the centre
TWIN_KIT = 10  # S10 of the second switch: J4
GAIN_DB = 30
SETTLE_MS = 10  # of the front end's power, before the converter is asked
WORDS = 8 * HOP  # of 250 ms: four of each of two channels for a sample of 2 kHz
BUFFER_BYTES = 32_000  # a second, while something else takes long


class Ultrasound:
    """`doppler`: what is heard. channels: 2 for twins."""

    def __init__(self, pins: dict, i2c, channels: int) -> None:
        self._i2c = i2c
        self._is_on = False
        self._front = machine.Pin(pins["US_POWER"], machine.Pin.OUT, value=0)
        self._carrier = machine.PWM(pins["US_CARRIER"], freq=CARRIER_HZ, duty_u16=0)
        self._gate = machine.PWM(pins["US_GATE"], freq=BURST_HZ, duty_u16=0)
        self._first, self._twin = (_switch(pins, side) for side in "AB")
        self._beams = Beams(CRYSTALS)
        self.doppler = Doppler(channels)
        self._words = array("H", bytes(2 * WORDS))
        self._left, self._right = array("H", bytes(2 * HOP)), array("H", bytes(2 * HOP))
        self._second = self._right if channels == 2 else None
        self._i2s = machine.I2S(0, sck=pins["I2S_BCLK"], ws=pins["I2S_WS"], sd=pins["I2S_DIN"],
                                mode=machine.I2S.RX, bits=16, format=machine.I2S.STEREO,
                                rate=RATE_HZ, ibuf=BUFFER_BYTES)  # fmt: skip

    def hear(self, pulse_count: int) -> None:
        """Waits for 250 ms of sound. While it transmits, the next are of the beam to listen to."""
        self._i2s.readinto(self._words)
        to_sound(self._words, HOP, self._left, self._right)
        self.doppler.hear(self._left, self._second, pulse_count)
        if self._is_on:
            self._first.select(1 + self._beams.follow(self.doppler))

    def check(self) -> None:
        """Is the converter there? Nothing is transmitted. Raises what its driver raises."""
        self._front.value(1)
        try:
            sleep_ms(SETTLE_MS)
            Tlv320adc3140(self._i2c).start(GAIN_DB)
        finally:
            self._front.value(0)

    def set(self, on: bool) -> None:
        if on and not self._is_on:
            self._start()
        elif self._is_on and not on:
            self._stop()

    def _start(self) -> None:
        self._front.value(1)
        sleep_ms(SETTLE_MS)
        Tlv320adc3140(self._i2c).start(GAIN_DB)
        self._first.select(1 + self._beams.beam)
        self._twin.select(TWIN_KIT)
        self._carrier.duty_u16(32_768)
        self._gate.duty_u16(BURST_SHARE)
        self._is_on = True

    def _stop(self) -> None:
        self._gate.duty_u16(0)
        self._carrier.duty_u16(0)
        self._first.rest()  # before the power goes
        self._twin.rest()
        self._front.value(0)
        self._is_on = False


def _switch(pins: dict, side: str) -> Adg706:
    lines = ("US_SEL%s%d" % (side, bit) for bit in range(4))
    return Adg706([machine.Pin(pins[line], machine.Pin.OUT, value=0) for line in lines])
