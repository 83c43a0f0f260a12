"""What main.py on the board starts: `from device.board_main import run; run()`.

/told.json is the document of device/provision.py; without it the board waits to be told over USB:
one line of JSON, answered by "ok" or by what is wrong.
"""

import os
import sys

import machine
import network

from device.board_esp32s3 import Board
from device.clock import system_clock
from device.firmware import build
from device.heap import keep_tidy
from device.provision import ProvisionError, parse
from device.wifi import Wifi

TOLD = "/told.json"
STEP_MS = 20  # waited for the link; sound paces a recording


def run() -> None:
    keep_tidy()
    told = _told()
    clock = system_clock()
    wifi = Wifi(network.WLAN(network.STA_IF), told["networks"], clock.now_ms())
    identity = None
    if "certificate" in told:
        identity = told["certificate"].encode(), told["private_key"].encode()
    told.update({"tls": told["ca"].encode(), "identity": identity})
    boot_id = int.from_bytes(os.urandom(4), "little")
    app, uplink = build(Board(told.get("channels", 1)), told, clock, boot_id)
    while True:
        was_up = wifi.up
        if wifi.tick(clock.now_ms(), app.idle) and not was_up:
            uplink.retry()
        app.turn(0 if app.running else STEP_MS)


def _told() -> dict:
    try:
        with open(TOLD, "rb") as file:
            return parse(file.read())
    except OSError:
        _ask()
        machine.reset()
        raise


def _ask() -> None:
    """Over USB, until it is right; kept in one step, so that half a document never stays."""
    while True:
        line = sys.stdin.readline().encode()
        try:
            parse(line)
        except ProvisionError as error:
            print("no: %s" % error)
            continue
        with open(TOLD + ".new", "wb") as file:
            file.write(line)
        os.rename(TOLD + ".new", TOLD)
        print("ok")
        return
