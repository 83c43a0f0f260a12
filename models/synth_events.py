"""What happens in a synthetic recording, endless and in the order of its onset."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from math import inf, nan

import numpy as np
from numpy.typing import NDArray

from models.noise import BLOCK, BLOCK_S
from models.synth_plan import BRADYCARDIA, BRADYCARDIA_BPM, Range, Scenario
from models.trace import FS_HZ

Floats = NDArray[np.float64]
Random = np.random.Generator
BRADYCARDIA_EDGES_S = (10.0, 30.0)  # fall, return
PROLONGED_EDGES_S = (20.0, 40.0)
FLAT_KINDS = {"bradycardia": BRADYCARDIA_EDGES_S, "prolonged": PROLONGED_EDGES_S}
APART_S = 20.0  # accelerations from decelerations, unless they may overlap
CONFLUENT_EVERY_S = (2.0, 15.0)
CONFLUENT_LASTS_S = (50.0, 110.0)
SHOULDERED = 0.4  # share of the variable decelerations
STEP_BPM, STEP_LASTS_S = (10.0, 25.0), (120.0, 300.0)
LEVELS_BPM = (110.0, 160.0)  # a step stays between them


@dataclass(frozen=True)
class Event:
    """Something put into the trace on purpose; amplitude in bpm or toco units, signed."""

    kind: str
    start_s: float
    end_s: float
    peak_s: float
    amplitude: float
    lag_s: float = nan  # of a deceleration after the onset of its contraction


@dataclass(frozen=True)
class State:
    """Of sleep: kind is quiet, active, or marked (active, with marked variability)."""

    start_s: float
    end_s: float
    kind: str
    swing_bpm: float
    confluent: bool = False


def shape(times_s: Floats, event: Event) -> Floats:
    """Raised-cosine edges from start to peak to end; a long fall is flat between its edges."""
    edges = event.peak_s - event.start_s, event.end_s - event.peak_s
    rise_s, fall_s = FLAT_KINDS.get(event.kind, edges)
    rise = np.clip((times_s - event.start_s) / rise_s, 0, 1)
    fall = np.clip((event.end_s - times_s) / fall_s, 0, 1)
    swell: Floats = (0.5 - 0.5 * np.cos(np.pi * rise)) * (0.5 - 0.5 * np.cos(np.pi * fall))
    return event.amplitude * swell


def bumps(events: Iterator[Event], begun: list[Event]) -> Iterator[Floats]:
    """All events as blocks to add up; each is appended to `begun` in the block of its onset."""
    waiting = next(events, None)
    going: list[Event] = []
    for base_s in count(0, BLOCK_S):
        while waiting and waiting.start_s < base_s + BLOCK_S:
            going.append(waiting)
            begun.append(waiting)
            waiting = next(events, None)
        times_s = base_s + np.arange(BLOCK) / FS_HZ
        block = np.zeros(BLOCK)
        for event in going:
            block += shape(times_s, event)
        going = [event for event in going if event.end_s > base_s + BLOCK_S]
        yield block


def states(plan: Scenario, rng: Random) -> Iterator[State]:
    if plan.quiet_s is None:
        yield State(0.0, inf, "active", rng.uniform(*plan.swing_bpm))
        return
    at_s, quiet = 0.0, rng.random() < 0.5
    while True:
        end_s = at_s + rng.uniform(*(plan.quiet_s if quiet else plan.active_s))
        if quiet:
            yield State(at_s, end_s, "quiet", rng.uniform(*plan.quiet_swing_bpm))
        else:
            marked, confluent = rng.random() < plan.marked, rng.random() < plan.confluent
            swing_bpm = rng.uniform(*(plan.marked_swing_bpm if marked else plan.swing_bpm))
            yield State(at_s, end_s, "marked" if marked else "active", swing_bpm, confluent)
        at_s, quiet = end_s, not quiet


def contractions(plan: Scenario, rng: Random) -> Iterator[Event]:
    at_s = rng.uniform(30, 120)
    while True:
        lasts_s = rng.uniform(*plan.contraction_s)
        size = rng.uniform(*plan.contraction_units)
        yield Event("contraction", at_s, at_s + lasts_s, at_s + lasts_s / 2, size)
        at_s += rng.uniform(*plan.contractions_every_s)


def decelerations(plan: Scenario, rng: Random, squeezes: Iterator[Event]) -> Iterator[Event]:
    """After contractions, and never one inside another; kind "shoulder" are its small rises."""
    if plan.bradycardia:
        start_s, lasts_s = BRADYCARDIA
        high, low = BRADYCARDIA_BPM
        nadir_s = start_s + BRADYCARDIA_EDGES_S[0]
        yield Event("bradycardia", start_s, start_s + lasts_s, nadir_s, low - high)
    free_s = 0.0
    makers = {"late": _late, "early": _early, "variable": _variable, "prolonged": _prolonged}
    while plan.decelerations:
        squeeze = next(squeezes)
        kind = plan.decelerations[rng.integers(len(plan.decelerations))]
        parts = makers[kind](plan, rng, squeeze)
        if rng.random() < plan.deceleration_share and parts[0].start_s > free_s:
            free_s = parts[-1].end_s + 10
            yield from parts


def _late(plan: Scenario, rng: Random, squeeze: Event) -> list[Event]:
    """Onset and nadir later than those of the contraction, slow both ways.

    The first and last fifth of a raised cosine are hardly seen, so it lasts longer than 30 s.
    """
    lag_s = rng.uniform(*plan.late_lag_s)
    start_s = squeeze.start_s + lag_s
    nadir_s = max(start_s + rng.uniform(45, 55), squeeze.peak_s + 10)
    end_s = max(nadir_s + rng.uniform(48, 58), squeeze.end_s + 10)
    return [Event("late", start_s, end_s, nadir_s, -rng.uniform(*plan.late_bpm), lag_s)]


def _early(_: Scenario, rng: Random, squeeze: Event) -> list[Event]:
    half_s = max(rng.uniform(45, 55), (squeeze.end_s - squeeze.start_s) / 2)
    nadir_s = squeeze.peak_s + rng.uniform(-5, 5)
    lag_s = nadir_s - half_s - squeeze.start_s
    start_s, depth = squeeze.start_s + lag_s, -rng.uniform(17, 30)
    return [Event("early", start_s, nadir_s + half_s, nadir_s, depth, lag_s)]


def _variable(_: Scenario, rng: Random, squeeze: Event) -> list[Event]:
    lag_s = rng.uniform(0, 40)
    start_s = squeeze.start_s + lag_s
    nadir_s = start_s + rng.uniform(8, 18)
    end_s = nadir_s + rng.uniform(15, 60)
    fall = Event("variable", start_s, end_s, nadir_s, -rng.uniform(20, 70), lag_s)
    if rng.random() > SHOULDERED:
        return [fall]
    before = Event("shoulder", start_s - 18, start_s + 2, start_s - 8, rng.uniform(5, 12))
    after = Event("shoulder", end_s - 2, end_s + 22, end_s + 10, rng.uniform(5, 12))
    return [before, fall, after]


def _prolonged(_: Scenario, rng: Random, squeeze: Event) -> list[Event]:
    lag_s = rng.uniform(0, 40)
    start_s = squeeze.start_s + lag_s
    end_s = start_s + min(rng.uniform(130, 540), rng.uniform(130, 540))  # the short are common
    nadir_s = start_s + PROLONGED_EDGES_S[0]
    return [Event("prolonged", start_s, end_s, nadir_s, -rng.uniform(20, 50), lag_s)]


def accelerations(
    plan: Scenario, rng: Random, sleep: Iterator[State], falls: Iterator[Event]
) -> Iterator[Event]:
    """While it is awake, and apart from decelerations unless the plan lets them overlap."""
    if plan.accelerations_every_s is None:
        return
    near: list[Event] = []
    ahead = None if plan.overlapping else next(falls, None)
    for state in sleep:
        at_s = state.start_s + rng.uniform(20, 60)
        while state.kind != "quiet" and at_s + 60 < state.end_s:
            one = _acceleration(plan, rng, at_s, state.confluent)
            while ahead and ahead.start_s <= one.end_s + APART_S:
                near.append(ahead)
                ahead = next(falls, None)
            near = [fall for fall in near if fall.end_s > at_s - APART_S]
            if not any(fall.start_s < one.end_s + APART_S for fall in near):
                yield one
            every_s = CONFLUENT_EVERY_S if state.confluent else plan.accelerations_every_s
            at_s = one.end_s + rng.uniform(*every_s)


def _acceleration(plan: Scenario, rng: Random, at_s: float, confluent: bool) -> Event:
    lasts_s = rng.uniform(*(CONFLUENT_LASTS_S if confluent else plan.acceleration_s))
    peak_s = at_s + min(rng.uniform(8, 20), lasts_s / 2)
    return Event("acceleration", at_s, at_s + lasts_s, peak_s, rng.uniform(*plan.acceleration_bpm))


def levels(plan: Scenario, rng: Random) -> Iterator[Floats]:
    """The baseline without its drift: a level, and ramps to others."""
    level = rng.uniform(*plan.level_bpm)
    knots_s, knots_bpm = [0.0], [level]
    every_s: Range = plan.steps_every_s or (inf, inf)
    for base_s in count(0, BLOCK_S):
        while plan.steps_every_s and knots_s[-1] < base_s + BLOCK_S:
            start_s = knots_s[-1] + rng.uniform(*every_s)
            step = rng.uniform(*STEP_BPM) * rng.choice((-1, 1))
            if not LEVELS_BPM[0] <= level + step <= LEVELS_BPM[1]:
                step = -step
            knots_s += [start_s, start_s + rng.uniform(*STEP_LASTS_S)]
            knots_bpm += [level, level + step]
            level += step
        yield np.interp(base_s + np.arange(BLOCK) / FS_HZ, knots_s, knots_bpm)
