"""Rows of `lucina bench device`: the rate found in Doppler sound. docs/device-signal.md reads them.

The path was developed on made scenes and on every second recording of fetal-beats in the order of
their names; the others were first heard when the table was made. Seeds differ from development's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from device.fhr import HOP
from device.payloads import GAP_16, RATE_HZ
from hardware.bench.arithmetic import Meter, watched
from hardware.bench.hearing import Flags, Heard, hear, samples
from hardware.bench.row import Measured, Plan, Pool, Row, Share, Tally, later
from models.doppler import Beats, Floats, Scene, beats_of, mean_rate, sound, steady_beats
from models.synth import synthetic

TONES_BPM = range(50, 241, 5)
TONE_S, REAL_S, NOISE_S, VESSEL_S = 12, 30, 30, 20
NOISES, VESSELS = 12, 20
SETTLED_S = 4  # window of 3 s, and a rate must last 1 s before it is told first
SETTLED = SETTLED_S * RATE_HZ
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


def tones(plan: Plan, pool: Pool) -> Measured:
    return later(pool, _tone, [(bpm, plan.seed + bpm) for bpm in TONES_BPM], _tone_rows)


def _tone_rows(found: list[Told]) -> list[Row]:
    share = Share([told.tally(partial(within, 1.0)) for told in found])
    task = f"steady tones 50-240 bpm, SNR 10 dB, {TONE_S} s each: within 1 bpm"
    return [_row(task, share, 0.995, 1.0, note=_cover(found))]


def _tone(bpm: float, seed: int) -> Told:
    heard = hear(sound(Beats(steady_beats(bpm, TONE_S)), TONE_S, Scene(10.0), seed))
    return Told(heard.rate_bpm, np.full(len(heard.rate_bpm), float(bpm)))


def real(plan: Plan, pool: Pool) -> Measured:
    beats, what = _rhythms(plan)
    seconds = [np.ceil(one[-1]) if plan.thorough else REAL_S for one in beats]
    heard = [(one, seconds[n], plan.seed + n) for n, one in enumerate(beats)]
    what = f"{what}, SNR 5 dB, {'whole' if plan.thorough else f'first {REAL_S} s'}: "
    return later(pool, _rhythm, heard, partial(_real_rows, what))


def _real_rows(what: str, found: list[Told]) -> list[Row]:
    """Three; those that the path was not developed on stand in the notes."""
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


def _rhythm(beats_s: Floats, seconds: float, seed: int) -> Told:
    heard = hear(sound(Beats(beats_s), seconds, Scene(5.0), seed))
    return Told(heard.rate_bpm, mean_rate(beats_s, seconds))


def noise(plan: Plan, pool: Pool) -> Measured:
    return later(pool, _noise, [(plan.seed + n,) for n in range(NOISES)], _noise_rows)


def _noise_rows(heard: list[Floats]) -> list[Row]:
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

    def said_when_hers(self, said: Flags) -> Tally:
        return _after(self.hers(), said)

    def said_when_fetal(self, said: Flags) -> Tally:
        return _after(within_share(self.heard.rate_bpm, self.fetal_bpm), said)


def _after(counted: Flags, wanted: Flags) -> Tally:
    counted = counted & (np.arange(len(counted)) >= SETTLED)
    return Tally(int(counted.sum()), int((counted & wanted).sum()))


def vessel(plan: Plan, pool: Pool) -> Measured:
    kinds = [(ratio, plan.seed + n) for ratio in (0.5, 1.0, 2.0, 4.0) for n in range(VESSELS)]
    scenes = [(ratio, True, seed) for ratio, seed in kinds]
    scenes += [(1.0, False, plan.seed + n) for n in range(VESSELS // 2)]
    return later(pool, _vessel, scenes, _vessel_rows)


def _vessel_rows(found: list[Two]) -> list[Row]:
    """Three: whose rate is told, and whether it is said when it is hers."""
    half = found[:VESSELS]
    task = f"mother's vessel at half the fetal strength, SNR 10 dB, {VESSELS} x {VESSEL_S} s: "
    rows = [_row(task + "fetal rate told", Share([two.fetal() for two in half]), 0.95, 0.99)]
    for how, flags in (("pulse sensor on", "own_heart"), ("by sound alone", "by_sound")):
        said = Share([two.said_when_hers(getattr(two.heard, flags)) for two in found])
        over = [two.said_when_fetal(getattr(two.heard, flags)) for two in half]
        wrongly = Share(over).value
        task = (
            f"her rate told (vessel 0.5-4 x, or no fetus), {how}: 'probably your own heart' shown"
        )
        note = f"shown over a fetal rate with a vessel of half its strength: {wrongly:.2%}"
        rows.append(_row(task, said, 0.95, 0.99, note=note))
    return rows


def _vessel(ratio: float, fetus: bool, seed: int) -> Two:
    """With the mother's pulse known."""
    rng = np.random.default_rng(seed)
    fetal = steady_beats(rng.uniform(115, 165), VESSEL_S, 0.01, seed) if fetus else np.zeros(0)
    mother = steady_beats(rng.uniform(65, 105), VESSEL_S, 0.03, seed + 1)
    audio = sound(Beats(fetal, mother), VESSEL_S, Scene(10.0, ratio), seed)
    rates = mean_rate(fetal, VESSEL_S), mean_rate(mother, VESSEL_S)
    return Two(hear(audio, None, rates[1]), *rates)


def cost(plan: Plan, pool: Pool) -> Measured:
    return later(pool, _cost, [(plan.seed,)], _cost_rows)


def _cost(seed: int) -> tuple[float, int]:
    """Products a second, those of indices too, and the greatest number, in 8 s of a heart."""
    audio = samples(sound(Beats(steady_beats(140, 8, 0.02)), 8, Scene(), seed))
    meter = Meter()
    with watched(meter) as firmware:
        doppler = firmware.Doppler(1)
        for start in range(0, len(audio), HOP):
            if start == len(audio) // 2:
                meter.products = 0
            doppler.hear(audio[start : start + HOP], None, GAP_16)
    return meter.products / 4, meter.greatest


def _cost_rows(found: list[tuple[float, int]]) -> list[Row]:
    (measured, greatest) = found[0]
    task = "multiply-adds per second, one channel, placement included"
    note = f"greatest number in it 2**{np.log2(greatest):.1f}"
    return [Row(task, measured, 150_000, 90_000, True, 1, percent=False, note=note)]


def _cover(found: list[Told]) -> str:
    return f"told in {Share([told.cover() for told in found]).value:.1%} after {SETTLED_S} s"


def _row(
    task: str, share: Share, must: float, aim: float, at_most: bool = False, note: str = ""
) -> Row:
    recordings = len(share.tallies)
    return Row(task, share.value, must, aim, at_most, recordings, share.interval, note=note)
