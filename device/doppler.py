"""Ultrasound of one child or of twins: what a second of sound adds to the trace.

Each channel finds its heart (device/fhr.py). The first also says how well the probe is placed and
whether it hears the mother. A second channel that tells the same heart as the first tells nothing.
"""

from device.coincidence import Coincidence
from device.fhr import HOP_STEPS, Heart
from device.origin import Origin
from device.placement import Placement, near_pulse
from device.spoken import GAP_16


class Doppler:
    """hear() allocates nothing; `count`, `second_count` (quarter bpm) and `quality_percent`."""

    def __init__(self, channels: int) -> None:
        self.placement = Placement()
        self.count = self.second_count = GAP_16
        self.quality_percent = 0
        self.vessel = False  # the rate that is told sounds like the mother's
        self._heart = Heart()
        self._origin = Origin()
        self._second = Heart() if channels == 2 else None
        self._twins = Coincidence()

    @property
    def same_heart(self) -> bool:
        """Both channels tell one heart."""
        return self._twins.same

    def hear(self, samples, second_samples, pulse_count: int) -> None:
        """The next 250 ms. second_samples: None with one channel. pulse_count: the mother's."""
        heart = self._heart
        heart.hear(samples)
        self._origin.hear(heart.heart, heart.vessel, HOP_STEPS)
        self.count = heart.count
        self.quality_percent = heart.quality_percent
        known = heart.count != GAP_16
        self.vessel = known and self._origin.is_vessel(heart.count)
        own = self.vessel or near_pulse(heart.count, pulse_count, GAP_16)
        self.placement.update(heart.quality_percent, known, own)
        if self._second:
            self._second.hear(second_samples)
            self._twins.update(heart.count, self._second.count)
            self.second_count = GAP_16 if self._twins.same else self._second.count
