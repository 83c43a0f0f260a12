"""One strip, one verdict: pure, with its reasons and everything it was made from.

The verdict is about the last half hour (models/tiers.py). It is UNKNOWN when the signal does not
allow one (models/quality.py); what could be measured is given even then.
"""

from dataclasses import asdict, dataclass
from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray

from models.baseline import baseline
from models.clean import clean, maternal_mask, stuck
from models.contractions import Contraction, contractions
from models.decelerations import typed
from models.events import Acceleration, Deceleration
from models.features import inside
from models.flat import LOOKED_AT_BPM, Flat, flat
from models.learned.event_choice import choose, plain
from models.learned.false_signal import false_probability, taken_for_false
from models.quality import Quality, quality, why_doubted, why_unknown
from models.sinusoidal import Sinusoidal, sinusoidal
from models.tiers import BASELINE_S, JUDGED_S, Features, judge
from models.trace import FS_HZ, Samples, Trace
from models.variability import LEAST_MINUTES, bandwidth_bpm, long_term_ms, short_term_ms, swings_bpm
from models.verdict import Reason as Reason
from models.verdict import Verdict as Verdict
from models.windows import Mask

SAMPLES = ("baseline", "quiet", "hers", "hers_probability")  # fields with one value a sample
RULES_VERSION = "nichd-2008+figo-2015/2"
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Assessment:
    """NaN: not known. Times are recorded seconds; the baseline is (n,) at FS_HZ like the trace."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    start_s: float
    end_s: float
    baseline_bpm: float  # of the last 10 min
    bandwidth_bpm: float  # of the last 30 min
    stv_ms: float  # NaN from less than ten minutes
    stv_minutes: int
    ltv_ms: float
    loss: float  # share of the samples without a usable fetal rate, 0..1
    maternal: float  # share of the signal that is taken for the mother's, 0..1
    accelerations: tuple[Acceleration, ...]
    decelerations: tuple[Deceleration, ...]
    minor_accelerations: tuple[Acceleration, ...]  # doubtful: told, not counted
    minor_decelerations: tuple[Deceleration, ...]
    contractions: tuple[Contraction, ...]
    sinusoidal: tuple[Sinusoidal, ...]
    flat: Flat | None  # None: there is variability in the last 30 min
    baseline: Samples
    hers: Mask  # (n,) taken for the mother's rate, or noise: not analysed
    hers_probability: Samples  # (n,) that it is; NaN without a rate, or where not learned
    quiet: Mask  # (n,) outside of what is or may be an event: where variability is measured
    gestation_weeks: float | None
    rules_version: str = RULES_VERSION

    def to_json(self, with_baseline: bool = False) -> dict[str, object]:
        """For json.dumps; NaN is None. The 4 Hz baseline only when asked for."""
        events = (
            "accelerations",
            "decelerations",
            "minor_accelerations",
            "minor_decelerations",
            "contractions",
            "sinusoidal",
        )
        data: dict[str, object] = {
            name: _number(value)
            for name, value in vars(self).items()
            if name not in (*events, *SAMPLES, "verdict", "reasons", "flat")
        }
        data["verdict"] = self.verdict.value
        data["reasons"] = [reason.to_json() for reason in self.reasons]
        for name in events:
            data[name] = [_event(event) for event in getattr(self, name)]
        if with_baseline:
            data["baseline"] = [_number(float(bpm)) for bpm in self.baseline]
        return data


def assess(trace: Trace, gestation_weeks: float | None = None, learned: bool = True) -> Assessment:
    """What the strip says. `gestation_weeks` sets the size of an acceleration; None: term.

    Not `learned`: events and the mother's rate by plain rules, without probabilities, in less than
    half of the time.
    """
    chance = false_probability(trace) if learned else np.full_like(trace.fhr_bpm, nan)
    hers = taken_for_false(chance, trace) if learned else maternal_mask(trace)
    raw = trace.fhr_bpm.astype(float)
    fhr = clean(np.where(hers | stuck(raw), nan, raw))
    base = baseline(fhr)
    squeezes = contractions(trace.toco.astype(float), trace.start_s)
    usual = found = plain(fhr, base, gestation_weeks, trace.start_s)
    if learned:
        toco = trace.toco.astype(float)
        found = choose(fhr, base, toco, gestation_weeks, trace.start_s)
    base, rises = found.baseline, found.accelerations
    falls = typed(found.decelerations, squeezes)
    small = typed(found.minor_decelerations, squeezes)
    dips = inside((*falls, *small, *usual.decelerations), trace)
    away = inside((*rises, *found.minor_accelerations, *usual.accelerations), trace)
    quiet = ~(dips | away)  # what may be an event is no measure of variability
    waves = sinusoidal(fhr, base, rises, swings_bpm(fhr, quiet), trace.start_s)
    features = _features(trace, fhr, base, rises, falls, squeezes, waves, quiet)
    known = quality(trace, fhr, hers, base)
    verdict, reasons = _verdict(known, why_doubted(known, trace, hers), features)
    steady = np.where(dips, nan, fhr)
    stv_ms, stv_minutes = short_term_ms(steady)
    return Assessment(
        verdict=verdict,
        reasons=reasons,
        start_s=trace.start_s,
        end_s=trace.end_s,
        baseline_bpm=features.baseline_bpm,
        bandwidth_bpm=features.bandwidth_bpm,
        stv_ms=stv_ms if stv_minutes >= LEAST_MINUTES else nan,
        stv_minutes=stv_minutes,
        ltv_ms=long_term_ms(steady),
        loss=known.loss,
        maternal=known.maternal,
        accelerations=rises,
        decelerations=falls,
        minor_accelerations=found.minor_accelerations,
        minor_decelerations=small,
        contractions=squeezes,
        sinusoidal=waves,
        flat=features.flat,
        baseline=base.astype(np.float32),
        hers=hers,
        hers_probability=chance,
        quiet=quiet,
        gestation_weeks=gestation_weeks,
    )


def _verdict(
    known: Quality, doubts: tuple[Reason, ...], features: Features
) -> tuple[Verdict, tuple[Reason, ...]]:
    """Of the features, unless the signal allows none; with doubts it is not NORMAL."""
    if unknown := why_unknown(known):
        return Verdict.UNKNOWN, unknown + doubts
    verdict, reasons = judge(features)
    if doubts and verdict is Verdict.NORMAL:
        return Verdict.UNKNOWN, doubts
    return verdict, reasons + doubts


def _features(
    trace: Trace,
    fhr: Floats,
    base: Floats,
    rises: tuple[Acceleration, ...],
    falls: tuple[Deceleration, ...],
    squeezes: tuple[Contraction, ...],
    waves: tuple[Sinusoidal, ...],
    quiet: Mask,
) -> Features:
    """What is judged: the end of the strip."""
    judged = slice(-round(JUDGED_S * FS_HZ), None)
    from_s = max(trace.start_s, trace.end_s - JUDGED_S)
    swing_bpm = bandwidth_bpm(fhr[judged], quiet[judged])
    still = None
    if swing_bpm < LOOKED_AT_BPM:
        still = flat(fhr[judged], inside(rises, trace)[judged], squeezes, from_s)
    return Features(
        start_s=trace.start_s,
        end_s=trace.end_s,
        baseline_bpm=float(np.median(base[-round(BASELINE_S * FS_HZ) :])) if len(base) else nan,
        bandwidth_bpm=still.swing_bpm if still else swing_bpm,
        decelerations=tuple(dec for dec in falls if dec.end_s > from_s),
        contractions=squeezes,
        flat=still,
        sinusoidal=tuple(wave for wave in waves if wave.end_s > from_s),
    )


def _event(event: Acceleration | Deceleration | Contraction | Sinusoidal) -> dict[str, object]:
    data: dict[str, object] = asdict(event)
    if isinstance(event, Deceleration):
        del data["contraction"]
        data["lag_s"] = event.lag_s
    data.pop("minor", None)  # the list it is in says so
    return {name: _number(value) for name, value in data.items()}


def _number(value: object) -> object:
    return None if isinstance(value, float) and not isfinite(value) else value
