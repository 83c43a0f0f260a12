"""Wi-Fi without a radio. Runs under pytest and on MicroPython."""

from device import power
from device.wifi import Wifi

NETWORKS = [["home", "password"], ["open", ""]]
STEP_MS = 500


class Radio:
    """network.WLAN(network.STA_IF) of an ESP32: what cannot be done is an OSError, and a
    connection takes JOIN_MS. `there`: the networks in reach."""

    JOIN_MS = 3000

    def __init__(self):
        self.now_ms = 0
        self.there = []
        self.tried = []  # names, as they came
        self._active = False
        self._name = None
        self._since_ms = 0

    def active(self, *on):
        if on:
            self._active = bool(on[0])
            if not on[0]:
                self._name = None
        return self._active

    def isconnected(self):
        joined = self.now_ms - self._since_ms >= self.JOIN_MS
        return self._active and self._name in self.there and joined

    def connect(self, name, _password):
        if not self._active:
            raise OSError("WiFi Not Started")
        if self._name:
            raise OSError("WiFi Internal State Error")
        self._name = name
        self._since_ms = self.now_ms
        self.tried.append(name)

    def disconnect(self):
        if not self._active:
            raise OSError("WiFi Not Started")
        self._name = None

    def status(self, what):
        if what != "rssi" or not self.isconnected():
            raise OSError("WiFi Not Connected")
        return -60


class Air:
    """A board's Wi-Fi for some time."""

    def __init__(self, there):
        self.radio = Radio()
        self.radio.there = there
        self.wifi = Wifi(self.radio, NETWORKS, 0)
        self.on_ms = self.up_ms = 0

    def run(self, duration_ms, idle):
        self.on_ms = self.up_ms = 0
        for _ in range(duration_ms // STEP_MS):
            self.radio.now_ms += STEP_MS
            self.up_ms += STEP_MS * self.wifi.tick(self.radio.now_ms, idle)
            self.on_ms += STEP_MS * self.radio.active()


def test_while_it_records_the_radio_is_never_off():
    air = Air([])
    air.run(10 * power.SEARCH_EVERY_MS, idle=False)
    assert air.on_ms == 10 * power.SEARCH_EVERY_MS
    assert (air.up_ms, air.wifi.rssi_dbm()) == (0, None)
    assert air.radio.tried[:4] == ["home", "open", "home", "open"]
    assert len(air.radio.tried) <= 11  # one search of 10 s in 60 s
    air.radio.there = ["open"]
    air.run(3 * power.SEARCH_EVERY_MS, idle=False)
    assert air.wifi.rssi_dbm() == -60
    air.run(60 * 60_000, idle=False)
    assert air.up_ms == 60 * 60_000


def test_a_network_that_is_lost_is_looked_for_at_once():
    air = Air(["home"])
    air.run(20_000, idle=False)
    assert air.wifi.up
    air.radio.there = ["open"]
    air.run(1000, idle=False)
    assert not air.wifi.up
    air.radio.there = ["home"]
    air.run(2 * power.SEARCH_EVERY_MS, idle=False)
    assert air.wifi.up


def test_an_idle_board_is_off_the_radio_but_for_its_contacts():
    air = Air(["open"])
    contacts = 12
    air.run(contacts * power.CONTACT_EVERY_MS - STEP_MS, idle=True)
    assert air.on_ms == contacts * power.CONTACT_MS - STEP_MS
    assert air.radio.tried[:2] == ["home", "open"]
    assert air.up_ms >= contacts // 2 * (power.CONTACT_MS - Radio.JOIN_MS - STEP_MS)
    assert not air.radio.active()
    air.run(3 * power.SEARCH_EVERY_MS, idle=False)  # a recording begins between two contacts
    assert air.on_ms == 3 * power.SEARCH_EVERY_MS
    assert air.wifi.up
    air.run(power.CONTACT_MS, idle=True)  # the first contact begins when it ends
    assert air.up_ms == power.CONTACT_MS
    air.run(1000, idle=True)
    assert (air.wifi.up, air.wifi.rssi_dbm()) == (False, None)
