"""Everything that is computed from one strip: the assessment, its rhythm, and every score.

Scores are about the end of the strip, each over its own time (models/scores/). Doubtful events
are told apart, in the minor lists, and not counted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import isfinite, nan
from typing import Any

import numpy as np

from models.activity import Activity, activity
from models.assess import Assessment, assess
from models.clean import clean, stuck
from models.decelerations import typed
from models.events import Acceleration, Deceleration
from models.features import (
    Episode,
    Floats,
    Span,
    episodes,
    inside,
    miscounted,
    oscillations_per_min,
    spans,
)
from models.frozen import SAME_S
from models.quality import Loss, losses
from models.scores import scores
from models.scores.fall import Fall
from models.scores.measures import Measures
from models.scores.table import Score
from models.sinusoidal import Sinusoidal
from models.tiers import JUDGED_S
from models.trace import FS_HZ, Trace
from models.variability import swings_bpm

SEVERE_BPM = 70.0  # a variable deceleration under it: ALGORITHMS 4.5
INSIDE_S = 120.0  # a deceleration so long has a variability of its own
DECIMALS = 3
JUDGED_MIN = round(JUDGED_S / 60)


@dataclass(frozen=True)
class Captured(Span):
    probability: float  # mean of its samples; NaN by the plain rule


@dataclass(frozen=True, eq=False)
class Analysis:
    """NaN: not known. Times are recorded seconds."""

    trace: Trace
    assessment: Assessment
    oscillations_per_min: float  # of the last 30 min
    swings_bpm: Floats  # (k,) of each whole minute outside of events
    maternal: tuple[Captured, ...]  # taken for the mother's rate, or noise
    doubled: tuple[Span, ...]
    halved: tuple[Span, ...]
    stuck: tuple[Span, ...]  # one value held
    losses: tuple[Loss, ...]  # of each 10 min
    activity: Activity  # of the uterus, last 30 min
    sinusoidal: tuple[Sinusoidal, ...]
    episodes: tuple[Episode, ...]
    scores: dict[str, Score]
    measures: Measures  # that the scores are made of

    def to_json(self, with_baseline: bool = False) -> dict[str, object]:
        """For json.dumps; what is not known is None. The 4 Hz baseline only when asked for."""
        known = self.assessment
        data: dict[str, object] = {
            "duration_s": self.trace.duration_s,
            "fs_hz": FS_HZ,
            "gestation_weeks": known.gestation_weeks,
            "quality": {
                "loss": known.loss,
                "toco": self.activity.trusted,  # else that no contraction was found says nothing
                "maternal": [vars(span) for span in self.maternal],
                "doubled": [vars(span) for span in self.doubled],
                "halved": [vars(span) for span in self.halved],
                "stuck": [vars(span) for span in self.stuck],
                "losses": [vars(one) for one in self.losses],
            },
            "baseline_bpm": known.baseline_bpm,
            "stv_ms": known.stv_ms,
            "stv_minutes": known.stv_minutes,
            "ltv_ms": known.ltv_ms,
            "bandwidth_bpm": known.bandwidth_bpm,
            "bandwidth_minutes": int(np.isfinite(self.swings_bpm[-JUDGED_MIN:]).sum()),
            "oscillations_per_min": self.oscillations_per_min,
            "accelerations": [_acceleration(e) for e in known.accelerations],
            "decelerations": [_deceleration(e) for e in known.decelerations],
            "minor_accelerations": [_acceleration(e) for e in known.minor_accelerations],
            "minor_decelerations": [_deceleration(e) for e in known.minor_decelerations],
            "contractions": [vars(e) for e in known.contractions],
            "activity": vars(self.activity),
            "sinusoidal": [vars(e) for e in self.sinusoidal],
            "episodes": [vars(e) for e in self.episodes],
            "scores": {name: score.to_json() for name, score in self.scores.items()},
            "verdict": known.verdict.value,
            "reasons": [
                reason.to_json()
                | {
                    "text": reason.text % reason.args,
                    "message": reason.text,  # gettext message id of args
                    "value": reason.args.get("value"),
                    "limit": reason.args.get("limit"),
                }
                for reason in known.reasons
            ],
            "rules_version": known.rules_version,
        }
        if with_baseline:
            data["baseline"] = known.baseline.astype(float).tolist()
        cleaned = _plain(data)
        assert isinstance(cleaned, dict)
        return cleaned


def analyse(
    trace: Trace,
    gestation_weeks: float | None = None,
    ignore_maternal: bool = False,
    movements_s: tuple[float, ...] | None = None,
    learned: bool = True,
) -> Analysis:
    """All of it. `ignore_maternal`: as if the mother's rate had not been recorded."""
    if ignore_maternal:
        trace = replace(trace, mhr_bpm=np.full_like(trace.mhr_bpm, np.nan))
    known = assess(trace, gestation_weeks, learned)
    hers = known.hers
    held = stuck(trace.fhr_bpm.astype(float))
    raw = np.where(hers | held, nan, trace.fhr_bpm.astype(float))
    fhr, base = clean(raw), known.baseline.astype(float)
    in_fall = inside(known.decelerations, trace)
    swings = swings_bpm(fhr, known.quiet)
    variation = episodes(np.where(in_fall, nan, fhr), trace.start_s)
    doubled, halved = miscounted(raw, fhr, base, trace.start_s)
    judged = slice(-round(JUDGED_S * FS_HZ), None)
    uterus = activity(trace.toco.astype(float), known.contractions, trace.start_s)
    unknown_whose = any(reason.rule == "unknown_whose" for reason in known.reasons)
    measures = Measures(
        start_s=trace.start_s,
        end_s=trace.end_s,
        gestation_weeks=gestation_weeks,
        fhr=fhr,
        baseline=base,
        in_fall=in_fall,
        quiet=known.quiet,
        maternal=1.0 if unknown_whose else known.maternal,
        swings_bpm=swings,
        accelerations=known.accelerations,
        falls=tuple(_fall(one, trace, fhr, base) for one in known.decelerations),
        contractions=known.contractions if uterus.trusted else None,
        sinusoidal=known.sinusoidal,
        episodes=variation,
        movements_s=movements_s,
        flat=known.flat,
    )
    return Analysis(
        trace=trace,
        assessment=known,
        oscillations_per_min=oscillations_per_min(fhr[judged], known.quiet[judged]),
        swings_bpm=swings,
        maternal=_captured(known, trace),
        doubled=doubled,
        halved=halved,
        stuck=spans(held, trace.start_s),
        losses=losses(fhr, trace.start_s),
        activity=uterus,
        sinusoidal=known.sinusoidal,
        episodes=variation,
        scores=scores(measures),
        measures=measures,
    )


