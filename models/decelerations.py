"""What kind of deceleration it is, by its shape and its lag after a contraction: ALGORITHMS 4.5.

The kind is what NICHD 2008 and FIGO 2015 define; people agree on it with kappa 0.12 to 0.23 only.
So it has a probability, and its lag in seconds is kept beside it. The probability is how often the
kind stands when onset, nadir, end and the contraction's times are moved as far as those of another
reading lie apart, and when the contraction may be none. How far that is was measured on half of
CTU-UHB's marks (docs/analysis.md). It is not the chance that a person names this kind.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.contractions import Contraction
from models.events import Deceleration

Floats = NDArray[np.float64]
PROLONGED_S = 120.0  # NICHD 2008
GRADUAL_S = 30.0  # onset to nadir; less is abrupt. NICHD 2008
LATE_ONSET_S = 20.0  # after the contraction's onset: FIGO 2015
RETURN_S = 30.0  # nadir to end: FIGO 2015
EARLY_PEAK_S = 15.0  # nadir to the contraction's peak: ALGORITHMS 4.5
EARLY_DEPTH_BPM = 40.0
BEFORE_S, AFTER_S = 120.0, 15.0  # a contraction begins so long before, or after, its deceleration
RECURRENT_S = 1200.0  # recurrent: with half of the contractions in 20 min. NICHD 2008
READINGS = 128  # of which the probability is the mean
TAIL = 2.0  # degrees of freedom of Student's t: a few readings lie far away
NO_CONTRACTION = 0.15  # of the contractions beside a deceleration that a reader did not mark
MOST = 0.8  # of the surest kinds so many stood, measured the same way: none is certain
KINDS = ("prolonged", "variable", "late", "early", "unclassified")  # in the order they are tried


class Times(NamedTuple):
    """Recorded seconds; those of the contraction are NaN where there is none."""

    start: Floats
    nadir: Floats
    end: Floats
    onset: Floats  # of the contraction
    peak: Floats
    over: Floats


ERROR_S = (7.5, 1.5, 12.0, 9.0, 3.0, 10.5)  # scale, in the order of Times


def typed(
    found: tuple[Deceleration, ...], contractions: tuple[Contraction, ...]
) -> tuple[Deceleration, ...]:
    """The decelerations with their kind, how sure it is, and their contraction."""
    if not found:
        return ()
    beside = [_contraction_of(dec, contractions) for dec in found]
    times = np.array([_times(dec, one) for dec, one in zip(found, beside, strict=True)])
    depth_bpm = np.array([dec.depth_bpm for dec in found])
    kinds = _kinds(Times(*(times.T[:, :, None] + ERRORS[:, None, :])), depth_bpm[:, None])
    stands = np.minimum((kinds[:, 1:] == kinds[:, :1]).mean(axis=1), MOST)
    return tuple(
        replace(dec, kind=KINDS[kind], contraction=one, kind_probability=float(share))
        for dec, one, kind, share in zip(found, beside, kinds[:, 0], stands, strict=True)
    )


def _contraction_of(dec: Deceleration, contractions: tuple[Contraction, ...]) -> Contraction | None:
    near = [c for c in contractions if dec.start_s - BEFORE_S <= c.start_s <= dec.start_s + AFTER_S]
    overlap_s = {c: min(c.end_s, dec.end_s) - max(c.start_s, dec.start_s) for c in near}
    return max(near, key=lambda c: overlap_s[c], default=None)


def _times(dec: Deceleration, one: Contraction | None) -> tuple[float, ...]:
    squeeze = (one.start_s, one.peak_s, one.end_s) if one else (np.nan,) * 3
    return (dec.start_s, dec.nadir_s, dec.end_s, *squeeze)


def _errors() -> Floats:
    """(6, 1 + READINGS): what each reading adds to the times; the first reading adds nothing."""
    rng = np.random.default_rng(4)
    errors = rng.standard_t(TAIL, (6, READINGS)) * np.array(ERROR_S)[:, None]
    errors[3:, rng.random(READINGS) < NO_CONTRACTION] = np.nan
    return np.concatenate((np.zeros((6, 1)), errors), axis=1)


ERRORS = _errors()


def _kinds(at: Times, depth_bpm: Floats) -> NDArray[np.intp]:
    """Which of KINDS each reading gives; what is NaN is beyond no limit."""
    late = at.start - at.onset > LATE_ONSET_S
    late &= (at.nadir > at.peak) & (at.end - at.nadir >= RETURN_S) & (at.end > at.over)
    rules = [
        at.end - at.start >= PROLONGED_S,
        at.nadir - at.start < GRADUAL_S,
        late,
        (np.abs(at.nadir - at.peak) <= EARLY_PEAK_S) & (depth_bpm < EARLY_DEPTH_BPM),
        np.ones_like(late),
    ]
    first: NDArray[np.intp] = np.argmax(rules, axis=0)
    return first


def recurrence(
    found: tuple[Deceleration, ...],
    contractions: tuple[Contraction, ...],
    kind: str,
    end_s: float,
) -> float:
    """Share of the contractions in the last RECURRENT_S that have this kind; NaN without any."""
    recent = {c for c in contractions if c.start_s >= end_s - RECURRENT_S}
    if not recent:
        return float("nan")
    hit = {dec.contraction for dec in found if dec.kind == kind}
    return len(recent & hit) / len(recent)
