"""Which candidates are accelerations and decelerations, as a consensus of experts would mark them.

Boosted trees and bent lines give each candidate its chance of being a marked event; from these a
set without overlap is chosen, both kinds together, by dynamic programming. What an expert's eye
accepts is an event, also where it misses 15 bpm or 15 s. Weights, figures and limits:
docs/models/events.md.

Not learned: before 32 weeks the plain rule stands (models/events.py), and a deceleration that is
deep for minutes is one whatever the model says. A rise that only leads back to the level from
which the baseline has just fallen is no acceleration, whatever the model says.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.baseline import baseline
from models.clean import filled
from models.events import (
    EARLY_WEEKS,
    LOST_SHARE,
    PEAK_CYCLES,
    Acceleration,
    Deceleration,
    accelerations,
    decelerations,
)
from models.filters import low_pass
from models.learned.event_candidates import Candidates, Ints, Seconds, candidates, seconds
from models.learned.event_features import SIGN, Singles, features
from models.learned.event_linear import BentLines
from models.learned.event_returns import LEVEL_S, MINOR_BPM, rising
from models.learned.forest import Forest, weights
from models.trace import FS_HZ

Floats = NDArray[np.float64]
SHORTEST_S = 60  # of a record in which events are looked for
DEEP_BPM, DEEP_S = 15.0, 120.0  # under the baseline for so long: a deceleration without a doubt
CERTAIN = 1e3  # gain of such a one: more than all others together
NEAR_S = 25  # from an event of the other kind; with APART measured on fhrma/
APART = 0.2  # what that costs, as a chance
TREES_WEIGHT = np.array([0.3, 0.7])  # against the lines, of each kind
MOST_ODDS = 9.0  # log odds
MINOR = 0.2  # least probability of an event that is told, though not counted


class Judge(NamedTuple):
    """What training leaves; rows and pairs are (acceleration, deceleration)."""

    forests: tuple[Forest, ...]
    lines: tuple[BentLines, ...]  # one of each kind
    least: Floats  # (2,) score above which a candidate is worth choosing
    slope: Floats  # (2,) of the log odds, to a calibrated probability
    offset: Floats  # (2,)

    def score(self, x: Singles) -> Floats:
        """(m,) chance that trees and lines together give, not calibrated."""
        kind = np.where(x[:, SIGN] > 0, 0, 1)
        straight = np.empty(len(x))
        for k, line in enumerate(self.lines):
            straight[kind == k] = line.log_odds(x[kind == k])
        trees = np.mean([forest.log_odds(x) for forest in self.forests], axis=0)
        of_trees = TREES_WEIGHT[kind]
        odds = of_trees * trees + (1 - of_trees) * straight
        chance: Floats = 1 / (1 + np.exp(-np.clip(odds, -MOST_ODDS, MOST_ODDS)))
        return chance

    def probability(self, score: Floats, sign: Ints) -> Floats:
        """Calibrated chance (m,) that experts mark such an event when it is chosen."""
        kind = np.where(sign > 0, 0, 1)
        odds = np.log(score / (1 - score))
        return 1 / (1 + np.exp(-(self.slope[kind] * odds + self.offset[kind])))

    def arrays(self) -> dict[str, Any]:
        """For numpy.savez; `from_arrays` reads it back."""
        found = {name: getattr(self, name) for name in ("least", "slope", "offset")}
        for k, forest in enumerate(self.forests):
            found |= forest.arrays(f"forest{k}_")
        for k, line in enumerate(self.lines):
            found |= line.arrays(f"lines{k}_")
        return found

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> "Judge":
        count = sum(name.endswith("_roots") for name in arrays)
        forests = tuple(Forest.from_arrays(arrays, f"forest{k}_") for k in range(count))
        lines = tuple(BentLines.from_arrays(arrays, f"lines{k}_") for k in range(2))
        return cls(forests, lines, arrays["least"], arrays["slope"], arrays["offset"])


class Choice(NamedTuple):
    """Events in time, those not counted apart, and the baseline (n,) that they leave."""

    baseline: Floats
    accelerations: tuple[Acceleration, ...]
    decelerations: tuple[Deceleration, ...]
    minor_accelerations: tuple[Acceleration, ...] = ()
    minor_decelerations: tuple[Deceleration, ...] = ()


@cache
def shipped() -> Judge:
    return Judge.from_arrays(weights("events"))


def choose(
    fhr_bpm: Floats,
    baseline_bpm: Floats,
    toco: Floats,
    gestation_weeks: float | None = None,
    start_s: float = 0.0,
) -> Choice:
    """Events of a cleaned rate (n,) at FS_HZ that begins at `start_s`; `toco` (n,) may be NaN."""
    early = gestation_weeks is not None and gestation_weeks < EARLY_WEEKS
    if early or len(fhr_bpm) < SHORTEST_S * FS_HZ or np.isnan(fhr_bpm).all():
        return plain(fhr_bpm, baseline_bpm, gestation_weeks, start_s)
    record = seconds(fhr_bpm, baseline_bpm)
    found, certain = with_certain(candidates(record), record)
    if not len(found.sign):
        return Choice(baseline_bpm, (), ())
    judge = shipped()
    score = judge.score(features(record, toco, found)[0])
    main, minor = picked(found, score, certain, judge)
    line = settled(fhr_bpm, found, main, baseline_bpm)
    main, minor = (rising(fhr_bpm, line, found, chosen) for chosen in (main, minor))
    return _events(fhr_bpm, line, found, judge.probability(score, found.sign), main, minor, start_s)


def plain(
    fhr_bpm: Floats, baseline_bpm: Floats, gestation_weeks: float | None, start_s: float
) -> Choice:
    """By the rule of 15 bpm and 15 s, or of 10 and 10 before 32 weeks: no probabilities."""
    return Choice(
        baseline_bpm,
        accelerations(fhr_bpm, baseline_bpm, gestation_weeks, start_s),
        decelerations(fhr_bpm, baseline_bpm, start_s),
    )


def with_certain(found: Candidates, record: Seconds) -> tuple[Candidates, NDArray[np.bool_]]:
    """The candidates and those that are certain, which the mask (m,) tells."""
    below = record.lines[0] - record.rate
    line = np.repeat(record.lines[0], FS_HZ)
    spans = [
        (round(fall.start_s), round(fall.end_s))
        for fall in decelerations(np.repeat(record.rate, FS_HZ), line)
        if (below[round(fall.start_s) : round(fall.end_s)] >= DEEP_BPM).sum() >= DEEP_S
    ]
    rows = np.array([(-1, *span) for span in spans], dtype=np.int64).reshape(-1, 3)
    table = np.concatenate([np.column_stack(found), rows])
    order = np.lexsort(table.T)
    sign, first, stop = table[order].T
    return Candidates(sign, first, stop), order >= len(found.sign)


def picked(
    found: Candidates, score: Floats, certain: NDArray[np.bool_], judge: Judge
) -> tuple[list[int], list[int]]:
    """Indices of the events and of minor ones beside them."""
    kind = np.where(found.sign > 0, 0, 1)
    main = best_set(found, score - judge.least[kind] + CERTAIN * certain)
    free = np.ones(len(score), bool)
    for k in main:
        free &= (found.stop <= found.first[k]) | (found.first >= found.stop[k])
    likely = judge.probability(score, found.sign)
    minor = best_set(found, np.where(free & (likely >= MINOR), likely, 0.0), 0.0)
    return main, minor


def best_set(found: Candidates, gain: Floats, apart: float = APART) -> list[int]:
    """Indices of the candidates without overlap whose gains (m,) sum up to the most.

    Two of unlike kind with less than NEAR_S between them cost `apart`: beside a deceleration a
    rise is seldom an acceleration, and the trough between two accelerations seldom a deceleration.
    """
    worth = np.flatnonzero(gain > 0)
    first, stop, sign = found.first[worth], found.stop[worth], found.sign[worth].tolist()
    far = np.searchsorted(stop, first - NEAR_S, side="right").tolist()
    before = np.searchsorted(stop, first, side="right").tolist()
    sums: list[float] = []  # of the best set that ends with this one
    previous: list[int] = []  # the one before it there
    best = [(0.0, -1)]  # of the first so many: sum, and the last one
    for at, value in enumerate(gain[worth].tolist()):
        near = [(sums[k] - apart * (sign[k] != sign[at]), k) for k in range(far[at], before[at])]
        most, link = max([best[far[at]], *near])
        sums.append(most + value)
        previous.append(link)
        best.append(max(best[-1], (sums[at], at)))
    chosen, at = [], best[-1][1]
    while at >= 0:
        chosen.append(int(worth[at]))
        at = previous[at]
    return chosen[::-1]


def settled(fhr_bpm: Floats, found: Candidates, main: list[int], line: Floats) -> Floats:
    """The baseline without what was chosen, so that it runs under accelerations."""
    rest = fhr_bpm.copy()
    for k in main:
        if found.stop[k] - found.first[k] < LEVEL_S:
            rest[found.first[k] * FS_HZ : found.stop[k] * FS_HZ] = np.nan
    return baseline(rest) if main and np.isfinite(rest).any() else line


def _events(
    fhr_bpm: Floats,
    line: Floats,
    found: Candidates,
    likely: Floats,
    main: list[int],
    minor: list[int],
    start_s: float,
) -> Choice:
    """The chosen ones, measured against `line`; without those of which too much is lost."""
    shape = low_pass(filled(fhr_bpm), PEAK_CYCLES) - line
    rises, falls = [], []
    for k in sorted(main + minor):
        sign = int(found.sign[k])
        first, stop = int(found.first[k]) * FS_HZ, int(found.stop[k]) * FS_HZ
        away = sign * (fhr_bpm - line)[first:stop]
        if np.isnan(away).mean() > LOST_SHARE:
            continue
        peak = first + int(np.argmax(sign * shape[first:stop]))
        size, rest = float(np.nanmax(away)), (float(likely[k]), k not in main)
        if k not in main and size < MINOR_BPM:
            continue
        span = (start_s + first / FS_HZ, start_s + stop / FS_HZ, start_s + peak / FS_HZ)
        if sign > 0:
            rises.append(Acceleration(*span, size, *rest))
        else:
            nadir = float(line[peak] - size)
            falls.append(Deceleration(*span, size, nadir, probability=rest[0], minor=rest[1]))
    return Choice(
        line,
        tuple(rise for rise in rises if not rise.minor),
        tuple(fall for fall in falls if not fall.minor),
        tuple(rise for rise in rises if rise.minor),
        tuple(fall for fall in falls if fall.minor),
    )
