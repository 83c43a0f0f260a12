"""Pulse, saturation and breaths from made-up light and tilt. Runs under pytest and, unchanged, on
MicroPython."""

import gc
from math import exp, pi, sin

from device import oximeter
from device.oximeter import CURVE, Oximeter
from device.payloads import GAP_16
from device.respiration import Respiration

LIGHT = 120_000  # counts of either LED
PULSATING = 0.02


class Noise:
    """About normal, the same under both interpreters."""

    def __init__(self, seed):
        self._state = seed

    def next(self):
        total = 0
        for _ in range(4):
            self._state = (self._state * 75 + 74) % 65537
            total += self._state
        return (total - 131072) / 37837


def light(bpm, ratio, seconds, noise_counts=0, seed=1):
    """(red, infrared) of a finger with beats and the slower swell of breathing."""
    noise = Noise(seed)
    for n in range(seconds * 50):
        phase = bpm * n / 3000 % 1
        wave = exp(-(((phase - 0.2) / 0.1) ** 2)) + 0.4 * exp(-(((phase - 0.5) / 0.12) ** 2))
        wave += 0.3 * sin(pi * n / 100)
        infrared = LIGHT * (1 - PULSATING * wave / 2) + noise_counts * noise.next()
        red = LIGHT / 2 * (1 - PULSATING * ratio * wave / 2) + noise_counts * noise.next()
        yield int(red), int(infrared)


def seen(samples, moving=False):
    """What an oximeter that is asked each second tells in the end."""
    gc.collect()  # a board makes one oximeter, once
    made = Oximeter()
    for n, (red, infrared) in enumerate(samples):
        made.add(red, infrared)
        if n % 50 == 49:
            made.measure(moving)
    return made


def test_pulse_over_its_range():
    for bpm in (32, 45, 72, 110, 150, 200, 235):
        found = seen(light(bpm, 0.6, 7, noise_counts=40, seed=bpm))
        assert abs(found.pulse / 4 - bpm) <= 1 + bpm / 100, (bpm, found.pulse / 4)


def test_a_pulse_that_is_too_fast_does_not_come_out_as_half():
    for bpm in (255, 280, 300):
        assert seen(light(bpm, 0.6, 7)).pulse == GAP_16


def test_saturation_follows_the_curve():
    for ratio in (0.3, 0.5, 0.9, 1.4):
        found = seen(light(80, ratio, 7))
        assert abs(found.spo2 / 10 - (CURVE[0] + CURVE[1] * ratio)) <= 0.2


def test_noise_does_not_make_the_saturation_look_better():
    total = 0
    for seed in range(5):
        found = seen(light(80, 0.9, 7, noise_counts=60, seed=seed + 1))
        total += found.spo2 - 10 * (CURVE[0] + CURVE[1] * 0.9)
    assert abs(total) <= 5 * 5  # tenths: half a per cent at most, either way


def test_what_the_curve_was_not_made_for_is_a_gap_and_the_pulse_stays():
    for ratio in (0.05, 2.2):
        found = seen(light(80, ratio, 7))
        assert found.spo2 == GAP_16 and abs(found.pulse - 320) <= 4
    just_above = seen(light(80, 0.2, 7))
    assert just_above.spo2 == 1000  # 100.6 by the curve


def test_nothing_is_told_before_the_window_is_full_and_confirmed():
    made = Oximeter()
    told = []
    for n, (red, infrared) in enumerate(light(80, 0.6, 8)):
        made.add(red, infrared)
        if n % 50 == 49:
            made.measure(False)
            told.append((made.pulse, made.state))
    assert [pulse for pulse, _ in told[:6]] == [GAP_16] * 6
    assert [state for _, state in told[:6]] == [oximeter.FILLING] * 5 + [oximeter.MEASURING]
    assert all(abs(pulse - 320) <= 4 for pulse, _ in told[6:])


def test_no_finger_too_much_light_and_movement():
    for sample, state in (((500, 800), 2), ((262143, LIGHT), 3), ((LIGHT, 262143), 3)):
        found = seen([sample] * 350)
        assert (found.state, found.pulse, found.spo2) == (state, GAP_16, GAP_16)
    found = seen(light(80, 0.6, 7), moving=True)
    assert (found.state, found.pulse, found.spo2) == (oximeter.MOVING, GAP_16, GAP_16)


def test_noise_is_no_pulse():
    for seed in range(8):
        noise = Noise(seed + 1)
        found = seen((LIGHT, int(LIGHT + 300 * noise.next())) for _ in range(350))
        assert (found.state, found.pulse) == (oximeter.UNCLEAR, GAP_16)


def test_red_that_does_not_pulsate_gives_no_saturation():
    noise = Noise(1)
    unlike = ((int(60_000 + 200 * noise.next()), other) for _, other in light(80, 0.6, 7))
    found = seen(unlike)
    assert abs(found.pulse - 320) <= 4 and found.spo2 == GAP_16


def test_lost_samples_begin_the_window_anew():
    made = seen(light(80, 0.6, 7))
    assert made.pulse != GAP_16
    made.clear()
    made.measure(False)
    assert (made.state, made.pulse, made.spo2) == (oximeter.FILLING, GAP_16, GAP_16)


def breaths(per_minute, tilt, noise_counts, seed=1, moving_at=-1):
    noise = Noise(seed)
    made = Respiration()
    for n in range(200):
        value = tilt * sin(2 * pi * per_minute * n / 240) + noise_counts * noise.next()
        made.add(1000 + int(value), n == moving_at)
    return made.measure()


def test_breaths_over_their_range():
    for per_minute in (7, 12, 18, 25, 40):
        told = breaths(per_minute, 20, 3, seed=per_minute)
        assert abs(told - 10 * per_minute) <= 10, (per_minute, told)


def test_breaths_that_are_not_clear_are_a_gap():
    assert breaths(15, 0, 4) == GAP_16
    assert breaths(15, 20, 3, moving_at=199) == GAP_16  # the window has to fill again
    assert breaths(15, 20, 3, moving_at=20) != GAP_16
    for too_fast in (50, 60):
        assert breaths(too_fast, 20, 0) == GAP_16
