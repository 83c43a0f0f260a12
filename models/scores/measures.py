"""What the score tables are about: the measurements of the last part of a strip.

Values are Unknown, with why, where the channel they need is missing; never 0 in its place.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from math import isnan, nan
from statistics import median

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from models.completeness import runs
from models.contractions import Contraction
from models.events import Acceleration
from models.features import Episode, oscillations_per_min
from models.flat import Flat
from models.quality import RECENT_S
from models.scores.fall import Fall
from models.scores.scale import Unknown
from models.sinusoidal import Sinusoidal
from models.trace import FS_HZ
from models.variability import short_term_ms
from models.windows import Mask

Floats = NDArray[np.float64]
LEVEL_S = 600.0  # NICHD: the present baseline is that of 10 min
SWINGS_S = 1800.0  # the present variability is that of half an hour: ALGORITHMS 8.2 A5
SMOOTH_MIN = 5  # stretches of low or high variability: running median of so many minutes [design]
PERIODIC_SHARE = 0.5  # of the accelerations begin during a contraction: periodic [design]
WITH_MOVEMENT_S = 15.0  # a movement so near an acceleration goes with it [design]
NO_MOVEMENTS = "no record of fetal movements"
NO_TOCO = "no toco"
NO_RATE = "not measurable"
NO_KIND = "no contraction is known, so the kind of a gradual deceleration is not"


@dataclass(frozen=True, eq=False)
class Measures:
    """Of the strip from start_s to end_s."""

    start_s: float
    end_s: float
    gestation_weeks: float | None
    fhr: Floats  # (n,) at FS_HZ, cleaned
    baseline: Floats  # (n,) at FS_HZ
    in_fall: Mask  # (n,) at FS_HZ: inside a deceleration
    quiet: Mask  # (n,) at FS_HZ: outside of all events
    maternal: float  # share of the signal that is taken for the mother's
    swings_bpm: Floats  # (minutes,)
    accelerations: tuple[Acceleration, ...]
    falls: tuple[Fall, ...]
    contractions: tuple[Contraction, ...] | None  # None: no toco
    sinusoidal: tuple[Sinusoidal, ...]
    episodes: tuple[Episode, ...]
    movements_s: tuple[float, ...] | None = None  # None: not recorded
    flat: Flat | None = None  # None: the last half hour has variability

    @property
    def lasts_s(self) -> float:
        return self.end_s - self.start_s

    @cached_property
    def loss(self) -> float:
        return float(np.isnan(self.fhr).mean()) if len(self.fhr) else 1.0

    @cached_property
    def worst_loss(self) -> float:
        """The largest loss in any 10 min."""
        width = min(round(RECENT_S * FS_HZ), len(self.fhr))
        total = np.concatenate(([0], np.cumsum(np.isnan(self.fhr))))
        return float((total[width:] - total[:-width]).max() / width) if width else 1.0

    # -- levels

    def level(self) -> float | Unknown:
        """Baseline of the whole part."""
        return _known(float(np.median(self.baseline)) if len(self.baseline) else nan)

    def present_level(self) -> float | Unknown:
        recent = self.baseline[-round(LEVEL_S * FS_HZ) :]
        return _known(float(np.median(recent)) if len(recent) else nan)

    def minutes_above(self, limit_bpm: float) -> float:
        """How long the baseline has been above it at the end."""
        inside = np.flatnonzero(self.baseline <= limit_bpm)
        since = inside[-1] + 1 if len(inside) else 0
        return float(len(self.baseline) - since) / FS_HZ / 60

    def swing(self) -> float | Unknown:
        recent = self.swings_bpm[-round(SWINGS_S / 60) :]
        return _known(float(np.nanmedian(recent)) if np.isfinite(recent).any() else nan)

    def frequency(self) -> float | Unknown:
        return _known(self._frequency)

    @cached_property
    def _frequency(self) -> float:
        return oscillations_per_min(self.fhr, self.quiet)

    def short_term_ms(self) -> float | Unknown:
        return _known(short_term_ms(np.where(self.in_fall, nan, self.fhr))[0])

    def minutes_of_swing(self, such: Callable[[Floats], Mask]) -> float:
        """The longest stretch with such a variability, in minutes; lost minutes end it."""
        if not len(self.swings_bpm):
            return 0.0
        padded = np.pad(self.swings_bpm, SMOOTH_MIN // 2, constant_values=nan)
        near = np.sort(sliding_window_view(padded, SMOOTH_MIN), axis=1)  # NaN last
        known, rows = np.isfinite(near).sum(axis=1), np.arange(len(near))
        medians = (near[rows, (known - 1) // 2] + near[rows, known // 2]) / 2
        return float(np.diff(runs(such(medians)), axis=1).max(initial=0))

    def sinusoidal_minutes(self) -> float:
        """Of the longest such stretch that did not give way to normal variability."""
        return max((s.lasts_s / 60 for s in self.sinusoidal if s.kind != "pseudo"), default=0.0)

    # -- events

    def typed(self) -> tuple[Fall, ...] | Unknown:
        """The decelerations, unless the kind of one cannot be known for want of contractions."""
        gradual = any(fall.kind == "unclassified" for fall in self.falls)
        return Unknown(NO_KIND) if gradual and not self.contractions else self.falls

    def of_kind(self, *kinds: str) -> tuple[Fall, ...]:
        return tuple(fall for fall in self.falls if fall.kind in kinds)

    def periodic(self) -> str | Unknown:
        """none, periodic or sporadic accelerations."""
        if not self.accelerations:
            return "none"
        if self.contractions is None:
            return Unknown(NO_TOCO)
        during = sum(
            any(c.start_s <= rise.start_s <= c.end_s for c in self.contractions)
            for rise in self.accelerations
        )
        return "periodic" if during >= PERIODIC_SHARE * len(self.accelerations) else "sporadic"

    def movements(self) -> float | Unknown:
        return Unknown(NO_MOVEMENTS) if self.movements_s is None else float(len(self.movements_s))

    def rise_with_movement(self) -> Acceleration | Unknown | None:
        """The highest acceleration beside a movement."""
        if self.movements_s is None:
            return Unknown(NO_MOVEMENTS)
        beside = [
            rise
            for rise in self.accelerations
            for at_s in self.movements_s
            if rise.start_s - WITH_MOVEMENT_S <= at_s <= rise.end_s
        ]
        return max(beside, key=lambda rise: rise.amplitude_bpm, default=None)

    def share(self, *kinds: str) -> float | Unknown:
        """Share of the contractions that have a deceleration of these kinds."""
        if not self.contractions:
            return Unknown(NO_TOCO if self.contractions is None else "no contraction")
        hit = {fall.contraction for fall in self.of_kind(*kinds)}
        return len(hit.intersection(self.contractions)) / len(self.contractions)

    def repetitive_minutes(self, falls: tuple[Fall, ...]) -> float | Unknown:
        """The longest time over which more than half of the contractions have one of `falls`."""
        if not falls:
            return 0.0
        if not self.contractions:
            return Unknown(NO_TOCO if self.contractions is None else "no contraction")
        hit = [any(fall.contraction == c for fall in falls) for c in self.contractions]
        count = np.concatenate(([0], np.cumsum(hit)))
        return max(
            (
                (self.contractions[last].end_s - self.contractions[first].start_s) / 60
                for first in range(len(hit))
                for last in range(first + 1, len(hit))
                if hit[first]
                and hit[last]
                and 2 * (count[last + 1] - count[first]) > last + 1 - first
            ),
            default=0.0,
        )

    def contractions_per_10_min(self) -> float | Unknown:
        if self.contractions is None or self.lasts_s == 0:
            return Unknown(NO_TOCO)
        return len(self.contractions) * 600 / self.lasts_s

    def shortest_interval_s(self) -> float:
        """Usual time from one contraction to the next; infinite with fewer than two."""
        starts = [c.start_s for c in self.contractions or ()]
        return median(b - a for a, b in pairwise(starts)) if len(starts) > 1 else float("inf")


def last(measures: Measures, window_s: float) -> Measures:
    """The last `window_s` of it."""
    start_s = max(measures.start_s, measures.end_s - window_s)
    samples = slice(round((start_s - measures.start_s) * FS_HZ), None)
    minutes = slice(-int((measures.end_s - start_s) // 60) or len(measures.swings_bpm), None)
    return replace(
        measures,
        start_s=start_s,
        fhr=measures.fhr[samples],
        baseline=measures.baseline[samples],
        in_fall=measures.in_fall[samples],
        quiet=measures.quiet[samples],
        swings_bpm=measures.swings_bpm[minutes],
        accelerations=tuple(e for e in measures.accelerations if e.start_s >= start_s),
        falls=tuple(e for e in measures.falls if e.end_s > start_s),
        contractions=None
        if measures.contractions is None
        else tuple(c for c in measures.contractions if c.start_s >= start_s),
        sinusoidal=tuple(
            replace(e, start_s=max(e.start_s, start_s))
            for e in measures.sinusoidal
            if e.end_s > start_s
        ),
        episodes=tuple(e for e in measures.episodes if e.end_s > start_s),
        movements_s=None
        if measures.movements_s is None
        else tuple(at_s for at_s in measures.movements_s if at_s >= start_s),
    )


def _known(value: float) -> float | Unknown:
    return Unknown(NO_RATE) if isnan(value) else value