def scores_with(analysis: Analysis, shown: Iterable[Mapping[str, Any]]) -> object:
    """The scores as JSON when the decelerations that a page shows (as JSON) are counted: near the
    beginning of a strip that was cut off the analysis cannot see what was seen before."""
    known = analysis.measures
    reach = [one for one in shown if one["end_s"] > known.start_s]
    falls = tuple(_as_shown(one, analysis) for one in reach)
    found = scores(replace(known, falls=falls)) if falls != known.falls else analysis.scores
    return _plain({name: score.to_json() for name, score in found.items()})


def _as_shown(one: Mapping[str, Any], analysis: Analysis) -> Fall:
    """As measured now where it is found now; else on the level that it fell from."""
    known = analysis.measures
    for fall in known.falls:
        apart_s = max(abs(fall.start_s - one["start_s"]), abs(fall.end_s - one["end_s"]))
        if apart_s <= SAME_S and fall.kind == one["kind"]:
            return fall
    times = (one["start_s"], one["end_s"], one["nadir_s"])
    (dec,) = typed(
        (Deceleration(*times, one["depth_bpm"], one["nadir_bpm"]),), known.contractions or ()
    )
    level = np.full_like(known.fhr, one["depth_bpm"] + one["nadir_bpm"])
    return _fall(replace(dec, kind=one["kind"]), analysis.trace, known.fhr, level)


def _captured(known: Assessment, trace: Trace) -> tuple[Captured, ...]:
    return tuple(
        Captured(
            span.start_s,
            span.end_s,
            float(np.mean(known.hers_probability[inside((span,), trace)])),
        )
        for span in spans(known.hers, trace.start_s)
    )


def _fall(dec: Deceleration, trace: Trace, fhr: Floats, base: Floats) -> Fall:
    span = inside((dec,), trace)
    long = dec.lasts_s >= INSIDE_S
    swings = swings_bpm(fhr, span) if long else np.empty(0)
    return Fall(
        start_s=dec.start_s,
        end_s=dec.end_s,
        kind=dec.kind,
        under_70_s=float((fhr[span] < SEVERE_BPM).sum()) / FS_HZ,
        lost_beats=float(np.nansum((base - fhr)[span])) / FS_HZ / 60,
        swing_bpm=float(np.nanmedian(swings)) if np.isfinite(swings).any() else nan,
        contraction=dec.contraction,
    )


def _acceleration(rise: Acceleration) -> dict[str, object]:
    return {name: value for name, value in vars(rise).items() if name != "minor"}


def _deceleration(dec: Deceleration) -> dict[str, object]:
    beside = ("contraction", "minor")
    data = {name: value for name, value in vars(dec).items() if name not in beside}
    return data | {"lag_s": dec.lag_s}


def _plain(value: object) -> object:
    """Rounded numbers, None in the place of NaN, all the way down."""
    if isinstance(value, float):
        return round(value, DECIMALS) if isfinite(value) else None
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value
