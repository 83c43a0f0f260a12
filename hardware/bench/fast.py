"""The firmware's longest loops once more in numpy, so that a table takes seconds.

Whole numbers, so the results are the same to the last bit; tests/device says so on random
waves. Only for measuring on a computer: use() changes the modules of this process.
"""

from array import array
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from device import autocorrelation, envelope


def use() -> None:
    """Let the firmware's modules call these from now on."""
    for name, function in TWINS.items():
        setattr(autocorrelation, name, function)
    envelope.square_root = isqrt


def mean(wave: "array[int]", count: int) -> int:
    return int(_whole(wave, count).sum()) // count


def energies(wave: "array[int]", count: int, middle: int, energy: "array[int]") -> None:
    squares = (_whole(wave, count) - middle) ** 2
    np.frombuffer(energy, np.uint32)[: count + 1] = np.concatenate(([0], np.cumsum(squares)))


def product(wave: "array[int]", count: int, middle: int, lag: int) -> int:
    values = _whole(wave, count) - middle
    return int(np.dot(values[: count - lag], values[lag:]))


def likenesses(
    wave: "array[int]",
    count: int,
    middle: int,
    energy: "array[int]",
    first: int,
    last: int,
    out: "array[int]",
) -> None:
    values = _whole(wave, count) - middle
    products = np.correlate(values, values, "full")[count - 1 :]
    for lag in range(first, last + 1):
        out[lag - first] = autocorrelation.likeness(int(products[lag]), energy, count, lag)


TWINS = {
    "mean": mean,
    "energies": energies,
    "product": product,
    "likenesses": likenesses,
    "square_root": isqrt,
}


def _whole(wave: "array[int]", count: int) -> NDArray[np.int64]:
    return np.frombuffer(wave, np.uint16)[:count].astype(np.int64)
