"""The toco from counts to units. Runs under pytest and, unchanged, on MicroPython."""

from array import array

from device import toco
from device.payloads import GAP_8
from device.toco import Toco

UNIT = 7000  # counts
RAIL = (1 << 23) - 1
REST = 500_000  # counts of a belt that is on
NOISE = (0, 90, -130, 40, -60)  # counts: what a real converter adds


class Belt:
    """A Toco and the strain on it."""

    def __init__(self):
        self.toco = Toco(UNIT, RAIL)
        self._turn = 0

    def feel(self, units, moving=False, spike=0):
        """One value, half units, with the strain this many units above rest."""
        counts = REST + int(units * UNIT)
        readings = array("i", [counts + noise + self._turn % 7 for noise in NOISE])
        readings[self._turn % 5] += spike
        self._turn += 1
        return self.toco.update(readings, 5, moving)

    def many(self, units, count):
        return [self.feel(units) for _ in range(count)]


def zeroed():
    belt = Belt()
    assert belt.many(0, 4) == [GAP_8] * 4 and belt.toco.state == toco.ZEROING
    return belt


def test_rest_is_ten_after_the_first_second():
    belt = zeroed()
    assert belt.many(0, 20) == [20] * 20 and belt.toco.state == toco.MEASURING


def test_a_contraction_is_followed_within_a_unit():
    belt = zeroed()
    for n in range(240):
        units = 80 * (1 - abs(n - 120) / 120)  # up and down in 60 s
        assert abs(belt.feel(units) - 2 * (units + 10)) <= 1


def test_one_wild_reading_is_nothing():
    belt = zeroed()
    for n in range(20):
        assert belt.feel(0, spike=4_000_000 if n % 3 else -4_000_000) == 20


def test_the_scale_is_told_as_far_as_it_goes_and_no_false_hundred():
    belt = zeroed()
    for units in range(0, 117, 5):
        assert belt.feel(units) == 2 * (units + 10)
    assert belt.feel(117) == 254  # the most that the wire holds
    assert belt.feel(118) == GAP_8 and belt.toco.state == toco.BEYOND
    assert belt.feel(110) == 240 and belt.toco.state == toco.MEASURING


def test_a_gauge_at_its_rail_is_a_gap_until_it_has_settled():
    for rail in (RAIL, -RAIL - 1):
        belt = zeroed()
        readings = array("i", [rail, REST, REST + 1, REST + 2, REST + 3])
        assert belt.toco.update(readings, 5, False) == GAP_8
        assert belt.toco.state == toco.BEYOND
        assert belt.many(0, 6) == [GAP_8] * 4 + [20] * 2


def test_no_sensor_is_a_gap():
    belt = zeroed()
    assert belt.toco.update(array("i", [0] * 5), 0, False) == GAP_8
    assert belt.toco.state == toco.NO_SENSOR
    assert belt.many(0, 2) == [20] * 2
    still = array("i", [REST] * 5)
    told = [belt.toco.update(still, 5, False) for _ in range(12)]
    assert told[-4:] == [GAP_8] * 4 and belt.toco.state == toco.NO_SENSOR


def test_movement_is_a_gap_and_what_follows_is_true_again():
    belt = zeroed()
    assert belt.feel(0, moving=True) == GAP_8 and belt.toco.state == toco.MOVING
    assert belt.many(0, 5) == [GAP_8] * 3 + [20] * 2
    assert belt.many(40, 6) == [GAP_8] * 4 + [100] * 2  # a leap that no uterus makes


def test_zeroing_by_button_or_command():
    belt = zeroed()
    belt.many(9, 4)
    assert belt.feel(18) == 56
    belt.toco.zero()
    assert belt.many(18, 6) == [GAP_8] * 4 + [20] * 2


def test_zeroing_waits_for_a_quiet_second():
    belt = zeroed()
    belt.toco.zero()
    belt.many(0, 2)
    assert belt.feel(9, moving=True) == GAP_8
    belt.many(9, 3)
    assert belt.many(9, 6) == [GAP_8] * 4 + [20] * 2


def test_zero_follows_a_belt_that_slackens_but_never_one_that_tightens():
    belt = zeroed()
    for n in range(16):
        belt.feel(-n)
    told = belt.many(-16, 24)
    assert told[0] == GAP_8 and told[-1] == 0 and belt.toco.state == toco.MEASURING
    assert belt.feel(-11) == 10
    for n in range(5):
        belt.feel(-11 + 8 * n)
    for _ in range(2400):
        told = belt.feel(30)
    assert told == 92  # ten minutes change nothing: it may be her tone
    assert belt.toco.wants_zero
    belt.toco.zero()
    assert not belt.toco.wants_zero


def test_rest_that_is_reached_between_contractions_asks_for_nothing():
    belt = zeroed()
    for n in range(2400):
        units = 60 - abs(n % 480 - 240) / 4
        belt.feel(max(0, units))
    assert not belt.toco.wants_zero
