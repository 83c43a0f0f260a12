"""What is free in the heap goes back to the system."""

import os
from pathlib import Path

import numpy as np

from cloud.health.heap import give_back

MIB = 1 << 20
PIECE_BYTES = 64 * 1024  # less than glibc asks the system for alone
PIECES = 1024  # 64 MiB


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


def test_free_memory_between_pieces_in_use_goes_back() -> None:
    pieces = [np.ones(PIECE_BYTES, np.uint8) for _ in range(PIECES)]
    kept = pieces[::32]
    full_mib = resident_mib()
    del pieces
    give_back(0)
    assert full_mib - resident_mib() > 40
    assert all(piece.all() for piece in kept)
