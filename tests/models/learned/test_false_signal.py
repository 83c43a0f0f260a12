"""The detector of false signal: missing data, short strips, and no look further than allowed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cloud.research.false_counts import Counts, pooled
from cloud.research.false_labels import labelled
from models.formats import parse
from models.learned.false_features import AHEAD_S, GAP, PIECE, cut
from models.learned.false_signal import false_mask, false_probability
from models.trace import FS_HZ, Trace


def captured(seed: int = 1, minutes: int = 20) -> Trace:
    """A fetus at 140 whose channel shows the mother, at 85, from minute 8 to 11; her rate known."""
    random = np.random.default_rng(seed)
    n = minutes * 60 * FS_HZ
    slow = np.repeat(random.normal(0, 4, n // 40 + 1), 40)[:n]
    hers = (85 + np.convolve(slow, np.ones(60) / 60, "same") * 2).astype(np.float32)
    fhr = (140 + np.convolve(slow, np.ones(20) / 20, "same")).astype(np.float32)
    fhr[8 * 240 : 11 * 240] = hers[8 * 240 : 11 * 240]
    trace = Trace.empty(minutes * 60)
    return replace(trace, fhr_bpm=fhr, mhr_bpm=hers)


def without_mother(trace: Trace) -> Trace:
    return replace(trace, mhr_bpm=np.full_like(trace.mhr_bpm, np.nan))


def cut_after(trace: Trace, samples: int) -> Trace:
    return trace.window(0, samples / FS_HZ)


@pytest.mark.parametrize("live", [False, True])
def test_the_mothers_rate_is_found_and_the_fetus_left(live: bool) -> None:
    mask = false_mask(captured(), live)
    assert mask[8 * 240 + 60 : 11 * 240].mean() > (0.7 if live else 0.9)
    assert mask[: 8 * 240].mean() < 0.02
    assert mask[11 * 240 + 60 :].mean() < 0.02


@pytest.mark.parametrize("live", [False, True])
def test_no_rate_has_no_probability_and_is_not_false(live: bool) -> None:
    trace = captured()
    trace.fhr_bpm[500:900] = np.nan
    probability = false_probability(trace, live)
    assert np.array_equal(np.isnan(probability), np.isnan(trace.fhr_bpm))
    assert not false_mask(trace, live)[500:900].any()


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("seconds", [0, 0.25, 1, 2, 3, 7, 40])
def test_a_strip_of_seconds(seconds: float, live: bool) -> None:
    trace = cut_after(captured(), round(seconds * FS_HZ))
    probability = false_probability(trace, live)
    assert probability.shape == trace.fhr_bpm.shape
    assert ((probability >= 0) & (probability <= 1)).all()
    assert np.isnan(false_probability(Trace.empty(seconds), live)).all()
    assert false_probability(without_mother(trace), live).shape == trace.fhr_bpm.shape


def test_a_lone_sample_among_lost_ones() -> None:
    trace = Trace.empty(120)
    trace.fhr_bpm[200] = 140
    assert np.isfinite(false_probability(trace)).sum() == 1
    assert np.isfinite(false_probability(trace, live=True)).sum() == 1


def test_noise_in_every_sample_takes_no_long_time() -> None:
    random = np.random.default_rng(3)
    bpm = random.uniform(50, 220, 600 * FS_HZ).astype(np.float32)
    assert np.isfinite(false_probability(replace(Trace.empty(600), fhr_bpm=bpm))).all()


@pytest.mark.parametrize("blank", [False, True])
def test_live_uses_five_seconds_and_no_more(blank: bool) -> None:
    trace = captured(minutes=12)
    trace = without_mother(trace) if blank else trace
    whole = false_probability(trace, live=True)
    masked = false_mask(trace, live=True)
    random = np.random.default_rng(2)
    for at in [7, 8 * 240 - 3, 8 * 240 + 23, 2500, 11 * 240 - 1]:
        known = at + AHEAD_S * FS_HZ
        short = cut_after(trace, known)
        assert np.allclose(
            false_probability(short, live=True)[: at + 1], whole[: at + 1], atol=1e-4
        )
        other = replace(
            trace,
            fhr_bpm=_replaced(trace.fhr_bpm, known, random),
            mhr_bpm=_replaced(trace.mhr_bpm, known, random),
            toco=_replaced(trace.toco, known, random),
        )
        assert np.allclose(
            false_probability(other, live=True)[: at + 1], whole[: at + 1], atol=1e-4
        )
        assert np.array_equal(false_mask(other, live=True)[: at + 1], masked[: at + 1])


def _replaced(values: np.ndarray, first: int, random: np.random.Generator) -> np.ndarray:
    found = values.copy()
    levels = np.repeat(random.uniform(60, 200, len(values) // 50 + 1), 50)
    found[first:] = levels[: len(values) - first]
    return found


@pytest.mark.parametrize("live", [False, True])
def test_a_channel_that_lost_all_is_no_channel(live: bool) -> None:
    trace = captured(minutes=12)
    rate = np.nan_to_num(trace.fhr_bpm * 4).astype("<u2")
    with_it = np.zeros(len(rate), [("fhr", "<u2"), ("other", "<u2", 2), ("rest", "<u2")])
    without = np.zeros(len(rate), [("fhr", "<u2"), ("other", "<u2", 1), ("rest", "<u2")])
    with_it["fhr"] = without["fhr"] = rate
    files = {"a.fhrm": bytes(4) + with_it.tobytes(), "a.fhr": bytes(4) + without.tobytes()}
    lost, never = (parse(name, files.__getitem__).trace for name in files)
    assert np.array_equal(false_probability(lost, live), false_probability(never, live))
    assert np.array_equal(false_mask(lost, live), false_mask(never, live))


def test_the_rate_is_cut_where_it_jumps_or_is_lost() -> None:
    bpm = np.full(1000, 140.0)
    bpm[300:400] = 120
    bpm[600 : 600 + GAP] = np.nan
    parts = cut(bpm)
    assert [int(parts.at[i]) for i in parts.segment_first[:-1]] == [0, 300, 400, 600 + GAP]
    assert max(np.diff(parts.piece_first)) <= PIECE
    assert cut(np.full(50, np.nan)).at.size == 0


@pytest.mark.real
def test_real_recordings(data_dir: Path) -> None:
    whole: list[Counts] = []
    live: list[Counts] = []
    blank: list[Counts] = []
    for at, one in enumerate(labelled(data_dir, "val")):
        if at % 8:
            continue
        for counts, mask in (
            (whole, false_mask(one.trace)),
            (live, false_mask(one.trace, live=True)),
            (blank, false_mask(without_mother(one.trace))),
        ):
            hit, flagged = int((one.false & mask).sum()), int((one.true & mask).sum())
            true, false = int(one.true.sum()), int(one.false.sum())
            counts.append(Counts(hit, false - hit, flagged, true - flagged))
    assert pooled(whole).f1 > 0.85
    assert pooled(live).f1 > 0.75
    assert pooled(blank).specificity > 0.97
