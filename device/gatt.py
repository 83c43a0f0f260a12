"""What blood pressure cuffs, glucose meters, oximeters and thermometers say over Bluetooth.

One parser for the board (device/ble.py) and the gateway. Layouts are those of the Bluetooth SIG:
GATT Specification Supplement, and the services' own documents:

    0x2A35  Blood Pressure Service 1.1.1, section 3.1.1
    0x2A18  Glucose Service 1.0.1, section 3.1.1
    0x2A5E  Pulse Oximeter Service 1.0.1, section 3.2 (spot-check)
    0x2A5F  the same, section 3.3 (continuous)
    0x2A1C  Health Thermometer Service 1.0, section 3.1.1

A value that is cut or too long, or whose flags are not known here, is refused: what stands after
an unknown field cannot be placed. A number that the instrument could not measure is NaN, one that
is beyond its range an infinity; neither becomes a count on our wire.
"""

from collections import namedtuple
from struct import unpack_from

from device.ieee11073 import float32, later, sfloat
from device.payloads import GAP_16, VITAL_SIGNS

SYSTOLIC, DIASTOLIC, SPO2, PULSE, RESPIRATION, GLUCOSE, TEMPERATURE = 1, 2, 3, 4, 5, 6, 7

# service: the characteristics that measure, and whether they indicate (else they notify)
SERVICES = {
    0x1810: ((0x2A35, True),),
    0x1808: ((0x2A18, False),),
    0x1822: ((0x2A5E, True), (0x2A5F, False)),
    0x1809: ((0x2A1C, True),),
}
# A glucose meter sends nothing until it is asked here for a record (Glucose Service 3.4)
RECORD_ACCESS = 0x2A52
LAST_RECORD = b"\x01\x06"  # report stored records: the last one

MMHG_PER_KPA = 7.50062
MMOL_PER_KG = 1e6 / 180.156  # of glucose: its molar mass is 180.156 g/mol
USER_UNKNOWN = 0xFF
CONTROL_SOLUTION = 0x0A  # sample type; as a location it is 4

# bits that make a measurement no measurement, and bits that a reader must know of
PRESSURE_NOTES = (
    (0, "body movement"),
    (1, "cuff too loose"),
    (2, "irregular pulse"),
    (5, "improper position"),
)
GLUCOSE_FAULTS = (
    (1, "sensor malfunction"),
    (2, "sample too small"),
    (3, "strip not inserted"),
    (4, "wrong strip"),
    (5, "too high to measure"),
    (6, "too low to measure"),
    (7, "meter too hot"),
    (8, "meter too cold"),
    (9, "reading interrupted"),
    (10, "meter fault"),
)
GLUCOSE_NOTES = (
    (0, "battery low"),
    (11, "meter lost its time"),
)
OXIMETER_FAULTS = (
    (10, "demonstration"),
    (11, "test"),
    (12, "calibration"),
    (13, "not available"),
    (15, "invalid"),
)
OXIMETER_NOTES = (
    (6, "early estimate"),
    (9, "from storage"),
    (14, "questionable"),
)
SENSOR_FAULTS = (
    (1, "malfunction"),
    (3, "inadequate signal"),
    (7, "no pulse"),
    (11, "sensor not on the finger"),
    (14, "sensor malfunction"),
    (15, "sensor disconnected"),
)
SENSOR_NOTES = (
    (4, "poor signal"),
    (5, "low perfusion"),
    (6, "erratic signal"),
    (8, "questionable pulse"),
    (13, "sensor displaced"),
)

# values: {code of VITAL_SIGNS: float in its unit}; time: (year, month, day, hour, minute, second)
# of the instrument's own clock, or None; user: number in the instrument, or None;
# sequence: number of the record, or None; notes: what a reader must know, in words;
# faults: why it is no measurement at all (then all values are NaN)
Measurement = namedtuple(
    "Measurement", ("what", "values", "time", "user", "sequence", "notes", "faults")
)


class GattError(ValueError):
    """These bytes are not a measurement of this characteristic."""


def parse(characteristic: int, data: bytes) -> Measurement:
    """characteristic: one of those in SERVICES. GattError when the bytes are not of its form."""
    if characteristic not in _PARSERS:
        raise GattError("characteristic 0x%04x is not known" % characteristic)
    reader = _Reader(data)
    found = _PARSERS[characteristic](reader)
    reader.end()
    if not found.faults:
        return found
    nothing = {code: float("nan") for code in found.values}
    return Measurement(found[0], nothing, *found[2:])


def counts_of(values) -> dict[int, int]:
    """{code: value} as a VITALS frame carries them: GAP where there is no number that fits."""
    counts = {}
    for code, value in values.items():
        scaled = value * VITAL_SIGNS[code][1]
        counts[code] = int(scaled + 0.5) if 0 <= scaled < GAP_16 - 0.5 else GAP_16
    return counts


