"""Rows of `lucina bench device`: a heart beside the probe, with one beam and with nine."""

import numpy as np

from device.beams import Beams
from device.doppler import Doppler
from device.fhr import HOP
from device.payloads import GAP_16, PER_BPM, RATE_HZ
from hardware.bench.hearing import samples
from hardware.bench.row import Measured, Plan, Pool, Row, later, wilson
from models.beams import BEAMS, Place, beam_sounds, gains
from models.doppler import Beats, Scene, steady_beats

OFFSETS_MM = (0, 10, 20, 30)  # to one side and upwards; the other quarters are the same
BPM, SNR_DB = 140, 10.0
GIVEN_S = 40  # nine beams of 4 s, and a rate
HELD_S = 3  # at the end: the rate must be told all that time


def rows(plan: Plan, pool: Pool) -> Measured:
    places = [(right, up) for right in OFFSETS_MM for up in OFFSETS_MM]
    tried = [
        (beams, right, up, plan.seed + 10 * n)
        for n, (right, up) in enumerate(places)
        for beams in (1, BEAMS)
    ]
    return later(pool, found, tried, _rows)


def found(beams: int, right_mm: float, up_mm: float, seed: int) -> bool:
    """Whether the rate is told at the end, a probe lying so far from the heart."""
    beats = Beats(steady_beats(BPM, GIVEN_S, 0.01, seed))
    loud = gains(Place(right_mm, up_mm), beams)
    heard = [samples(one) for one in beam_sounds(beats, GIVEN_S, Scene(SNR_DB), seed, loud)]
    doppler, chosen = Doppler(1), Beams(beams)
    told = []
    for start in range(0, len(heard[0]) - HOP + 1, HOP):
        doppler.hear(heard[chosen.beam][start : start + HOP], None, GAP_16)
        known = doppler.count != GAP_16
        chosen.update(doppler.quality_percent, known, doppler.placement.own_heart)
        told.append(doppler.count / PER_BPM if known else np.nan)
    last = np.array(told[-HELD_S * RATE_HZ :])
    return bool((np.abs(last - BPM) <= 0.1 * BPM).all())


def _rows(got: list[bool]) -> list[Row]:
    """`must` is what one beam finds."""
    one, nine = float(np.mean(got[::2])), float(np.mean(got[1::2]))
    count = len(got) // 2
    low, high = wilson(one, count)
    far = max(OFFSETS_MM)
    task = f"probe 0-{far} mm beside the heart each way, nine beams, {GIVEN_S} s: found"
    note = f"with one beam {one:.0%} ({low:.0%} - {high:.0%}); geometry is assumed"
    return [Row(task, nine, one, one, False, count, wilson(nine, count), note=note)]
