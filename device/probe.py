"""The probe that replays a recording: `python -m device.probe CONFIG.json`, and the same under
MicroPython. Paces seconds by the clock, sends them, obeys commands, waits for the receipts.

device/config.py says what is in CONFIG.json. Prints one JSON object a line: progress each second,
commands when they come, a last line with "done". Exit code 0: every frame has its receipt; 1: the
rest waits in the spool; 2: bad input.
"""

import gc
import json
import sys

from device import spoken, wire
from device.app import App
from device.board_sim import SimBoard, free_kib, random_u32
from device.clock import system_clock
from device.config import check
from device.folder import Folder
from device.heap import keep_tidy
from device.link import MICROPYTHON, Link
from device.mqtt import Mqtt
from device.seconds import SecondsFile
from device.uplink import Uplink

REPORT_MS = 1000
STEP_MS = 20  # longest wait for the link before the clock is looked at again
DRAIN_S = 300
INTERRUPTED_DRAIN_S = 5


class Probe:
    def __init__(self, config: dict, board: SimBoard, uplink: Uplink, clock) -> None:
        self._board = board
        self._uplink = uplink
        self._clock = clock
        self._session = config.get("session") or board.new_session()
        start = spoken.Start(random_u32(), config["speed"], config["flags"], config["name"])
        self._app = App(board, uplink, clock, start)
        self._report_ms = clock.now_ms()

    def run(self, drain_s: float) -> bool:
        """The whole recording. True when every frame has its receipt."""
        self._app.begin(self._session)
        try:
            while self._app.running:
                self._turn()
            self._drain(drain_s)
        except KeyboardInterrupt:
            if self._app.running:
                self._app.end()
            self._drain(INTERRUPTED_DRAIN_S)
        finally:
            self._uplink.close()
        done = self._uplink.drained and not self._uplink.dropped
        self._report(done)
        return done

    def _drain(self, drain_s: float) -> None:
        until_ms = self._clock.now_ms() + int(drain_s * 1000)
        while not self._uplink.drained and self._clock.now_ms() < until_ms:
            self._turn()

    def _turn(self) -> None:
        for number, command in self._app.turn(self._wait_ms()):
            from device.payloads import COMMANDS  # words take room: only when they are needed

            name = COMMANDS[command.code]
            _print({"command": name, "id": number, "text": command.text})
        now_ms = self._clock.now_ms()
        if now_ms - self._report_ms >= REPORT_MS:
            self._report_ms = now_ms
            self._report()

    def _wait_ms(self) -> int:
        """Until the next second of the recording is due, STEP_MS at most."""
        if not self._app.running:
            return STEP_MS
        wait_ms: int = self._board.due_ms() - self._clock.now_ms()
        return max(0, min(STEP_MS, wait_ms))

    def _report(self, done: bool | None = None) -> None:
        """One line; and once a second is the time to put the heap in order."""
        if MICROPYTHON:
            gc.collect()
        line: dict = {
            "made": self._app.packer.made,
            "receipted": self._uplink.receipted,
            "spooled": self._uplink.waiting,
            "reconnects": self._uplink.reconnects,
            "resent": self._uplink.resent,
            "dropped": self._uplink.dropped,
            "session": self._session,
        }
        if MICROPYTHON:
            line["free_kib"] = free_kib()
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
    heard = None
    if "sound" in config:
        from device.sound import Heard, SoundFile  # the signal path takes 17 kB: only when used

        heard = Heard(SoundFile(config["sound"]), recorded)
    mqtt = Mqtt(device, device, config["token"], [wire.device_down(device)])
    link = Link(config["host"], config["port"], mqtt, clock, ca)
    store = Folder(config["spool"]) if config["spool"] else None
    uplink = Uplink(device, link, clock, store)
    board = SimBoard(heard or recorded, config["speed"], clock, heard and heard.placement)
    return Probe(config, board, uplink, clock)


def main(arguments: list[str]) -> int:
    keep_tidy()
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
