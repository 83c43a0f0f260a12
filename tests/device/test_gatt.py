"""Golden bytes of the GATT profiles, put together by hand from the field tables that
device/gatt.py names. Runs under pytest and, unchanged, on MicroPython."""

from device import gatt
from device.ieee11073 import float32, later, sfloat
from device.payloads import GAP_16

WHEN = b"\xea\x07\x0b\x16\x05\x13\x1d"  # 2026-11-22 05:19:29
TIME = (2026, 11, 22, 5, 19, 29)
PRESSURE = (  # flags: time, pulse, user, status; 142/91 (108) mmHg, 78.5 /min, irregular pulse
    b"\x1e\x8e\x00\x5b\x00\x6c\x00" + WHEN + b"\x11\xf3\x01\x04\x00"
)
KPA = b"\x01\xa0\xf0\x6b\xf0\x7a\xf0"  # 16.0/10.7 (12.2) kPa and nothing else
GLUCOSE = (  # flags: offset, kg/L, status; record 7, 2024-02-29 23:30 + 45 min, 100 mg/dL
    b"\x0b\x07\x00\xe8\x07\x02\x1d\x17\x1e\x00\x2d\x00\x64\xb0\x11\x00\x00"
)
MOLAR = b"\x06\x08\x00" + WHEN + b"\x38\xc0\x11"  # 56e-4 mol/L
SPOT = b"\x07\x61\x00\x48\x00" + WHEN + b"\x00\x01\x20\x00\x00"  # 97 %, 72 /min, low perfusion
CONTINUOUS = (  # flags: all; 96 % 80 /min, fast, slow; status, sensor status, amplitude 5.2 %
    b"\x1f\x60\x00\x50\x00\x5f\x00\x51\x00\x61\x00\x4f\x00\x00\x01\x00\x00\x00\x34\xf0"
)
FAHRENHEIT = b"\x07\xda\x03\x00\xff" + WHEN + b"\x06"  # 98.6 F, mouth
CELSIUS = b"\x00\x6e\x01\x00\xff"  # 36.6
GOLDEN = (
    (0x2A35, PRESSURE),
    (0x2A35, KPA),
    (0x2A18, GLUCOSE),
    (0x2A18, MOLAR),
    (0x2A5E, SPOT),
    (0x2A5F, CONTINUOUS),
    (0x2A1C, FAHRENHEIT),
    (0x2A1C, CELSIUS),
)


def refused(characteristic, data):
    try:
        gatt.parse(characteristic, data)
    except gatt.GattError:
        return True
    return False


def is_nan(value):
    return value != value


def test_blood_pressure():
    found = gatt.parse(0x2A35, PRESSURE)
    assert found.values == {gatt.SYSTOLIC: 142, gatt.DIASTOLIC: 91, gatt.PULSE: 78.5}
    assert found.time == TIME and found.user == 1
    assert found.notes == ("irregular pulse",) and found.faults == ()
    assert gatt.counts_of(found.values) == {1: 142, 2: 91, 4: 314}


def test_blood_pressure_in_kpa_comes_out_in_mmhg():
    found = gatt.parse(0x2A35, KPA)
    assert gatt.counts_of(found.values) == {1: 120, 2: 80}
    assert found.time is None and found.user is None


def test_a_cuff_that_measured_nothing_gives_gaps():
    found = gatt.parse(0x2A35, b"\x00" + b"\xff\x07" * 3)
    assert gatt.counts_of(found.values) == {1: GAP_16, 2: GAP_16}


def test_each_note_of_a_cuff():
    for bit, word in ((0, "body movement"), (1, "cuff too loose"), (5, "improper position")):
        data = b"\x10\x78\x00\x50\x00\x5d\x00" + bytes((1 << bit, 0))
        assert gatt.parse(0x2A35, data).notes == (word,)
    assert gatt.parse(0x2A35, b"\x08\x78\x00\x50\x00\x5d\x00\xff").user is None


def test_glucose_in_either_unit():
    found = gatt.parse(0x2A18, GLUCOSE)
    assert gatt.counts_of(found.values) == {6: 555}  # 100 mg/dL is 5.55 mmol/L
    assert found.sequence == 7 and found.time == (2024, 3, 1, 0, 15, 0)
    assert gatt.counts_of(gatt.parse(0x2A18, MOLAR).values) == {6: 560}


def test_a_control_solution_is_nobody_s_glucose():
    for sample in (0x1A, 0x41):  # by its type, by its location
        found = gatt.parse(0x2A18, MOLAR[:-1] + bytes((sample,)))
        assert found.faults == ("control solution",)
        assert gatt.counts_of(found.values) == {6: GAP_16}


