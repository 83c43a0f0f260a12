"""The probe that replays a recording: `python -m device.probe CONFIG.json`, and the same under
MicroPython. Paces seconds by the clock, sends them, obeys commands, waits for the receipts.

device/config.py says what is in CONFIG.json. Prints one JSON object a line: progress each second,
commands when they come, a last line with "done". Exit code 0: every frame has its receipt; 1: the
rest waits in the spool; 2: bad input.
"""

import gc
import json
import os
import sys
from struct import unpack

from device import payloads, wire
from device.clock import system_clock
from device.config import check
from device.folder import Folder
from device.link import MICROPYTHON, Link
from device.mqtt import Mqtt
from device.packer import Packer
from device.seconds import SecondsFile
from device.sound import Heard, SoundFile
from device.uplink import Uplink

STATUS_MS = 10_000
REPORT_MS = 1000
STEP_MS = 20  # longest wait for the link before the clock is looked at again
BURST = 16  # seconds made in one go when the replay is behind its clock
DRAIN_S = 300
INTERRUPTED_DRAIN_S = 5
REMEMBERED_COMMANDS = 32  # the cloud repeats a command until it has seen the answer


class Probe:
    def __init__(self, config: dict, source, uplink: Uplink, clock, placement=None) -> None:
        """`source` has next(): the packed TRACE payload of one more second, None at the end."""
        self._source = source
        self._placement = placement  # device/placement.py of a source that hears
        self._uplink = uplink
        self._clock = clock
        self._speed = config["speed"]
        self._packer = Packer(config.get("session") or _random_u32() or 1)
        self._start = payloads.Start(_random_u32(), self._speed, config["flags"], config["name"])
        self._began_ms = clock.now_ms()
        self._status_ms = self._report_ms = self._began_ms
        self._obeyed: list[int] = []
        self.running = False  # between the start and the stop event

    def run(self, drain_s: float) -> bool:
        """The whole recording. True when every frame has its receipt."""
        self._begin()
        try:
            while self.running:
                self._make()
                self._turn()
            self._drain(drain_s)
        except KeyboardInterrupt:
            if self.running:
                self._end()
            self._drain(INTERRUPTED_DRAIN_S)
        finally:
            self._uplink.close()
        done = self._uplink.drained and not self._uplink.dropped
        self._report(done)
        return done

    def _begin(self) -> None:
        self._uplink.begin(self._packer.session)
        self._uplink.add(self._packer.start(self._start))
        self.running = True

    def _end(self) -> None:
        self._uplink.add(self._packer.stop())
        self.running = False

    def _make(self) -> None:
        """The seconds that have passed since the last call, by the clock of the recording."""
        passed = (self._clock.now_ms() - self._began_ms) * self._speed // 1000
        for _ in range(min(BURST, passed - self._packer.seconds)):
            payload = self._source.next()
            if payload is None:
                self._end()
                return
            self._uplink.add(self._packer.trace(payload))

    def _drain(self, drain_s: float) -> None:
        until_ms = self._clock.now_ms() + int(drain_s * 1000)
        while not self._uplink.drained and self._clock.now_ms() < until_ms:
            self._turn()

    def _turn(self) -> None:
        for frame in self._uplink.step(self._wait_ms()):
            self._obey(frame)
        now_ms = self._clock.now_ms()
        if self.running and now_ms - self._status_ms >= STATUS_MS:
            self._status_ms = now_ms
            self._uplink.add(self._packer.status(self._status()))
        if now_ms - self._report_ms >= REPORT_MS:
            self._report_ms = now_ms
            self._report()

    def _wait_ms(self) -> int:
        """Until the next second of the recording is due, STEP_MS at most."""
        if not self.running:
            return STEP_MS
        due_ms = self._began_ms + (self._packer.seconds + 1) * 1000 // self._speed
        wait_ms: int = due_ms - self._clock.now_ms()
        return max(0, min(STEP_MS, wait_ms))

    def _obey(self, frame: wire.Frame) -> None:
        """Do what a command says, once, and say that it was done."""
        if frame.seq in self._obeyed or not self.running:
            return
        try:
            command = payloads.unpack_command(frame.payload)
        except wire.WireError as error:
            _print({"command": "unknown", "id": frame.seq, "error": str(error)})
            return
        self._obeyed.append(frame.seq)
        if len(self._obeyed) > REMEMBERED_COMMANDS:
            self._obeyed.pop(0)
        _print({"command": payloads.COMMANDS[command.code], "id": frame.seq, "text": command.text})
        self._uplink.add(self._packer.event(payloads.COMMAND_DONE, frame.seq))
        if command.code == payloads.COMMAND_STOP:
            self._end()

    def _status(self) -> payloads.Status:
        placement = self._placement
        return payloads.Status(
            payloads.GAP_8,  # a replay has no battery
            payloads.GAP_8 if placement is None else placement.level,  # and most have no skin
            self._uplink.waiting,
            self._uplink.resent,
            min(self._uplink.reconnects, payloads.GAP_16 - 1),
            _free_kib(),
            self._uplink.dropped,
            payloads.GAP_8 if placement is None else int(placement.own_heart),
            payloads.GAP_8 if placement is None else placement.best_percent,
        )

    def _report(self, done: bool | None = None) -> None:
        """One line; and once a second is the time to put the heap in order."""
        if MICROPYTHON:
            gc.collect()
        line: dict = {
            "made": self._packer.made,
            "receipted": self._uplink.receipted,
            "spooled": self._uplink.waiting,
            "reconnects": self._uplink.reconnects,
            "resent": self._uplink.resent,
            "dropped": self._uplink.dropped,
            "session": self._packer.session,
        }
        if MICROPYTHON:
            line["free_kib"] = _free_kib()
        if self._uplink.trouble and self._uplink.waiting:
            line["trouble"] = self._uplink.trouble
        if done is not None:
            line["done"] = done
        _print(line)


def build(config: dict) -> Probe:
    """All parts of the replayed probe."""
    device = config["device"]
    clock = system_clock()
    ca = None
    if config["tls"]:
        with open(config["tls"], "rb") as file:
            ca = file.read()
    recorded = SecondsFile(config["source"])
    heard = Heard(SoundFile(config["sound"]), recorded) if "sound" in config else None
    mqtt = Mqtt(device, device, config["token"], [wire.device_down(device)])
    link = Link(config["host"], config["port"], mqtt, clock, ca)
    store = Folder(config["spool"]) if config["spool"] else None
    uplink = Uplink(device, link, clock, store)
    return Probe(config, heard or recorded, uplink, clock, heard and heard.placement)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("one argument is needed: CONFIG.json\n")
        return 2
    try:
        with open(arguments[0]) as file:
            config = check(json.load(file))
        probe = build(config)
        return 0 if probe.run(config.get("drain_s", DRAIN_S)) else 1
    except (OSError, ValueError) as error:
        sys.stderr.write("probe: %s\n" % error)
        return 2
    except KeyboardInterrupt:  # the second one: no more waiting, the rest is in the spool
        return 1


def _print(line: dict) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _random_u32() -> int:
    number: int = unpack("<I", os.urandom(4))[0]
    return number


def _free_kib() -> int:
    """Of MicroPython's heap; CPython has no such limit."""
    mem_free = getattr(gc, "mem_free", None)
    return min(mem_free() // 1024, payloads.GAP_16 - 1) if mem_free else payloads.GAP_16


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
