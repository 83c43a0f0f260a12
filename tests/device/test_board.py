"""The board file of the ESP32-S3 on fakes of its chips. Also on MicroPython.

What this cannot show is in docs/device.md: the real chips, and the time they take.
"""

from device import power, spoken
from device.beams import DWELL
from tests.device.fake_machine import Fake, Reset, imported
from tests.device.test_fhr import Beating

PERIOD = 857  # samples of 2 kHz: 140 bpm
BEAM = 1  # the crystal that hears the heart


class Belly:
    """A heart under one crystal, noise under the others; toco and motion are quiet."""

    def __init__(self, heart_at):
        self.machine = Fake(self.sound)
        self.heart_at = heart_at
        self.heart, self.noise = Beating(PERIOD, 300, 40), Beating(PERIOD, 0, 40)
        self.beams = []
        there = {"machine": self.machine, "esp32": self.machine.esp32}
        module = imported("board_esp32s3", there)
        self.pins, self.board = module.PINS, module.Board()
        self.ms = 0

    def switch(self, side):
        levels = self.machine.levels
        return sum(levels[self.pins["US_SEL%s%d" % (side, bit)]] << bit for bit in range(4))

    def sound(self, words):
        self.beams.append(self.switch("A"))
        heard = (self.heart if self.beams[-1] == self.heart_at else self.noise).next()
        for n in range(len(words)):
            words[n] = (heard[n // 8] << 4) ^ 0x8000

    def level(self, net):
        return self.machine.levels[self.pins[net]]

    def press(self, net, down_ms, recording):
        """Whether the board asks for the recording to begin or to end."""
        asked = False
        self.machine.press(self.pins[net], 0)
        for up in (0, 1):
            self.machine.levels[self.pins[net]] = up
            for _ in range((down_ms if not up else 500) // 50):
                self.ms += 50
                asked = self.board.held(self.ms, recording) or asked
        return asked


def test_all_chips_are_found_and_nothing_is_transmitted_at_the_start():
    belly = Belly(0)
    assert belly.board.probe_faults() == 0
    assert belly.board.battery_percent() == 91
    assert belly.level("US_POWER") == 0
    assert not belly.machine.shares[belly.pins["US_GATE"]]


def test_the_board_listens_to_the_beam_that_hears_the_heart():
    belly = Belly(BEAM)
    belly.board.power(power.RECORD_WIFI)
    assert belly.level("US_POWER") == 1 and belly.machine.shares[belly.pins["US_GATE"]]
    seconds = []
    for _ in range(DWELL * 2 + 4):
        seconds += belly.board.seconds(0)
    assert belly.beams[:DWELL] == [0] * DWELL
    assert belly.beams[DWELL:] == [BEAM] * (DWELL + 4)  # found: the search has ended
    assert belly.switch("B") == 9  # the twin kit
    traces = [spoken.unpack_trace(payload) for payload in seconds]
    assert len(traces) == DWELL // 2 + 1
    assert traces[0].fhr == (spoken.GAP_16,) * 4 and traces[0].fhr2 is None
    assert traces[-1].fhr[3] == 560
    belly.board.power(power.READY)
    assert [belly.level("US_POWER"), belly.switch("A"), belly.switch("B")] == [0, 0, 0]
    belly.board.power(power.RECORD_WIFI)
    assert belly.switch("A") == BEAM  # where it was heard last


def test_the_buttons():
    belly = Belly(0)
    board = belly.board
    assert not belly.press("BUTTON_EVENT", 100, False) and board.extras(0) == []
    assert belly.press("BUTTON_EVENT", 3500, False)
    assert not belly.press("BUTTON_EVENT", 100, True)
    assert board.extras(0) == [(spoken.MOVEMENT, 0)]
    assert belly.press("BUTTON_EVENT", 3500, True)
    assert not belly.press("BUTTON_ZERO", 6000, True) and not board.learns
    assert not belly.press("BUTTON_ZERO", 6000, False) and board.learns
    board.learning(False)
    assert not board.learns


def test_a_press_zeroes_the_toco():
    belly = Belly(0)
    strain = belly.machine.strain
    told = []
    for n in range(40):
        strain.measure(40_000 + n % 3 + (4000 if n >= 12 else 0))  # 5 units more
        if n == 24:
            belly.press("BUTTON_ZERO", 100, True)
        for payload in belly.board.seconds(0):
            told += spoken.unpack_trace(payload).toco
    assert (told[11], told[23], told[24], told[39]) == (20, 30, spoken.GAP_8, 20)


def test_a_press_is_seen_and_an_alert_is_not_covered_by_it():
    belly = Belly(0)
    belly.press("BUTTON_EVENT", 100, True)
    belly.board.feed()
    assert belly.level("LED_GREEN") == 1
    belly.board.alert("danger high")
    belly.press("BUTTON_EVENT", 100, True)
    belly.board.feed()
    assert (belly.level("LED_RED"), belly.level("LED_GREEN")) == (1, 0)


def test_it_sleeps_until_a_button_is_pressed():
    belly = Belly(0)
    try:
        belly.board.off()
        assert False
    except Reset as reset:
        assert str(reset) == "deepsleep"
    assert belly.level("US_POWER") == 0
    assert belly.machine.wakes_on == (belly.pins["BUTTON_EVENT"], 0)
