"""How alike a wave is to itself some time earlier: the sums behind the period. Integers.

A likeness is the sum of products over the root of both energies, x 1024; never below 0.
"""

from device import emitter as micropython
from device.emitter import const, ptr16, ptr32
from device.envelope import square_root

ONE = const(1024)  # likeness of a wave to itself
QUIET = const(1 << 14)  # a product of roots below this is silence: nothing is alike


@micropython.viper
def thin(wave: ptr16, count: int, coarse: ptr16):
    """coarse[0..count-1]: means of four neighbours of `wave`."""
    place = 0
    at = 0
    while place < count:
        four = wave[at] + wave[at + 1] + wave[at + 2] + wave[at + 3]
        coarse[place] = four >> 2
        at += 4
        place += 1


@micropython.viper
def mean(wave: ptr16, count: int) -> int:
    total = 0
    place = 0
    while place < count:
        total += wave[place]
        place += 1
    return total // count


@micropython.viper
def energies(wave: ptr16, count: int, middle: int, energy: ptr32):
    """energy[n]: sum of the squares of (wave - middle) before place n, for n = 0..count."""
    total = 0
    place = 0
    while place < count:
        energy[place] = total
        value = wave[place] - middle
        total += value * value
        place += 1
    energy[count] = total


@micropython.viper
def product(wave: ptr16, count: int, middle: int, lag: int) -> int:
    """Sum of the products of (wave - middle) with itself `lag` places later."""
    total = 0
    place = 0
    while place < count - lag:
        total += (wave[place] - middle) * (wave[place + lag] - middle)
        place += 1
    return total


@micropython.viper
def likeness(total: int, energy: ptr32, count: int, lag: int) -> int:
    """Of a product at this lag, 0..ONE and a little over."""
    head = int(square_root(energy[count - lag]))
    tail = int(square_root(energy[count] - energy[lag]))
    both = head * tail
    if both < QUIET or total < 0:
        return 0
    return total // (both >> 10)


@micropython.viper
def likenesses(
    wave: ptr16, count: int, middle: int, energy: ptr32, first: int, last: int, out: ptr16
):
    """out[lag - first] for every lag of first..last."""
    lag = first
    while lag <= last:
        total = int(product(wave, count, middle, lag))
        out[lag - first] = int(likeness(total, energy, count, lag))
        lag += 1
