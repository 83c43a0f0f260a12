"""Synthetic recordings with known truth, for tests and demonstrations. Not physiology.

Ranges follow ALGORITHMS 10.1 where no other source is named. Results on these traces say that a
program works, never how well it would do on a mother.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.noise import band_noise, bursts
from models.trace import FS_HZ, Samples, Trace, on_wire_grid

Floats = NDArray[np.float64]
LTV_BAND_HZ = (0.03, 0.12)
STV_BAND_HZ = (0.15, 0.6)
STV_SHARE = 0.35  # of the long-term amplitude
P2P_PER_SD = 4.0  # a minute of band noise swings about 4 standard deviations
DRIFT_BPM = 2.5  # standard deviation of the baseline's walk in DRIFT_S
DRIFT_S = 600
NOISE_BPM = 0.3  # white, of the measurement
BRADYCARDIA = (240.0, 360.0)  # it begins at this second and lasts so long
BRADYCARDIA_BPM = (140.0, 75.0)  # from, to
BRADYCARDIA_EDGES_S = (10.0, 30.0)  # fall, return
BRADYCARDIA_SWING = 0.3  # of the variability that is left meanwhile
CAPTURES_S = (240.0, 60.0)  # a maternal episode lasts so long, then the pause
FIRST_CAPTURE_S = 120.0


@dataclass(frozen=True)
class Event:
    """Something put into the trace on purpose; amplitude in bpm or toco units, signed."""

    kind: str
    start_s: float
    end_s: float
    peak_s: float
    amplitude: float


@dataclass(frozen=True, eq=False)
class Truth:
    """What the trace was made of. Arrays are (n,) at FS_HZ."""

    baseline_bpm: Samples
    accelerations: tuple[Event, ...]
    decelerations: tuple[Event, ...]
    contractions: tuple[Event, ...]
    lost: NDArray[np.bool_]
    maternal: NDArray[np.bool_]  # the fetal channel shows the mother's pulse


@dataclass(frozen=True)
class Scenario:
    """Pairs are the ends of a uniform range."""

    level_bpm: tuple[float, float] = (125.0, 150.0)
    swing_bpm: tuple[float, float] = (10.0, 18.0)  # peak to peak in a minute, awake
    drift_bpm: float = DRIFT_BPM
    noise_bpm: float = NOISE_BPM
    accelerations_every_s: tuple[float, float] | None = (90.0, 240.0)
    mother_bpm: tuple[float, float] = (70.0, 90.0)
    mother_loss: float = 0.05
    contractions_every_s: tuple[float, float] = (240.0, 480.0)
    late_decelerations: bool = False
    bradycardia: bool = False
    maternal: bool = False
    loss: float = 0.02


SCENARIOS = {
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
        late_decelerations=True,
    ),
    "flat": Scenario(swing_bpm=(0.4, 0.8), noise_bpm=0.1, accelerations_every_s=None),
    "tachycardia": Scenario(level_bpm=(170.0, 175.0), accelerations_every_s=None),
    "poor_signal": Scenario(loss=0.6),
    "maternal": Scenario(maternal=True, mother_loss=0.0),
}


def synthetic(seed: int, minutes: float, scenario: str) -> tuple[Trace, Truth]:
    """A trace on the wire's grid and its truth; the same arguments give the same samples."""
    if scenario not in SCENARIOS:
        raise ValueError(f"scenario {scenario!r}, known are {', '.join(SCENARIOS)}")
    plan, rng = SCENARIOS[scenario], np.random.default_rng(seed)
    times_s = np.arange(round(minutes * 60 * FS_HZ)) / FS_HZ
    contractions = _contractions(plan, rng, times_s)
    decelerations = _late(contractions, rng) if plan.late_decelerations else []
    if plan.bradycardia:
        decelerations.append(_bradycardia())
    fhr, baseline, accelerations = _fetus(plan, rng, times_s, decelerations)
    mhr = _mother(plan, rng, times_s, contractions)
    lost = _lost(plan, rng, times_s)
    maternal = _captured(plan, times_s)
    fhr[maternal] = mhr[maternal] + rng.normal(0, 1.0, int(maternal.sum()))
    quality = np.clip(85 + 8 * band_noise(rng, len(times_s), LTV_BAND_HZ), 60, 100)
    mhr[bursts(rng, len(times_s), plan.mother_loss)] = np.nan
    trace = Trace(
        _single(np.where(lost, np.nan, fhr)),
        _single(np.full(len(times_s), np.nan)),
        _single(mhr),
        _single(_toco(rng, times_s, contractions)),
        _single(np.where(lost, 10, quality)),
    )
    truth = Truth(
        _single(baseline),
        tuple(accelerations),
        tuple(decelerations),
        tuple(contractions),
        lost,
        maternal,
    )
    return on_wire_grid(trace), truth


def _fetus(
    plan: Scenario, rng: np.random.Generator, times_s: Floats, decelerations: list[Event]
) -> tuple[Floats, Floats, list[Event]]:
    """The rate, its baseline, and the accelerations put between the decelerations."""
    walk = rng.normal(0, plan.drift_bpm / np.sqrt(DRIFT_S * FS_HZ), len(times_s)).cumsum()
    baseline = rng.uniform(*plan.level_bpm) + walk
    accelerations = _accelerations(plan, rng, times_s, decelerations)
    swings = _swings(plan, rng, len(times_s))
    if plan.bradycardia:
        swings[(times_s >= BRADYCARDIA[0]) & (times_s < sum(BRADYCARDIA))] *= BRADYCARDIA_SWING
    fhr = baseline + swings
    for event in (*accelerations, *decelerations):
        fhr += _shape(times_s, event)
    return fhr + rng.normal(0, plan.noise_bpm, len(times_s)), baseline, accelerations


