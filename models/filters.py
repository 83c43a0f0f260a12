"""Zero-phase filters in the units of cardiotocography: cycles a minute, samples at FS_HZ."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import fft, fftfreq, ifft, next_fast_len
from scipy.signal import butter, lfilter, lfilter_zi

from models.trace import FS_HZ

Floats = NDArray[np.float64]
Coefficients = tuple[Floats, Floats, Floats]  # numerator, denominator, steady state
PER_MINUTE = 60 * FS_HZ  # samples
PAD = 2 * PER_MINUTE  # mirrored at both ends, so that an edge does not ring


def low_pass(values: Floats, cycles: float) -> Floats:
    """First-order Butterworth, forwards and backwards."""
    return _filter(values, _low(cycles))


def band_pass(values: Floats, low_cycles: float, high_cycles: float) -> Floats:
    """First-order Butterworth band, forwards and backwards."""
    return _filter(values, _band(low_cycles, high_cycles))


@cache
def _low(cycles: float) -> Coefficients:
    numerator, denominator = butter(1, cycles / (PER_MINUTE / 2))
    return numerator, denominator, lfilter_zi(numerator, denominator)


@cache
def _band(low_cycles: float, high_cycles: float) -> Coefficients:
    edges = [low_cycles / (PER_MINUTE / 2), high_cycles / (PER_MINUTE / 2)]
    numerator, denominator = butter(1, edges, "bandpass")
    return numerator, denominator, lfilter_zi(numerator, denominator)


def _filter(values: Floats, coefficients: Coefficients) -> Floats:
    numerator, denominator, steady = coefficients
    pad = min(PAD, len(values) - 1)
    smooth = np.concatenate((values[pad:0:-1], values, values[-2 : -pad - 2 : -1]))
    for _ in range(2):  # forwards, then backwards
        smooth = lfilter(numerator, denominator, smooth, zi=steady * smooth[0])[0][::-1]
    return smooth[pad : pad + len(values)]


def envelope(values: Floats, high_cycles: float, per_minute: int) -> Floats:
    """Magnitude of the analytic signal of `values` (n,), so many a minute, below `high_cycles`."""
    size = next_fast_len(len(values))
    spectrum = fft(values, size)
    cycles = fftfreq(size, 1 / per_minute)
    spectrum[(cycles < 0) | (cycles > high_cycles)] = 0
    spectrum[1:] *= 2
    magnitude: Floats = np.abs(ifft(spectrum))[: len(values)]
    return magnitude
