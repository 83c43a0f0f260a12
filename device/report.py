"""The self-test at the start; what it finds goes into the event BOOT (device/spoken.py)."""

import gc

from device.spoken import Report

MEMORY, FLASH_FAULT = 1, 2  # bits of payloads.FAULTS
FATAL = MEMORY | FLASH_FAULT  # firmware on trial that finds these is not kept
LEAST_FREE_KIB = 16
PATTERN = b"\xa5\x5a\x0f\xf0"


def self_test(board) -> Report:
    """`board` has cause, task, version, trial, probe_faults(), free_kib(); scratch, a sector."""
    gc.collect()  # else what nobody needs any more would count as used
    free = board.free_kib()
    faults = board.probe_faults()
    if free < LEAST_FREE_KIB:
        faults |= MEMORY
    if not faults & FLASH_FAULT and not flash_keeps(board.scratch):
        faults |= FLASH_FAULT
    return Report(board.cause, board.task, faults, free, board.version, board.trial)


def flash_keeps(scratch) -> bool:
    """Can it be erased, written and read?"""
    found = bytearray(len(PATTERN))
    try:
        scratch.erase(0)
        scratch.read(0, found)
        if found != b"\xff" * len(PATTERN):
            return False
        scratch.program(0, PATTERN)
        scratch.read(0, found)
    except OSError:
        return False
    return found == PATTERN
