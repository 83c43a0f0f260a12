from itertools import combinations, pairwise

import numpy as np
import pytest

from cloud.research.event_marks import recordings
from models.assess import assess
from models.baseline import baseline
from models.clean import clean
from models.events import accelerations, decelerations
from models.learned.event_candidates import Candidates
from models.learned.event_choice import MINOR, NEAR_S, best_set, choose, shipped
from models.trace import FS_HZ, Trace
from tests.models.strips import strip


def chosen(fhr, weeks=None, start_s=0.0):
    fhr = clean(fhr)
    return choose(fhr, baseline(fhr), np.full(len(fhr), np.nan), weeks, start_s)


def rate(*bumps, minutes=30, swing=4.0):
    return strip(minutes, swing=swing, bumps=bumps).fhr_bpm.astype(float)


def test_clear_events_are_chosen_and_measured():
    fhr = rate((600, 615, 640, 28), (1000, 1030, 1090, -35))
    found = chosen(fhr, start_s=50.0)
    (rise,) = found.accelerations
    (fall,) = found.decelerations
    assert rise.start_s == pytest.approx(650, abs=6) and rise.end_s == pytest.approx(690, abs=6)
    assert rise.amplitude_bpm == pytest.approx(28, abs=5) and 0.2 < rise.probability < 1
    assert fall.nadir_s == pytest.approx(1080, abs=10) and fall.depth_bpm == pytest.approx(
        35, abs=5
    )
    assert fall.nadir_bpm == pytest.approx(140 - 35, abs=6)
    assert fall.probability > 0.5


def test_events_do_not_overlap_and_minor_ones_are_less_likely():
    rng = np.random.default_rng(3)
    bumps = [
        (s, s + 20, s + 50, float(rng.choice([-1, 1]) * rng.uniform(8, 30)))
        for s in range(100, 3400, 90)
    ]
    found = chosen(rate(*bumps, minutes=60, swing=8.0))
    every = sorted((one for kind in found[1:] for one in kind), key=lambda one: one.start_s)
    assert all(a.end_s <= b.start_s for a, b in pairwise(every))
    assert all(one.probability >= MINOR for one in every if one.minor)
    assert not all(one.minor for one in every)


@pytest.mark.parametrize("apart", [0.0, 0.2, 0.5])
def test_the_best_set_is_that_of_a_search(apart):
    rng = np.random.default_rng(5)
    for _ in range(60):
        first = rng.integers(0, 150, 8)
        stop = first + rng.integers(10, 60, 8)
        order = np.argsort(stop, kind="stable")
        found = Candidates(rng.choice([-1, 1], 8), first[order], stop[order])
        gain = rng.uniform(-0.3, 0.7, 8)
        took = best_set(found, gain, apart)
        assert _worth(found, gain, took, apart) == pytest.approx(_most(found, gain, apart))


def _worth(found, gain, took, apart):
    pairs = list(pairwise(took))
    assert all(found.stop[a] <= found.first[b] for a, b in pairs)
    beside = [
        found.first[b] - found.stop[a] < NEAR_S and found.sign[a] != found.sign[b] for a, b in pairs
    ]
    return sum(gain[k] for k in took) - apart * sum(beside)


def _most(found, gain, apart):
    sets = (c for size in range(len(gain) + 1) for c in combinations(range(len(gain)), size))
    free = (
        c
        for c in sets
        if all(found.stop[a] <= found.first[b] for a, b in pairwise(c))
        and all(gain[k] > 0 for k in c)
    )
    return max(_worth(found, gain, list(c), apart) for c in free)


def test_a_deep_long_deceleration_never_vanishes():
    """Also where the trees see nothing: here they would call it the new baseline."""
    for lasts_s, depth in ((200, 20), (300, 25), (420, 40)):
        fhr = rate((700, 720, 700 + lasts_s, -depth))
        fhr[720 * FS_HZ : (690 + lasts_s) * FS_HZ] = 140.0 - depth
        found = chosen(fhr)
        inside = [d for d in found.decelerations if d.start_s < 800 < d.end_s]
        assert len(inside) == 1 and inside[0].lasts_s > 0.8 * lasts_s


def test_before_32_weeks_the_plain_rule_stands():
    fhr = clean(rate((600, 609, 618, 13), (1000, 1030, 1090, -35), swing=0.5))
    line = baseline(fhr)
    found = chosen(fhr, weeks=30.0)
    assert found.accelerations == accelerations(fhr, line, 30.0) and len(found.accelerations) == 1
    assert found.decelerations == decelerations(fhr, line)
    assert np.isnan(found.accelerations[0].probability)


@pytest.mark.parametrize("count", [0, 1, 3, 40, 239, 240, 241, 500])
def test_seconds_of_signal(count):
    fhr = rate((20, 30, 45, 30))[:count]
    found = chosen(fhr)
    assert found.baseline.shape == (count,)
    assert chosen(np.full(count, np.nan)).accelerations == ()


def test_a_steady_or_lost_record_has_no_event():
    for fhr in (np.full(1800 * FS_HZ, 140.0), np.full(1800 * FS_HZ, np.nan)):
        found = chosen(fhr)
        assert found.accelerations == () and found.decelerations == ()


def test_a_day_costs_as_much_as_its_hours():
    hour = rate(*((s, s + 15, s + 45, 25) for s in range(200, 3400, 200)), minutes=60)
    fhr = np.tile(hour, 24)
    found = chosen(fhr)
    counts = np.histogram([one.start_s for one in found.accelerations], 24, (0, 86400))[0]
    assert counts.min() >= 10 and counts[1:-1].max() - counts[1:-1].min() <= 3


def test_the_same_input_gives_the_same_events():
    fhr = rate((600, 615, 640, 28), (1000, 1030, 1090, -35), swing=10.0)
    assert chosen(fhr)[1:] == chosen(fhr.copy())[1:]


def test_probabilities_rise_with_the_score():
    score = np.linspace(0.01, 0.99, 50)
    for sign in (1, -1):
        likely = shipped().probability(score, np.full(50, sign))
        assert (np.diff(likely) > 0).all() and likely[0] > 0 and likely[-1] < 1


def test_the_light_path_is_the_plain_rule():
    trace = strip(30, swing=4.0, bumps=((600, 615, 640, 28), (1000, 1030, 1090, -35)))
    plain = assess(trace, learned=False)
    fhr = clean(trace.fhr_bpm.astype(float))
    assert plain.accelerations == accelerations(fhr, baseline(fhr), None)
    assert not plain.minor_accelerations and not plain.minor_decelerations
    assert all(np.isfinite(one.probability) for one in assess(trace).accelerations)


@pytest.mark.real
def test_a_real_recording_without_its_beginning_keeps_most_events(data_dir):
    """The behaviour on two recordings: not how well it agrees, the trees have seen them."""
    for marked in [one for one in recordings(data_dir) if one.name in ("train08", "train31")]:
        trace: Trace = marked.trace
        whole = assess(trace)
        cut = assess(trace.window(600.0, trace.end_s))
        inner = [one.start_s for one in whole.decelerations if one.start_s > 1200]
        again = [one.start_s for one in cut.decelerations]
        assert len(inner) >= 3
        assert whole.minor_accelerations or whole.minor_decelerations
        near = [any(abs(a - b) < 10 for b in again) for a in inner]
        assert np.mean(near) >= 0.8
        marks = {one.minor for one in (*whole.accelerations, *whole.decelerations)}
        assert marks == {False}
        assert all(one.minor for one in whole.minor_accelerations)
