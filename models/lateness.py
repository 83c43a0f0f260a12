"""When what was measured arrived: what waited on the way, and how two clocks drift apart.

A second cannot arrive before it was measured, and most arrive at once: so the least delay seen is
the difference of the clocks, and what is more is waiting.
"""

import numpy as np
from numpy.typing import NDArray

from models.completeness import runs

LATE_S = 10.0  # more than two resends of 2 s and a commit: it waited for a link or a process
DRIFT_AFTER_S = 1800.0  # a delay is known to some 50 ms: over less time that is no drift
ENDS = 5  # the drift is that of the first fifth against the last


def late_runs(
    t_s: NDArray[np.float64], came_s: NDArray[np.float64], late_s: float = LATE_S
) -> list[tuple[int, int, float]]:
    """Stretches (first, last, longest wait in s) of indices of what came late.

    t_s (n,) when each was measured, ascending; came_s (n,) when it came, by another clock.
    """
    if not len(t_s):
        return []
    waited_s = came_s - t_s - (came_s - t_s).min()
    return [
        (int(first), int(stop) - 1, float(waited_s[first:stop].max()))
        for first, stop in runs(waited_s >= late_s)
    ]


def drift_ppm(t_s: NDArray[np.float64], came_s: NDArray[np.float64]) -> float:
    """By how much the receiver's clock is faster than the sender's; NaN: too short to tell."""
    if len(t_s) < 2 or t_s[-1] - t_s[0] < DRIFT_AFTER_S:
        return float("nan")
    delay_s = came_s - t_s
    span_s = (t_s[-1] - t_s[0]) / ENDS
    begin = np.flatnonzero(t_s <= t_s[0] + span_s)
    end = np.flatnonzero(t_s >= t_s[-1] - span_s)
    one = begin[np.argmin(delay_s[begin])]
    other = end[np.argmin(delay_s[end])]
    return float(1e6 * (delay_s[other] - delay_s[one]) / (t_s[other] - t_s[one]))
