"""What synthetic recordings are made of: scenarios as data. Ranges follow ALGORITHMS 10.1.

L1 to L5 are a ladder of difficulty; what they measure is in docs/synthetic.md.
"""

from dataclasses import dataclass, replace

Range = tuple[float, float]  # ends of a uniform distribution
BRADYCARDIA = (240.0, 360.0)  # it begins at this second and lasts so long
BRADYCARDIA_BPM = (140.0, 75.0)  # from, to
CAPTURES_S = (240.0, 60.0)  # a scripted maternal episode lasts so long, then the pause
FIRST_CAPTURE_S = 120.0


@dataclass(frozen=True)
class Scenario:
    """Shares are of the time; None: never."""

    level_bpm: Range = (125.0, 150.0)
    drift_bpm: float = 2.5  # standard deviation of the baseline's walk in 10 min
    steps_every_s: Range | None = None  # the baseline moves to another level
    swing_bpm: Range = (10.0, 18.0)  # peak to peak in a minute, awake
    quiet_swing_bpm: Range = (3.0, 6.0)
    marked_swing_bpm: Range = (28.0, 45.0)
    quiet_s: Range | None = None  # of quiet sleep
    active_s: Range = (600.0, 1800.0)
    marked: float = 0.0  # share of the waking states with marked variability
    confluent: float = 0.0  # share of the waking states in which accelerations run together
    noise_bpm: float = 0.3
    accelerations_every_s: Range | None = (90.0, 240.0)  # from end to onset
    acceleration_bpm: Range = (22.0, 35.0)
    acceleration_s: Range = (25.0, 55.0)
    contractions_every_s: Range = (240.0, 480.0)  # from onset to onset
    contraction_s: Range = (50.0, 90.0)
    contraction_units: Range = (25.0, 65.0)
    decelerations: tuple[str, ...] = ()  # late, early, variable, prolonged: any of these
    deceleration_share: float = 1.0  # of the contractions that have one
    late_bpm: Range = (30.0, 40.0)  # how deep
    late_lag_s: Range = (25.0, 40.0)
    overlapping: bool = False  # accelerations come during decelerations too
    bradycardia: bool = False  # the scripted one
    maternal: bool = False  # the scripted capture
    capture: float = 0.0  # share of the time in which the fetal channel shows the mother's rate
    capture_s: Range = (5.0, 90.0)
    miscounted: float = 0.0  # share of half and double counting
    stuck: float = 0.0  # share of a value that stays
    loss: float = 0.02
    mother_bpm: Range = (70.0, 90.0)
    mother_loss: float = 0.05
    toco_spikes: float = 0.0  # share of artefacts in the toco


PLAIN = {
    "normal": Scenario(),
    "bradycardia": Scenario(
        level_bpm=(BRADYCARDIA_BPM[0], BRADYCARDIA_BPM[0]),
        swing_bpm=(8.0, 12.0),
        drift_bpm=0.0,
        mother_bpm=(92.0, 98.0),  # apart from the low rate, or it would count as hers
        bradycardia=True,
    ),
    "late_decelerations": Scenario(
        level_bpm=(135.0, 150.0),  # the nadirs stay above the mother's pulse
        mother_bpm=(68.0, 80.0),
        accelerations_every_s=None,
        contractions_every_s=(200.0, 260.0),
        decelerations=("late",),
    ),
    "flat": Scenario(swing_bpm=(0.4, 0.8), noise_bpm=0.1, accelerations_every_s=None),
    "tachycardia": Scenario(level_bpm=(170.0, 175.0), accelerations_every_s=None),
    "poor_signal": Scenario(loss=0.6),
    "maternal": Scenario(maternal=True, mother_loss=0.0),
}
L1 = Scenario(
    level_bpm=(115.0, 155.0),
    swing_bpm=(8.0, 20.0),
    quiet_s=(900.0, 2400.0),
    acceleration_bpm=(18.0, 50.0),
    acceleration_s=(20.0, 80.0),
    contractions_every_s=(150.0, 480.0),
    decelerations=(*2 * ("late",), "early", *4 * ("variable",), "prolonged"),
    deceleration_share=0.5,
    late_bpm=(20.0, 45.0),
    late_lag_s=(22.0, 45.0),
    loss=0.0,
    mother_loss=0.0,
)
L2 = replace(L1, loss=0.05, miscounted=0.01, noise_bpm=0.5, mother_loss=0.2)
L3 = replace(
    L2,
    drift_bpm=4.0,
    acceleration_s=(15.0, 110.0),
    contractions_every_s=(130.0, 420.0),
    deceleration_share=0.6,
    overlapping=True,
    miscounted=0.02,
    stuck=0.005,
    loss=0.2,
    mother_loss=0.4,
    toco_spikes=0.01,
)
L4 = replace(
    L3,
    quiet_s=(600.0, 1200.0),
    active_s=(1200.0, 3000.0),
    steps_every_s=(400.0, 1200.0),
    acceleration_bpm=(18.0, 60.0),
    deceleration_share=0.75,
    marked=0.25,
    confluent=0.8,
    capture=0.05,
    mother_bpm=(75.0, 115.0),
)
L5 = replace(L4, loss=0.4)
LADDER = {"L1": L1, "L2": L2, "L3": L3, "L4": L4, "L5": L5}
SCENARIOS = PLAIN | LADDER
