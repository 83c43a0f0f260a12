"""Strips on which a wrong verdict would be dangerous, made from numbers: the safety set.

"flat_late" must be called pathological (NICHD category III) in all, "lost" and "mother" unknown in
all. "safe" is the other side: how often strips without danger are called pathological is reported.
Nothing here is physiology; the ranges are those of ALGORITHMS 10.1 and wider.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from models.synth import Truth, made
from models.synth_plan import L1, Scenario
from models.trace import Samples, Trace

SIZES = {"flat_late": 200, "lost": 40, "mother": 40, "safe": 120}
RECURRENT_S, RECURRENT_SHARE = 1200.0, 0.5  # NICHD 2008
SHALLOW = 0.4  # share of the flat strips whose decelerations do not reach 15 bpm
NO_TOCO = 0.1  # share of the flat strips without a toco


@dataclass(frozen=True, eq=False)
class Strip:
    group: str
    number: int
    trace: Trace
    truth: Truth


def strips(group: str) -> Iterator[Strip]:
    """All strips of a group of SIZES; the same each time."""
    return (strip(group, number) for number in range(SIZES[group]))


def strip(group: str, number: int) -> Strip:
    """One of them."""
    makers = {"flat_late": _flat_late, "lost": _lost, "mother": _mother, "safe": _safe}
    rng = np.random.default_rng([number, list(SIZES).index(group)])
    return Strip(group, number, *makers[group](rng, number))


def _flat_late(rng: np.random.Generator, _: int) -> tuple[Trace, Truth]:
    """Absent variability and recurrent late decelerations; what a probe does to them."""
    shallow = rng.random() < SHALLOW
    depth = rng.uniform(5, 13) if shallow else rng.uniform(13, 40)
    every_s = rng.uniform(130, 280)
    swing = rng.uniform(0.0, 1.0)
    plan = Scenario(
        level_bpm=(rng.uniform(112, 172),) * 2,
        drift_bpm=rng.uniform(0, 2),
        swing_bpm=(swing, swing),
        noise_bpm=rng.uniform(0.05, 0.3),
        accelerations_every_s=None,
        contractions_every_s=(every_s, every_s + 60),
        contraction_s=(50, 100),
        contraction_units=(20, 70),
        decelerations=("late",),
        deceleration_share=rng.uniform(0.75, 1),
        late_bpm=(depth, depth + rng.uniform(0, 2 if shallow else 10)),
        late_lag_s=(22, 45),
        loss=rng.uniform(0, 0.15),
        mother_bpm=(65, 95),
        mother_loss=rng.choice([0.05, 0.4, 0.98]),
        toco_spikes=rng.choice([0.0, 0.01]),
    )
    minutes, grain_bpm, no_toco = rng.uniform(25, 60), rng.choice([0.25, 1.0]), rng.random()
    while True:
        trace, truth = made(int(rng.integers(2**31)), minutes, plan)
        if recurrence(truth, trace.end_s) >= RECURRENT_SHARE:
            break
    trace = replace(trace, fhr_bpm=_rounded(trace.fhr_bpm, grain_bpm))
    return (replace(trace, toco=_none(trace)) if no_toco < NO_TOCO else trace), truth


def recurrence(truth: Truth, end_s: float) -> float:
    """Share of the contractions of the last RECURRENT_S whose deceleration is over at `end_s`."""
    recent = [c.start_s for c in truth.contractions if c.start_s >= end_s - RECURRENT_S]
    hit = [
        fall.start_s - fall.lag_s
        for fall in truth.decelerations
        if fall.start_s - fall.lag_s >= end_s - RECURRENT_S and fall.end_s <= end_s
    ]
    return len(hit) / len(recent)


def _lost(rng: np.random.Generator, _: int) -> tuple[Trace, Truth]:
    """Two thirds lost, of any rate; never under 60 %."""
    plan = replace(_any(rng), loss=0.67)
    while True:
        trace, truth = made(int(rng.integers(2**31)), rng.uniform(30, 90), plan)
        if truth.lost.mean() >= 0.6:
            return trace, truth


def _mother(rng: np.random.Generator, number: int) -> tuple[Trace, Truth]:
    """The fetal channel shows the mother's pulse all the time.

    Half have a maternal channel, of which some is lost. The others stay under 110 bpm: above it
    nothing but the rhythm tells her pulse from a fetus.
    """
    alone = number % 2 == 1
    plan = replace(
        _any(rng),
        mother_bpm=(60, 102) if alone else (60, 125),
        mother_loss=1.0 if alone else rng.choice([0.0, 0.3, 0.6]),
        loss=rng.uniform(0, 0.2),
        capture=1.0,
    )
    return made(int(rng.integers(2**31)), rng.uniform(20, 60), plan)


def _safe(rng: np.random.Generator, number: int) -> tuple[Trace, Truth]:
    """Awake with accelerations, or quiet sleep of 30 to 40 min, or both; some signal lost."""
    plan = replace(L1, decelerations=(), loss=rng.uniform(0, 0.1), mother_loss=0.1, noise_bpm=0.3)
    kinds = (
        replace(plan, quiet_s=None),
        replace(plan, quiet_s=None, swing_bpm=(3, 6), accelerations_every_s=None),
        replace(plan, quiet_s=(1800, 2400), active_s=(600, 1200)),
    )
    return made(int(rng.integers(2**31)), rng.uniform(30, 40), kinds[number % len(kinds)])


def _any(rng: np.random.Generator) -> Scenario:
    swing = rng.uniform(0.5, 20)
    return replace(L1, swing_bpm=(swing, swing), quiet_s=None)


def _none(trace: Trace) -> Samples:
    return np.full_like(trace.fhr_bpm, np.nan)


def _rounded(bpm: Samples, grain_bpm: float) -> Samples:
    return (np.round(bpm / grain_bpm) * grain_bpm).astype(np.float32)
