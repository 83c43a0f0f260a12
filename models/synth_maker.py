"""A synthetic recording in the making, block by block: models/synth.py hands it out."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count, tee

import numpy as np

from models.noise import BLOCK, BLOCK_S, Floats, Span, bursts, masks, walk, waves, white
from models.synth_events import (
    Event,
    State,
    accelerations,
    bumps,
    contractions,
    decelerations,
    levels,
    states,
)
from models.synth_plan import BRADYCARDIA, CAPTURES_S, FIRST_CAPTURE_S, Scenario
from models.trace import FS_HZ

LTV_BAND_HZ = (0.03, 0.12)
STV_BAND_HZ = (0.15, 0.6)
MOTHER_BAND_HZ = (0.005, 0.1)
STV_SHARE = 0.35  # of the long-term amplitude
P2P_PER_SD = 4.0  # a minute of band noise swings about 4 standard deviations
DRIFT_S, DRIFT_BACK_S = 600.0, 3600.0
MOTHER_RISE_BPM = 8.0  # in a contraction
BRADYCARDIA_SWING = 0.3  # of the variability that is left meanwhile
HALVED = 0.7  # share of the miscounted spans; a double rate above MOST_BPM is not shown
MOST_BPM = 240.0  # ALGORITHMS 2: what monitors show
CHANNELS = ("fhr_bpm", "mhr_bpm", "toco", "quality")
MASKS = ("lost", "maternal", "halved", "doubled", "stuck", "quiet", "marked")
Block = dict[str, Floats]  # (BLOCK,) by name: CHANNELS, MASKS, rate_bpm and baseline_bpm


class Maker:
    """One recording in the making; the events that began in the blocks so far are kept."""

    def __init__(self, seed: int, plan: Scenario) -> None:
        self._seed, self._plan, self._streams = seed, plan, 0
        self.rises: list[Event] = []
        self.falls: list[Event] = []
        self.squeezes: list[Event] = []

    def _rng(self) -> np.random.Generator:
        """The next ingredient's random numbers."""
        self._streams += 1
        return np.random.default_rng([self._seed, self._streams])

    def blocks(self) -> Iterator[Block]:
        causes, shown, hers = tee(contractions(self._plan, self._rng()), 3)
        parts = zip(
            self._fetus(causes), self._mother(hers), self._toco(shown), self._errors(), strict=True
        )
        held = np.nan
        for fetus, mother, toco, block in parts:
            noise = block.pop("noise")
            fhr = fetus["rate_bpm"] + noise
            held = _misread(fhr, mother["mhr_bpm"] + noise, block, held)
            mother["mhr_bpm"][mother.pop("lost_hers") > 0] = np.nan
            yield block | fetus | mother | {"fhr_bpm": fhr, "toco": toco}

    def _fetus(self, causes: Iterator[Event]) -> Iterator[Block]:
        """rate_bpm, baseline_bpm, quiet, marked."""
        plan = self._plan
        here, there = tee(decelerations(plan, self._rng(), causes))
        sleep, slept = tee(states(plan, self._rng()))
        rises = accelerations(plan, self._rng(), slept, there)
        parts = zip(
            levels(plan, self._rng()),
            walk(self._rng(), plan.drift_bpm, DRIFT_S, DRIFT_BACK_S),
            bumps(rises, self.rises),
            bumps(here, self.falls),
            waves(self._rng(), LTV_BAND_HZ),
            waves(self._rng(), STV_BAND_HZ),
            _sleep(sleep),
            _scripted_swing(plan),
            strict=True,
        )
        for level, drift, rise, fall, slow, fast, (swing, quiet, marked), share in parts:
            base = level + drift
            swings = share * swing / P2P_PER_SD * (slow + STV_SHARE * fast)
            yield {
                "rate_bpm": base + rise + fall + swings,
                "baseline_bpm": base,
                "quiet": quiet,
                "marked": marked,
            }

    def _mother(self, squeezes: Iterator[Event]) -> Iterator[Block]:
        """mhr_bpm: her pulse, which rises in a contraction; and lost_hers, where it is lost."""
        level = self._rng().uniform(*self._plan.mother_bpm)
        rises = bumps((replace(e, amplitude=MOTHER_RISE_BPM) for e in squeezes), [])
        lost = masks(bursts(self._rng(), self._plan.mother_loss))
        slow = waves(self._rng(), MOTHER_BAND_HZ)
        for wave, rise, gone in zip(slow, rises, lost, strict=True):
            yield {"mhr_bpm": level + 2.5 * wave + rise, "lost_hers": gone.astype(float)}

    def _toco(self, squeezes: Iterator[Event]) -> Iterator[Floats]:
        tone = self._rng().uniform(8, 15)
        spikes = masks(bursts(self._rng(), self._plan.toco_spikes, *_uniform(0.5, 5)))
        parts = zip(bumps(squeezes, self.squeezes), white(self._rng(), 0.7), spikes, strict=True)
        for squeeze, noise, spike in parts:
            yield np.clip(tone + squeeze + noise + 40 * spike, 0.5, 100)

    def _errors(self) -> Iterator[Block]:
        """What the measurement does: a mask by name, and noise and quality."""
        plan = self._plan
        captured = bursts(self._rng(), plan.capture, *_uniform(*plan.capture_s))
        miscounted = bursts(self._rng(), plan.miscounted, *_uniform(1, 20))
        ours, others = tee((span, draw < HALVED) for span, draw in self._drawn(miscounted))
        spans = {
            "lost": bursts(self._rng(), plan.loss),
            "maternal": _scripted_captures() if plan.maternal else captured,
            "halved": (span for span, half in ours if half),
            "doubled": (span for span, half in others if not half),
            "stuck": bursts(self._rng(), plan.stuck, *_uniform(3, 30)),
        }
        blocks = zip(*(masks(one) for one in spans.values()), strict=True)
        noises = white(self._rng(), plan.noise_bpm)
        qualities = waves(self._rng(), LTV_BAND_HZ)
        for number, (found, noise, wave) in enumerate(zip(blocks, noises, qualities, strict=True)):
            block = {name: mask.astype(float) for name, mask in zip(spans, found, strict=True)}
            if plan.bradycardia:  # never lost inside it: the second of its alarm is known
                times_s = number * BLOCK_S + np.arange(BLOCK) / FS_HZ
                block["lost"][np.abs(times_s - BRADYCARDIA[0] - 180) < 240] = 0
            yield block | {"noise": noise, "quality": np.clip(85 + 8 * wave, 60, 100)}

    def _drawn(self, spans: Iterator[Span]) -> Iterator[tuple[Span, float]]:
        """Each span with a number of its own from 0 to 1."""
        rng = self._rng()
        return ((span, rng.random()) for span in spans)


