"""Whether a strip has enough signal for a verdict: ALGORITHMS 2, rule 7, and 1.8."""

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from models.trace import FS_HZ, Trace
from models.verdict import Reason
from models.windows import Mask

LEAST_SIGNAL_S = 600  # ALGORITHMS 4.1: variation is unusable before 10 min
RECENT_S = 600.0  # window of RECENT_LOSS
RECENT_LOSS, LOSS = 0.5, 1 / 3  # at most
FETAL_BPM, FETAL_S = 110.0, 120.0  # NICHD 2008: least normal baseline, least time of a baseline
MOTHER_KNOWN = 0.25  # of the signal has her rate beside it: ALGORITHMS 1.8
LOW_S = 60.0  # of a low rate that was left out: from there on it is told, and not normal [design]
LOW_APART_S = 10.0  # between samples of one such run, at most [design]
MATERNAL_SHARE = 0.25  # of the signal taken for the mother's: from there on no verdict [design]


@dataclass(frozen=True)
class Quality:
    """Shares are 0..1; NaN of an empty strip."""

    start_s: float
    end_s: float
    signal_s: float  # seconds with a usable fetal rate
    loss: float  # share of the samples without one
    recent_loss: float  # in the last RECENT_S
    maternal: float  # share of the signal that is taken for the mother's
    mother_known: float  # share of the signal that has a maternal rate beside it
    fetal_s: float  # seconds whose baseline is FETAL_BPM or more
    level_bpm: float  # median baseline


def quality(
    trace: Trace, fhr_bpm: NDArray[np.float64], hers: Mask, baseline_bpm: NDArray[np.float64]
) -> Quality:
    """Of a trace, its cleaned rate (n,), the samples (n,) taken for the mother's, the baseline."""
    lost = np.isnan(fhr_bpm)
    recent = lost[-round(RECENT_S * FS_HZ) :]
    shown = np.isfinite(trace.fhr_bpm)
    signal = int(shown.sum())
    both = int((shown & np.isfinite(trace.mhr_bpm)).sum())
    return Quality(
        start_s=trace.start_s,
        end_s=trace.end_s,
        signal_s=float((~lost).sum()) / FS_HZ,
        loss=float(lost.mean()) if len(lost) else nan,
        recent_loss=float(recent.mean()) if len(lost) else nan,
        maternal=float(hers.sum()) / signal if signal else 0.0,
        mother_known=both / signal if signal else 0.0,
        fetal_s=float((baseline_bpm >= FETAL_BPM).sum()) / FS_HZ,
        level_bpm=float(np.median(baseline_bpm)) if len(baseline_bpm) else nan,
    )


@dataclass(frozen=True)
class Loss:
    """Share of the samples of a time without a usable fetal rate, 0..1."""

    start_s: float
    end_s: float
    loss: float


def losses(fhr_bpm: NDArray[np.float64], start_s: float) -> tuple[Loss, ...]:
    """Of a cleaned rate (n,) from `start_s`, each RECENT_S; the last may be shorter."""
    width = round(RECENT_S * FS_HZ)
    parts = [(at, np.isnan(fhr_bpm[at : at + width])) for at in range(0, len(fhr_bpm), width)]
    return tuple(
        Loss(start_s + at / FS_HZ, start_s + (at + len(lost)) / FS_HZ, float(lost.mean()))
        for at, lost in parts
    )


def why_unknown(known: Quality) -> tuple[Reason, ...]:
    """Each reason against a verdict; empty when there is none."""
    span_s = known.end_s - known.start_s
    recent_s = min(span_s, RECENT_S)
    rows = (
        (
            known.signal_s < LEAST_SIGNAL_S,
            "unknown_short",
            "Only %(value)d s of fetal heart rate, %(limit)d s are needed",
            (known.signal_s, LEAST_SIGNAL_S, span_s),
        ),
        (
            known.recent_loss > RECENT_LOSS,
            "unknown_recent_loss",
            "%(value)d %% of the last %(seconds)d s has no usable fetal heart rate, "
            "at most %(limit)d %% may be lost",
            (100 * known.recent_loss, 100 * RECENT_LOSS, recent_s),
        ),
        (
            known.loss > LOSS,
            "unknown_loss",
            "%(value)d %% of %(seconds)d s has no usable fetal heart rate, "
            "at most %(limit)d %% may be lost",
            (100 * known.loss, 100 * LOSS, span_s),
        ),
        (
            known.maternal >= MATERNAL_SHARE,
            "unknown_maternal",
            "%(value)d %% of the signal may be the mother's pulse, from %(limit)d %% on there is "
            "no verdict",
            (100 * known.maternal, 100 * MATERNAL_SHARE, span_s),
        ),
        (
            known.level_bpm < FETAL_BPM
            and known.fetal_s < FETAL_S
            and known.mother_known < MOTHER_KNOWN,
            "unknown_whose",
            "The rate is %(value)d bpm and was never %(limit)d bpm or more, and the mother's is "
            "not recorded: it may be hers, or a slow fetal heart. Feel her pulse",
            (known.level_bpm, FETAL_BPM, span_s),
        ),
    )
    return tuple(
        _reason(known, rule, text, figures) for holds, rule, text, figures in rows if holds
    )


def why_doubted(known: Quality, trace: Trace, hers: Mask) -> tuple[Reason, ...]:
    """That the longest low rate among the samples (n,) left out may be a slow fetal heart.

    Without her channel nothing but the strip itself says that it was the mother's.
    """
    low = np.flatnonzero(hers & (trace.fhr_bpm < FETAL_BPM))
    if known.mother_known >= MOTHER_KNOWN or not len(low):
        return ()
    runs = np.split(low, np.flatnonzero(np.diff(low) > LOW_APART_S * FS_HZ) + 1)
    longest = max(runs, key=lambda run: int(run[-1] - run[0]))
    start_s, end_s = (trace.start_s + at / FS_HZ for at in (int(longest[0]), int(longest[-1]) + 1))
    if end_s - start_s < LOW_S:
        return ()
    text = "A low rate of %(value)d s was left out as probably the mother's: check with her pulse"
    args: dict[str, int | float | str] = {"value": int(end_s - start_s), "limit": int(LOW_S)}
    return (Reason(text, args, start_s, end_s, "low_left_out"),)


def _reason(known: Quality, rule: str, text: str, figures: tuple[float, float, float]) -> Reason:
    value, limit, seconds = (int(figure) for figure in figures)
    args: dict[str, int | float | str] = {"value": value, "limit": limit, "seconds": seconds}
    return Reason(text, args, known.end_s - seconds, known.end_s, rule)
