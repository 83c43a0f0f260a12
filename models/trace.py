"""What was measured: the channels of one recording, or of a part of it, on a 4 Hz grid."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

FS_HZ = 4  # samples a second: the convention of monitors and of the public data sets
PER_BPM = 4  # wire counts per beat/min (device/payloads.py)
PER_TOCO = 2  # wire counts per toco unit (device/payloads.py)
TOCO_MAX = 127.0  # the next half unit is the wire's gap (device/payloads.py)

Samples = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Trace:
    """Channels of equal length (n,), float32 at FS_HZ; NaN where nothing was measured.

    fhr_bpm   fetal heart rate, beats/min
    fhr2_bpm  rate of a twin, or of the second ultrasound input
    mhr_bpm   the mother's pulse, beats/min
    toco      uterine activity, relative units 0..127
    quality   signal quality, 0..100 %
    start_s   recorded second of sample 0
    """

    fhr_bpm: Samples
    fhr2_bpm: Samples
    mhr_bpm: Samples
    toco: Samples
    quality: Samples
    start_s: float = 0.0

    def __post_init__(self) -> None:
        for name, values in self.channels().items():
            if values.shape != self.fhr_bpm.shape or values.dtype != np.float32:
                raise ValueError(f"{name} is {values.dtype} {values.shape}")

    @classmethod
    def empty(cls, seconds: float, start_s: float = 0.0) -> Self:
        """A trace of this length in which nothing was measured."""
        lost = np.full((5, round(seconds * FS_HZ)), np.nan, np.float32)
        return cls(lost[0], lost[1], lost[2], lost[3], lost[4], start_s)

    @property
    def duration_s(self) -> float:
        return len(self.fhr_bpm) / FS_HZ

    @property
    def end_s(self) -> float:
        """Recorded second after the last sample."""
        return self.start_s + self.duration_s

    def channels(self) -> dict[str, Samples]:
        """Name and samples of every channel."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "start_s"}

    def window(self, from_s: float, to_s: float) -> "Trace":
        """The part from_s <= t < to_s in recorded seconds, clipped to what there is. A view."""
        first, stop = (
            min(max(round((t - self.start_s) * FS_HZ), 0), len(self.fhr_bpm))
            for t in (from_s, to_s)
        )
        part = {name: values[first:stop] for name, values in self.channels().items()}
        return Trace(**part, start_s=self.start_s + first / FS_HZ)


def on_wire_grid(trace: Trace) -> Trace:
    """The trace as it would arrive: quarter bpm, half toco units up to TOCO_MAX, whole percent."""
    return Trace(
        _rounded(trace.fhr_bpm, PER_BPM),
        _rounded(trace.fhr2_bpm, PER_BPM),
        _rounded(trace.mhr_bpm, PER_BPM),
        _rounded(np.minimum(trace.toco, TOCO_MAX), PER_TOCO),
        _rounded(trace.quality, 1),
        trace.start_s,
    )


def _rounded(values: Samples, per_unit: int) -> Samples:
    return (np.round(values * per_unit) / per_unit).astype(np.float32)
