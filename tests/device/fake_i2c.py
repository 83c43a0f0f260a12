"""An I2C bus and the chips on it, register by register as their data sheets describe them."""

import errno


class FakeI2C:
    """machine.I2C with chips at their addresses."""

    def __init__(self, *chips):
        self._chips = {chip.address: chip for chip in chips}
        self.stuck = False  # something holds the clock down

    def readfrom_mem_into(self, address, register, buffer):
        chip = self._answering(address)
        for n in range(len(buffer)):
            buffer[n] = chip.read(register, n)

    def writeto_mem(self, address, register, data):
        chip = self._answering(address)
        for n, byte in enumerate(data):
            chip.write(register, n, byte)

    def _answering(self, address):
        if self.stuck:
            raise OSError(errno.ETIMEDOUT, "the clock is held down")
        chip = self._chips.get(address)
        if chip is None or chip.unplugged:
            raise OSError(errno.ENODEV, "no answer")
        return chip


class Chip:
    """Byte registers that are read and written where they lie."""

    def __init__(self, address, registers):
        self.address = address
        self.unplugged = False
        self.registers = dict(registers)

    def read(self, register, n):
        return self.registers.get(register + n, 0)

    def write(self, register, n, byte):
        self.registers[register + n] = byte


class WordChip(Chip):
    """Registers of two bytes, the high one first."""

    def read(self, register, n):
        return self.registers.get(register, 0) >> (8 - 8 * n) & 0xFF

    def write(self, register, n, byte):
        kept = self.registers.get(register, 0)
        self.registers[register] = kept & 0xFF << 8 * n | byte << (8 - 8 * n)


class FakeNau7802(Chip):
    def __init__(self):
        super().__init__(0x2A, {0x1F: 0x0F})
        self.slow_up = self.slow_calibration = 3  # times it is asked in vain
        self.bridge = True

    def measure(self, counts):
        """A conversion ends, if one runs."""
        if self.registers.get(0x00, 0) & 0x96 == 0x96:
            for n in range(3):
                self.registers[0x12 + n] = counts >> 16 - 8 * n & 0xFF
            self.registers[0x00] |= 0x20

    def read(self, register, n):
        if register == 0x00 and self.registers.get(0x00, 0) & 0x02 and self.slow_up:
            self.slow_up -= 1
            if not self.slow_up:
                self.registers[0x00] |= 0x08
        if register == 0x02 and self.registers.get(0x02, 0) & 0x04 and self.slow_calibration:
            self.slow_calibration -= 1
            if not self.slow_calibration:
                self.registers[0x02] &= ~0x04
                if not self.bridge:
                    self.registers[0x02] |= 0x08
        if register == 0x12 and n == 2:
            self.registers[0x00] &= ~0x20
        return super().read(register, n)

    def write(self, register, n, byte):
        if register == 0x00:
            byte |= self.registers.get(0x00, 0) & 0x28  # these two are only read
            if byte & 1:
                byte = 0
        super().write(register, n, byte)


class FakeMax30102(Chip):
    def __init__(self):
        super().__init__(0x57, {0xFF: 0x15})
        self.slow_reset = 2
        self._samples = []

    def light(self, red, infrared):
        """A sample of both ends."""
        registers = self.registers
        if registers.get(0x09) != 0x03 or not registers.get(0x0C) or not registers.get(0x0D):
            return
        if len(self._samples) == 32:
            self._samples.pop(0)
            registers[0x05] = min(31, registers[0x05] + 1)
            registers[0x06] = (registers[0x06] + 1) % 32
        self._samples.append((red, infrared))
        registers[0x04] = (registers[0x04] + 1) % 32

    def read(self, register, n):
        if register == 0x09 and self.registers.get(0x09, 0) & 0x40:
            self.slow_reset -= 1
            if self.slow_reset == 0:
                self.registers = {0xFF: 0x15}
        if register != 0x07:  # this one stays where it is: byte after byte of the FIFO
            return super().read(register, n)
        value = self._samples[0][n // 3]
        if n == 5:
            self._samples.pop(0)
            self.registers[0x05] = 0
            self.registers[0x06] = (self.registers[0x06] + 1) % 32
        return value >> 16 - 8 * (n % 3) & 0xFF


class FakeTmp117(WordChip):
    def __init__(self):
        super().__init__(0x48, {0x00: 0x8000, 0x01: 0x0220, 0x0F: 0x0117})

    def convert(self, counts):
        if self.registers[0x01] & 0x0C00 == 0x0C00:  # one shot
            self.registers[0x00] = counts & 0xFFFF
            self.registers[0x01] = self.registers[0x01] & ~0x0C00 | 0x2400  # ready, asleep

    def read(self, register, n):
        byte = super().read(register, n)
        if register in (0x00, 0x01) and n == 1:
            self.registers[0x01] &= ~0x2000
        return byte


class FakeLis2dh12(Chip):
    def __init__(self):
        super().__init__(0x19, {0x0F: 0x33, 0x20: 0x07})
        self._samples = []
        self._overrun = False

    def feel(self, x, y, z):
        """A sample of both ends, mg."""
        registers = self.registers
        if registers[0x20] != 0x37 or registers.get(0x23) != 0x88 or registers.get(0x24) != 0x40:
            return
        if registers.get(0x2E) == 0x80:
            self._samples.append((x, y, z))
            if len(self._samples) > 32:
                self._samples.pop(0)
                self._overrun = True

    def read(self, register, n):
        if register == 0x2F:
            return min(31, len(self._samples)) | (0x40 if self._overrun else 0)
        if register & 0x7F != 0x28:
            return super().read(register, n)
        if not register & 0x80:
            n = 0  # it does not go on by itself
        counts = self._samples[0][n // 2] << 4 & 0xFFFF
        if n == 5:
            self._samples.pop(0)
            self._overrun = False
        return counts >> 8 * (n % 2) & 0xFF

    def write(self, register, n, byte):
        if register == 0x2E and byte == 0:
            self._samples = []
        super().write(register, n, byte)


SLEEPING = {0x02: 0x00, 0x07: 0x30, 0x73: 0xF0, 0x74: 0x00, 0x75: 0x00, 0x76: 0x00, 0x77: 0x80}


class FakeTlv320adc3140(Chip):
    def __init__(self):
        super().__init__(0x4C, SLEEPING)
        self.clock = True  # of the I2S

    def read(self, register, n):
        if register == 0x76:
            registers = self.registers
            awake = registers[0x02] & 1 and registers[0x75] & 0x60 == 0x60
            return registers[0x73] & registers[0x74] if awake and self.clock else 0
        return super().read(register, n)

    def write(self, register, n, byte):
        if (register, byte) == (0x01, 1):
            self.registers = dict(SLEEPING)
        else:
            super().write(register, n, byte)
