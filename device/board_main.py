"""What main.py on the board starts: `from device.board_main import run; run()`.

/told.json is the document of device/provision.py; without it the board waits to be told: over USB
(one line of JSON, answered by "ok" or by what is wrong), or by Bluetooth when the zero button has
opened a window. A board that has been told can be told anew by Bluetooth.
"""

import asyncio
import os
import select
import sys

import machine
import network

from device.bearer import Bearer
from device.board_esp32s3 import PINS, Board
from device.buttons import HELD, LEARN_MS, Button
from device.cellular import Cellular
from device.clock import system_clock
from device.firmware import build
from device.heap import keep_tidy
from device.link import tls_context
from device.provision import ProvisionError, parse
from device.teach import Window
from device.wifi import Wifi

TOLD = "/told.json"
STEP_MS = 20  # waited for the link; sound paces a recording
MODEM_BAUD, MODEM_BUFFER = 115_200, 2048
FEED_S = 0.1  # while a window is open


def run() -> None:
    keep_tidy()
    clock = system_clock()
    told = _told(clock)
    told.update({"tls": told["ca"].encode(), "identity": _identity(told)})
    boot_id = int.from_bytes(os.urandom(4), "little")
    board = Board(told.get("channels", 1))
    bearer = bearer_of(told, clock.now_ms())
    app, uplink = build(board, told, clock, boot_id)
    while True:
        was_up = bearer.up
        if bearer.tick(clock.now_ms(), app.idle) and not was_up:
            uplink.retry()
        board.cellular = bearer.cellular
        app.turn(0 if app.running else STEP_MS)
        if board.learns and not app.running and asyncio.run(_learn(board, clock)):
            uplink.close()
            machine.reset()


def bearer_of(told: dict, now_ms: int) -> Bearer:
    """The radios that the document has something for."""
    wifi = modem = None
    if told.get("networks"):
        wifi = Wifi(network.WLAN(network.STA_IF), told["networks"], now_ms)
    if told.get("apn"):
        serial = machine.UART(1, MODEM_BAUD, tx=PINS["MODEM_TX"], rx=PINS["MODEM_RX"],
                              rxbuf=MODEM_BUFFER)  # fmt: skip
        power, key = (machine.Pin(PINS[net], machine.Pin.OUT, value=0) for net in
                      ("MODEM_POWER", "MODEM_PWRKEY"))  # fmt: skip
        modem = Cellular(serial, network.PPP, power, key, told["apn"])
    return Bearer(wifi, modem, now_ms)


def _identity(told: dict):
    """(certificate, key), None when it was told none."""
    if "certificate" not in told:
        return None
    return told["certificate"].encode(), told["private_key"].encode()


def _told(clock) -> dict:
    try:
        with open(TOLD, "rb") as file:
            return parse(file.read())
    except OSError:
        _ask(clock)
        machine.reset()
        raise


def _ask(clock) -> None:
    """Until it was told rightly."""
    zero, pin = Button(LEARN_MS), machine.Pin(PINS["BUTTON_ZERO"], machine.Pin.IN)
    lines = select.poll()
    lines.register(sys.stdin, select.POLLIN)
    while True:
        if lines.poll(STEP_MS) and _is_told(sys.stdin.readline().encode()):
            return
        if zero.look(pin.value(), clock.now_ms()) == HELD and asyncio.run(_window(clock).open()):
            return


def _is_told(line: bytes) -> bool:
    try:
        keep(line)
    except ProvisionError as error:
        print("no: %s" % error)
        return False
    print("ok")
    return True


def keep(document: bytes) -> None:
    """When the board can go on with it, and in one step, so that half of one never stays."""
    told = parse(document)
    try:
        tls_context(told["ca"].encode(), _identity(told))
    except (ValueError, OSError):
        raise ProvisionError("ca or certificate cannot be read") from None
    with open(TOLD + ".new", "wb") as file:
        file.write(document)
    os.rename(TOLD + ".new", TOLD)


async def _learn(board, clock) -> bool:
    """The board does nothing else meanwhile, but its lights say so."""
    board.learning(True)
    feeding = asyncio.create_task(_feed(board))
    try:
        return await _window(clock).open()
    finally:
        feeding.cancel()
        board.learning(False)


async def _feed(board) -> None:
    while True:
        board.feed()
        await asyncio.sleep(FEED_S)


def _window(clock) -> Window:
    import aioble  # only now: the radio's own memory
    import aioble.security  # without it nobody can pair
    import bluetooth

    return Window(aioble, bluetooth.UUID, clock, keep)
