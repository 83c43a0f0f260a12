"""The clock that never wraps. Runs under pytest and on MicroPython."""

from device.clock import Clock, system_clock

PERIOD = 1 << 30  # of the tick counter of a board


class Ticks:
    def __init__(self, value):
        self.value = value

    def ms(self):
        return self.value % PERIOD


def diff(later, earlier):
    return (later - earlier + PERIOD // 2) % PERIOD - PERIOD // 2


def test_goes_on_when_the_counter_starts_again():
    ticks = Ticks(PERIOD - 300)
    clock = Clock(ticks.ms, diff)
    assert clock.now_ms() == 0
    for n in range(1, 10):
        ticks.value += 200
        assert clock.now_ms() == 200 * n


def test_counts_for_longer_than_the_period():
    ticks = Ticks(5)
    clock = Clock(ticks.ms, diff)
    step = PERIOD // 2 - 1
    for n in range(1, 9):
        ticks.value += step
        assert clock.now_ms() == n * step


def test_the_clock_of_this_machine_goes_forward():
    clock = system_clock()
    first = clock.now_ms()
    while clock.now_ms() < first + 3:
        pass
    assert first <= 1