def _misread(fhr: Floats, mhr: Floats, block: Block, held: float) -> float:
    """Write the errors of `block` into `fhr` (BLOCK,); the last value that moved is given back."""
    for name, factor in (("halved", 0.5), ("doubled", 2.0)):
        fhr[block[name] > 0] *= factor
    maternal = block["maternal"] > 0
    fhr[maternal] = mhr[maternal]
    block["lost"][fhr > MOST_BPM] = 1
    at = np.maximum.accumulate(np.where(block["stuck"] > 0, -1, np.arange(BLOCK)))
    fhr[:] = np.where(at >= 0, fhr[at], held)
    held = float(fhr[-1])
    fhr[block["lost"] > 0] = np.nan
    block["quality"][block["lost"] > 0] = 10
    return held


def _sleep(sleep: Iterator[State]) -> Iterator[tuple[Floats, Floats, Floats]]:
    """The swing of each sample, and whether it is of quiet sleep or of marked variability."""
    state = next(sleep)
    for number in count():
        times_s = number * BLOCK_S + np.arange(BLOCK) / FS_HZ
        swing, quiet, marked = np.zeros((3, BLOCK))
        while True:
            here = (times_s >= state.start_s) & (times_s < state.end_s)
            swing[here] = state.swing_bpm
            quiet[here], marked[here] = state.kind == "quiet", state.kind == "marked"
            if state.end_s >= (number + 1) * BLOCK_S:
                break
            state = next(sleep)
        yield swing, quiet, marked


def _scripted_swing(plan: Scenario) -> Iterator[Floats]:
    """Of the variability what is left during the scripted bradycardia."""
    for number in count():
        times_s = number * BLOCK_S + np.arange(BLOCK) / FS_HZ
        low = (times_s >= BRADYCARDIA[0]) & (times_s < sum(BRADYCARDIA))
        yield np.where(low & plan.bradycardia, BRADYCARDIA_SWING, 1.0)


def _scripted_captures() -> Iterator[Span]:
    lasts_s, pause_s = CAPTURES_S
    for number in count():
        start_s = FIRST_CAPTURE_S + number * (lasts_s + pause_s)
        yield start_s, start_s + lasts_s


def _uniform(low_s: float, high_s: float) -> tuple[Callable[[np.random.Generator], float], float]:
    """A uniform length for bursts(), and its mean."""
    return (lambda rng: float(rng.uniform(low_s, high_s))), (low_s + high_s) / 2
