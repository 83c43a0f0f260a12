"""The whole firmware on a simulated board; run by test_firmware.py under both interpreters.

    firmware_client.py PORT SOURCE SPEED SESSION [HOST CA.pem CERT.der KEY.der]

Replays SOURCE through device/firmware.py, drains, and prints what became of it as JSON.
"""

import gc
import json
import sys
from binascii import unhexlify
from struct import pack

from device.heap import keep_tidy

keep_tidy()  # before anything else takes its place in the heap

from device.board_sim import Restart, SimBoard, free_kib  # noqa: E402
from device.clock import system_clock  # noqa: E402
from device.firmware import build  # noqa: E402
from device.seconds import SecondsFile  # noqa: E402
from device.sim_slots import FileFlash  # noqa: E402

KEY = unhexlify(
    "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
)
DRAIN_MS = 40_000  # a busy machine is slow
SECTORS = 28


def main(port, source, speed, session, host="127.0.0.1", ca=None, cert=None, key=None):
    clock = system_clock()
    told = {"device": "p1", "token": "t", "host": host, "port": int(port), "name": "test 1"}
    told.update({"key": KEY, "tls": None, "identity": (cert, key) if cert else None})
    if ca:
        with open(ca, "rb") as file:
            told["tls"] = file.read()
    flash = FileFlash(source + ".flash", SECTORS)
    flash.program(flash.SIZE // 2, pack("<I", 1))
    board = SimBoard(SecondsFile(source), int(speed), clock, flash=flash)
    app, uplink = build(board, told, clock, 7, speed=int(speed))
    app.begin(int(session))
    gc.collect()
    least = free_kib()
    total = least + gc.mem_alloc() // 1024 if hasattr(gc, "mem_alloc") else 0
    told = "ended"
    until_ms = None
    try:
        while not uplink.drained or app.running or until_ms is None:
            app.turn(max(0, min(20, board.due_ms() - clock.now_ms())) if app.running else 20)
            gc.collect()
            least = min(least, free_kib())
            if not app.running and until_ms is None:
                until_ms = clock.now_ms() + DRAIN_MS
            if until_ms is not None and clock.now_ms() > until_ms:
                break
    except Restart as restart:
        told = str(restart)
    board.slots.boot()
    line = {"end": told, "drained": uplink.drained, "log": board.log, "least_free_kib": least}
    line["programs"] = flash.programs
    if hasattr(gc, "mem_alloc"):
        line["most_used_kib"] = total - least
    line.update({"error": uplink.trouble, "version": board.version, "made": app.packer.made})
    print(json.dumps(line))


main(*sys.argv[1:])
