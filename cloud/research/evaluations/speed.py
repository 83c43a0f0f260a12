"""How long 60 minutes take on one core; parts are timed in turns, so that they meet one load."""

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from cloud.research.evaluations.plan import Plan
from cloud.research.evaluations.table import Cell, Table
from models.analysis import analyse
from models.assess import assess
from models.baseline import baseline
from models.clean import clean
from models.contractions import contractions
from models.events import accelerations, decelerations
from models.live import Live
from models.synth import synthetic
from models.trace import FS_HZ, Trace
from models.variability import bandwidth_bpm, long_term_ms, short_term_ms
from models.watch import Watch

MINUTES = 60
ROUNDS = 15
QUICK_ROUNDS = 2
STEP = "L3"  # of the synthetic ladder: all channels, events and gaps
STREAMED_S = 1200


def measure(plan: Plan) -> list[Table]:
    rounds = QUICK_ROUNDS if plan.quick else ROUNDS
    traces = [synthetic(seed, MINUTES, STEP)[0] for seed in range(3)]
    took_ms: dict[str, list[float]] = {name: [] for name in PARTS}
    for part in PARTS.values():
        part(traces[0])  # loads weights, fills caches
    for turn in range(rounds):
        plan.progress(turn, rounds)
        for name, part in PARTS.items():
            since_s = time.perf_counter()
            part(traces[turn % len(traces)])
            took_ms[name].append(1000 * (time.perf_counter() - since_s))
    rows: list[tuple[Cell, ...]] = [
        (f"{name}, ms for {MINUTES} min", median(took), min(took)) for name, took in took_ms.items()
    ]
    each_us = _streamed_us(traces[0])
    rows.append(("live, us for a second", median(each_us), min(each_us)))
    columns = ("what", "median", "least")
    return [Table(f"speed, one process, {rounds} rounds", columns, tuple(rows), places=1)]


def _light(trace: Trace) -> None:
    """Everything that an assessment measures, without a learned part."""
    fhr = clean(trace.fhr_bpm.astype(float))
    line = baseline(fhr)
    accelerations(fhr, line, None)
    decelerations(fhr, line)
    contractions(trace.toco.astype(float))
    short_term_ms(fhr)
    long_term_ms(fhr)
    bandwidth_bpm(fhr, np.ones(len(fhr), bool))


def _streamed_us(trace: Trace) -> list[float]:
    """What each second costs while it comes: kept, and looked at by the alarm rules."""
    live, watch, took_us = Live(), Watch(), []
    samples = np.array(list(trace.channels().values()))
    for second in range(STREAMED_S):
        part = samples[:, second * FS_HZ : (second + 1) * FS_HZ]
        one = trace.window(second, second + 1)
        since_s = time.perf_counter()
        live.put(part)
        watch.look(one, second + 1)
        took_us.append(1e6 * (time.perf_counter() - since_s))
    return took_us


PARTS: dict[str, Callable[[Trace], object]] = {
    "everything: `analyse()`": analyse,
    "verdict and measures: `assess()`": assess,
    "light path: no learned part, no scores": _light,
}
