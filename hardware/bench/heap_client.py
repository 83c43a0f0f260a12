"""The firmware for hours of simulated time; hardware/bench/heap.py runs it under MicroPython.

    heap_client HOURS FLASH

Prints what MicroPython knows of its heap after the start and after each hour, and at the end what
became of the frames.
"""

import gc
import sys
from struct import pack

from device.heap import keep_tidy

keep_tidy()  # before anything else takes its place in the heap

from micropython import mem_info  # type: ignore[import-not-found]  # noqa: E402

from device import spoken, wire  # noqa: E402
from device.board_sim import SimBoard  # noqa: E402
from device.firmware import build_on  # noqa: E402
from device.mqtt import Mqtt  # noqa: E402
from device.sim_link import SimLink  # noqa: E402
from device.sim_slots import FileFlash  # noqa: E402

STEP_MS = 500  # as often as the spool looks what must go to the flash
FLAP_EVERY_S, FLAP_S = 60, 7  # longer than a frame may wait for its receipt in memory
AWAY_EVERY_S, AWAY_S = 4 * 3600, 600  # without a network, so that frames come back from the flash
SESSION_S = 40 * 60  # a recording at home
SECTORS = 64


class Clock:
    ms = 0

    def now_ms(self) -> int:
        return self.ms


class Moving:
    """A source of seconds that are not all alike."""

    def __init__(self) -> None:
        self._count = 0

    def next(self) -> bytes:
        self._count += 1
        n = self._count
        fhr = [540 + (n * 7 + k * 3) % 41 for k in range(4)]
        if n % 97 < 5:
            fhr[3] = spoken.GAP_16
        toco = [20 + n // 9 % 60] * 4
        return spoken.pack_trace(spoken.Trace(fhr, None, [300 + n % 9] * 4, toco, [90] * 4))


def main(hours: int, path: str) -> None:
    clock = Clock()
    flash = FileFlash(path, SECTORS)
    flash.program(flash.SIZE // 2, pack("<I", 1))
    board = SimBoard(Moving(), 1, clock, flash=flash)
    link = SimLink(Mqtt("p1", "p1", "t", [wire.device_down("p1")]), clock, wire.device_down("p1"))
    start = spoken.Start(1, 1, 0, "heap")
    app, uplink = build_on(board, "p1", link, clock, bytes(64), start)
    made = stored = 0
    look()
    for second in range(hours * 3600):
        link.cut = second % FLAP_EVERY_S < FLAP_S or second % AWAY_EVERY_S >= AWAY_EVERY_S - AWAY_S
        if second % SESSION_S == 0:
            if app.running:
                app.end()
            made += app.packer.made
            app.begin(1 + second // SESSION_S)
            stored += forget(link.stored, second // SESSION_S - 1)
        for _ in range(1000 // STEP_MS):
            clock.ms += STEP_MS
            app.turn(0)
        board.log.clear()
        if second % 3600 == 3599:
            look()
    app.end()
    made += app.packer.made
    link.cut = False
    while not uplink.drained:
        clock.ms += STEP_MS
        app.turn(0)
    stored += sum(ranges.count for ranges in link.stored.values())
    print("made", made, "stored", stored, "programs", flash.programs)  # noqa: T201


def forget(kept: dict, session: int) -> int:  # type: ignore[type-arg]
    """What a simulated gateway knows of a session that is long over is no part of a board's heap.
    Returns how many frames it had."""
    ranges = kept.pop(session, None)
    return ranges.count if ranges else 0


def look() -> None:
    gc.collect()
    mem_info()


main(int(sys.argv[1]), sys.argv[2])
