"""The rate out of Doppler sound. Runs under pytest and, unchanged, on MicroPython.

RESULTS were written by CPython; every interpreter, with its native emitter or without, gives them.
"""

from array import array

from device.autocorrelation import likeness
from device.bandpass import new_state, strengths
from device.coincidence import Coincidence
from device.doppler import Doppler
from device.envelope import square_root
from device.fhr import HOP, Heart
from device.payloads import GAP_16
from device.placement import OWN_HEART, Placement, median
from device.tracker import Tracker
from tests.device.locked import heap_lock, heap_unlock


class Beating:
    """Sound made of whole numbers: a square tone in bursts, over a noise."""

    def __init__(self, period, loud, noise, half_wave=3):
        self.samples = array("H", [2048] * HOP)
        self._period = period  # samples
        self._loud = loud
        self._noise = noise
        self._half_wave = half_wave  # samples: 3 is 333 Hz, 7 is 143 Hz
        self._at = 0
        self._random = 1

    def next(self):
        place = 0
        while place < HOP:
            self._random = (self._random * 1103 + 12345) & 0x3FFFF
            value = 2048 + (self._random >> 6) % (2 * self._noise + 1) - self._noise
            if self._at % self._period < 120:
                value += self._loud if (self._at // self._half_wave) & 1 else -self._loud
            self.samples[place] = value
            self._at += 1
            place += 1
        return self.samples


def told(beating, updates):
    heart = Heart()
    return [
        (heart.hear(beating.next()), heart.count, heart.quality_percent)[1:] for _ in range(updates)
    ]


def test_a_steady_heart_is_told_to_half_a_beat():
    for period, quarters in ((500, 960), (800, 600), (857, 560), (1263, 380), (2400, 200)):
        for count, quality in told(Beating(period, 300, 40), 20)[14:]:
            assert abs(count - quarters) <= 2 and quality > 80


def test_nothing_is_told_before_the_window_is_full_and_of_noise_and_silence():
    assert [count for count, _ in told(Beating(857, 300, 40), 11)] == [GAP_16] * 11
    for beating in (Beating(857, 0, 200), Beating(857, 0, 0)):
        assert {count for count, _ in told(beating, 20)} == {GAP_16}


def test_a_rate_below_the_range_is_not_told():
    assert {count for count, _ in told(Beating(2857, 300, 40), 20)} == {GAP_16}  # 42 bpm


def test_a_lost_heart_becomes_a_gap_and_never_the_last_value():
    heart = Heart()
    for beating in (Beating(857, 300, 20), Beating(857, 0, 20)):
        for _ in range(20):
            heart.hear(beating.next())
    assert heart.count == GAP_16 and heart.quality_percent < 45


def test_a_heart_that_doubles_unheard_is_not_told_as_half_for_ever():
    heart = Heart()
    for period, loud, updates in ((1714, 300, 16), (1714, 0, 4), (857, 300, 26)):
        beating = Beating(period, loud, 20)
        for _ in range(updates):
            heart.hear(beating.next())
    assert abs(heart.count - 560) <= 2


def test_hearing_allocates_nothing():
    doppler = Doppler(2)
    one, other = Beating(857, 300, 40), Beating(700, 300, 40)
    heap_lock()
    try:
        hear_both(doppler, one, other, 16)
    finally:
        heap_unlock()
    assert doppler.count == 560 and doppler.second_count in (685, 686)


def hear_both(doppler, one, other, updates):
    while updates:
        doppler.hear(one.next(), other.next(), 300)
        updates -= 1


def hash_of(words):
    total = 7
    for word in words:
        total = (total * 31 + word) & 0xFFFFFF
    return total


def test_every_interpreter_gives_the_same_numbers():
    heart = Heart()
    beating = Beating(860, 150, 300)
    found = []
    for _ in range(16):
        heart.hear(beating.next())
        found += [hash_of(heart.heart), hash_of(heart.vessel), heart.count, heart.quality_percent]
    assert hash_of(found) == FOUND
    samples = array("H", [4095 * (n // 5 & 1) for n in range(HOP)])  # as loud as can be
    strong, slow = array("H", [0] * 50), array("H", [0] * 50)
    strengths(samples, 50, new_state(), strong, slow)
    assert (hash_of(strong), hash_of(slow), max(strong)) == LOUDEST


FOUND = 16014639
LOUDEST = (7170412, 12449124, 8423)


def test_square_root():
    for value in (0, 1, 2, 3, 4, 15, 16, 17, 999_999, 1_000_000, (1 << 30) - 1):
        root = square_root(value)
        assert root * root <= value < (root + 1) * (root + 1)


def test_silence_is_like_nothing():
    energy = array("I", [0, 0, 0, 0])
    assert likeness(0, energy, 3, 1) == 0


def test_another_rate_must_last_before_it_is_told():
    tracker = Tracker()
    rates = []
    for rate, likeness_ in [(560, 900)] * 5 + [(300, 900)] * 9 + [(300, 400)] * 13:
        tracker.update(rate, likeness_)
        rates.append(tracker.rate)
    assert rates == [0, 0, 0, 560, 560] + [0] * 7 + [300, 300] + [0] * 13
    assert tracker.known == 0


def test_placement_levels():
    placement = Placement()
    levels = []
    for quality, known in ((10, False), (30, False), (50, True), (80, True), (80, True)):
        for _ in range(60):
            placement.update(quality, known, False)
        levels.append(placement.level)
    assert levels == [0, 1, 2, 3, 3]
    assert (placement.best_percent, placement.as_good_as_ever()) == (80, True)
    for _ in range(20):
        placement.update(60, True, False)
    assert not placement.as_good_as_ever()
    placement.forget()
    assert placement.best_percent == 0


def test_her_own_heart_goes_before_the_level():
    placement = Placement()
    assert not placement.own_heart
    for own in (False,) * 20 + (True,) * 8:
        placement.update(90, True, own)
    assert placement.own_heart and placement.pattern() == OWN_HEART
    assert placement.best_percent == 90  # while it was not hers
    for _ in range(8):
        placement.update(0, False, False)
    assert not placement.own_heart


def test_a_low_sound_is_the_mothers():
    doppler = Doppler(1)
    beating = Beating(1600, 400, 40, 7)
    for _ in range(20):
        doppler.hear(beating.next(), None, GAP_16)
    assert doppler.count == 300 and doppler.placement.own_heart


def test_the_pulse_tells_the_mothers_rate():
    doppler = Doppler(1)
    beating = Beating(1600, 400, 40)
    for _ in range(20):
        doppler.hear(beating.next(), None, GAP_16)
    assert not doppler.placement.own_heart
    for _ in range(8):
        doppler.hear(beating.next(), None, 318)
    assert doppler.placement.own_heart


def test_twins_that_are_one_heart():
    twins = Coincidence()
    for n in range(130):
        twins.update(560 + n % 9, 560)
    assert twins.same
    for n in range(130):
        twins.update(560, 540 + n % 5)
    assert not twins.same
    twins.update(GAP_16, 560)
    assert not twins.same


def test_median():
    assert median(bytearray((9, 1, 5))) == 5
    assert median(bytearray((4, 4, 1, 2))) == 2