class _Reader:
    """Takes fields from the front."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, form: str, size: int) -> int:
        if self._at + size > len(self._data):
            raise GattError("the value ends after %d bytes" % len(self._data))
        (value,) = unpack_from("<" + form, self._data, self._at)
        self._at += size
        number: int = value
        return number

    def flags(self, known: int) -> int:
        flags = self.take("B", 1)
        if flags >= 1 << known:
            raise GattError("flags 0x%02x are not known" % flags)
        return flags

    def u16(self) -> int:
        return self.take("H", 2)

    def sfloat(self) -> float:
        return sfloat(self.u16())

    def time(self) -> tuple[int, ...] | None:
        """Date Time: a part that is 0 is not known, and then the whole is not."""
        parts = [self.u16()]
        parts += [self.take("B", 1) for _ in range(5)]
        when = tuple(parts)
        if max(when[1] - 12, when[2] - 31, when[3] - 23, when[4] - 59, when[5] - 59) > 0:
            raise GattError("there is no time %d-%d-%d %d:%d:%d" % when)
        return when if min(when[:3]) > 0 else None

    def end(self) -> None:
        if self._at != len(self._data):
            raise GattError("the value has %d bytes too many" % (len(self._data) - self._at))


def _words(bits: int, table) -> tuple[str, ...]:
    return tuple([word for bit, word in table if bits >> bit & 1])


def _pressure(reader: _Reader) -> Measurement:
    flags = reader.flags(5)
    scale = MMHG_PER_KPA if flags & 1 else 1
    values = {SYSTOLIC: reader.sfloat() * scale, DIASTOLIC: reader.sfloat() * scale}
    reader.sfloat()  # the mean arterial pressure has no place on our wire
    time = reader.time() if flags & 2 else None
    if flags & 4:
        values[PULSE] = reader.sfloat()
    user = reader.take("B", 1) if flags & 8 else USER_UNKNOWN
    notes = _words(reader.u16() if flags & 16 else 0, PRESSURE_NOTES)
    known = None if user == USER_UNKNOWN else user
    return Measurement("blood pressure", values, time, known, None, notes, ())


def _glucose(reader: _Reader) -> Measurement:
    flags = reader.flags(5)
    sequence = reader.u16()
    time = reader.time()
    if flags & 1:
        time = later(time, reader.take("h", 2))
    value, control = float("nan"), False
    if flags & 2:
        value = reader.sfloat() * (1000 if flags & 4 else MMOL_PER_KG)
        sample = reader.take("B", 1)
        control = sample & 15 == CONTROL_SOLUTION or sample >> 4 == 4
    status = reader.u16() if flags & 8 else 0
    faults = _words(status, GLUCOSE_FAULTS) + (("control solution",) if control else ())
    notes = _words(status, GLUCOSE_NOTES)
    return Measurement("glucose", {GLUCOSE: value}, time, None, sequence, notes, faults)


def _spot_check(reader: _Reader) -> Measurement:
    flags = reader.flags(5)
    values = {SPO2: reader.sfloat(), PULSE: reader.sfloat()}
    time = reader.time() if flags & 1 else None
    notes, faults = _oximeter_status(reader, flags >> 1)
    if flags & 16:  # its clock was never set
        time = None
    return Measurement("oxygen saturation", values, time, None, None, notes, faults)


def _continuous(reader: _Reader) -> Measurement:
    flags = reader.flags(5)
    values = {SPO2: reader.sfloat(), PULSE: reader.sfloat()}
    for _ in range(2 * (flags & 1) + (flags & 2)):  # the same, of faster and slower averages
        reader.sfloat()
    notes, faults = _oximeter_status(reader, flags >> 2)
    return Measurement("oxygen saturation", values, None, None, None, notes, faults)


def _oximeter_status(reader: _Reader, flags: int):
    """flags: bit 0 measurement status, 1 device and sensor status, 2 pulse amplitude follow."""
    status = reader.u16() if flags & 1 else 0
    sensor = reader.u16() | reader.take("B", 1) << 16 if flags & 2 else 0
    if flags & 4:
        reader.sfloat()  # the pulse amplitude index has no place on our wire
    faults = _words(status, OXIMETER_FAULTS) + _words(sensor, SENSOR_FAULTS)
    return _words(status, OXIMETER_NOTES) + _words(sensor, SENSOR_NOTES), faults


def _temperature(reader: _Reader) -> Measurement:
    flags = reader.flags(3)
    value = float32(reader.take("I", 4))
    if flags & 1:
        value = (value - 32) * 5 / 9
    time = reader.time() if flags & 2 else None
    if flags & 4:
        reader.take("B", 1)  # where it was measured: no place on our wire
    return Measurement("temperature", {TEMPERATURE: value}, time, None, None, (), ())


_PARSERS = {
    0x2A35: _pressure,
    0x2A18: _glucose,
    0x2A5E: _spot_check,
    0x2A5F: _continuous,
    0x2A1C: _temperature,
}
