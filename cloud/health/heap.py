"""Gives memory that is free back to the system.

glibc keeps what lies between pieces that are still in use. A service that runs for months then
grows though nothing of it does: over six hours of a day of 300 mothers Python's objects and what is
in use of the heap stayed as they were, and what was free in it grew from 15 to 42 MiB
(docs/reliability.md).
"""

import ctypes

EVERY_S = 60.0
KEEP_BYTES = 0  # at the top of the heap: malloc_trim(3)
_TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's own: others have none


def give_back(_now_ms: int) -> None:
    """A few ms; nothing with another C library than glibc."""
    if _TRIM is not None:
        _TRIM(KEEP_BYTES)
