"""Doppler sound to its strength in two bands, 200 times a second. Integers; no allocation.

    heart   200-600 Hz, Butterworth of order 6 (three sections): walls and valves of a fetal heart
    vessel  100-200 Hz, Butterworth of order 2: the mother's vessels and slow walls

Coefficients: scipy.signal.butter(3, (200, 600), "bandpass", fs=2000) and
butter(1, (100, 200), "bandpass", fs=2000), times 2**14; both have zeros at 0 Hz and 1 kHz, so
a section is gain * (x[n] - x[n-2]) - a1 * y[n-1] - a2 * y[n-2]. Twelve products a sample.
No sound of 12 bits makes a sum of 2**30: the sum of each impulse response bounds it.
"""

from array import array

from device import emitter as micropython
from device.emitter import const, ptr16, ptr32

SAMPLE_HZ = const(2000)
MIDDLE = const(2048)  # of the 12-bit converter
PER_STEP = const(10)  # samples
STEP_HZ = const(200)
OFFSET = const(1 << 20)  # state words are unsigned


def new_state():
    """The memory of the filters between two calls of strengths()."""
    return array("I", [OFFSET] * 10)


@micropython.viper
def strengths(samples: ptr16, steps: int, state: ptr32, heart: ptr16, vessel: ptr16):
    """Fill heart[0..steps-1] and vessel with mean magnitudes x 8 of PER_STEP samples each.

    samples: 0..4095, PER_STEP * steps of them. state: of new_state(); it is changed.
    """
    x1 = state[0] - OFFSET
    x2 = state[1] - OFFSET
    u1 = state[2] - OFFSET  # after the first section
    u2 = state[3] - OFFSET
    y1 = state[4] - OFFSET  # after the second
    y2 = state[5] - OFFSET
    z1 = state[6] - OFFSET  # after the third
    z2 = state[7] - OFFSET
    v1 = state[8] - OFFSET  # the vessel's
    v2 = state[9] - OFFSET
    at = 0
    step = 0
    while step < steps:
        heart_sum = 0
        vessel_sum = 0
        end = at + PER_STEP
        while at < end:
            x = (samples[at] - MIDDLE) << 2
            rise = x - x2
            u = (7567 * rise + 7249 * u1 - 2595 * u2) >> 14
            y = (7567 * (u - u2) + 21631 * y1 - 11015 * y2) >> 14
            z = (7567 * (y - y2) - 6494 * z1 - 8662 * z2) >> 14
            v = (2240 * rise + 25519 * v1 - 11904 * v2) >> 14
            heart_sum += z if z > 0 else 0 - z
            vessel_sum += v if v > 0 else 0 - v
            x2 = x1
            x1 = x
            u2 = u1
            u1 = u
            y2 = y1
            y1 = y
            z2 = z1
            z1 = z
            v2 = v1
            v1 = v
            at += 1
        heart[step] = heart_sum // 5
        vessel[step] = vessel_sum // 5
        step += 1
    state[0] = x1 + OFFSET
    state[1] = x2 + OFFSET
    state[2] = u1 + OFFSET
    state[3] = u2 + OFFSET
    state[4] = y1 + OFFSET
    state[5] = y2 + OFFSET
    state[6] = z1 + OFFSET
    state[7] = z2 + OFFSET
    state[8] = v1 + OFFSET
    state[9] = v2 + OFFSET
