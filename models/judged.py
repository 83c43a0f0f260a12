"""What a verdict is about: the end of a strip, and what was found in it. The rules: tiers.py."""

from dataclasses import dataclass
from math import isnan, nan

from models.contractions import Contraction
from models.decelerations import recurrence
from models.events import Deceleration
from models.flat import ABSENT_BPM as ABSENT_BPM
from models.flat import RECURRENT_SHARE as RECURRENT_SHARE
from models.flat import Flat
from models.sinusoidal import Sinusoidal

BASELINE_S = 600.0  # NICHD 2008: the baseline is that of 10 min
BASELINE_STEP_BPM = 5  # NICHD 2008: rounded to it
JUDGED_S = 1800.0  # events and variability of the last half hour: ALGORITHMS 8.2 A5


@dataclass(frozen=True)
class Features:
    """What is known about a strip that ends at `end_s`. NaN: not known."""

    start_s: float
    end_s: float
    baseline_bpm: float  # of the last BASELINE_S
    bandwidth_bpm: float  # of the last JUDGED_S
    decelerations: tuple[Deceleration, ...]  # of the last JUDGED_S
    contractions: tuple[Contraction, ...]
    flat: Flat | None = None  # None: it has variability
    sinusoidal: tuple[Sinusoidal, ...] = ()  # that reach into the last JUDGED_S

    @property
    def rounded_bpm(self) -> float:
        bpm = self.baseline_bpm
        return BASELINE_STEP_BPM * round(bpm / BASELINE_STEP_BPM) if bpm == bpm else nan

    def of_kind(self, kind: str) -> tuple[Deceleration, ...]:
        return tuple(dec for dec in self.decelerations if dec.kind == kind)

    def recurrence(self, kind: str) -> float:
        return recurrence(self.decelerations, self.contractions, kind, self.end_s)

    def flat_share(self) -> float:
        """Of the contractions, with a deceleration of any kind, where one kind is not enough."""
        known = max(self.recurrence("late"), self.recurrence("variable"))
        return self.flat.share if self.flat and not known >= RECURRENT_SHARE else nan

    def flat_falls(self) -> float:
        """How many there are without a contraction to know them by."""
        return len(self.flat.falls) if self.flat and isnan(self.flat.share) else nan

    def wave_minutes(self, kind: str) -> float:
        return max((w.lasts_s / 60 for w in self.sinusoidal if w.kind == kind), default=0.0)

    def if_absent(self, value: float) -> float:
        """`value` where variability is absent, else not known."""
        return value if self.bandwidth_bpm < ABSENT_BPM else nan
