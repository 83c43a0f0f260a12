"""Doppler sound from a file in the place of the converter: WAV, 2 kHz, 16 bits, 1, 2 or 9 channels.

Two are twins; nine the receivers of nine crystals, of which one at a time is listened to. The upper
12 bits of a sample are what the converter would have given. Heard is a source of seconds for the
probe: fetal rates and quality from the sound, the other channels from a seconds file.
"""

from array import array
from struct import unpack

from device.bandpass import SAMPLE_HZ
from device.doppler import Doppler
from device.fhr import HOP
from device.spoken import GAP_16, RATE_HZ, Trace, pack_trace, unpack_trace

HEAD_SIZE = 44
PCM = 1
CRYSTALS = 9


class SoundError(ValueError):
    """This is not a sound the probe can hear."""


class SoundFile:
    """read() fills `first` (from `beam` of several) and, for twins, `second` with the next HOP
    samples, 0..4095."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "rb")
        head = self._file.read(HEAD_SIZE)
        if len(head) < HEAD_SIZE or head[:4] != b"RIFF" or head[8:16] != b"WAVEfmt ":
            raise SoundError("%s is not a WAV file" % path)
        form, channels, rate_hz, _, _, bits = unpack("<HHIIHH", head[20:36])
        if (form, rate_hz, bits) != (PCM, SAMPLE_HZ, 16) or channels not in (1, 2, CRYSTALS):
            raise SoundError(
                "%s: %d channels, %d Hz, %d bits; must be 1, 2 or 9, %d Hz, 16 bits"
                % (path, channels, rate_hz, bits, SAMPLE_HZ)
            )
        self.channels = channels
        self.beam = 0
        self.first = array("H", bytes(2 * HOP))
        self.second = array("H", bytes(2 * HOP)) if channels == 2 else None
        self._raw = array("h", bytes(2 * HOP * channels))

    def read(self) -> bool:
        """False at the end; a last part shorter than HOP is left out."""
        if self._file.readinto(self._raw) < 2 * len(self._raw):
            self._file.close()
            return False
        step = self.channels
        for place in range(HOP):
            self.first[place] = (self._raw[place * step + self.beam] >> 4) + 2048
            if self.second:
                self.second[place] = (self._raw[place * step + 1] >> 4) + 2048
        return True


class Heard:
    """next(): the packed TRACE payload of one more second, None at the end of either file."""

    def __init__(self, sound: SoundFile, others) -> None:
        self._sound = sound
        self._others = others
        self._doppler = Doppler(2 if sound.second else 1)
        self._beams = None
        if sound.channels == CRYSTALS:
            from device.beams import Beams  # only then there is room to be found for it

            self._beams = Beams(CRYSTALS)
        self.placement = self._doppler.placement

    def next(self) -> bytes | None:
        payload = self._others.next()
        if payload is None:
            return None
        other = unpack_trace(payload)
        fhr, fhr2, quality = [], [], []
        for quarter in range(RATE_HZ):
            if not self._sound.read():
                return None
            pulse = other.mhr[quarter] if other.mhr else GAP_16
            self._doppler.hear(self._sound.first, self._sound.second, pulse)
            if self._beams:
                self._sound.beam = self._beams.follow(self._doppler)
            fhr.append(self._doppler.count)
            fhr2.append(self._doppler.second_count)
            quality.append(self._doppler.quality_percent)
        twin = tuple(fhr2) if self._sound.channels == 2 else None
        return pack_trace(Trace(tuple(fhr), twin, other.mhr, other.toco, tuple(quality)))
