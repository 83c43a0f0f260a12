"""What holds for all measurements: an encoder of the tests' own comes back through the parser."""

from math import isfinite, isnan
from struct import pack

from hypothesis import given
from hypothesis import strategies as st

from device import gatt
from device.ieee11073 import float32, sfloat

TIMES = st.tuples(
    st.integers(1582, 9999),
    st.integers(1, 12),
    st.integers(1, 31),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 59),
)
MANTISSAS = st.integers(-2045, 2045)  # those around +-2047 are special with exponent 0
EXPONENTS = st.integers(-8, 7)


def encoded(mantissa: int, exponent: int) -> int:
    return (exponent & 15) << 12 | mantissa & 0xFFF


@given(MANTISSAS, EXPONENTS)
def test_any_sfloat_comes_back(mantissa: int, exponent: int) -> None:
    assert sfloat(encoded(mantissa, exponent)) == float(f"{mantissa}e{exponent}")


@given(st.integers(-8388605, 8388605), st.integers(-20, 20))
def test_any_float_comes_back(mantissa: int, exponent: int) -> None:
    raw = (exponent & 255) << 24 | mantissa & 0xFFFFFF
    assert float32(raw) == float(f"{mantissa}e{exponent}")


@given(st.integers(0, 0xFFFF))
def test_every_sfloat_is_a_number_or_one_of_the_five_specials(raw: int) -> None:
    assert isfinite(sfloat(raw)) == (raw not in range(0x07FE, 0x0803))


@given(
    st.lists(st.tuples(MANTISSAS, EXPONENTS), min_size=3, max_size=3),
    st.none() | TIMES,
    st.none() | st.tuples(MANTISSAS, EXPONENTS),
    st.none() | st.integers(0, 254),
    st.none() | st.integers(0, 0xFFFF),
)
def test_any_blood_pressure_comes_back(pressures, when, pulse, user, status) -> None:
    present = (when, pulse, user, status)
    flags = sum(2 << bit for bit, field in enumerate(present) if field is not None)
    data = bytes((flags,)) + pack("<3H", *(encoded(*each) for each in pressures))
    data += pack("<H5B", *when) if when else b""
    data += pack("<H", encoded(*pulse)) if pulse else b""
    data += bytes((user,)) if user is not None else b""
    data += pack("<H", status) if status is not None else b""
    found = gatt.parse(0x2A35, data)
    assert found.values[gatt.SYSTOLIC] == sfloat(encoded(*pressures[0]))
    assert found.values[gatt.DIASTOLIC] == sfloat(encoded(*pressures[1]))
    assert (gatt.PULSE in found.values) == (pulse is not None)
    assert (found.time, found.user) == (when, user)
    for n in range(len(data)):
        try:
            gatt.parse(0x2A35, data[:n])
        except gatt.GattError:
            continue
        raise AssertionError(f"{n} of {len(data)} bytes were taken for a measurement")


@given(st.sampled_from([one for each in gatt.SERVICES.values() for one, _ in each]), st.binary())
def test_any_bytes_are_parsed_or_refused(characteristic: int, data: bytes) -> None:
    try:
        found = gatt.parse(characteristic, data)
    except gatt.GattError:
        return
    counts = gatt.counts_of(found.values)
    assert counts and all(0 <= count <= 0xFFFF for count in counts.values())
    if found.faults:
        assert all(map(isnan, found.values.values()))
