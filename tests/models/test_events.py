import numpy as np
import pytest

from models.baseline import baseline
from models.contractions import contractions
from models.decelerations import recurrence, typed
from models.events import Acceleration, Deceleration, accelerations, decelerations
from models.synth import synthetic
from models.trace import FS_HZ
from tests.models.strips import Bump, strip


def found(
    *bumps: Bump, squeezes: tuple[Bump, ...] = (), weeks=None, swing=2.0
) -> tuple[tuple[Acceleration, ...], tuple[Deceleration, ...]]:
    trace = strip(30, swing=swing, bumps=bumps, squeezes=squeezes)
    fhr = trace.fhr_bpm.astype(float)
    line = baseline(fhr)
    squeezed = contractions(trace.toco.astype(float))
    return accelerations(fhr, line, weeks), typed(decelerations(fhr, line), squeezed)


def test_an_acceleration_is_found_where_it_is():
    (rise,), falls = found((600, 615, 640, 25))
    assert not falls
    assert rise.start_s == pytest.approx(600, abs=4) and rise.end_s == pytest.approx(640, abs=4)
    assert rise.peak_s == pytest.approx(616, abs=5)
    assert rise.amplitude_bpm == pytest.approx(25, abs=3)


@pytest.mark.parametrize(
    ("size", "lasts_s", "weeks", "count"),
    [
        (20, 30, 38, 1),
        (13, 30, 38, 0),  # under 15 bpm
        (25, 11, 38, 0),  # under 15 s
        (13, 18, 30, 1),  # 10 bpm and 10 s are enough before 32 weeks
        (13, 18, 32, 0),
        (8, 30, 30, 0),
    ],
)
def test_an_acceleration_is_high_and_long_enough_for_its_week(size, lasts_s, weeks, count):
    rises, _ = found((600, 600 + lasts_s / 2, 600 + lasts_s, size), weeks=weeks, swing=0.5)
    assert len(rises) == count


def test_a_lost_event_is_none():
    trace = strip(30, bumps=((600, 620, 640, -40),))
    fhr = trace.fhr_bpm.astype(float)
    line = baseline(fhr)
    for lost_s, count in ((10, 1), (20, 0)):
        holed = fhr.copy()
        holed[620 * FS_HZ : (620 + lost_s) * FS_HZ] = np.nan
        assert len(decelerations(holed, line)) == count


SQUEEZE = (600.0, 640.0, 680.0, 50.0)


@pytest.mark.parametrize(
    ("fall", "kind"),
    [
        ((605, 640, 680, -25), "early"),  # mirrors the contraction
        ((640, 690, 745, -30), "late"),  # begins, peaks and ends after it
        ((630, 640, 665, -40), "variable"),  # abrupt
        ((630, 640, 790, -40), "prolonged"),  # over two minutes
        ((900, 940, 985, -30), "unclassified"),  # gradual, without a contraction
    ],
)
def test_a_textbook_deceleration_has_its_kind(fall, kind):
    rises, (dec,) = found(fall, squeezes=(SQUEEZE,))
    assert not rises
    assert dec.kind == kind
    assert dec.depth_bpm == pytest.approx(-fall[3], abs=4)
    assert dec.nadir_bpm == pytest.approx(140 + fall[3], abs=5)
    if kind == "unclassified":
        assert dec.contraction is None and dec.lag_s is None
    else:
        assert dec.lag_s == pytest.approx(fall[0] - SQUEEZE[0], abs=12)


def test_recurrent_is_half_of_the_contractions_of_twenty_minutes():
    squeezes = tuple((700 + 250 * n, 740 + 250 * n, 780 + 250 * n, 50.0) for n in range(4))
    falls = tuple((740 + 250 * n, 790 + 250 * n, 845 + 250 * n, -30.0) for n in (1, 3))
    trace = strip(30, swing=2, bumps=falls, squeezes=squeezes)
    fhr = trace.fhr_bpm.astype(float)
    squeezed = contractions(trace.toco.astype(float))
    decs = typed(decelerations(fhr, baseline(fhr)), squeezed)
    assert recurrence(decs, squeezed, "late", 1800) == 0.5
    assert recurrence(decs, squeezed, "variable", 1800) == 0
    assert np.isnan(recurrence(decs, (), "late", 1800))


@pytest.mark.parametrize("seed", range(3))
def test_synthetic_late_decelerations_are_found_and_late(seed):
    trace, truth = synthetic(seed, 40, "late_decelerations")
    fhr = trace.fhr_bpm.astype(float)
    squeezed = contractions(trace.toco.astype(float))
    decs = typed(decelerations(fhr, baseline(fhr)), squeezed)
    assert len(squeezed) == sum(c.end_s <= trace.end_s for c in truth.contractions)
    assert [dec.kind for dec in decs].count("late") >= 0.8 * len(truth.decelerations)
