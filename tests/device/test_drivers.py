"""The chips on I2C. Runs under pytest and, unchanged, on MicroPython."""

import errno
from array import array

from device.drivers import WrongChip
from device.drivers.adg706 import SWITCHES, Adg706
from device.drivers.lis2dh12 import Lis2dh12
from device.drivers.max17048 import Max17048
from device.drivers.max30102 import Max30102
from device.drivers.nau7802 import RAIL, Nau7802
from device.drivers.tlv320adc3140 import Tlv320adc3140, to_sound
from device.drivers.tmp117 import Tmp117
from tests.device import fake_i2c
from tests.device.fake_i2c import Chip, FakeI2C, WordChip

CHIPS = (
    (Nau7802, fake_i2c.FakeNau7802),
    (Max30102, fake_i2c.FakeMax30102),
    (Tmp117, fake_i2c.FakeTmp117),
    (Lis2dh12, fake_i2c.FakeLis2dh12),
    (Tlv320adc3140, fake_i2c.FakeTlv320adc3140),
    (Max17048, lambda: WordChip(0x36, {0x08: 0x0012, 0x02: 48640, 0x04: 0x5A80, 0x16: 0xFFF6})),
)


def why(function, *arguments):
    """The errno of its OSError; None when there is none."""
    try:
        function(*arguments)
    except OSError as error:
        return error.errno
    return None


def test_a_chip_that_is_not_there_is_told_by_the_bus():
    for driver, _ in CHIPS:
        assert why(driver, FakeI2C()) == errno.ENODEV


def test_a_bus_that_hangs_is_told():
    for driver, fake in CHIPS:
        bus = FakeI2C(fake())
        bus.stuck = True
        assert why(driver, bus) == errno.ETIMEDOUT


def test_another_chip_at_the_address_is_refused():
    for driver, fake in CHIPS:
        other = Chip(fake().address, {})
        try:
            driver(FakeI2C(other))
        except WrongChip as error:
            assert "says it is 0x0" in str(error)
        else:
            raise AssertionError(driver)


def test_a_chip_that_goes_away_later_is_told():
    for driver, fake in CHIPS:
        chip = fake()
        made = driver(FakeI2C(chip))
        chip.unplugged = True
        call = getattr(made, "percent" if driver is Max17048 else "start")
        arguments = (0,) if driver is Tlv320adc3140 else ()
        assert why(call, *arguments) == errno.ENODEV


def test_the_strain_gauge():
    chip = fake_i2c.FakeNau7802()
    gauge = Nau7802(FakeI2C(chip))
    gauge.start()
    assert chip.registers[0x01] == 0x2F and chip.registers[0x02] & 0x70 == 0x10
    assert not gauge.ready()
    for counts in (0, 1, -1, 123456, RAIL, -RAIL - 1):
        chip.measure(counts)
        assert gauge.ready() and gauge.counts() == counts
        assert not gauge.ready()
    gauge.sleep()
    chip.measure(5)
    assert not gauge.ready()


def test_a_strain_gauge_that_does_not_come_up():
    chip = fake_i2c.FakeNau7802()
    chip.slow_up = 1000
    assert why(Nau7802(FakeI2C(chip)).start) == errno.ETIMEDOUT
    chip = fake_i2c.FakeNau7802()
    chip.bridge = False
    try:
        Nau7802(FakeI2C(chip)).start()
    except OSError as error:
        assert "bridge" in str(error)
    else:
        raise AssertionError("calibrated without a bridge")


def test_the_oximeter_gives_each_sample_once_and_counts_the_lost():
    chip = fake_i2c.FakeMax30102()
    oximeter = Max30102(FakeI2C(chip))
    red, infrared = array("I", [0] * 32), array("I", [0] * 32)
    chip.light(1, 2)  # before it was started: nothing
    oximeter.start()
    assert oximeter.read_into(red, infrared) == 0
    for n in range(40):
        if n == 30:
            assert oximeter.read_into(red, infrared) == 30
            assert list(red[:30]) == [1000 + k for k in range(30)]
            assert infrared[29] == 0x3FFFF - 29
        chip.light(1000 + n, 0x3FFFF - n)
    assert oximeter.read_into(red, infrared) == 10 and red[9] == 1039
    for n in range(35):
        chip.light(n, n)
    assert oximeter.read_into(red, infrared) == 32
    assert list(red) == list(range(3, 35)) and oximeter.lost == 3