def _single(values: Floats) -> Samples:
    return values.astype(np.float32)


def _shape(times_s: Floats, event: Event) -> Floats:
    """Raised-cosine edges from start to peak to end; a bradycardia is flat between its edges."""
    if event.kind == "bradycardia":
        fall_s, return_s = BRADYCARDIA_EDGES_S
        rise = np.clip((times_s - event.start_s) / fall_s, 0, 1)
        fall = np.clip((event.end_s - times_s) / return_s, 0, 1)
    else:
        rise = np.clip((times_s - event.start_s) / (event.peak_s - event.start_s), 0, 1)
        fall = np.clip((event.end_s - times_s) / (event.end_s - event.peak_s), 0, 1)
    edges: Floats = (0.5 - 0.5 * np.cos(np.pi * rise)) * (0.5 - 0.5 * np.cos(np.pi * fall))
    return event.amplitude * edges


def _bradycardia() -> Event:
    start_s, lasts_s = BRADYCARDIA
    high, low = BRADYCARDIA_BPM
    nadir_s = start_s + BRADYCARDIA_EDGES_S[0]
    return Event("bradycardia", start_s, start_s + lasts_s, nadir_s, low - high)


def _contractions(plan: Scenario, rng: np.random.Generator, times_s: Floats) -> list[Event]:
    events, at_s = [], rng.uniform(30, 120)
    while at_s + 90 < len(times_s) / FS_HZ:
        lasts_s = rng.uniform(50, 90)
        events.append(
            Event("contraction", at_s, at_s + lasts_s, at_s + lasts_s / 2, rng.uniform(25, 65))
        )
        at_s += rng.uniform(*plan.contractions_every_s)
    return events


def _late(contractions: list[Event], rng: np.random.Generator) -> list[Event]:
    """After each contraction: onset 25-40 s late, nadir after its peak, slow both ways.

    The first and last fifth of a raised cosine are hardly seen, so it lasts longer than 30 s.
    """
    events = []
    for contraction in contractions:
        start_s = contraction.start_s + rng.uniform(25, 40)
        nadir_s = max(start_s + rng.uniform(45, 55), contraction.peak_s + 10)
        end_s = max(nadir_s + rng.uniform(48, 58), contraction.end_s + 10)
        events.append(Event("late", start_s, end_s, nadir_s, -rng.uniform(30, 40)))
    return events


def _accelerations(
    plan: Scenario, rng: np.random.Generator, times_s: Floats, others: list[Event]
) -> list[Event]:
    events: list[Event] = []
    if plan.accelerations_every_s is None:
        return events
    at_s = rng.uniform(20, 60)
    while at_s + 60 < len(times_s) / FS_HZ:
        lasts_s = rng.uniform(25, 55)
        peak_s = at_s + min(rng.uniform(8, 20), lasts_s / 2)
        if all(at_s + lasts_s + 20 < o.start_s or at_s > o.end_s + 20 for o in others):
            events.append(Event("acceleration", at_s, at_s + lasts_s, peak_s, rng.uniform(22, 35)))
        at_s += lasts_s + rng.uniform(*plan.accelerations_every_s)
    return events


def _swings(plan: Scenario, rng: np.random.Generator, count: int) -> Floats:
    sd_bpm = rng.uniform(*plan.swing_bpm) / P2P_PER_SD
    slow, fast = band_noise(rng, count, LTV_BAND_HZ), band_noise(rng, count, STV_BAND_HZ)
    return sd_bpm * (slow + STV_SHARE * fast)


def _mother(
    plan: Scenario, rng: np.random.Generator, times_s: Floats, contractions: list[Event]
) -> Floats:
    """Her pulse: slow waves, and 8 bpm more in a contraction."""
    mhr = rng.uniform(*plan.mother_bpm) + 2.5 * band_noise(rng, len(times_s), (0.005, 0.1))
    for event in contractions:
        mhr += 8 / event.amplitude * _shape(times_s, event)
    return mhr


def _toco(rng: np.random.Generator, times_s: Floats, contractions: list[Event]) -> Floats:
    toco = rng.uniform(8, 15) + rng.normal(0, 0.7, len(times_s))
    for event in contractions:
        toco += _shape(times_s, event)
    return np.clip(toco, 0.5, 100)


def _lost(plan: Scenario, rng: np.random.Generator, times_s: Floats) -> NDArray[np.bool_]:
    """Never inside the scripted bradycardia: the second of its alarm is known."""
    lost = bursts(rng, len(times_s), plan.loss)
    if plan.bradycardia:
        lost[(times_s >= BRADYCARDIA[0] - 60) & (times_s < sum(BRADYCARDIA) + 60)] = False
    return lost


def _captured(plan: Scenario, times_s: Floats) -> NDArray[np.bool_]:
    if not plan.maternal:
        return np.zeros(len(times_s), bool)
    lasts_s, pause_s = CAPTURES_S
    since_s = times_s - FIRST_CAPTURE_S
    captured: NDArray[np.bool_] = (since_s >= 0) & (since_s % (lasts_s + pause_s) < lasts_s)
    return captured
