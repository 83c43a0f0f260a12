"""Input that no monitor should give: a clear message, or an honest UNKNOWN."""

import json
from dataclasses import replace
from time import process_time

import numpy as np
import pytest

from models.analysis import analyse
from models.assess import assess
from models.clean import stuck
from models.formats import FormatError, parse
from models.synth import synthetic
from models.synth_plan import LADDER
from models.trace import FS_HZ, Trace
from tests.models.strips import strip
from tests.models.test_formats import FHR, csv, folder, wfdb


def told(trace: Trace) -> dict:
    return json.loads(json.dumps(analyse(trace).to_json(), allow_nan=False))


def with_rate(trace: Trace, fhr: np.ndarray) -> Trace:
    return replace(trace, fhr_bpm=fhr.astype(np.float32))


@pytest.mark.parametrize("samples", [0, 1, 2, 3, 4, 39, 240, 959, 2280])
def test_a_record_of_seconds_is_unknown_and_has_all_fields(samples):
    data = told(strip(30).window(0, samples / FS_HZ))
    assert data["verdict"] == "unknown" and data["duration_s"] == samples / FS_HZ
    assert data["reasons"][0]["rule"] == "unknown_short"
    assert all("not_computable" in score for score in data["scores"].values())


@pytest.mark.parametrize("bpm", [np.nan, 0.0, 140.0, 49.0, 221.0, 1e9, -140.0, np.inf, -np.inf])
def test_one_value_all_the_time_is_no_heart(bpm):
    data = told(with_rate(strip(40), np.full(40 * 60 * FS_HZ, bpm)))
    assert data["verdict"] == "unknown" and data["quality"]["loss"] == 1
    assert data["baseline_bpm"] is None and data["accelerations"] == []


def test_absurd_numbers_among_good_ones_are_lost():
    whole = strip(40)
    fhr = whole.fhr_bpm.copy()
    fhr[::7], fhr[3::101] = -1e6, np.inf
    data = told(with_rate(whole, fhr))
    assert data["verdict"] == "unknown", "no piece of 5 s is left"
    fhr = whole.fhr_bpm.copy()
    fhr[2000:2040] = 1e6
    assert told(with_rate(whole, fhr))["baseline_bpm"] == pytest.approx(140, abs=1)


@pytest.mark.parametrize("toco", [np.nan, 0.0, 50.0, -1e6, 1e6])
def test_a_toco_that_says_nothing_bears_no_contraction(toco):
    whole = strip(40)
    data = told(replace(whole, toco=np.full_like(whole.toco, toco)))
    assert data["contractions"] == [] and data["verdict"] == "normal"


@pytest.mark.parametrize(
    ("lasts_s", "after_bpm", "held"),
    [
        (15, 150.0, True),
        (14.75, 150.0, False),
        (15, 141.0, False),
        (15, 141.25, True),
        (60, np.nan, False),
        (300, np.nan, True),
        (299, 141.0, False),
    ],
)
def test_a_value_that_stays_and_then_jumps_is_stuck(lasts_s, after_bpm, held):
    before, count = 130 + np.arange(400) % 3, round(lasts_s * FS_HZ)
    after = after_bpm + np.arange(400) % 3
    mask = stuck(np.concatenate((before, np.full(count, 140.0), after)))
    assert mask[400 : 400 + count].all() == held and mask.sum() == held * count


def test_what_is_stuck_is_lost_and_named():
    whole = strip(40)
    fhr = whole.fhr_bpm.copy()
    fhr[1200 * FS_HZ : 1800 * FS_HZ] = 150
    data = told(with_rate(whole, fhr))
    assert data["quality"]["stuck"] == [{"start_s": 1200, "end_s": 1800}]
    assert data["quality"]["loss"] == 0.25
    assert [one["loss"] for one in data["quality"]["losses"]] == [0, 0, 1, 0]
    assert [one["end_s"] for one in data["quality"]["losses"]] == [600, 1200, 1800, 2400]


def test_a_flat_rate_in_whole_bpm_is_not_stuck():
    whole = np.round(strip(40, level=140.4, swing=0.3).fhr_bpm)
    longest = np.diff(np.flatnonzero(np.diff(whole))).max()
    assert longest > 15 * FS_HZ and not stuck(whole).any()


def test_rates_stored_once_a_second_are_read_as_they_are():
    whole = synthetic(3, 40, "normal")[0]
    slow = with_rate(whole, np.repeat(np.round(whole.fhr_bpm[::FS_HZ]), FS_HZ))
    assert analyse(slow).stuck == ()
    assert assess(slow).baseline_bpm == pytest.approx(assess(whole).baseline_bpm, abs=1)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("0,140,5", "0.25,141,5", "0.25,141,5"), r"t_s is 0.25 at line 4, after 0.25"),
        (("0,140,5", "0.5,141,5", "0.25,141,5"), r"t_s is 0.25 at line 4, after 0.5"),
        (("0,140,5", "inf,141,5"), r"t_s is inf at line 3"),
        (("0,140,5", "1e9,141,5"), r"t_s spans 1e\+09 s"),
        (("0,-140,5", "0.25,141,5"), r"fhr_bpm is -140 at line 2"),
        (("0,1e9,5", "0.25,141,5"), r"fhr_bpm is 1e\+09 at line 2"),
        (("0,inf,5", "0.25,141,5"), r"fhr_bpm is inf at line 2"),
        (("0,140", "0.25,141,5"), r"line 2 has 2 of 3 fields"),
        (("0,140,5", "0.25,14"), r"line 3 has 2 of 3 fields"),
        (("0,140,5", "60,141,5"), r"sampled at 0.017 Hz"),
    ],
)
def test_a_csv_nobody_can_have_measured_is_refused_by_line(lines, words):
    with pytest.raises(FormatError, match=words):
        parse("c.csv", csv(*lines))


@pytest.mark.parametrize("part", [0, 0.1, 0.5, 0.99])
def test_a_file_cut_anywhere_is_refused(part):
    files = wfdb()
    data = files["r1_dat"][: int(part * len(files["r1_dat"]))]
    with pytest.raises(FormatError, match=r"r1\.hea announces 8"):
        parse("r1.hea", folder(**(files | {"r1_dat": data})))


def twins(second):
    """A WFDB record of two rates."""
    return wfdb(toco=second, change=lambda text: text.replace("0 UC", "0 FHR2"))


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ([bpm + 2000 for bpm in FHR], "(twins?) and is not judged"),
        ([0] * 7 + [14200], "the second fetal rate is not judged"),
        (FHR, "the second fetal rate is not judged"),
        ([0] * 8, ""),
    ],
)
def test_a_second_fetus_is_told_as_not_judged(second, words):
    recording = parse("r1.hea", folder(**twins(second)))
    assert words in recording.note and bool(recording.note) is bool(words)
    assert np.isfinite(recording.trace.fhr2_bpm).any() == bool(words)


def test_a_long_record_costs_what_its_hours_cost():
    """The clock of a busy machine is noisy: a quadratic part would make it eight times as much."""
    whole, costs_s = synthetic(1, 16 * 60, "normal")[0], []
    for hours in (2, 16):
        trace = whole.window(0, hours * 3600)
        before = process_time()
        assess(trace)
        costs_s.append((process_time() - before) / hours)
    assert costs_s[1] < 3 * costs_s[0]


def test_the_ladder_is_read_without_a_crash():
    for name in LADDER:
        told(synthetic(5, 30, name)[0])
