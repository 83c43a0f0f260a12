"""Synthetic recordings with known truth, for tests and demonstrations. Not physiology.

What a scenario is made of is in models/synth_plan.py. Every ingredient draws from its own random
numbers in the order of time, so a longer recording begins with the samples of a shorter one, and a
stream, which knows no length, gives them too. Results on these traces say that a program works,
never how well it would do on a mother.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from models.noise import BLOCK, BLOCK_S, Floats, Mask
from models.synth_events import Event
from models.synth_maker import CHANNELS, MASKS, Block, Maker
from models.synth_plan import BRADYCARDIA as BRADYCARDIA
from models.synth_plan import BRADYCARDIA_BPM as BRADYCARDIA_BPM
from models.synth_plan import SCENARIOS as SCENARIOS
from models.synth_plan import Scenario
from models.trace import FS_HZ, Samples, Trace, on_wire_grid
from models.variability import long_term_ms, short_term_ms


@dataclass(frozen=True, eq=False)
class Truth:
    """What the trace was made of. Arrays are (n,) at FS_HZ; events that began in the trace."""

    baseline_bpm: Samples
    rate_bpm: Samples  # of the fetus, before anything of the measurement
    accelerations: tuple[Event, ...]
    decelerations: tuple[Event, ...]
    contractions: tuple[Event, ...]
    lost: Mask
    maternal: Mask  # the fetal channel shows the mother's pulse
    halved: Mask
    doubled: Mask
    stuck: Mask
    quiet: Mask  # quiet sleep; else active
    marked: Mask  # marked variability
    stv_ms: float  # of `rate_bpm` outside decelerations
    ltv_ms: float


def synthetic(seed: int, minutes: float, scenario: str) -> tuple[Trace, Truth]:
    """A trace on the wire's grid and its truth; the same arguments give the same samples."""
    return made(seed, minutes, _plan(scenario))


def named(words: str) -> tuple[str, Trace]:
    """The name and the trace of "synthetic:SCENARIO:SEED:MINUTES"."""
    _, scenario, seed, minutes = (*words.split(":"), "", "", "")[:4]
    if not seed.isdigit() or not minutes.isdigit() or int(minutes) == 0:
        raise ValueError(f"{words!r}: must be synthetic:SCENARIO:SEED:MINUTES")
    return f"synthetic {scenario} {seed}", synthetic(int(seed), int(minutes), scenario)[0]


def stream(seed: int, scenario: str) -> Iterator[Trace]:
    """The samples of synthetic() second by second, without an end."""
    for number, block in enumerate(Maker(seed, _plan(scenario)).blocks()):
        whole = _trace(block, number * float(BLOCK_S))
        for second in range(BLOCK_S):
            yield whole.window(whole.start_s + second, whole.start_s + second + 1)


def _plan(scenario: str) -> Scenario:
    if scenario not in SCENARIOS:
        raise ValueError(f"scenario {scenario!r}, known are {', '.join(SCENARIOS)}")
    return SCENARIOS[scenario]


def made(seed: int, minutes: float, plan: Scenario) -> tuple[Trace, Truth]:
    """synthetic() of any plan."""
    size = round(minutes * 60 * FS_HZ)
    maker = Maker(seed, plan)
    blocks = list(islice(maker.blocks(), max(1, -(-size // BLOCK))))
    data = {name: np.concatenate([b[name] for b in blocks])[:size] for name in blocks[0]}
    rises, falls, squeezes = (
        tuple(e for e in begun if e.start_s < size / FS_HZ and e.kind != "shoulder")
        for begun in (maker.rises, maker.falls, maker.squeezes)
    )
    steady = data["rate_bpm"].copy()
    for fall in falls:
        steady[round(fall.start_s * FS_HZ) : round(fall.end_s * FS_HZ)] = np.nan
    truth = Truth(
        _single(data["baseline_bpm"]),
        _single(data["rate_bpm"]),
        rises,
        falls,
        squeezes,
        **{name: data[name] > 0 for name in MASKS},
        stv_ms=short_term_ms(steady)[0],
        ltv_ms=long_term_ms(steady),
    )
    return _trace(data, 0.0), truth


def _trace(data: Block, start_s: float) -> Trace:
    fhr, mhr, toco, quality = (_single(data[name]) for name in CHANNELS)
    return on_wire_grid(Trace(fhr, np.full_like(fhr, np.nan), mhr, toco, quality, start_s))


def _single(values: Floats) -> Samples:
    return values.astype(np.float32)
