"""Rows of `lucina bench device`: the rate found in Doppler sound. docs/device-signal.md reads them.

The path was developed on made scenes and on every second recording of fetal-beats in the order of
their names; the others were first heard when the table was made. Seeds differ from development's.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from bench import fast
from bench.arithmetic import Meter, watched
from bench.hearing import Flags, Heard, hear, samples
from bench.row import Plan, Row, Share, Tally
from device.fhr import HOP
from device.payloads import GAP_16, RATE_HZ
from models.doppler import Beats, Floats, Scene, beats_of, mean_rate, sound, steady_beats
from models.synth import synthetic

CORES = 2
TONES_BPM = range(50, 241, 5)
TONE_S, REAL_S, NOISE_S, VESSEL_S = 12, 30, 30, 20
NOISES, VESSELS = 12, 20
SETTLED_S = 4  # window of 3 s, and a rate must last 1 s before it is told first
SETTLED = SETTLED_S * RATE_HZ
T = TypeVar("T")
DOUBLE, HALF = (1.8, 2.2), (0.45, 0.55)


@dataclass(frozen=True, eq=False)
class Told:
    """What was told beside what was true; both (n,) in bpm, NaN unknown."""

    bpm: Floats
    true_bpm: Floats

    def tally(self, right: Callable[[Floats, Floats], Flags]) -> Tally:
        """Of the updates where both are known."""
        both = np.isfinite(self.bpm) & np.isfinite(self.true_bpm)
        return Tally(int(both.sum()), int(right(self.bpm[both], self.true_bpm[both]).sum()))

    def cover(self) -> Tally:
        known = np.isfinite(self.true_bpm)
        known[:SETTLED] = False
        return Tally(int(known.sum()), int((known & np.isfinite(self.bpm)).sum()))


def within_share(bpm: Floats, true: Floats) -> Flags:
    return np.abs(bpm - true) <= 0.1 * true


def within(limit_bpm: float, bpm: Floats, true: Floats) -> Flags:
    return np.abs(bpm - true) <= limit_bpm


def half_or_double(bpm: Floats, true: Floats) -> Flags:
    ratio = bpm / true
    return ((ratio > DOUBLE[0]) & (ratio < DOUBLE[1])) | ((ratio > HALF[0]) & (ratio < HALF[1]))


def tones(plan: Plan) -> list[Row]:
    found = _over(_tone, [(bpm, plan.seed + bpm) for bpm in TONES_BPM])
    share = Share([told.tally(partial(within, 1.0)) for told in found])
    task = f"steady tones 50-240 bpm, SNR 10 dB, {TONE_S} s each: within 1 bpm"
    return [_row(task, share, 0.995, 1.0, note=_cover(found))]


def _tone(bpm: float, seed: int) -> Told:
    heard = hear(sound(Beats(steady_beats(bpm, TONE_S)), TONE_S, Scene(10.0), seed))
    return Told(heard.rate_bpm, np.full(len(heard.rate_bpm), float(bpm)))


def real(plan: Plan) -> list[Row]:
    """Three rows; those that the path was not developed on stand in the notes."""
    beats, what = _rhythms(plan)
    found = _over(_rhythm, [(one, plan.seed + n) for n, one in enumerate(beats)])
    what = f"{what}, SNR 5 dB, first {REAL_S} s: "
    asked: tuple[tuple[str, Callable[[Floats, Floats], Flags], float, float, bool], ...] = (
        ("within 10 % of the reference", within_share, 0.98, 0.995, False),
        ("within 2 bpm of the 3 s mean", partial(within, 2.0), 0.95, 0.99, False),
        ("half or double rate", half_or_double, 0.01, 0.003, True),
    )
    rows = []
    for task, right, must, aim, at_most in asked:
        unseen = Share([told.tally(right) for told in found[1::2]])
        low, high = unseen.interval
        note = f"not developed on: {unseen.value:.2%} ({low:.2%} - {high:.2%}) of {len(found) // 2}"
        share = Share([told.tally(right) for told in found])
        rows.append(_row(what + task, share, must, aim, at_most, f"{note}; {_cover(found)}"))
    return rows


def _rhythms(plan: Plan) -> tuple[list[Floats], str]:
    files = sorted((plan.data / "fetal-beats").glob("*.csv")) if plan.data else []
    if files:
        return [read_beats(path) for path in files], f"real beat times ({len(files)} recordings)"
    made = [beats_of(synthetic(plan.seed + n, 1, "normal")[1].rate_bpm) for n in range(40)]
    return made, "SYNTHETIC beat times (no recordings here)"


def read_beats(path: Path) -> Floats:
    """A file of fetal-beats: a head line, then seconds."""
    beats: Floats = np.loadtxt(path, skiprows=1, ndmin=1)
    return beats


def _rhythm(beats_s: Floats, seed: int) -> Told:
    heard = hear(sound(Beats(beats_s), REAL_S, Scene(5.0), seed))
    return Told(heard.rate_bpm, mean_rate(beats_s, REAL_S))


def noise(plan: Plan) -> list[Row]:
    heard = _over(_noise, [(plan.seed + n,) for n in range(NOISES)])
    tallies = [Tally(len(one), int(np.isfinite(one).sum())) for one in heard]
    task = f"noise alone, {NOISES} x {NOISE_S} s: accepted as a heart"
    return [_row(task, Share(tallies), 0.015, 0.005, True)]


def _noise(seed: int) -> Floats:
    return hear(sound(Beats(np.zeros(0)), NOISE_S, Scene(10.0), seed)).rate_bpm


@dataclass(frozen=True, eq=False)
class Two:
    """A heart and a vessel, heard together; rates in bpm after SETTLED_S."""

    heard: Heard
    fetal_bpm: Floats
    mother_bpm: Floats

    def fetal(self) -> Tally:
        known = np.isfinite(self.fetal_bpm)
        right = within_share(self.heard.rate_bpm, self.fetal_bpm)
        return _after(known, right)

    def hers(self) -> Flags:
        """Her rate is told, and not also about the child's."""
        told = self.heard.rate_bpm
        return within_share(told, self.mother_bpm) & ~within_share(told, self.fetal_bpm)

    def said_when_hers(self) -> Tally:
        return _after(self.hers(), self.heard.own_heart)

    def said_when_fetal(self) -> Tally:
        return _after(within_share(self.heard.rate_bpm, self.fetal_bpm), self.heard.own_heart)


