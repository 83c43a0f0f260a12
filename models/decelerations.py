"""What kind of deceleration it is, by its shape and its lag after a contraction: ALGORITHMS 4.5.

People agree on the kind with kappa 0.12 to 0.23 only: it is an opinion, and the lag in seconds is
kept beside it.
"""

from dataclasses import replace

from models.contractions import Contraction
from models.events import Deceleration

PROLONGED_S = 120.0  # NICHD 2008
GRADUAL_S = 30.0  # onset to nadir; less is abrupt. NICHD 2008
LATE_ONSET_S = 20.0  # after the contraction's onset: FIGO 2015
RETURN_S = 30.0  # nadir to end: FIGO 2015
EARLY_PEAK_S = 15.0  # nadir to the contraction's peak: ALGORITHMS 4.5
EARLY_DEPTH_BPM = 40.0
BEFORE_S, AFTER_S = 120.0, 15.0  # a contraction begins so long before, or after, its deceleration
RECURRENT_S = 1200.0  # recurrent: with half of the contractions in 20 min. NICHD 2008


def typed(
    found: tuple[Deceleration, ...], contractions: tuple[Contraction, ...]
) -> tuple[Deceleration, ...]:
    """The decelerations with their kind and their contraction."""
    return tuple(_typed(dec, _contraction_of(dec, contractions)) for dec in found)


def _contraction_of(dec: Deceleration, contractions: tuple[Contraction, ...]) -> Contraction | None:
    near = [c for c in contractions if dec.start_s - BEFORE_S <= c.start_s <= dec.start_s + AFTER_S]
    overlap_s = {c: min(c.end_s, dec.end_s) - max(c.start_s, dec.start_s) for c in near}
    return max(near, key=lambda c: overlap_s[c], default=None)


def _typed(dec: Deceleration, contraction: Contraction | None) -> Deceleration:
    return replace(dec, kind=_kind(dec, contraction), contraction=contraction)


def _kind(dec: Deceleration, contraction: Contraction | None) -> str:
    fall_s = dec.nadir_s - dec.start_s
    if dec.lasts_s >= PROLONGED_S:
        return "prolonged"
    if fall_s < GRADUAL_S:
        return "variable"
    if contraction is None:
        return "unclassified"
    if (
        dec.start_s - contraction.start_s > LATE_ONSET_S
        and dec.nadir_s > contraction.peak_s
        and dec.end_s - dec.nadir_s >= RETURN_S
        and dec.end_s > contraction.end_s
    ):
        return "late"
    beside = abs(dec.nadir_s - contraction.peak_s) <= EARLY_PEAK_S
    return "early" if beside and dec.depth_bpm < EARLY_DEPTH_BPM else "unclassified"


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
