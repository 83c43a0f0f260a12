"""Plays a pattern of device/signals.py on two lights and a buzzer. Pins and clock come in."""

from device.signals import AMBER, GREEN, NOTHING, RED


class Lights:
    """red, green: value(0 or 1); buzzer: freq(hz) and duty_u16(share)."""

    def __init__(self, red, green, buzzer) -> None:
        self._red, self._green, self._buzzer = red, green, buzzer
        self._pattern: tuple = NOTHING
        self._place = self._rounds = 0
        self._until_ms: int | None = None  # the next step; None: at once

    def show(self, pattern) -> None:
        self._pattern = pattern
        self._place = self._rounds = 0
        self._until_ms = None

    def hint(self, pattern) -> None:
        """Show it when nothing else is shown: an alert goes before."""
        _, steps, times = self._pattern
        if not steps or (times and self._rounds >= times):
            self.show(pattern)

    def play(self, now_ms: int) -> None:
        """The next step of the pattern when it is due: on and off in turn."""
        colour, steps, times = self._pattern
        if self._until_ms is not None and now_ms < self._until_ms:
            return
        if not steps or (times and self._rounds >= times):
            self._light(NOTHING[0], 0)
            return
        on_ms, off_ms, tone_hz = steps[self._place // 2]
        resting = self._place % 2
        self._light(NOTHING[0] if resting else colour, 0 if resting else tone_hz)
        self._until_ms = now_ms + (off_ms if resting else on_ms)
        self._place = (self._place + 1) % (2 * len(steps))
        self._rounds += not self._place

    def _light(self, colour: str, tone_hz: int) -> None:
        self._red.value(int(colour in (RED, AMBER)))
        self._green.value(int(colour in (GREEN, AMBER)))
        if tone_hz:
            self._buzzer.freq(tone_hz)
        self._buzzer.duty_u16(32_768 if tone_hz else 0)
