"""Quantiles of what was counted by value: exact, and cheap to add up over groups. Pure."""

from collections.abc import Mapping
from math import ceil

MEDIAN, P90 = 0.5, 0.9


def quantile(counts: Mapping[int, int], share: float) -> int | None:
    """The smallest value that at least this share of all do not exceed (nearest rank); None: of
    nothing. It is always a value that occurred, so small groups show no invented ones.

    >>> quantile({10: 1, 20: 1, 900: 1}, 0.5), quantile({10: 9, 900: 1}, 0.9), quantile({}, 0.5)
    (20, 10, None)
    """
    wanted = ceil(share * sum(counts.values()))
    so_far = 0
    for value in sorted(counts):
        so_far += counts[value]
        if so_far >= wanted and counts[value]:
            return value
    return None