def test_an_oximeter_that_stays_in_its_reset():
    chip = fake_i2c.FakeMax30102()
    chip.slow_reset = 1000
    assert why(Max30102(FakeI2C(chip)).start) == errno.ETIMEDOUT


def test_the_thermometer():
    chip = fake_i2c.FakeTmp117()
    thermometer = Tmp117(FakeI2C(chip))
    assert thermometer.centidegrees() is None  # nothing was measured yet: not -256
    for counts, expected in ((4736, 3700), (0, 0), (-1280, -1000), (5120, 4000)):
        thermometer.start()
        assert not thermometer.ready()
        chip.convert(counts)
        assert thermometer.ready() and not thermometer.ready()
        assert thermometer.centidegrees() == expected


def test_the_fuel_gauge():
    registers = {0x08: 0x0012, 0x02: 48640, 0x04: 0x5A80, 0x16: 0xFFF6}
    chip = WordChip(0x36, registers)
    gauge = Max17048(FakeI2C(chip))
    assert gauge.millivolts() == 3800
    assert gauge.percent() == 91  # 90.5
    assert -2.09 < gauge.percent_per_hour() < -2.07
    chip.registers[0x04] = 0x6600
    assert gauge.percent() == 100
    chip.registers[0x02] = 0
    assert gauge.millivolts() is None and gauge.percent() is None


def test_the_accelerometer():
    chip = fake_i2c.FakeLis2dh12()
    motion = Lis2dh12(FakeI2C(chip))
    x, y, z = (array("h", [0] * 32) for _ in range(3))
    chip.feel(1, 1, 1)  # before it was started: nothing
    motion.start()
    assert motion.read_into(x, y, z) == 0
    chip.feel(0, -1000, 1000)
    chip.feel(-2048, 2047, 1)
    assert motion.read_into(x, y, z) == 2
    assert (x[0], y[0], z[0], x[1], y[1], z[1]) == (0, -1000, 1000, -2048, 2047, 1)
    for n in range(33):
        chip.feel(n, 0, 0)
    assert motion.read_into(x, y, z) == 32 and x[0] == 1 and motion.overruns == 1


def test_the_sound_converter_comes_up_only_with_a_clock():
    chip = fake_i2c.FakeTlv320adc3140()
    converter = Tlv320adc3140(FakeI2C(chip))
    converter.start(20)
    assert (chip.registers[0x3D], chip.registers[0x42], chip.registers[0x07]) == (80, 80, 0x40)
    converter.sleep()
    assert not chip.registers[0x02] & 1
    chip.clock = False
    assert why(converter.start, 20) == errno.ETIMEDOUT
    try:
        converter.start(43)
    except ValueError as error:
        assert "43 dB" in str(error)
    else:
        raise AssertionError("43 dB")


def test_words_become_sound():
    words = array("H", [0, 0x8000, 0, 0x7FFF, 0, 0x8000, 0, 0x7FFF])
    words.extend(array("H", [0x0100, 0xFF00] * 4))
    left, right = array("H", [0, 0]), array("H", [0, 0])
    to_sound(words, 2, left, right)
    assert list(left) == [2048, 2064]
    assert list(right) == [2047, 2032]  # the greatest and the least cancel, but for one count


class Line:
    """A pin, and what the switch makes of it."""

    level = 0

    def value(self, level):
        self.level = level


def test_the_switch_closes_the_one_that_its_lines_name():
    lines = [Line() for _ in range(4)]
    switch = Adg706(lines)
    for number in range(1, SWITCHES + 1):
        switch.select(number)
        a0, a1, a2, a3 = (line.level for line in lines)
        assert 1 + a0 + 2 * a1 + 4 * a2 + 8 * a3 == number  # the table of the data sheet
    switch.rest()
    assert not [line for line in lines if line.level]
    for call, argument in ((switch.select, 0), (switch.select, 17), (Adg706, lines[:3])):
        try:
            call(argument)
        except ValueError:
            continue
        raise AssertionError(argument)
