"""A board that is not there: replays seconds, keeps what it was told, has flash and a watchdog.

The same calls as device/board_esp32s3.py, see device/app.py. `source` has next(): the packed TRACE
payload of one more second, None at the end.
"""

import gc
import os
from struct import unpack

from device import spoken
from device.app import WATCHDOG_MS

BURST = 16  # seconds given in one go when the replay is behind its clock


class Restart(Exception):  # noqa: N818  the board begins anew
    """What a reset is in a simulation."""


class SimBoard:
    NAME = "sim"
    cellular = False
    cause = task = 0  # of the last reset
    faults = 0  # that probe_faults() finds

    def __init__(self, source, speed: int, clock, placement=None, flash=None) -> None:
        self._source = source
        self._placement = placement  # device/placement.py of a source that hears
        self._speed = speed
        self._clock = clock
        if flash is not None:
            self._share(flash)
        self._began_ms = clock.now_ms()
        self._given = 0
        self.ended = False
        self.happens: list = []  # what extras() gives next
        self.turns = 0  # times that the button is held, to begin or to end a recording
        self.percent = spoken.GAP_8  # a replay has no battery
        self.log: list = []  # (what, argument) the board was told to do
        self.fed_ms = self._began_ms

    def reset(self, cause: int) -> None:
        """What the board knows after it: the flash and `task`, in RTC memory, outlive a reset."""
        self.cause = cause
        self.slots.boot()
        self.fed_ms = self._clock.now_ms()

    def watch(self) -> None:
        """What the watchdog's own timer does."""
        if self._clock.now_ms() - self.fed_ms >= WATCHDOG_MS:
            raise Restart("watchdog")

    def _share(self, flash) -> None:
        """Half of it for frames, the rest for two images, notes and tests."""
        from device.region import Region  # only a board with flash needs the room for them
        from device.sim_slots import SimSlots

        half, sector = flash.SIZE // 2, flash.SECTOR
        self.spool = Region(flash, 0, half)
        self.slots = SimSlots(Region(flash, half, half - 2 * sector))
        self.notes = Region(flash, flash.SIZE - 2 * sector, sector)
        self.scratch = Region(flash, flash.SIZE - sector, sector)

    @property
    def version(self) -> int:
        return self.slots.version

    def probe_faults(self) -> int:
        return self.faults

    def seconds(self, now_ms: int) -> list[bytes]:
        passed = (now_ms - self._began_ms) * self._speed // 1000
        found: list[bytes] = []
        while len(found) < BURST and self._given < passed:
            payload = self._source.next()
            if payload is None:
                self.ended = True
                break
            found.append(payload)
            self._given += 1
        return found

    def due_ms(self) -> int:
        """When the next second is complete."""
        due_ms: int = self._began_ms + (self._given + 1) * 1000 // self._speed
        return due_ms

    def extras(self, _now_ms: int) -> list:
        happened, self.happens = self.happens, []
        return happened

    def held(self, _now_ms: int, _recording: bool) -> bool:
        turns, self.turns = self.turns, max(0, self.turns - 1)
        return turns > 0

    def battery_percent(self) -> int:
        return self.percent

    def placement(self):
        here = self._placement
        if here is None:  # most replays have no skin
            return spoken.GAP_8, spoken.GAP_8, spoken.GAP_8
        return here.level, int(here.own_heart), here.best_percent

    def new_session(self) -> int:
        return random_u32() or 1

    def zero_toco(self) -> None:
        self.log.append(("zero_toco", None))

    def set_time(self, unix_ms: int) -> None:
        self.log.append(("set_time", unix_ms))

    def find_me(self) -> None:
        self.log.append(("find_me", None))

    def alert(self, text: str) -> None:
        self.log.append(("alert", text))

    def battery_low(self) -> None:
        self.log.append(("battery_low", None))

    def free_kib(self) -> int:
        return free_kib()

    def power(self, mode: str) -> None:
        self.log.append(("power", mode))

    def note(self, task: int) -> None:
        self.task = task

    def feed(self) -> None:
        self.fed_ms = self._clock.now_ms()

    def stalled(self) -> None:
        raise Restart("stalled")

    def restart(self) -> None:
        raise Restart("restart")

    def off(self) -> None:
        raise Restart("off")

    @property
    def trial(self) -> bool:
        return self.slots.trial

    def confirm(self) -> None:
        self.slots.confirm()


def random_u32() -> int:
    number: int = unpack("<I", os.urandom(4))[0]
    return number


def free_kib() -> int:
    """Of MicroPython's heap; CPython has no such limit."""
    mem_free = getattr(gc, "mem_free", None)
    return min(mem_free() // 1024, spoken.GAP_16 - 1) if mem_free else spoken.GAP_16
