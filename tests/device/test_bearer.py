"""Wi-Fi, the modem, and which of them. Runs under pytest and on MicroPython."""

from device.bearer import MODEM_EVERY_MS, MODEM_MS, WIFI_MS, Bearer
from device.cellular import JOIN_MS, KEY_MS, LEAVE_MS, Cellular
from device.wifi import Wifi
from tests.device.fake_modem import FakeModem, FakePpp, Serial, Switch
from tests.device.test_wifi import NETWORKS, Radio

STEP_MS, IDLE_STEP_MS = 250, 1000
MODEM_UP_MS = 17_000  # of a start, a search and PPP


class Place:
    """A board somewhere: `radio.there` are the Wi-Fi networks, `modem` has its own."""

    def __init__(self, wifi=True, modem=True):
        self.ms = 0
        self.radio = Radio()
        self.modem = FakeModem()
        self.serial = Serial(self.modem)
        self.power, self.key = Switch(self._powered), Switch(self._pressed)
        self._pressed_ms = 0
        self.cellular = None
        if modem:
            self.cellular = Cellular(self.serial, FakePpp, self.power, self.key, "internet")
        there = Wifi(self.radio, NETWORKS, 0) if wifi else None
        self.bearer = Bearer(there, self.cellular, 0)
        self.modem_ms = 0

    def _powered(self, level):
        if not level:
            assert not self.modem.on, "cut off while it was on"
            self.modem.off()

    def _pressed(self, level):
        if level:
            self._pressed_ms = self.ms
        elif self.power.level and self.ms - self._pressed_ms >= 1200:
            if self.modem.on:
                self.modem.off()
            else:
                self.serial.say(self.modem.start())

    def run(self, duration_ms, idle=False):
        """How long there was a network."""
        up_ms = 0
        step_ms = IDLE_STEP_MS if idle else STEP_MS
        for _ in range(duration_ms // step_ms):
            self.ms += step_ms
            self.radio.now_ms = self.ms
            up_ms += step_ms * self.bearer.tick(self.ms, idle)
            assert not (self.radio.active() and self.power.level), "two radios at once"
            self.modem_ms += step_ms * self.power.level
        return up_ms


def refuse(write):
    def written(data):
        if data[:1] == b"~":
            raise OSError("no memory")
        write(data)

    return written


def test_where_there_is_wifi_the_modem_is_never_on():
    place = Place()
    place.radio.there = ["home"]
    assert place.run(60_000) >= 60_000 - 5000
    assert place.modem_ms == 0 and not place.bearer.cellular


def test_from_wifi_to_the_modem_and_back():
    place = Place()
    place.radio.there = ["home"]
    place.run(60_000)
    place.radio.there = []
    assert place.run(WIFI_MS + MODEM_UP_MS + 60_000) >= 60_000
    assert place.bearer.cellular and place.bearer.up and place.cellular.rssi_dbm == -79
    place.radio.there = ["home"]
    place.run(300_000)
    assert place.bearer.cellular  # what works is kept
    place.modem.data = False  # the call ends
    place.modem.searches = None
    place.run(LEAVE_MS + STEP_MS)
    assert not place.bearer.cellular and place.cellular.error == "the network is lost"
    place.run(600_000)
    assert place.bearer.up and not place.bearer.cellular


def test_a_modem_that_finds_nothing_leaves_wifi_its_turns():
    for wrong, why in (
        ({"sim": False}, "AT+CPIN?: +CME ERROR: 10"),
        ({"searches": None}, "AT+CEREG?: +CEREG: 0,2"),
        ({"carrier": False}, "ATD*99#: NO CARRIER"),
    ):
        place = Place()
        for name in wrong:
            setattr(place.modem, name, wrong[name])
        place.run(700_000)
        assert place.cellular.failures >= 2
        assert place.modem_ms <= 0.4 * place.ms
        assert place.cellular.error.startswith(why.split(":")[0]), place.cellular.error
        assert len(place.radio.tried) >= 3
        place.radio.there = ["home", "open"]
        place.run(200_000)
        assert place.bearer.up and not place.bearer.cellular


def test_a_modem_that_does_not_start_or_has_no_ppp_is_cut_off_and_tried_again():
    place = Place(wifi=False)
    place.modem.start = lambda: b""
    place.run(400_000)
    assert place.cellular.error == "AT: no answer" and place.cellular.failures >= 2
    place = Place(wifi=False)
    heard = place.modem.hear
    place.modem.hear = lambda data: b"" if place.modem.data else heard(data)
    place.run(MODEM_UP_MS + JOIN_MS + LEAVE_MS)
    assert place.cellular.error == "no PPP"
    place = Place(wifi=False)
    place.serial.write = refuse(place.serial.write)
    place.run(MODEM_UP_MS)
    assert place.cellular.error == "PPP: no memory"


def test_one_of_them_alone():
    place = Place(wifi=False)
    assert place.run(60_000) >= 60_000 - MODEM_UP_MS - KEY_MS
    assert place.bearer.cellular
    place.run(10_000, idle=True)
    assert place.cellular.off
    place = Place(modem=False)
    place.radio.there = ["open"]
    assert place.run(300_000) >= 200_000
    assert not place.bearer.cellular


def test_an_idle_board_asks_its_modem_once_an_hour():
    for wifi in (True, False):
        place = Place(wifi=wifi)
        up_ms = place.run(3 * MODEM_EVERY_MS, idle=True)
        assert 2 * (MODEM_MS - MODEM_UP_MS) <= up_ms
        assert place.modem_ms <= 3 * (MODEM_MS + LEAVE_MS + IDLE_STEP_MS)
    place = Place()
    place.radio.there = ["home"]
    place.run(2 * MODEM_EVERY_MS, idle=True)
    assert place.modem_ms == 0


def test_what_the_modem_has_begun_in_a_contact_it_goes_on_with():
    place = Place()
    place.run(MODEM_EVERY_MS + MODEM_MS - 10_000, idle=True)
    assert place.bearer.cellular and place.bearer.up
    assert place.run(60_000) == 60_000  # a start has come
