"""The slow sensors through their real drivers on a fake bus. Also on MicroPython."""

from device import payloads, power
from device.drivers.lis2dh12 import Lis2dh12
from device.drivers.max30102 import Max30102
from device.drivers.nau7802 import Nau7802
from device.drivers.tmp117 import Tmp117
from device.lights import Lights
from device.senses import FACE, VITALS, Senses
from device.signals import FIND_ME
from device.skin import AWAY, COLD_CENTI, HOT_CENTI, Skin
from device.toco import Toco
from tests.device.fake_i2c import FakeI2C, FakeLis2dh12, FakeMax30102, FakeNau7802, FakeTmp117

UNIT = 800
BEAT = (0, 9, 24, 40, 52, 58, 60, 58, 52, 44, 36, 30, 26, 24, 25, 27, 27, 25, 21, 17, 13, 9, 6, 3)
WARM, COLD = 33 * 128, 25 * 128  # counts of the TMP117


class Body:
    """Chips on a bus, and the mother behind them."""

    def __init__(self):
        self.chips = FakeNau7802(), FakeMax30102(), FakeTmp117(), FakeLis2dh12()
        self.bus = FakeI2C(*self.chips)
        strain, motion = Nau7802(self.bus), Lis2dh12(self.bus)
        strain.start()
        motion.start()
        light, face = Max30102(self.bus), Tmp117(self.bus)
        self.senses = Senses(strain, light, face, motion, Toco(UNIT, 8_000_000))
        self.ms = self.samples = 0
        self.warm = WARM
        self.shaken = 0
        self.happened = []

    def live(self, updates, level=2):
        """Quarters of a second; a pulse of 125 a minute."""
        strain, light, face, motion = self.chips
        for _ in range(updates):
            self.ms += 250
            strain.measure(UNIT * 3 + self.ms // 250 % 7)
            face.convert(self.warm)
            for n in range(6):
                motion.feel(0, 0, 1000 + self.shaken * (n % 2))
            for _ in range(12 + self.ms // 250 % 2):
                beat = 10 * BEAT[self.samples % len(BEAT)]
                light.light(80_000 - beat * 5 // 10, 100_000 - beat)
                self.samples += 1
            self.happened += self.senses.update(self.ms, level, 80)


def test_pulse_toco_and_vitals_come_from_the_chips():
    body = Body()
    body.live(80)
    assert abs(body.senses.pulse - 125 * payloads.PER_BPM) <= 4
    assert body.senses.toco_count != payloads.GAP_8
    body.live(VITALS - 80)
    assert body.senses.pulse == payloads.GAP_16  # the light is off again
    ((what, values),) = body.happened
    assert what == "vitals"
    assert abs(values[4] - 125 * payloads.PER_BPM) <= 4
    assert 900 < values[3] <= 1000
    assert sorted(values) == [3, 4, 5]
    body.live(VITALS)
    assert body.happened[1:] == [("vitals", {5: payloads.GAP_16})]  # no light in that minute
    body.live(power.OXIMETER_EVERY_MS // 250 - 2 * VITALS + 3)
    assert body.senses.pulse == payloads.GAP_16  # nothing of five minutes before


def test_a_bus_that_is_stuck_is_a_gap_and_comes_back():
    body = Body()
    body.live(80)
    body.bus.stuck = True
    body.live(4)
    assert (body.senses.toco_count, body.senses.pulse) == (payloads.GAP_8, payloads.GAP_16)
    body.bus.stuck = False
    body.live(8)
    assert body.senses.toco_count != payloads.GAP_8


def test_chips_that_are_not_there_tell_nothing():
    senses = Senses(None, None, None, None, Toco(UNIT, 8_000_000))
    for n in range(2 * VITALS):
        assert senses.update(250 * n, 0, 80) == []
    assert (senses.toco_count, senses.pulse) == (payloads.GAP_8, payloads.GAP_16)
    assert senses.skin.may_transmit


def test_off_the_skin_the_ultrasound_stops_and_movement_starts_it():
    body = Body()
    body.live(AWAY + FACE, level=0)
    assert body.senses.skin.may_transmit  # warm: a heart is looked for
    body.warm = COLD
    body.live(AWAY - FACE, level=0)
    assert body.senses.skin.may_transmit
    body.live(2 * FACE, level=0)
    assert not body.senses.skin.may_transmit
    assert (payloads.PROBE_OFF, 0) in body.happened
    body.shaken = 200
    body.live(1, level=0)
    assert body.senses.moving
    assert body.senses.skin.may_transmit
    assert body.happened[-1] == (payloads.PROBE_ON, 0)


def test_a_heart_keeps_it_on_and_a_hot_face_stops_it():
    skin = Skin()
    for _ in range(2 * AWAY):
        skin.update(1, False, COLD_CENTI - 500)
    assert skin.may_transmit
    skin.update(3, False, HOT_CENTI)
    assert not skin.may_transmit
    skin.update(3, False, HOT_CENTI - 50)
    assert not skin.may_transmit
    skin.update(3, False, 3600)
    assert skin.may_transmit


class Out:
    """A pin, or a PWM."""

    def __init__(self):
        self.now = 0

    def value(self, level):
        self.now = level

    duty_u16 = value

    def freq(self, _hz):
        pass


def test_a_pattern_is_shown_as_often_as_it_says():
    red, green, buzzer = Out(), Out(), Out()
    lights = Lights(red, green, buzzer)
    lights.play(0)
    assert (red.now, green.now, buzzer.now) == (0, 0, 0)
    lights.show(FIND_ME)
    sounds, before = 0, 0
    for now_ms in range(0, 120_000, 10):
        lights.play(now_ms)
        sounds += bool(buzzer.now) and not before
        before = buzzer.now
    _, steps, times = FIND_ME
    assert sounds == times * len(steps)
