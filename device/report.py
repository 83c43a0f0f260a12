"""What the board says about its start: the data of the event BOOT, and the self-test behind it.

    B   cause   of the reset, RESETS
    B   task    what it was doing then, TASKS; told when it was the watchdog or a stall
    H   faults  bits of FAULTS
    H   free    KiB of memory, 0xFFFF unknown
    I   version of the firmware
    B   trial   1: this firmware has not been confirmed yet

Little-endian.
"""

import gc
from collections import namedtuple
from struct import calcsize, pack, unpack

from device import app
from device.wire import WireError

POWER_ON, HARD, WATCHDOG, WOKEN, SOFT, STALLED = 0, 1, 2, 3, 4, 5
RESETS = {
    POWER_ON: "power on",
    HARD: "reset pin",
    WATCHDOG: "watchdog",
    WOKEN: "woken",
    SOFT: "restart",
    STALLED: "no samples",  # the firmware itself saw that they no longer came
}
TASKS = {
    0: "starting",
    app.LINK: "link",
    app.SENSORS: "sensors",
    app.FLASH: "flash",
    app.CARE: "care",
}
FAULTS = (  # by bit
    "memory",
    "flash",
    "ultrasound",
    "toco",
    "oximeter",
    "battery gauge",
    "motion",
    "temperature",
)
MEMORY, FLASH_FAULT = 1, 2
FATAL = MEMORY | FLASH_FAULT  # firmware on trial that finds these is not kept
LEAST_FREE_KIB = 16
UNKNOWN = 0xFFFF
FORMAT = "<BBHHIB"
PATTERN = b"\xa5\x5a\x0f\xf0"

Report = namedtuple("Report", ("cause", "task", "faults", "free_kib", "version", "trial"))


def pack_report(report: Report) -> bytes:
    data: bytes = pack(FORMAT, *report)
    return data


def unpack_report(data: bytes) -> Report:
    if len(data) != calcsize(FORMAT):
        raise WireError("boot report of %d bytes" % len(data))
    return Report(*unpack(FORMAT, data))


def fault_names(faults: int) -> list[str]:
    return [name for bit, name in enumerate(FAULTS) if faults >> bit & 1]


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
