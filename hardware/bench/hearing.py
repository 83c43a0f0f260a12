"""Sound through the firmware's signal path, on this computer."""

from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from device.doppler import Doppler
from device.fhr import HOP
from device.payloads import GAP_16, PER_BPM
from device.placement import Placement
from models.doppler import Audio, Floats

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Heard:
    """Four a second: rates in bpm (NaN unknown), the level of placement, whether it is hers;
    `by_sound`: the same, had the pulse not been known."""

    rate_bpm: Floats
    second_bpm: Floats
    level: NDArray[np.int64]
    own_heart: Flags
    by_sound: Flags


def samples(audio: Audio) -> "array[int]":
    """What the 12-bit converter gives for it: 0..4095."""
    return array("H", ((audio.astype(np.int32) >> 4) + 2048).astype(np.uint16).tobytes())


def hear(audio: Audio, second: Audio | None = None, pulse_bpm: Floats | None = None) -> Heard:
    """`second`: the other ultrasound channel, as long as the first. pulse_bpm: hers, 4 Hz."""
    doppler = Doppler(1 if second is None else 2)
    one, other = samples(audio), samples(audio if second is None else second)
    unpulsed = Placement()
    rows = []
    for update, start in enumerate(range(0, len(one) - HOP + 1, HOP)):
        pulse = GAP_16
        if pulse_bpm is not None and np.isfinite(pulse_bpm[update]):
            pulse = round(pulse_bpm[update] * PER_BPM)
        doppler.hear(one[start : start + HOP], other[start : start + HOP], pulse)
        unpulsed.update(doppler.quality_percent, doppler.count != GAP_16, doppler.vessel)
        placed, hers = doppler.placement, unpulsed.own_heart
        rows.append((doppler.count, doppler.second_count, placed.level, placed.own_heart, hers))
    rate, twin, level, own, by_sound = np.array(rows, np.int64).reshape(-1, 5).T
    return Heard(_bpm(rate), _bpm(twin), level, own > 0, by_sound > 0)


def _bpm(counts: NDArray[np.int64]) -> Floats:
    rates: Floats = np.where(counts == GAP_16, np.nan, counts / PER_BPM)
    return rates
