"""The two buttons. Runs under pytest and, unchanged, on MicroPython."""

from device.buttons import (
    HELD,
    LEARN,
    LEARN_MS,
    MARK,
    PRESSED,
    REST_MS,
    TURN,
    TURN_MS,
    ZERO,
    Button,
    Buttons,
)
from tests.device.locked import heap_lock, heap_unlock

FALLING = 4


class Pin:
    """machine.Pin with a button at it."""

    def __init__(self):
        self.level = 1
        self.handler = None

    def value(self):
        return self.level

    def irq(self, handler, trigger):
        assert trigger == FALLING
        self.handler = handler

    def set(self, level):
        if self.level and not level:
            self.handler(self)
        self.level = level


class Hand:
    """Buttons that are looked at every `step_ms`."""

    def __init__(self, step_ms):
        self.event, self.zero = Pin(), Pin()
        self.buttons = Buttons(self.event, self.zero, FALLING)
        self.step_ms = step_ms
        self.ms = 0

    def wait(self, duration_ms, recording):
        found = []
        for _ in range(duration_ms // self.step_ms):
            self.ms += self.step_ms
            what = self.buttons.look(self.ms, recording)
            if what:
                found.append(what)
        return found

    def press(self, pin, duration_ms, recording):
        """With contacts that bounce."""
        for level in (0, 1, 0):
            pin.set(level)
        found = self.wait(duration_ms, recording)
        for level in (1, 0, 1):
            pin.set(level)
        return found + self.wait(1000, recording)


def test_a_short_press_is_told_once_however_seldom_it_is_looked_for():
    for step_ms in (20, 250):
        for duration_ms in (0, 60, 1000):
            hand = Hand(step_ms)
            assert hand.press(hand.event, duration_ms, True) == [MARK]
            assert hand.press(hand.event, duration_ms, True) == [MARK]
            assert hand.press(hand.zero, duration_ms, True) == [ZERO]
            assert hand.wait(10_000, True) == []


def test_a_long_press_is_told_while_it_is_down_and_once():
    for step_ms in (20, 250):
        for recording in (False, True):
            hand = Hand(step_ms)
            assert hand.press(hand.event, 3 * TURN_MS, recording) == [TURN]
            expected = [] if recording else [LEARN]
            assert hand.press(hand.zero, 3 * LEARN_MS, recording) == expected


def test_without_a_recording_short_presses_do_nothing():
    hand = Hand(20)
    assert hand.press(hand.event, 100, False) == hand.press(hand.zero, 100, False) == []


def test_contacts_that_do_not_come_to_rest_are_one_press():
    button = Button(TURN_MS)
    found = []
    for now_ms in range(0, 2000, 10):
        if now_ms < 1000 and now_ms % 40 == 0:
            button.fell()
        found.append(button.look(1, now_ms))
    assert [what for what in found if what] == [PRESSED]
    assert found[(960 + REST_MS) // 10] == PRESSED


def test_a_button_that_is_stuck_is_told_once():
    button = Button(TURN_MS)
    found = [button.look(0, now_ms) for now_ms in range(0, 60_000, 250)]
    assert [what for what in found if what] == [HELD]


def test_nothing_is_allocated_while_they_are_looked_at():
    hand = Hand(20)
    told = 0
    heap_lock()
    try:
        for _ in range(3):
            hand.event.set(0)
            hand.event.set(1)
            for _ in range(5):
                hand.ms += 20
                told += hand.buttons.look(hand.ms, True)
    finally:
        heap_unlock()
    assert told == 3 * MARK