def test_a_faulty_glucose_reading_is_a_gap_and_says_why():
    for bit, word in gatt.GLUCOSE_FAULTS:
        status = bytes((1 << bit & 255, 1 << bit >> 8))
        found = gatt.parse(0x2A18, GLUCOSE[:-2] + status)
        assert found.faults == (word,) and is_nan(found.values[gatt.GLUCOSE])


def test_a_record_without_a_concentration_is_a_gap():
    assert gatt.counts_of(gatt.parse(0x2A18, b"\x00\x01\x00" + WHEN).values) == {6: GAP_16}


def test_oximeters():
    spot = gatt.parse(0x2A5E, SPOT)
    assert gatt.counts_of(spot.values) == {3: 970, 4: 288}
    assert spot.time == TIME and spot.notes == ("low perfusion",)
    continuous = gatt.parse(0x2A5F, CONTINUOUS)
    assert gatt.counts_of(continuous.values) == {3: 960, 4: 320}
    assert continuous.notes == () and continuous.faults == ()


def test_an_oximeter_clock_that_was_never_set_tells_no_time():
    assert gatt.parse(0x2A5E, b"\x11\x61\x00\x48\x00" + WHEN).time is None


def test_a_faulty_saturation_is_a_gap_and_says_why():
    for bit, word in gatt.OXIMETER_FAULTS:
        data = b"\x02\x61\x00\x48\x00" + bytes((1 << bit & 255, 1 << bit >> 8))
        found = gatt.parse(0x2A5E, data)
        assert found.faults == (word,)
        assert gatt.counts_of(found.values) == {3: GAP_16, 4: GAP_16}
    off_finger = CONTINUOUS[:15] + b"\x00\x08\x00" + CONTINUOUS[18:]
    assert gatt.parse(0x2A5F, off_finger).faults == ("sensor not on the finger",)


def test_temperature_in_either_unit():
    found = gatt.parse(0x2A1C, FAHRENHEIT)
    assert gatt.counts_of(found.values) == {7: 3700} and found.time == TIME
    assert gatt.counts_of(gatt.parse(0x2A1C, CELSIUS).values) == {7: 3660}


def test_every_cut_and_every_byte_too_many_is_refused():
    for characteristic, data in GOLDEN:
        for n in range(len(data)):
            assert refused(characteristic, data[:n])
        assert refused(characteristic, data + b"\x00")


def test_unknown_flags_and_characteristics_are_refused():
    for characteristic, data in GOLDEN:
        assert refused(characteristic, bytes((data[0] | 0x80,)) + data[1:])
    assert refused(0x2A36, PRESSURE)


def test_times_that_are_none():
    for at, value in ((2, 13), (3, 32), (4, 24), (5, 60), (6, 60)):
        when = WHEN[:at] + bytes((value,)) + WHEN[at + 1 :]
        assert refused(0x2A35, b"\x02" + KPA[1:] + when)
    assert gatt.parse(0x2A35, b"\x02" + KPA[1:] + b"\x00\x00" + WHEN[2:]).time is None
    assert later((2026, 1, 1, 0, 10, 5), -20) == (2025, 12, 31, 23, 50, 5)
    assert later((2023, 2, 28, 23, 0, 0), 120) == (2023, 3, 1, 1, 0, 0)


def test_numbers():
    for raw, value in ((0x0072, 114), (0xF16E, 36.6), (0x2005, 500), (0x0FFF, -1), (0x8001, 1e-8)):
        assert sfloat(raw) == value
    for raw, value in (
        (0xFF00016E, 36.6),
        (0xFE000E4C, 36.6),
        (0x02000005, 500),
        (0xFFFFFFFF, -0.1),
    ):
        assert float32(raw) == value
    for special in (0x07FF, 0x0800, 0x0801):  # NaN, not at this resolution, reserved
        assert is_nan(sfloat(special))
    for special in (0x007FFFFF, 0x00800000, 0x00800001):
        assert is_nan(float32(special))
    infinity = float("inf")
    assert sfloat(0x07FE) == float32(0x007FFFFE) == infinity
    assert sfloat(0x0802) == float32(0x00800002) == -infinity


def test_what_does_not_fit_is_a_gap():
    for value in (float("nan"), float("inf"), -float("inf"), -1.0, 65535.0, 1e30):
        assert gatt.counts_of({gatt.SYSTOLIC: value}) == {1: GAP_16}
    assert gatt.counts_of({gatt.SYSTOLIC: 65534.4}) == {1: 65534}
