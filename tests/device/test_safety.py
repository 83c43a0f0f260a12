"""What hangs, breaks or runs empty is survived and told. Runs under pytest and on MicroPython.

The board, its flash, its watchdog and the network are simulated; the clock is the test's own.
"""

import random
from struct import pack

from device import app, payloads, power, report, wire
from device.board_sim import Restart, SimBoard
from device.firmware import build_on
from device.mqtt import Mqtt
from device.sim_flash import SimFlash
from device.sim_link import SimLink

STEADY = payloads.pack_trace(
    payloads.Trace((560, 560, 561, 561), None, (300,) * 4, (20,) * 4, (90,) * 4)
)
SECTOR = 1024
STEP_MS = 250


class Clock:
    ms = 0

    def now_ms(self):
        return self.ms


class Steady:
    def next(self):
        return STEADY


class Bed:
    """A board that is started again and again, and what the gateway got from it."""

    def __init__(self):
        self.clock = Clock()
        flash = SimFlash(24 * SECTOR, random.getrandbits, SECTOR)
        flash.program(flash.SIZE // 2, pack("<I", 1))
        self.board = SimBoard(Steady(), 1, self.clock, flash=flash)
        self.frames = {}  # by (session, seq)

    def start(self, session, cut=False):
        mqtt = Mqtt("p1", "p1", "t", [wire.device_down("p1")])
        self.link = SimLink(mqtt, self.clock, wire.device_down("p1"))
        self.link.heard = self._heard
        self.link.cut = cut
        start = payloads.Start(session, 1, 0, "bed")
        self.app, self.uplink = build_on(self.board, "p1", self.link, self.clock, bytes(64), start)
        self.app.begin(session)

    def run(self, seconds):
        """Why it restarted, "" when it did not."""
        try:
            for _ in range(seconds * 1000 // STEP_MS):
                self.clock.ms += STEP_MS
                self.board.watch()
                self.app.turn(0)
        except Restart as restart:
            return str(restart)
        return ""

    def hang(self, *_):
        """A bus whose clock is held down: nothing but the watchdog's timer goes on."""
        while True:
            self.clock.ms += 100
            self.board.watch()

    def events(self, session, code):
        found = []
        for key in sorted(self.frames):
            frame = self.frames[key]
            if key[0] == session and frame.kind == wire.EVENT:
                event = payloads.unpack_event(frame.payload)
                if event.code == code:
                    found.append(event)
        return found

    def said(self, session):
        """The report of the start."""
        (event,) = self.events(session, payloads.BOOT)
        return payloads.unpack_report(event.data)

    def whole(self, session):
        (stop,) = self.events(session, payloads.STOP)
        return stop.value == len([key for key in self.frames if key[0] == session])

    def _heard(self, message):
        for frame in wire.Reader().feed(message):
            self.frames[frame.session, frame.seq] = frame


def test_what_hangs_is_reset_within_8_seconds_and_told_after_the_start():
    for place, task in (("seconds", app.SENSORS), ("battery_percent", app.CARE), ("", app.LINK)):
        bed = Bed()
        bed.start(1)
        assert bed.run(9) == ""
        hung_ms = bed.clock.ms
        if place:
            setattr(bed.board, place, bed.hang)
        else:
            bed.link.step = bed.hang
        assert bed.run(12) == "watchdog"
        waited_ms = power.SEARCH_MS if place == "battery_percent" else 0  # until it is looked at
        assert bed.clock.ms - hung_ms <= app.WATCHDOG_MS + STEP_MS + waited_ms
        if place:
            delattr(bed.board, place)
        bed.board.reset(payloads.WATCHDOG)
        bed.start(2)
        assert bed.run(4) == ""
        said = bed.said(2)
        assert (said.cause, said.task) == (payloads.WATCHDOG, task)
        assert (1, 8) in bed.frames  # of the seconds before


def test_samples_that_no_longer_come_are_a_reset_too():
    bed = Bed()
    bed.start(1)
    assert bed.run(5) == ""
    bed.board.seconds = lambda _now_ms: []
    since_ms = bed.clock.ms
    assert bed.run(12) == "stalled"
    assert bed.clock.ms - since_ms <= app.STALL_MS
    del bed.board.seconds
    bed.board.reset(payloads.STALLED)
    bed.start(2)
    assert bed.run(4) == ""
    assert bed.said(2)[:2] == (payloads.STALLED, app.SENSORS)


def test_a_low_battery_is_told_once_and_an_empty_one_ends_the_session():
    bed = Bed()
    bed.start(1)
    bed.board.percent = power.LOW_PERCENT
    assert bed.run(35) == ""
    assert [event.value for event in bed.events(1, payloads.BATTERY)] == [power.LOW_PERCENT]
    assert bed.board.log.count(("battery_low", None)) == 1
    bed.board.percent = power.EMPTY_PERCENT
    assert bed.run(12) == "off"
    assert bed.events(1, payloads.BATTERY)[-1].value == power.EMPTY_PERCENT
    assert bed.whole(1)


def test_what_an_empty_battery_leaves_on_the_flash_arrives_after_charging():
    bed = Bed()
    bed.start(1, cut=True)
    assert bed.run(15) == ""
    bed.board.percent = power.EMPTY_PERCENT
    assert bed.run(12) == "off"
    assert bed.frames == {}
    bed.board.percent = 80
    bed.board.reset(payloads.POWER_ON)
    bed.start(2)
    assert bed.run(8) == ""
    assert bed.whole(1)


class Dead:
    """A flash whose bus does not answer."""

    SECTOR = SIZE = SECTOR
    PAGE = 256

    def read(self, *_):
        raise OSError(5)

    program = erase = read


class Worn(Dead):
    """One that forgets."""

    def read(self, _address, buffer):
        buffer[:] = b"\xff" * len(buffer)

    def program(self, *_):
        pass

    erase = program


def test_each_fault_is_told_and_recording_goes_on():
    for number, name in enumerate(payloads.FAULTS):
        for broken in (Dead(), Worn()) if name == "flash" else (None,):
            bed = Bed()
            if name == "memory":
                bed.board.free_kib = lambda: report.LEAST_FREE_KIB - 1
            elif broken:
                bed.board.spool = bed.board.notes = bed.board.scratch = broken
            else:
                bed.board.faults = 1 << number
            bed.start(1)
            assert bed.run(12) == ""
            assert payloads.fault_names(bed.said(1).faults) == [name]
            assert (1, 12) in bed.frames


def test_without_its_flash_a_board_takes_no_update():
    bed = Bed()
    bed.board.spool = bed.board.notes = bed.board.scratch = None
    bed.board.faults = report.FLASH_FAULT
    bed.start(1)
    assert bed.run(1) == ""
    command = payloads.pack_command(payloads.Command(payloads.COMMAND_UPDATE, "x"))
    bed.link.send(wire.Frame(wire.COMMAND, 0, 5, 0, command))
    assert bed.run(3) == ""
    (event,) = bed.events(1, payloads.UPDATE)
    assert event.data == b"the flash is broken"


def test_new_firmware_with_a_fault_of_memory_is_not_kept():
    bed = Bed()
    bed.board.slots.trial = True
    bed.board.free_kib = lambda: 1
    try:
        bed.start(1)
        assert False, "it was kept"
    except Restart as restart:
        assert str(restart) == "restart"


def test_a_board_is_idle_when_nothing_is_left_to_be_done():
    bed = Bed()
    bed.start(1)
    assert bed.run(3) == ""
    assert not bed.app.idle
    bed.link.cut = True
    bed.app.end()
    assert bed.run(3) == ""
    assert not bed.app.idle
    bed.link.cut = False
    assert bed.run(8) == ""
    assert bed.app.idle


def test_a_session_that_is_over_is_not_forgotten_when_the_next_begins_in_an_outage():
    for broken in (False, True):
        bed = Bed()
        if broken:
            bed.board.spool = bed.board.notes = bed.board.scratch = None
            bed.board.faults = report.FLASH_FAULT
        bed.start(1)
        assert bed.run(3) == ""
        bed.link.cut = True
        assert bed.run(6) == ""
        for session in (2, 3) if not broken else (2,):
            bed.app.end()
            bed.app.begin(session)
            assert bed.run(3) == ""
        bed.link.cut = False
        assert bed.run(30) == ""
        assert bed.whole(1)
        assert broken or bed.whole(2)
        assert bed.uplink.dropped == 0


def test_the_button_begins_and_ends_a_recording():
    bed = Bed()
    bed.start(1)
    bed.app.end()
    assert bed.run(8) == "" and bed.app.idle
    bed.board.new_session = lambda: 5
    bed.board.turns = 1
    assert bed.run(4) == "" and bed.app.running
    bed.board.turns = 1
    assert bed.run(6) == "" and bed.app.idle
    assert bed.whole(5) and (5, 3) in bed.frames
