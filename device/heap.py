"""Keeps a small heap in one piece. The first thing that a program on a board does."""

import gc

BYTES = 4096  # that may be asked for between two collections
LARGE_KIB = 1024  # a heap with so much left has no need, and takes longer to look through


def keep_tidy() -> None:
    """What lives long then lies close together. CPython has no such call, and no need."""
    threshold = getattr(gc, "threshold", None)
    if threshold and gc.mem_free() < LARGE_KIB << 10:  # type: ignore[attr-defined]
        gc.collect()
        threshold(BYTES)
