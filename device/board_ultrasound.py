"""The ultrasound of the board: transmitter, switches of the receivers, and the converter.

The converter loses its settings with the front end's power (hardware/wiring.csv: SHDNZ), so it is
started each time. The I2S must run before on().
"""

import machine

from device.clock import sleep_ms
from device.drivers.tlv320adc3140 import Tlv320adc3140

CARRIER_HZ, BURST_HZ, BURST_SHARE = 1_000_000, 2000, 13_107  # 20 % of 65536
FIRST_BEAM, SECOND_BEAM = 0, 9  # of the switches: the crystal in the centre; the twin kit at J4
GAIN_DB = 30
SETTLE_MS = 10  # of the front end's power, before the converter is asked


class Ultrasound:
    def __init__(self, pins: dict, i2c) -> None:
        self._i2c = i2c
        self._is_on = False
        self._front = machine.Pin(pins["US_POWER"], machine.Pin.OUT, value=0)
        self._carrier = machine.PWM(pins["US_CARRIER"], freq=CARRIER_HZ, duty_u16=0)
        self._gate = machine.PWM(pins["US_GATE"], freq=BURST_HZ, duty_u16=0)
        self._selectors = []
        for side, beam in (("A", FIRST_BEAM), ("B", SECOND_BEAM)):
            for bit in range(4):
                pin = machine.Pin(pins["US_SEL%s%d" % (side, bit)], machine.Pin.OUT, value=0)
                self._selectors.append((pin, beam >> bit & 1))

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
        for pin, level in self._selectors:
            pin.value(level)
        self._carrier.duty_u16(32_768)
        self._gate.duty_u16(BURST_SHARE)
        self._is_on = True

    def _stop(self) -> None:
        self._gate.duty_u16(0)
        self._carrier.duty_u16(0)
        for pin, _ in self._selectors:
            pin.value(0)  # low before the power goes
        self._front.value(0)
        self._is_on = False
