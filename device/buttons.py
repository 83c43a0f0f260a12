"""The two buttons of the probe, and what a finger means by them. No I/O and no clock.

They are looked at when the main loop comes by, 250 ms apart while it records: an interrupt at the
falling edge remembers a press in between. Nothing is allocated after the start. What they do is in
docs/device.md.
"""

REST_MS = 50  # up for so long: the contacts have come to rest
TURN_MS = 3000  # of the event button held: begin or end a recording
LEARN_MS = 5000  # of the zero button held: wait to be told by Bluetooth
PRESSED, HELD = 1, 2  # of a button; 0: nothing
MARK, TURN, ZERO, LEARN = 1, 2, 3, 4  # of both; 0: nothing


class Button:
    def __init__(self, hold_ms: int) -> None:
        self._hold_ms = hold_ms
        self._fell = False
        self._down = self._held = False
        self._since_ms = self._touched_ms = 0

    def fell(self, _pin=None) -> None:
        """The interrupt: contact was made, if only for a moment."""
        self._fell = True

    def look(self, level: int, now_ms: int) -> int:
        """level: of the pin, 0 while it is down. PRESSED when it has come up again, HELD once
        while it is still down."""
        touched = self._fell or not level
        self._fell = False
        if touched:
            return self._touch(level, now_ms)
        if not self._down or now_ms - self._touched_ms < REST_MS:
            return 0
        self._down = False
        return 0 if self._held else PRESSED

    def _touch(self, level: int, now_ms: int) -> int:
        if not self._down:
            self._down, self._held = True, False
            self._since_ms = now_ms
        self._touched_ms = now_ms
        if level or self._held or now_ms - self._since_ms < self._hold_ms:
            return 0
        self._held = True
        return HELD


class Buttons:
    """event, zero: pins with value() and irq(handler, trigger); falling: that trigger."""

    def __init__(self, event, zero, falling: int) -> None:
        self._event_pin, self._zero_pin = event, zero
        self._event, self._zero = Button(TURN_MS), Button(LEARN_MS)
        event.irq(self._event.fell, falling)
        zero.irq(self._zero.fell, falling)

    def look(self, now_ms: int, recording: bool) -> int:
        """What is to be done now: MARK and ZERO are for a recording, LEARN is for a board that
        records nothing."""
        event = self._event.look(self._event_pin.value(), now_ms)
        zero = self._zero.look(self._zero_pin.value(), now_ms)
        if event == HELD:
            return TURN
        if event == PRESSED and recording:
            return MARK
        if zero == PRESSED and recording:
            return ZERO
        return LEARN if zero == HELD and not recording else 0
