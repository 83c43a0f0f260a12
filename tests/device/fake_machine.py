"""MicroPython's modules machine and esp32 on the probe's board, as device/board*.py use them.

Pins keep their levels and can be pressed; the chips are those of fake_i2c and test_w25q128; the
sound that the converter gives is what `ears(words)` puts there.
"""

import sys

from tests.device import fake_i2c
from tests.device.fake_i2c import FakeI2C, WordChip
from tests.device.fake_modem import FakeModem, Serial
from tests.device.test_board_slots import Esp32
from tests.device.test_w25q128 import FakeChip

FLASH_CS = 42
GAUGE = {0x08: 0x0012, 0x02: 48640, 0x04: 0x5A80, 0x16: 0xFFF6}


BOARD = ("board_main", "board_esp32s3", "board_panel", "board_slots", "board_ultrasound")


def imported(name, modules):
    """A module of device/ for a board that has these modules, which nobody else finds."""
    sys.modules.update(modules)
    try:
        return __import__("device." + name, None, None, ["*"])
    finally:
        for each in list(modules):
            del sys.modules[each]
        for each in BOARD:
            sys.modules.pop("device." + each, None)


class Reset(Exception):  # noqa: N818  what a real one does
    pass


class Fake:
    """The module machine. `levels` by GPIO, `shares` of PWM by GPIO."""

    PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5

    def __init__(self, ears):
        self.levels, self.shares, self.handlers = {}, {}, {}
        self.ears = ears
        self.fed = 0
        self.noted = b""
        self.converter = fake_i2c.FakeTlv320adc3140()
        self.strain = fake_i2c.FakeNau7802()
        others = fake_i2c.FakeMax30102(), fake_i2c.FakeTmp117(), fake_i2c.FakeLis2dh12()
        self.chips = (self.strain, self.converter, WordChip(0x36, GAUGE)) + others  # noqa: RUF005
        self.flash = FakeChip()
        self.esp32 = Esp32()
        self.esp32.WAKEUP_ALL_LOW = 0
        self.esp32.wake_on_ext0 = self._wakes
        self.wakes_on = None
        self.Pin, self.PWM, self.I2S = pin_of(self), pwm_of(self), i2s_of(self)
        self.RTC = self.WDT = lambda **_: self

    def I2C(self, _number, **_):  # noqa: N802
        return FakeI2C(*self.chips)

    def UART(self, _number, _baud, **_):  # noqa: N802
        return Serial(FakeModem())

    def SPI(self, *_, **__):  # noqa: N802
        return self.flash

    def reset_cause(self):
        return self.PWRON_RESET

    def memory(self, *noted):
        if noted:
            self.noted = bytes(noted[0])
        return self.noted

    def feed(self):
        self.fed += 1

    def reset(self):
        raise Reset("reset")

    def deepsleep(self):
        raise Reset("deepsleep")

    def _wakes(self, pin, level):
        self.wakes_on = pin.number, level

    def press(self, number, level):
        if level < self.levels[number] and number in self.handlers:
            self.handlers[number](None)
        self.levels[number] = level


def pin_of(machine):
    class Pin:
        IN, OUT, PULL_UP, IRQ_FALLING = 0, 1, 2, 2

        def __init__(self, number, mode, pull=None, value=1):
            self.number = number
            self.mode = mode
            machine.levels[number] = value

        def value(self, *level):
            if level:
                assert self.mode == Pin.OUT
                machine.levels[self.number] = level[0]
                if self.number == FLASH_CS:
                    machine.flash.select(level[0])
            return machine.levels[self.number]

        __call__ = value

        def irq(self, handler, trigger):
            assert trigger == Pin.IRQ_FALLING and self.mode == Pin.IN
            machine.handlers[self.number] = handler

    return Pin


def pwm_of(machine):
    class Pwm:
        def __init__(self, number, freq=None, duty_u16=0):
            self.number = number
            self.duty_u16(duty_u16)

        def duty_u16(self, share):
            machine.shares[self.number] = share

        def freq(self, _hz):
            pass

    return Pwm


def i2s_of(machine):
    class I2s:
        RX, STEREO = 0, 1

        def __init__(self, _number, bits, rate, **_):
            assert (bits, rate) == (16, 8000)

        def readinto(self, words):
            machine.ears(words)

    return I2s
