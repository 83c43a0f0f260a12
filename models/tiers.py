"""The rules that turn measurements into a verdict, as a table with its sources.

NICHD 2008 with three tiers (ALGORITHMS 5.7; the Chinese intrapartum classes I to III are the
same): category I is NORMAL, II SUSPICIOUS, III PATHOLOGICAL. Two rules of FIGO 2015 (5.8) are
added: a baseline under 100 and one deceleration of 5 min are pathological by themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import nan

from models.decelerations import RECURRENT_S
from models.events import Deceleration
from models.flat import FALLS
from models.judged import ABSENT_BPM as ABSENT_BPM
from models.judged import BASELINE_S as BASELINE_S
from models.judged import BASELINE_STEP_BPM as BASELINE_STEP_BPM
from models.judged import JUDGED_S as JUDGED_S
from models.judged import RECURRENT_SHARE as RECURRENT_SHARE
from models.judged import Features as Features
from models.sinusoidal import Sinusoidal
from models.verdict import Reason, Verdict

COMPARE: dict[str, Callable[[float, float], bool]] = {  # false with NaN
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
}


@dataclass(frozen=True)
class Row:
    """One rule: it holds when value(features) is beyond its limit."""

    id: str
    verdict: Verdict
    text: str  # gettext message id
    value: Callable[[Features], float]
    beyond: str  # key of COMPARE
    limit: float
    over_s: float  # the reason points at the last so many seconds ...
    kind: str = ""  # ... or at the longest deceleration or wave of this kind
    scale: float = 1.0  # of value and limit in the text
    source: str = "NICHD 2008"


TABLE = (
    Row(
        "figo_bradycardia",
        Verdict.PATHOLOGICAL,
        "Baseline %(value)d bpm, below %(limit)d",
        lambda f: f.baseline_bpm,
        "<",
        100,
        BASELINE_S,
        source="FIGO 2015",
    ),
    Row(
        "figo_long_deceleration",
        Verdict.PATHOLOGICAL,
        "One deceleration lasted %(value)d s, %(limit)d s or more",
        lambda f: max((dec.lasts_s for dec in f.decelerations), default=nan),
        ">=",
        300,
        JUDGED_S,
        kind="prolonged",
        source="FIGO 2015",
    ),
    Row(
        "nichd_3_late",
        Verdict.PATHOLOGICAL,
        "No variability, and late decelerations with %(value)d %% of the contractions",
        lambda f: f.if_absent(f.recurrence("late")),
        ">=",
        RECURRENT_SHARE,
        JUDGED_S,
        scale=100,
    ),
    Row(
        "nichd_3_variable",
        Verdict.PATHOLOGICAL,
        "No variability, and variable decelerations with %(value)d %% of the contractions",
        lambda f: f.if_absent(f.recurrence("variable")),
        ">=",
        RECURRENT_SHARE,
        JUDGED_S,
        scale=100,
    ),
    Row(
        "nichd_3_flat",
        Verdict.PATHOLOGICAL,
        "No variability, and decelerations, shallow ones too, with %(value)d %% of the "
        "contractions",
        Features.flat_share,
        ">=",
        RECURRENT_SHARE,
        RECURRENT_S,
        scale=100,
        source="NICHD 2008 for late decelerations, which have no least depth; FIGO 1987",
    ),
    Row(
        "nichd_3_flat_without_contractions",
        Verdict.PATHOLOGICAL,
        "No variability, and %(value)d decelerations, shallow ones too, in a time without a known "
        "contraction",
        Features.flat_falls,
        ">=",
        FALLS,
        RECURRENT_S,
        source="design: whether they are recurrent cannot be known, so the worse is said",
    ),
    Row(
        "nichd_3_sinusoidal",
        Verdict.PATHOLOGICAL,
        "A sinusoidal pattern for %(value)d min, %(limit)d min or more",
        lambda f: f.wave_minutes("sinusoidal"),
        ">=",
        20,
        JUDGED_S,
        kind="sinusoidal",
    ),
    Row(
        "nichd_3_bradycardia",
        Verdict.PATHOLOGICAL,
        "No variability, and a baseline of %(value)d bpm, below %(limit)d",
        lambda f: f.if_absent(f.rounded_bpm),
        "<",
        110,
        BASELINE_S,
    ),
    Row(
        "nichd_2_bradycardia",
        Verdict.SUSPICIOUS,
        "Baseline %(value)d bpm, below %(limit)d",
        lambda f: f.rounded_bpm,
        "<",
        110,
        BASELINE_S,
    ),
    Row(
        "nichd_2_tachycardia",
        Verdict.SUSPICIOUS,
        "Baseline %(value)d bpm, above %(limit)d",
        lambda f: f.rounded_bpm,
        ">",
        160,
        BASELINE_S,
    ),
    *(
        Row(
            f"sinusoidal_{kind}",
            Verdict.SUSPICIOUS,
            text,
            lambda f, kind=kind: f.wave_minutes(kind),  # type: ignore[misc]
            ">=",
            10,
            JUDGED_S,
            kind=kind,
            source="ALGORITHMS 4.3, design",
        )
        for kind, text in (
            ("suspect", "A pattern like a sinusoidal one for %(value)d min, %(limit)d min or more"),
            ("pseudo", "A pattern like a sinusoidal one for %(value)d min, now over"),
        )
    ),
    Row(
        "nichd_2_low_variability",
        Verdict.SUSPICIOUS,
        "Variability %(value)d bpm, %(limit)d or less",
        lambda f: f.bandwidth_bpm,
        "<=",
        5,
        JUDGED_S,
    ),
    Row(
        "nichd_2_marked_variability",
        Verdict.SUSPICIOUS,
        "Variability %(value)d bpm, above %(limit)d",
        lambda f: f.bandwidth_bpm,
        ">",
        25,
        JUDGED_S,
    ),
    *(
        Row(
            f"nichd_2_{kind}",
            Verdict.SUSPICIOUS,
            text,
            lambda f, kind=kind: len(f.of_kind(kind)),  # type: ignore[misc]
            ">=",
            1,
            JUDGED_S,
            kind=kind,
        )
        for kind, text in (
            ("late", "Late decelerations in the last %(minutes)d min: %(value)d"),
            ("variable", "Variable decelerations in the last %(minutes)d min: %(value)d"),
            (
                "prolonged",
                "Prolonged decelerations (NICHD: 2 min or more) in the last %(minutes)d min: "
                "%(value)d",
            ),
            (
                "unclassified",
                "Gradual decelerations of unknown kind in the last %(minutes)d min: %(value)d",
            ),
        )
    ),
)
NORMAL_TEXT = (
    "Baseline %(baseline)d bpm, variability %(bandwidth)d bpm, no late or variable decelerations"
)


def judge(features: Features) -> tuple[Verdict, tuple[Reason, ...]]:
    """The worst verdict whose rule holds, with every rule that holds, worst first."""
    hits = [(row, row.value(features)) for row in TABLE]
    found = [(row, value) for row, value in hits if COMPARE[row.beyond](value, row.limit)]
    if found:
        return found[0][0].verdict, tuple(_reason(row, value, features) for row, value in found)
    args = {
        "baseline": round(features.baseline_bpm),
        "bandwidth": round(features.bandwidth_bpm),
    }
    reason = Reason(NORMAL_TEXT, dict(args), _since(features, JUDGED_S), features.end_s, "nichd_1")
    return Verdict.NORMAL, (reason,)


def _since(features: Features, over_s: float) -> float:
    return max(features.start_s, features.end_s - over_s)


def _reason(row: Row, value: float, features: Features) -> Reason:
    start_s, end_s = _since(features, row.over_s), features.end_s
    spans: tuple[Deceleration | Sinusoidal, ...] = (*features.decelerations, *features.sinusoidal)
    shown = max(
        (one for one in spans if one.kind == row.kind), key=lambda one: one.lasts_s, default=None
    )
    if shown:
        start_s, end_s = shown.start_s, shown.end_s
    args: dict[str, int | float | str] = {
        "value": round(value * row.scale),
        "limit": round(row.limit * row.scale),
        "seconds": round(end_s - start_s),
    }
    if "%(minutes)d" in row.text:
        args["minutes"] = round((features.end_s - _since(features, row.over_s)) / 60)
    return Reason(row.text, args, start_s, end_s, row.id)
