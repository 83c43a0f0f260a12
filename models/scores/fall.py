"""A deceleration as the score tables see it."""

from dataclasses import dataclass

from models.contractions import Contraction

SEVERE_S, LONG_S = 60.0, 60.0  # a variable deceleration under 70 bpm, or in all. ALGORITHMS 4.5


@dataclass(frozen=True)
class Fall:
    """Times are recorded seconds."""

    start_s: float
    end_s: float
    kind: str  # models.decelerations
    under_70_s: float
    lost_beats: float  # area under the baseline, beats
    swing_bpm: float  # variability inside it; NaN in a short one
    contraction: Contraction | None = None

    @property
    def lasts_s(self) -> float:
        return self.end_s - self.start_s

    @property
    def severe(self) -> bool:
        return self.kind == "variable" and self.under_70_s >= SEVERE_S

    @property
    def concerning(self) -> bool:
        """Variable and severe or long. Of NICE's characteristics only these two are measured."""
        return self.kind == "variable" and (self.severe or self.lasts_s > LONG_S)
