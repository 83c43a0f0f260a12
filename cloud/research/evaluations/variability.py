"""Measures of variability against their definitions.

On made rates whose answer is known without a program, and on real recordings beside a second,
plain implementation of ALGORITHMS 4.1 and 4.2: one epoch, one minute, one crossing at a time.
"""

from itertools import pairwise
from math import isfinite, nan
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, filtfilt

from cloud.research.analyze import read
from cloud.research.evaluations.plan import NotMeasuredError, Plan
from cloud.research.evaluations.table import Cell, Table
from models.clean import clean, filled
from models.features import oscillations_per_min
from models.variability import bandwidth_bpm, long_term_ms, short_term_ms

Floats = NDArray[np.float64]
Measured = tuple[float, float, float, float]
NAMES = ("STV, ms", "LTV, ms", "bandwidth, bpm", "oscillations a minute")
MINUTE, EPOCH, EPOCHS = 240, 15, 16  # samples, samples, epochs a minute
MINUTES = 20
SETS = (("fhrma", "*.fhr"), ("ctu-uhb", "*.hea"))
MOST = 60  # recordings of a set


def measure(plan: Plan) -> list[Table]:
    missing, files = [], list[Path]()
    for folder, pattern in SETS:
        try:
            found = plan.files(folder, pattern)
            files += found[:: max(len(found) // MOST, 1)]
        except NotMeasuredError as error:
            missing.append(f"Not measured: {error}.")
    return [_made(missing), *([_real(plan, files)] if files else [])]


def _made(missing: list[str]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for what, rate, wanted in made():
        found = ours(rate)
        rows += [
            (what, name, truth, value)
            for name, truth, value in zip(NAMES, wanted, found, strict=True)
            if isfinite(truth)
        ]
    columns = ("made rate", "measure", "by definition", "found")
    return Table("variability of rates whose answer is known", columns, tuple(rows), tuple(missing))


def made() -> list[tuple[str, Floats, Measured]]:
    """What it is, the rate (n,), and the answers; NaN where none is plain."""
    turns = np.tile([425.0, 431.0], EPOCHS // 2 * MINUTES)
    spikes = np.tile([428.0] * (EPOCHS - 1) + [458.0], MINUTES)
    times_min = np.arange(MINUTE * MINUTES) / MINUTE
    slow = 140 + 5 * np.sin(2 * np.pi * 4 * times_min)
    fast = 140 + 3 * np.sin(2 * np.pi * 10 * times_min)
    return [
        ("epochs 425 and 431 ms in turn", _of_epochs(turns), (6.0, 6.0, nan, nan)),
        ("a 458 ms epoch ends each minute of 428", _of_epochs(spikes), (2.0, 30.0, nan, nan)),
        ("sine of 10 bpm, 4 a minute", slow, (nan, nan, 10.0, 4.0)),
        ("sine of 6 bpm, 10 a minute", fast, (nan, nan, 6.0, 10.0)),
    ]


def _of_epochs(intervals_ms: Floats) -> Floats:
    return np.repeat(60_000 / intervals_ms, EPOCH)


def _real(plan: Plan, files: list[Path]) -> Table:
    pairs = plan.mapped(both, files)
    rows: list[tuple[Cell, ...]] = []
    for at, name in enumerate(NAMES):
        values = [(one[at], other[at]) for one, other in pairs if isfinite(other[at])]
        apart = [abs(one - other) for one, other in values]
        middle = median(other for _, other in values) if values else nan
        rows.append((name, len(values), middle, max(apart, default=nan)))
    note = (
        "The bandwidths differ by how a centile falls between two samples, the oscillations where "
        "a rate lies exactly 1 bpm from its mean and rounding decides."
    )
    columns = ("measure", "recordings", "median of the plain one", "largest difference")
    title = f"variability on {len(files)} real recordings beside a plain implementation"
    return Table(title, columns, tuple(rows), (note,))


def both(path: Path) -> tuple[Measured, Measured]:
    """Of the cleaned rate of a recording, ours and the plain ones."""
    rate = clean(read(path).trace.fhr_bpm.astype(float))
    return ours(rate), plainly(rate)


def ours(rate: Floats) -> Measured:
    quiet = np.ones(len(rate), bool)
    return (
        short_term_ms(rate)[0],
        long_term_ms(rate),
        bandwidth_bpm(rate, quiet),
        oscillations_per_min(rate, quiet),
    )


def plainly(rate: Floats) -> Measured:
    """The same from the definitions, without looking at ours."""
    minutes = _minutes(_epochs(rate))
    changes = [
        [abs(b - a) for a, b in pairwise(minute) if isfinite(a) and isfinite(b)]
        for minute in minutes
    ]
    short = [sum(each) / len(each) for each in changes if each]
    known = [[epoch for epoch in minute if isfinite(epoch)] for minute in minutes]
    ranges = [max(minute) - min(minute) for minute in known]
    return _mean(short), _mean(ranges), _bandwidth(rate), _oscillations(rate)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else nan


def _epochs(rate: Floats) -> list[float]:
    """Mean pulse interval of each 3.75 s of which half is valid; NaN there and beside."""
    means = []
    for first in range(0, len(rate) - EPOCH + 1, EPOCH):
        valid = [60_000 / bpm for bpm in rate[first : first + EPOCH].tolist() if isfinite(bpm)]
        means.append(sum(valid) / len(valid) if 2 * len(valid) >= EPOCH else nan)
    around = [nan, *means, nan]  # only to index; an edge of the record is not a gap
    edges = (0, len(means) - 1)
    return [
        mean
        if (at == edges[0] or isfinite(around[at])) and (at == edges[1] or isfinite(around[at + 2]))
        else nan
        for at, mean in enumerate(means)
    ]


def _minutes(epochs: list[float]) -> list[list[float]]:
    """The epochs of each whole minute with at least 8 valid ones."""
    whole = [epochs[at : at + EPOCHS] for at in range(0, len(epochs) - EPOCHS + 1, EPOCHS)]
    return [minute for minute in whole if sum(map(isfinite, minute)) >= EPOCHS // 2]


def _bandwidth(rate: Floats) -> float:
    """Median over half-valid minutes of P98 - P2 of the rate from 0.02 to 0.5 Hz."""
    if len(rate) <= 2 * MINUTE or not np.isfinite(rate).any():
        return nan
    numerator, denominator = butter(1, [0.02, 0.5], "bandpass", fs=4)
    band = filtfilt(numerator, denominator, filled(rate), padtype="even", padlen=2 * MINUTE)
    found = []
    for first in range(0, len(rate) - MINUTE + 1, MINUTE):
        part = band[first : first + MINUTE][np.isfinite(rate[first : first + MINUTE])]
        if 2 * len(part) >= MINUTE:
            low, high = np.percentile(part, [2, 98])
            found.append(float(high - low))
    return median(found) if found else nan


def _oscillations(rate: Floats) -> float:
    """Half the crossings of the 60 s mean by 1 bpm, a valid minute: median of the minutes."""
    whole = filled(rate).tolist()
    if len(whole) < MINUTE or not isfinite(whole[0]):
        return nan
    padded = [*whole[MINUTE // 2 - 1 :: -1], *whole, *whole[: -MINUTE // 2 - 1 : -1]]
    total = [0.0]
    for bpm in padded:
        total.append(total[-1] + bpm)
    side, crossed = 0, []
    for at, bpm in enumerate(whole):
        away = bpm - (total[at + MINUTE] - total[at]) / MINUTE
        now = side if abs(away) <= 1 else (1 if away > 0 else -1)
        crossed.append(side * now < 0)
        side = now
    return _per_minute(crossed, np.isfinite(rate).tolist())


def _per_minute(crossed: list[bool], valid: list[bool]) -> float:
    found = []
    for first in range(0, len(valid) - MINUTE + 1, MINUTE):
        minute = valid[first : first + MINUTE]
        count = sum(c and v for c, v in zip(crossed[first : first + MINUTE], minute, strict=True))
        if 2 * sum(minute) >= MINUTE:
            found.append(count / 2 / (sum(minute) / MINUTE))
    return median(found) if found else nan
