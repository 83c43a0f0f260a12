"""What an analysis found that is drawn: of one just made, or of one kept as JSON by the store."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from math import nan
from typing import Any, TypeVar

import numpy as np

from models.analysis import Analysis
from models.clean import clean
from models.contractions import Contraction
from models.events import Acceleration, Deceleration
from models.features import Floats, Span, inside
from models.sinusoidal import Sinusoidal
from models.trace import FS_HZ, Trace
from models.verdict import Verdict


@dataclass(frozen=True, eq=False)
class Found:
    """Times are recorded seconds."""

    trace: Trace
    baseline: Floats  # (n,) bpm, NaN where the analysis did not look
    used_bpm: Floats  # (n,) the fetal rate that it looked at; NaN where lost, false or impossible
    accelerations: tuple[Acceleration, ...]
    decelerations: tuple[Deceleration, ...]
    contractions: tuple[Contraction, ...]
    sinusoidal: tuple[Sinusoidal, ...]
    left_out: Mapping[str, tuple[Span, ...]]  # by cause
    reasons: tuple[Span, ...]  # why it is not normal


def of_analysis(analysis: Analysis) -> Found:
    known, trace = analysis.assessment, analysis.trace
    reasons = () if known.verdict is Verdict.NORMAL else known.reasons
    return Found(
        trace=trace,
        baseline=known.baseline.astype(float),
        used_bpm=_used_bpm(trace, analysis.maternal),
        accelerations=known.accelerations,
        decelerations=known.decelerations,
        contractions=known.contractions,
        sinusoidal=analysis.sinusoidal,
        left_out={
            "maternal": analysis.maternal,
            "doubled": analysis.doubled,
            "halved": analysis.halved,
        },
        reasons=tuple(Span(one.start_s, one.end_s) for one in reasons),
    )


def of_document(document: Mapping[str, Any], trace: Trace) -> Found:
    """`document`: models.live.Shown.document, as it was shown to people."""
    quality = document["quality"]
    left_out = {
        cause: tuple(_all(Span, quality[cause])) for cause in ("maternal", "doubled", "halved")
    }
    is_normal = document["verdict"] == Verdict.NORMAL.value
    return Found(
        trace=trace,
        baseline=_levels(document["baseline"], trace),
        used_bpm=_used_bpm(trace, left_out["maternal"]),
        accelerations=tuple(_all(Acceleration, document["accelerations"])),
        decelerations=tuple(_deceleration(one) for one in document["decelerations"]),
        contractions=tuple(_all(Contraction, document["contractions"])),
        sinusoidal=tuple(_all(Sinusoidal, document["sinusoidal"])),
        left_out=left_out,
        reasons=() if is_normal else tuple(_all(Span, document["reasons"])),
    )


def _used_bpm(trace: Trace, maternal: tuple[Span, ...]) -> Floats:
    hers = inside(maternal, trace)
    return clean(np.where(hers, np.nan, trace.fhr_bpm.astype(float)))


_Kind = TypeVar("_Kind")


def _all(kind: type[_Kind], rows: Iterable[Mapping[str, Any]]) -> list[_Kind]:
    """From JSON: null is NaN, and what the kind does not have is left out."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # a dataclass
    return [
        kind(**{name: nan if row[name] is None else row[name] for name in names if name in row})
        for row in rows
    ]


def _deceleration(row: Mapping[str, Any]) -> Deceleration:
    """Of its contraction only the onset is known: from the lag."""
    (event,) = _all(Deceleration, [row])
    if row["lag_s"] is None:
        return event
    onset_s = event.start_s - row["lag_s"]
    own = {"contraction": Contraction(onset_s, onset_s, onset_s, nan)}
    return Deceleration(**{**vars(event), **own})


def _levels(baseline: Mapping[str, Any], trace: Trace) -> Floats:
    """One level a second, on the trace's own grid."""
    levels = np.full(len(trace.fhr_bpm), np.nan)
    known = np.repeat(np.array(baseline["bpm"], float), FS_HZ)  # null becomes NaN
    first = round((baseline["start_s"] - trace.start_s) * FS_HZ)
    begin, stop = max(0, first), min(len(levels), first + len(known))
    if begin < stop:
        levels[begin:stop] = known[begin - first : stop - first]
    return levels
