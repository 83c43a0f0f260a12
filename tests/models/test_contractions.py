import numpy as np
import pytest

from models.activity import activity
from models.contractions import Contraction, contractions
from models.formats import parse
from models.trace import FS_HZ
from tests.models.strips import Bump, strip


def toco_of(*squeezes: Bump, minutes: float = 30, noise: float = 0.7) -> np.ndarray:
    toco = strip(minutes, squeezes=squeezes).toco.astype(float)
    return toco + np.random.default_rng(0).normal(0, noise, len(toco))


def often(every_s: float, minutes: float = 30) -> np.ndarray:
    starts = np.arange(100, minutes * 60 - 100, every_s)
    return toco_of(*((s, s + 30, s + 60, 40.0) for s in starts), minutes=minutes)


def test_contractions_are_found_where_they_are():
    squeezes = tuple((100 + 200 * n, 135 + 200 * n, 170 + 200 * n, 40.0) for n in range(8))
    seen = contractions(strip(30, squeezes=squeezes, start_s=50.0).toco.astype(float), 50.0)
    assert len(seen) == 8
    for squeeze, one in zip(squeezes, seen, strict=True):
        assert one.start_s == pytest.approx(50 + squeeze[0], abs=12)
        assert one.end_s == pytest.approx(50 + squeeze[2], abs=12)
        assert one.peak_s == pytest.approx(50 + squeeze[1], abs=6)
        assert one.amplitude == pytest.approx(40, abs=5)


@pytest.mark.parametrize(
    "squeeze",
    [(600, 601, 602, 90), (600, 606, 612, 60), (600, 640, 680, 9), (300, 600, 900, 40)],
    ids=["artefact", "movement", "low", "tone"],
)
def test_what_is_no_contraction(squeeze):
    assert contractions(toco_of(squeeze)) == ()


def test_two_contractions_with_a_valley_are_two():
    assert len(contractions(toco_of((600, 640, 682, 50), (680, 720, 760, 45)))) == 2


def test_a_long_contraction_is_one():
    (seen,) = contractions(toco_of((600, 700, 800, 50)))
    assert seen.end_s - seen.start_s > 120


def test_a_tone_that_rises_or_a_belt_that_slips_hides_none():
    toco = often(200, 40)
    usual = len(contractions(toco))
    toco[len(toco) // 2 :] += 40
    toco += np.linspace(0, 30, len(toco))
    assert abs(len(contractions(toco)) - usual) <= 1
    assert usual == 11


def test_breaths_are_no_contractions():
    times_s = np.arange(30 * 60 * FS_HZ) / FS_HZ
    assert contractions(20 + 10 * np.sin(2 * np.pi * times_s / 4)) == ()
    assert contractions(20 + 10 * np.sin(2 * np.pi * times_s / 15)) == ()


def test_half_a_contraction_is_found_and_one_that_is_lost_is_not():
    toco = toco_of((600, 640, 680, 50))
    for lost_s, count in ((20, 1), (60, 0)):
        holed = toco.copy()
        holed[600 * FS_HZ : (600 + lost_s) * FS_HZ] = np.nan
        assert len(contractions(holed)) == count


@pytest.mark.parametrize("value", [np.nan, 10.0, 127.0])
@pytest.mark.parametrize("count", [0, 1, 239, 7200])
def test_toco_that_is_lost_flat_or_short_has_no_contraction(value, count):
    assert contractions(np.full(count, value)) == ()
    assert not activity(np.full(count, value), ()).tachysystole


def test_one_at_the_edge_of_what_is_known_does_no_harm():
    toco = toco_of((0, 5, 60, 50), (1750, 1795, 1800, 50))
    assert all(0 <= c.start_s < c.end_s <= 1800 for c in contractions(toco))


@pytest.mark.parametrize(
    ("every_s", "minutes", "tachysystole"), [(90, 40, True), (200, 40, False), (90, 29, None)]
)
def test_tachysystole_is_over_five_in_ten_minutes_for_thirty(every_s, minutes, tachysystole):
    toco = often(every_s, minutes)
    seen = activity(toco, contractions(toco, 7.0), 7.0)
    assert seen.tachysystole is tachysystole
    assert seen.per_10_min == pytest.approx(600 / every_s, rel=0.15)
    assert seen.tone == pytest.approx(10, abs=2)
    assert seen.trusted


def test_short_or_few_contractions_are_not_adequate():
    short = tuple(Contraction(s, s + 39, s + 20, 30.0) for s in (1300, 1500, 1700))
    long = tuple(Contraction(s, s + 40, s + 20, 30.0) for s in (1300, 1500, 1700))
    toco = often(200)
    assert [activity(toco, found).adequate for found in (short, long[1:], long)] == [
        False, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize("value", [np.nan, 10.0])
def test_where_toco_is_lost_or_flat_nothing_is_known(value):
    toco = often(200)
    whole = activity(toco, contractions(toco))
    assert (whole.lost, whole.flat) == (0, 0)
    toco[: 16 * 60 * FS_HZ] = value
    seen = activity(toco, contractions(toco))
    assert not seen.trusted and np.isnan(seen.per_10_min)
    assert seen.tachysystole is seen.adequate is None
    assert seen.lost + seen.flat == pytest.approx(16 / 30, abs=0.02)


def test_a_rate_is_over_the_time_with_toco():
    toco = often(150)
    toco[: 10 * 60 * FS_HZ] = np.nan
    assert activity(toco, contractions(toco)).per_10_min == pytest.approx(4, rel=0.15)


def test_toco_held_at_its_top_is_saturated():
    toco = often(200)
    assert activity(toco, ()).saturated == 0
    toco[600 * FS_HZ : 690 * FS_HZ] = 127.0
    assert activity(toco, ()).saturated == pytest.approx(0.05)


@pytest.mark.real
def test_a_real_recording_has_the_contractions_that_can_be_seen(data_dir):
    trace = parse("1289.hea", lambda name: (data_dir / "ctu-uhb" / name).read_bytes()).trace
    seen = contractions(trace.toco.astype(float))
    assert 18 <= sum(c.end_s < 55 * 60 for c in seen) <= 26  # 24 were marked
    assert not [c for c in seen if c.start_s > 56 * 60]  # the probe is off
