"""Drivers: one chip, one file; the bus comes in. Only device/board*.py imports machine.

`i2c` is machine.I2C, or anything with readfrom_mem_into(address, register, buffer) and
writeto_mem(address, register, data). A chip that does not answer is the bus's own OSError
(ENODEV, or ETIMEDOUT when the clock is held down); a driver lets it pass.
"""

import errno

from device.clock import sleep_ms


class WrongChip(Exception):  # noqa: N818  what it is, not that it is one
    """What answers at this address is not the chip that the board says is there."""


def must_be(chip: str, told: int, expected: int) -> None:
    if told != expected:
        raise WrongChip("%s says it is 0x%x, not 0x%x" % (chip, told, expected))


def wait_until(done, limit_ms: int, chip: str) -> None:
    """Asks each ms; OSError(ETIMEDOUT) when `done` is still false after so long."""
    for _ in range(limit_ms):
        if done():
            return
        sleep_ms(1)
    if not done():
        raise OSError(errno.ETIMEDOUT, "%s is busy for more than %d ms" % (chip, limit_ms))


def signed(value: int, bits: int) -> int:
    """Two's complement."""
    return value - (1 << bits) if value >> bits - 1 else value


class Registers:
    """Of one chip on I2C. Buffers are reused: no allocation while sampling."""

    def __init__(self, i2c, address: int) -> None:
        self._i2c = i2c
        self._address = address
        self._one = bytearray(1)
        self._two = bytearray(2)

    def byte(self, register: int) -> int:
        self._i2c.readfrom_mem_into(self._address, register, self._one)
        return self._one[0]

    def word(self, register: int) -> int:
        """Two bytes, the high one first."""
        self._i2c.readfrom_mem_into(self._address, register, self._two)
        return self._two[0] << 8 | self._two[1]

    def fill(self, register: int, buffer) -> None:
        self._i2c.readfrom_mem_into(self._address, register, buffer)

    def put(self, register: int, value: int) -> None:
        self._one[0] = value
        self._i2c.writeto_mem(self._address, register, self._one)

    def put_word(self, register: int, value: int) -> None:
        self._two[0] = value >> 8
        self._two[1] = value & 0xFF
        self._i2c.writeto_mem(self._address, register, self._two)
