"""The strength of the sound, 200 times a second, to a wave that beats. Integers; no allocation.

Two one-pole low passes (about 22 Hz), square root (it compresses the amplitudes), minus a slow
mean (0.25 Hz), clipped. The last 3 s are kept, for the autocorrelation.
"""

from array import array

from device import emitter as micropython
from device.emitter import const, ptr16, ptr32

WINDOW = const(600)  # steps: 3 s
CENTRE = const(1024)  # the wave is kept as 1..2047 around this
TOP = const(1023)


def new_state():
    return array("I", [0, 0, 0])


def new_wave():
    wave = array("H", bytes(2 * WINDOW))  # a list of 600 would be longer than the wave
    for place in range(WINDOW):
        wave[place] = CENTRE
    return wave


@micropython.viper
def square_root(value: int) -> int:
    """Whole part of the root of 0..2**30-1."""
    root = 0
    bit = 1 << 28
    while bit > value:
        bit >>= 2
    while bit:
        if value >= root + bit:
            value -= root + bit
            root = (root >> 1) + bit
        else:
            root >>= 1
        bit >>= 2
    return root


@micropython.viper
def append(heart: ptr16, steps: int, state: ptr32, wave: ptr16):
    """Move `wave` by `steps` to older times and put those of `heart` at its end."""
    place = 0
    while place < WINDOW - steps:
        wave[place] = wave[place + steps]
        place += 1
    first = state[0]
    second = state[1]
    level = state[2]
    step = 0
    while step < steps:
        first += ((heart[step] << 4) - first) >> 1
        second += (first - second) >> 1
        root = int(square_root(second << 4))
        level += root - (level >> 7)
        beat = root - (level >> 7)
        if beat > TOP:
            beat = TOP
        elif beat < 0 - TOP:
            beat = 0 - TOP
        wave[place + step] = beat + CENTRE
        step += 1
    state[0] = first
    state[1] = second
    state[2] = level
