"""What a hand and an eye find on the board: two buttons, two lights, a buzzer."""

import esp32
import machine

from device.buttons import Buttons
from device.lights import Lights
from device.signals import NOTHING


class Panel:
    def __init__(self, pins: dict) -> None:
        self._event, zero = (
            machine.Pin(pins[net], machine.Pin.IN, machine.Pin.PULL_UP)
            for net in ("BUTTON_EVENT", "BUTTON_ZERO")
        )
        self.buttons = Buttons(self._event, zero, machine.Pin.IRQ_FALLING)
        red, green = (
            machine.Pin(pins[net], machine.Pin.OUT, value=0) for net in ("LED_RED", "LED_GREEN")
        )
        self.lights = Lights(red, green, machine.PWM(pins["BUZZER"], duty_u16=0))

    def sleep(self, now_ms: int) -> None:
        """Dark, until the event button is pressed: then the board starts anew."""
        self.lights.show(NOTHING)
        self.lights.play(now_ms)
        esp32.wake_on_ext0(self._event, esp32.WAKEUP_ALL_LOW)
        machine.deepsleep()
