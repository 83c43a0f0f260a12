"""Random ingredients of synthetic recordings, endless: BLOCK samples at a time.

Each takes a generator of its own and asks it for numbers in the order of time, so what comes out
does not depend on how long a recording is.
"""

from collections.abc import Callable, Iterator
from itertools import count
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from models.trace import FS_HZ

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Span = tuple[float, float]  # seconds
BLOCK_S = 240
BLOCK = BLOCK_S * FS_HZ
LOSS_S = (0.25, 120.0)  # of lost signal: ALGORITHMS 10.1, dropouts
LOSS_SHAPE, LOSS_SCALE_S = 0.8, 12.0  # of their gamma distribution: half are under 6 s
LOSS_MEAN_S = 9.7  # of it when clipped to LOSS_S


def band_noise(rng: np.random.Generator, size: int, band_hz: tuple[float, float]) -> Floats:
    """Noise (size,) of this band with standard deviation 1."""
    spectrum = np.fft.rfft(rng.normal(size=size))
    freq_hz = np.fft.rfftfreq(size, 1 / FS_HZ)
    spectrum[(freq_hz < band_hz[0]) | (freq_hz > band_hz[1])] = 0
    noise = np.fft.irfft(spectrum, size)
    sd = noise.std()
    return noise / sd if sd > 0 else noise


def waves(rng: np.random.Generator, band_hz: tuple[float, float]) -> Iterator[Floats]:
    """Noise of this band with standard deviation 1: pieces of two blocks that fade into another."""
    fade = np.sin(np.pi * (np.arange(2 * BLOCK) + 0.5) / (2 * BLOCK))
    before = (band_noise(rng, 2 * BLOCK, band_hz) * fade)[BLOCK:]
    while True:
        piece = band_noise(rng, 2 * BLOCK, band_hz) * fade
        yield before + piece[:BLOCK]
        before = piece[BLOCK:]


def walk(rng: np.random.Generator, sd: float, per_s: float, back_s: float) -> Iterator[Floats]:
    """A random walk of this standard deviation in `per_s` that is drawn back to 0 in `back_s`."""
    keep = np.exp(-1 / (back_s * FS_HZ))
    state = np.zeros(1)
    while True:
        steps = rng.normal(0, sd / np.sqrt(per_s * FS_HZ), BLOCK)
        block, state = lfilter([1.0], [1.0, -keep], steps, zi=state)
        yield block


def white(rng: np.random.Generator, sd: float) -> Iterator[Floats]:
    while True:
        yield rng.normal(0, sd, BLOCK)


def loss_s(rng: np.random.Generator) -> float:
    """How long a dropout lasts."""
    return float(np.clip(rng.gamma(LOSS_SHAPE, LOSS_SCALE_S), *LOSS_S))


def bursts(
    rng: np.random.Generator,
    share: float,
    lasts_s: Callable[[np.random.Generator], float] = loss_s,
    mean_s: float = LOSS_MEAN_S,
) -> Iterator[Span]:
    """Spans in order that fill about this share of the time; each lasts `lasts_s(rng)`."""
    at_s = 0.0
    while share > 0:
        at_s += rng.exponential(mean_s * (1 - share) / share)
        end_s = at_s + lasts_s(rng)
        yield at_s, end_s
        at_s = end_s


def masks(spans: Iterator[Span]) -> Iterator[Mask]:
    """The samples that lie in one of the spans, which come in order."""
    never = (inf, inf)
    from_s, to_s = next(spans, never)
    for base_s in count(0, BLOCK_S):
        mask = np.zeros(BLOCK, bool)
        while from_s < base_s + BLOCK_S:
            first, stop = (round((t - base_s) * FS_HZ) for t in (from_s, min(to_s, base_s + 1e4)))
            mask[max(first, 0) : max(stop, 0)] = True
            if to_s >= base_s + BLOCK_S:
                break
            from_s, to_s = next(spans, never)
        yield mask
