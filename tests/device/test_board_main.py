"""The board's main program on fakes of its modules: told over USB, by Bluetooth, and told anew.

Also on MicroPython.
"""

import json
import os
import sys

from device.bearer import WIFI_MS
from device.provision import parse
from device.teach import SERVICE
from tests.device.fake_machine import Fake, Reset, imported
from tests.device.fake_modem import FakePpp
from tests.device.fake_server import FakeServer
from tests.device.scratch import new_folder, remove
from tests.device.test_network import TOLD
from tests.device.test_teach import Phone
from tests.device.test_wifi import Radio

ZERO = 0  # GPIO of the button
CA = (
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBdTCCARugAwIBAgIULgZAx9yELlXtdBm/EhNiaIJeN5wwCgYIKoZIzj0EAwIw\n"
    "DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjIxMjQ5MTFaGA8yMTI2MTAyOTEyNDkx\n"
    "MVowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBlz\n"
    "ZelbjpwjhODXex7rPdheT9Ao7B3mWAefC/h4JmGPM5k6CGKyuXW3i1ANYeo/82Cc\n"
    "PTkhfIun8zlLPtvRoyqjUzBRMB0GA1UdDgQWBBQnf7eU1hijPSu5U1pVUY250Aq2\n"
    "nTAfBgNVHSMEGDAWgBQnf7eU1hijPSu5U1pVUY250Aq2nTAPBgNVHRMBAf8EBTAD\n"
    "AQH/MAoGCCqGSM49BAMCA0gAMEUCIG10uw8LZLulTXFljum/+xVVTspYSEbUR+Vb\n"
    "vKZA/aJGAiEAg5o0L8++A33zJsVqJu5xb0x9z3LPiD45YGRIRDt7ROw=\n"
    "-----END CERTIFICATE-----\n"
)
WITH_APN = dict(TOLD, ca=CA, apn="internet", host="127.0.0.1", port=1)


class Clock:
    """Each look at it takes 20 ms."""

    ms = 0

    def now_ms(self):
        self.ms += 20
        if self.ms == 2000:
            self.machine.press(ZERO, 0)
        return self.ms


class Usb:
    """select and sys as the program uses them: lines that come over USB."""

    POLLIN = 1

    def __init__(self, lines):
        self.lines = list(lines)
        self.stdin = self

    def poll(self, *_):
        return len(self.lines) if _ else self

    def register(self, *_):
        pass

    def readline(self):
        return self.lines.pop(0)


class Network:
    STA_IF = 0
    PPP = FakePpp

    def __init__(self):
        self.radio = Radio()

    def WLAN(self, _interface):  # noqa: N802
        return self.radio


class Unit:
    """A board in its box. document: it was told before."""

    def __init__(self, phones=(), lines=(), document=None):
        self.folder = new_folder()
        self.path = self.folder + "/told.json"
        if document is not None:
            with open(self.path, "wb") as file:
                file.write(document)
        self.clock = Clock()
        self.clock.machine = self.machine = Fake(self.silence)
        self.network = Network()
        self.aioble = FakeServer(self.clock, phones)
        self.aioble.UUID, self.aioble.security = str, self.aioble
        there = {"machine": self.machine, "esp32": self.machine.esp32, "network": self.network}
        self.main = imported("board_main", there)
        self.main.TOLD = self.path
        self.main.system_clock = lambda: self.clock
        self.main.select = self.main.sys = Usb(lines)
        self.ended = self._run()

    def silence(self, words):
        raise AssertionError("it records")

    def _run(self):
        radio = ("aioble", "aioble.security", "bluetooth")  # imported when the window opens
        for name in radio:
            sys.modules[name] = self.aioble
        try:
            self.main.run()
        except Reset as reset:
            return str(reset)
        finally:
            for name in radio:
                del sys.modules[name]

    def kept(self):
        with open(self.path, "rb") as file:
            return file.read()

    def remove(self):
        os.remove(self.path)
        remove(self.folder)


def test_a_new_board_is_told_over_usb():
    whole = json.dumps(WITH_APN)
    bad = (
        dict(WITH_APN, port=0),
        TOLD,
        dict(WITH_APN, ca="none"),
    )  # the CA of TOLD is no certificate
    unit = Unit(lines=["{\n"] + [json.dumps(told) + "\n" for told in bad] + [whole + "\n"])
    assert unit.ended == "reset" and unit.aioble.advertised == 0
    assert parse(unit.kept()) == parse(whole.encode())
    unit.remove()


def test_a_new_board_is_told_by_bluetooth_when_its_button_is_held():
    phone = Phone(json.dumps(WITH_APN).encode())
    unit = Unit(phones=[phone])
    assert unit.ended == "reset" and unit.clock.ms >= 7000
    assert unit.kept() == phone.document and phone.answers[-1] == "ok"
    assert unit.aioble.registered.uuid == SERVICE and not unit.aioble.on
    unit.remove()


def test_a_board_is_told_anew_and_keeps_what_it_had_until_then():
    before = json.dumps(WITH_APN).encode()
    wrong, right = Phone(b"{}" + bytes(40)), Phone(json.dumps(dict(WITH_APN, port=2)).encode())
    unit = Unit(phones=[wrong, right], document=before)
    assert unit.ended == "reset" and wrong.answers[-1].startswith("no: ")
    assert parse(unit.kept())["port"] == 2
    assert unit.machine.fed > 20
    unit.remove()


def test_the_document_says_which_radios_there_are():
    unit = Unit(lines=[json.dumps(WITH_APN) + "\n"])
    unit.remove()
    for told, wifi, modem in ((TOLD, 1, 0), (WITH_APN, 1, 1), (dict(WITH_APN, networks=[]), 0, 1)):
        unit.machine.levels = {}
        unit.network.radio = Radio()
        bearer = unit.main.bearer_of(told, 0)
        for now_ms in range(0, WIFI_MS + 1000, 250):
            unit.network.radio.now_ms = now_ms
            bearer.tick(now_ms, False)
        assert bool(unit.network.radio.tried) == wifi
        assert unit.machine.levels.get(15, 0) == modem  # its power
