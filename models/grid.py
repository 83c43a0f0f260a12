"""Values with their times, of any sampling rate, put on the 4 Hz grid of a Trace."""

import numpy as np
from numpy.typing import NDArray

from models.trace import FS_HZ, Samples

HOLD_S = 0.25  # ALGORITHMS 2: the latest valid value within 250 ms, never an average over a gap
SLOWEST_HZ = 1.0  # a slower series cannot show a deceleration's shape
LONGEST_S = 48 * 3600  # longer is a wrong time column, not a recording
MAX_BPM = 300.0  # above what any monitor reports (240) or the public sets hold (293)
MAX_TOCO = 127.5  # what one byte of half units holds: .fhr and CTU-UHB
LIMITS = {"toco": MAX_TOCO, "quality": 100.0}  # of any other channel: MAX_BPM


class FormatError(ValueError):
    """This is not a recording we can read. The message names the file, the field, the value."""


def on_grid(times_s: NDArray[np.float64], values: NDArray[np.float64]) -> Samples:
    """`values` (n,) measured at rising `times_s` (n,), from the first time on at FS_HZ.

    A grid point takes the latest valid value younger than HOLD_S; of a series slower than
    FS_HZ the one younger than its own sampling period. Otherwise it is NaN.
    """
    since_s = times_s - times_s[0]
    period_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else HOLD_S
    hold_s = max(HOLD_S, period_s)
    tiny_s = 1e-6  # times are decimals: 0.1 + 0.2
    points_s = np.arange(int((since_s[-1] + tiny_s) * FS_HZ) + 1) / FS_HZ
    valid = np.flatnonzero(np.isfinite(values))
    if not len(valid):
        return np.full(len(points_s), np.nan, np.float32)
    at = np.searchsorted(since_s[valid], points_s + tiny_s) - 1
    latest = valid[np.maximum(at, 0)]
    fresh = (at >= 0) & (points_s - since_s[latest] < hold_s - tiny_s)
    return np.where(fresh, values[latest], np.nan).astype(np.float32)


def resampled(values: NDArray[np.float64], fs_hz: float, name: str) -> Samples:
    """`values` (n,) at `fs_hz` at FS_HZ; unchanged when that is their rate."""
    if fs_hz == FS_HZ:
        return values.astype(np.float32)
    check_rate(fs_hz, name)
    return on_grid(np.arange(len(values)) / fs_hz, values)


def check_rate(fs_hz: float, name: str) -> None:
    if not SLOWEST_HZ <= fs_hz < float("inf"):
        raise FormatError(f"{name}: sampled at {fs_hz:g} Hz, at least {SLOWEST_HZ:g} Hz is needed")


def rate_note(fs_hz: float) -> str:
    """What resampling did to the recording, for a person; empty when nothing."""
    if fs_hz == FS_HZ:
        return ""
    if fs_hz > FS_HZ:
        return f"{fs_hz:g} Hz, read as {FS_HZ} Hz: the latest valid value within 250 ms"
    return f"{fs_hz:g} Hz, read as {FS_HZ} Hz: each value is repeated until the next is due"


def lost_to_nan(
    values: NDArray[np.float64], channel: str, name: str, first: int = 0, word: str = "sample"
) -> NDArray[np.float64]:
    """0 means lost: NaN. FormatError for a value that nobody can have measured."""
    limit = LIMITS.get(channel, MAX_BPM)
    absurd = np.flatnonzero((values < 0) | (values > limit))
    if len(absurd):
        raise FormatError(
            f"{name}: {channel} is {values[absurd[0]]:g} at {word} {absurd[0] + first}, "
            f"possible are 0 to {limit:g}"
        )
    return np.where(values == 0, np.nan, values)
