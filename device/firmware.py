"""The whole firmware put together on a board: self-test, spool on flash, link, updates, main loop.

What it is told (device/provision.py) is a dict: device, token, host, port, tls (PEM of the CA or
None), identity (files (certificate, key) or None), name, key (the maker's public key, 64 bytes).
"""

from device import report, spoken, wire
from device.app import App
from device.care import Care
from device.flashlog import FlashLog
from device.flashstore import FlashStore
from device.link import Link
from device.mqtt import Mqtt
from device.update import Update
from device.uplink import Uplink


def build(board, told: dict, clock, boot_id: int, speed: int = 1, flags: int = 0):
    """(App, Uplink). `board` has, beside what device/app.py says: NAME, spool, notes and scratch
    (regions of flash; None with the fault "flash"), slots, version, cause, task, probe_faults()."""
    device = told["device"]
    mqtt = Mqtt(device, device, told["token"], [wire.device_down(device)])
    link = Link(told["host"], told["port"], mqtt, clock, told["tls"], told["identity"])
    start = spoken.Start(boot_id, speed, flags, told["name"])
    return build_on(board, device, link, clock, told["key"], start)


def build_on(board, device: str, link, clock, key: bytes, start: spoken.Start):
    """(App, Uplink) over this link."""
    tested = report.self_test(board)
    if tested.trial and tested.faults & report.FATAL:
        board.restart()  # the boot loader goes back to the firmware before this
    update = store = None
    if not tested.faults & report.FLASH_FAULT:  # else memory is what is left
        update = Update(board.slots, board.notes, key, board.NAME)
        store = FlashStore(FlashLog(board.spool))
    uplink = Uplink(device, link, clock, store)

    def care(tell, now_ms: int) -> Care:
        return Care(board, uplink, update, tell, now_ms)

    return App(board, uplink, clock, start, spoken.pack_report(tested), care), uplink
