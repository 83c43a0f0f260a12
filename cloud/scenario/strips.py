"""What the probes of the scripted day record, by name: synthetic strips, each made so that one rule
of the catalogue speaks (models/rules), and real recordings where there are some. Not physiology.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from models import formats
from models.synth import made
from models.synth_plan import Scenario
from models.trace import FS_HZ, Samples, Trace, on_wire_grid

STEADY = Scenario(
    level_bpm=(140.0, 145.0), drift_bpm=0.5, swing_bpm=(6.0, 9.0), accelerations_every_s=None,
    loss=0.0, mother_bpm=(82.0, 86.0), mother_loss=0.0,
)  # fmt: skip
LIVELY = Scenario(loss=0.01)
CONTRACTING = replace(STEADY, contractions_every_s=(92.0, 105.0), contraction_s=(45.0, 55.0))
LATE = replace(
    STEADY, mother_bpm=(68.0, 74.0), contractions_every_s=(200.0, 240.0), decelerations=("late",)
)
FLAT = replace(STEADY, swing_bpm=(0.4, 0.8), noise_bpm=0.1)
REAL_FOLDER, REAL_PATTERN = "ctu-uhb", "*.hea"
REAL_FROM_S = 300.0  # past the search for the heart at the beginning

Edit = Callable[[Samples, Trace], None]  # writes into the fetal rate


@dataclass(frozen=True)
class Strip:
    plan: Scenario
    edits: tuple[Edit, ...] = ()
    doubled: bool = False  # the second probe hears the same heart


def level(from_s: float, lasts_s: float, bpm: float) -> Edit:
    """The rate moves so that this stretch has this mean; its swings stay."""

    def edit(fhr: Samples, _: Trace) -> None:
        part = fhr[round(from_s * FS_HZ) : round((from_s + lasts_s) * FS_HZ)]
        part += bpm - np.nanmean(part)

    return edit


def under(from_s: float, lasts_s: float, bpm: float) -> Edit:
    """So far under the median of what came before."""

    def edit(fhr: Samples, _: Trace) -> None:
        first = round(from_s * FS_HZ)
        level(from_s, lasts_s, float(np.nanmedian(fhr[:first])) - bpm)(fhr, _)

    return edit


def lost(from_s: float, lasts_s: float) -> Edit:
    def edit(fhr: Samples, _: Trace) -> None:
        fhr[round(from_s * FS_HZ) : round((from_s + lasts_s) * FS_HZ)] = np.nan

    return edit


def hers(from_s: float, lasts_s: float) -> Edit:
    """The mother's pulse in place of the fetal rate."""

    def edit(fhr: Samples, trace: Trace) -> None:
        part = slice(round(from_s * FS_HZ), round((from_s + lasts_s) * FS_HZ))
        fhr[part] = trace.mhr_bpm[part]

    return edit


def halved(every_s: int, lasts_s: int) -> Edit:
    def edit(fhr: Samples, _: Trace) -> None:
        for first_s in range(every_s, len(fhr) // FS_HZ, every_s):
            fhr[first_s * FS_HZ : (first_s + lasts_s) * FS_HZ] *= 0.5

    return edit


def sine(bpm: float, period_s: float) -> Edit:
    """A smooth wave about 140 bpm and nothing else."""

    def edit(fhr: Samples, _: Trace) -> None:
        times_s = np.arange(len(fhr)) / FS_HZ
        fhr[:] = 140 + bpm * np.sin(2 * np.pi * times_s / period_s)

    return edit


def dips(every_s: int, bpm: float, back_s: int) -> Edit:
    """Falls to this rate within 12 s, and slowly back, again and again."""

    def edit(fhr: Samples, _: Trace) -> None:
        depth = float(np.nanmedian(fhr)) - bpm
        times_s = np.arange(len(fhr)) / FS_HZ % every_s
        fall = np.clip(np.minimum(times_s / 12, (12 + back_s - times_s) / back_s), 0, 1)
        fhr -= (depth * fall).astype(np.float32)

    return edit


STRIPS = {
    "lively": Strip(LIVELY),
    "steady": Strip(STEADY),
    "acute bradycardia": Strip(STEADY, (level(150, 90, 60),)),
    "bradycardia": Strip(STEADY, (level(150, 200, 94),)),
    "shallow deceleration": Strip(STEADY, (under(240, 270, 17),)),
    "deceleration": Strip(STEADY, (under(240, 200, 26),)),
    "marked tachycardia": Strip(STEADY, (level(90, 230, 192),)),
    "tachycardia": Strip(STEADY, (level(30, 800, 170),)),
    "low rate": Strip(STEADY, (level(150, 220, 105),)),
    "sinusoidal": Strip(FLAT, (sine(10, 18),)),
    "flat": Strip(FLAT),
    "late decelerations": Strip(LATE),
    "severe decelerations": Strip(
        replace(STEADY, contractions_every_s=(180.0, 181.0), mother_bpm=(96.0, 99.0)),
        (dips(180, 62, 62),),
    ),
    "tachysystole": Strip(CONTRACTING, (dips(190, 105, 40),)),
    "signal lost": Strip(STEADY, (lost(120, 150),)),
    "her pulse": Strip(STEADY, (hers(120, 60),)),
    "same twin": Strip(STEADY, doubled=True),
    "halved": Strip(STEADY, (halved(30, 8),)),
}


@cache
def synthetic(name: str, seed: int, minutes: int) -> Trace:
    """The same arguments give the same samples."""
    strip = STRIPS[name]
    trace, _ = made(seed, minutes, strip.plan)
    fhr = trace.fhr_bpm.copy()
    for edit in strip.edits:
        edit(fhr, trace)
    second = fhr + 1 if strip.doubled else trace.fhr2_bpm
    return on_wire_grid(replace(trace, fhr_bpm=fhr, fhr2_bpm=second.astype(np.float32)))


class Real:
    """Published recordings of a folder (docs/data.md), one after the other."""

    def __init__(self, folder: Path | None) -> None:
        found = sorted((folder / REAL_FOLDER).glob(REAL_PATTERN)) if folder else []
        self._paths = found
        self._next = 0

    @property
    def found(self) -> bool:
        return bool(self._paths)

    def next(self, minutes: int) -> tuple[str, Trace]:
        """Its name and so many minutes of the next one."""
        path = self._paths[self._next % len(self._paths)]
        self._next += 1
        read = formats.parse(path.name, lambda sibling: (path.parent / sibling).read_bytes())
        part = read.trace.window(REAL_FROM_S, REAL_FROM_S + minutes * 60)
        return read.name, on_wire_grid(replace(part, start_s=0.0))
