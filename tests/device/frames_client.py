"""All frames that the firmware makes of the same input; test_firmware.py runs it under CPython and
MicroPython.

    frames_client.py SECONDS WAV

Sound of twins through signal path, main loop, flash, an outage and the link; prints each frame that
the gateway got as a line of hexadecimal. The clock is simulated, and chance and free memory are
fixed: nothing else in a frame is measured.
"""

import random
import sys
from struct import pack

from device import payloads, uplink, wire
from device.board_sim import SimBoard
from device.firmware import build_on
from device.mqtt import Mqtt
from device.seconds import SecondsFile
from device.sim_flash import SimFlash
from device.sim_link import SimLink
from device.sound import Heard, SoundFile

SECTOR = 1024
STEP_MS = 250
SESSION = 9
CUT_S = range(12, 19)
MEASURED = {  # what the sensors tell, by second
    3: [("vitals", {3: 978, 4: 312}), (payloads.MOVEMENT, 0)],
    14: [("vitals", {1: 118, 2: 76, 6: 512, 7: 3655}), (payloads.CONTRACTION, 0)],
    15: [("vitals", {3: payloads.GAP_16, 5: 164}), (payloads.PROBE_OFF, 0)],
    16: [(payloads.PROBE_ON, 0)],
}
COMMANDS = {  # from above
    4: (payloads.COMMAND_FIND_ME, ""),
    6: (payloads.COMMAND_UPDATE, "bm8gbWFuaWZlc3Q="),
    8: (payloads.COMMAND_ALERT, "danger high"),
}


class Clock:
    ms = 0

    def now_ms(self):
        return self.ms


class Chance:
    @staticmethod
    def random():
        return 0.5


def main(source, sound):
    uplink.random = Chance
    clock = Clock()
    flash = SimFlash(24 * SECTOR, random.getrandbits, SECTOR)
    flash.program(flash.SIZE // 2, pack("<I", 1))
    heard = Heard(SoundFile(sound), SecondsFile(source))
    board = SimBoard(heard, 1, clock, heard.placement, flash)
    board.free_kib = lambda: 100
    board.percent = 15
    board.reset(payloads.WATCHDOG)
    frames = {}

    def keep(message):
        for frame in wire.Reader().feed(message):
            frames[frame.seq] = wire.encode(frame)

    link = SimLink(Mqtt("p1", "p1", "t", [wire.device_down("p1")]), clock, wire.device_down("p1"))
    link.heard = keep
    start = payloads.Start(7, 1, payloads.SYNTHETIC, "f\u00fcr alle")
    app, up = build_on(board, "p1", link, clock, bytes(64), start)
    app.begin(SESSION)
    while app.running or not up.drained:
        clock.ms += STEP_MS
        second, rest_ms = divmod(clock.ms, 1000)
        link.cut = second in CUT_S
        if not rest_ms:
            board.happens = MEASURED.get(second, [])
            if second in COMMANDS:
                command = payloads.pack_command(payloads.Command(*COMMANDS[second]))
                link.send(wire.Frame(wire.COMMAND, 0, second, 0, command))
        app.turn(0)
    for seq in sorted(frames):
        print("".join("%02x" % byte for byte in frames[seq]))


main(*sys.argv[1:])
