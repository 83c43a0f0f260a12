"""Numbers and times as medical instruments write them: IEEE 11073-20601 and Date Time.

What the instrument could not measure is NaN, what is beyond its range an infinity.
"""


def sfloat(raw: int) -> float:
    """IEEE 11073-20601 SFLOAT: 12 bit mantissa, 4 bit exponent of ten, both signed."""
    return _decimal(raw & 0x0FFF, 12, raw >> 12, 4)


def float32(raw: int) -> float:
    """IEEE 11073-20601 FLOAT: 24 bit mantissa, 8 bit exponent of ten, both signed."""
    return _decimal(raw & 0xFFFFFF, 24, raw >> 24, 8)


def _decimal(mantissa: int, bits: int, exponent: int, exponent_bits: int) -> float:
    top = 1 << bits - 1
    if exponent == 0 and top - 2 <= mantissa <= top + 2:
        if mantissa == top - 2:
            return float("inf")
        return -float("inf") if mantissa == top + 2 else float("nan")  # NaN, NRes, reserved
    if mantissa >= top:
        mantissa -= 1 << bits
    if exponent >> exponent_bits - 1:
        fraction: float = mantissa / 10 ** ((1 << exponent_bits) - exponent)
        return fraction
    value: float = mantissa * 10**exponent
    return float(value)


_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def later(time, minutes: int):
    """`time` as many minutes later; time zones and daylight saving of a meter come so."""
    if time is None:
        return None
    year, month, day, hour, minute, second = time
    minutes += hour * 60 + minute
    day += minutes // 1440
    while not 1 <= day <= _days(year, month):
        if day < 1:
            year, month = (year, month - 1) if month > 1 else (year - 1, 12)
            day += _days(year, month)
        else:
            day -= _days(year, month)
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return year, month, day, minutes % 1440 // 60, minutes % 60, second


def _days(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if leap and month == 2 else _DAYS[month - 1]