def _after(counted: Flags, wanted: Flags) -> Tally:
    counted = counted & (np.arange(len(counted)) >= SETTLED)
    return Tally(int(counted.sum()), int((counted & wanted).sum()))


def vessel(plan: Plan) -> list[Row]:
    """Three rows: whose rate is told, and whether it is said when it is hers."""
    kinds = [(ratio, plan.seed + n) for ratio in (0.5, 1.0, 2.0, 4.0) for n in range(VESSELS)]
    scenes = [(ratio, True, seed) for ratio, seed in kinds]
    scenes += [(1.0, False, plan.seed + n) for n in range(VESSELS // 2)]
    both = _over(_vessel, scenes)
    found, pulsed = [one for one, _ in both], [one for _, one in both]
    half = found[:VESSELS]
    task = f"mother's vessel at half the fetal strength, SNR 10 dB, {VESSELS} x {VESSEL_S} s: "
    rows = [_row(task + "fetal rate told", Share([two.fetal() for two in half]), 0.95, 0.99)]
    for how, heard in (("pulse sensor on", pulsed), ("by sound alone", found)):
        said = Share([two.said_when_hers() for two in heard])
        wrongly = Share([two.said_when_fetal() for two in heard[:VESSELS]]).value
        task = (
            f"her rate told (vessel 0.5-4 x, or no fetus), {how}: 'probably your own heart' shown"
        )
        note = f"shown over a fetal rate with a vessel of half its strength: {wrongly:.2%}"
        rows.append(_row(task, said, 0.95, 0.99, note=note))
    return rows


def _vessel(ratio: float, fetus: bool, seed: int) -> tuple[Two, Two]:
    """By sound alone, and with the mother's pulse known."""
    rng = np.random.default_rng(seed)
    fetal = steady_beats(rng.uniform(115, 165), VESSEL_S, 0.01, seed) if fetus else np.zeros(0)
    mother = steady_beats(rng.uniform(65, 105), VESSEL_S, 0.03, seed + 1)
    audio = sound(Beats(fetal, mother), VESSEL_S, Scene(10.0, ratio), seed)
    rates = mean_rate(fetal, VESSEL_S), mean_rate(mother, VESSEL_S)
    return Two(hear(audio), *rates), Two(hear(audio, None, rates[1]), *rates)


def cost(plan: Plan) -> list[Row]:
    """Every product of the path, those of indices too, in 8 s of a heart and a vessel."""
    audio = samples(sound(Beats(steady_beats(140, 8, 0.02)), 8, Scene(), plan.seed))
    meter = Meter()
    with watched(meter) as firmware:
        doppler = firmware.Doppler(1)
        for start in range(0, len(audio), HOP):
            if start == len(audio) // 2:
                meter.products = 0
            doppler.hear(audio[start : start + HOP], None, GAP_16)
    task = "multiply-adds per second, one channel, placement included"
    note = f"greatest number in it 2**{np.log2(meter.greatest):.1f}"
    measured = meter.products / 4
    return [Row(task, measured, 150_000, 90_000, True, 1, percent=False, note=note)]


def _over(function: Callable[..., T], arguments: Iterable[tuple[object, ...]]) -> list[T]:
    with ProcessPoolExecutor(CORES, initializer=fast.use) as pool:
        return list(pool.map(function, *zip(*arguments, strict=True), chunksize=4))


def _cover(found: list[Told]) -> str:
    return f"told in {Share([told.cover() for told in found]).value:.1%} after {SETTLED_S} s"


def _row(
    task: str, share: Share, must: float, aim: float, at_most: bool = False, note: str = ""
) -> Row:
    recordings = len(share.tallies)
    return Row(task, share.value, must, aim, at_most, recordings, share.interval, note=note)
