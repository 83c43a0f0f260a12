"""Random ingredients of synthetic recordings."""

import numpy as np
from numpy.typing import NDArray

from models.trace import FS_HZ

Floats = NDArray[np.float64]
BURST_S = (0.25, 120.0)  # of lost signal: ALGORITHMS 10.1, dropouts
BURST_SHAPE, BURST_SCALE_S = 0.8, 12.0  # of their gamma distribution: half are under 6 s


def band_noise(rng: np.random.Generator, count: int, band_hz: tuple[float, float]) -> Floats:
    """Noise (count,) of this band with standard deviation 1."""
    spectrum = np.fft.rfft(rng.normal(size=count))
    freq_hz = np.fft.rfftfreq(count, 1 / FS_HZ)
    spectrum[(freq_hz < band_hz[0]) | (freq_hz > band_hz[1])] = 0
    noise = np.fft.irfft(spectrum, count)
    sd = noise.std()
    return noise / sd if sd > 0 else noise


def bursts(rng: np.random.Generator, count: int, share: float) -> NDArray[np.bool_]:
    """A mask (count,) of which about this share is true, in bursts."""
    lost = np.zeros(count, bool)
    while count and lost.mean() < share:
        lasts_s = np.clip(rng.gamma(BURST_SHAPE, BURST_SCALE_S), *BURST_S)
        first = rng.integers(count)
        lost[first : first + max(1, round(lasts_s * FS_HZ))] = True
    return lost
