"""The fetal heart rate from Doppler sound: 2000 samples a second in, four rates a second out.

    sound 12 bit, 2 kHz -> bandpass -> envelope (200 Hz, 3 s kept) -> period -> tracker -> rate

Integers throughout, and nothing is allocated after __init__: hear() runs with a locked heap.
docs/device-signal.md has the reasons, the cost and what was measured.
"""

from array import array

from device import bandpass, envelope
from device.emitter import const
from device.period import Period
from device.spoken import GAP_16, PER_BPM
from device.tracker import Tracker

HOP = const(500)  # samples between two rates: 250 ms
HOP_STEPS = const(50)
FILLING = const(12)  # updates until the envelope's 3 s are heard and not the silence before
LOWEST_BPM, HIGHEST_BPM = 50, 240  # what is told as a fetal rate


class Heart:
    """One ultrasound channel."""

    def __init__(self) -> None:
        self.count = GAP_16  # quarter bpm as on the wire, GAP_16 when unknown
        self.quality_percent = 0  # likeness of the beats to each other
        self.heart = array("H", bytes(2 * HOP_STEPS))  # strengths x 8 in the last 250 ms
        self.vessel = array("H", bytes(2 * HOP_STEPS))
        self._filters = bandpass.new_state()
        self._slow = envelope.new_state()
        self._wave = envelope.new_wave()
        self._period = Period()
        self._tracker = Tracker()
        self._filling = FILLING

    def hear(self, samples) -> None:
        """samples: the next HOP, 0..4095 each. Sets `count` and `quality_percent`."""
        bandpass.strengths(samples, HOP_STEPS, self._filters, self.heart, self.vessel)
        envelope.append(self.heart, HOP_STEPS, self._slow, self._wave)
        self._period.find(self._wave, self._tracker.known)
        self._tracker.update(self._period.rate, self._period.likeness)
        rate = self._tracker.rate
        self._filling = max(0, self._filling - 1)
        known = not self._filling and LOWEST_BPM * PER_BPM <= rate <= HIGHEST_BPM * PER_BPM
        self.count = rate if known else GAP_16
        self.quality_percent = self._period.likeness * 100 >> 10
