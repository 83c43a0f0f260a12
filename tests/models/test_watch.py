from dataclasses import replace
from pathlib import Path
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.formats import parse
from models.rules import BY_ID, RULES
from models.synth import BRADYCARDIA, SCENARIOS, synthetic
from models.trace import FS_HZ, Trace
from models.watch import Change, Watch, changes

TAIL_S = 600


def streamed(trace: Trace, tail_s: float = TAIL_S) -> list[Change]:
    """What a Watch tells that is shown only the tail, once a second."""
    watch, found = Watch(), []
    for second in range(1, int(trace.duration_s) + 1):
        at_s = trace.start_s + second
        found += watch.look(trace.window(max(trace.start_s, at_s - tail_s), at_s), at_s)
    return found


def flat(*parts: tuple[float, float], mhr: float = np.nan, start_s: float = 0.0) -> Trace:
    """A trace of constant parts: (bpm or NaN, seconds) ..."""
    fhr = np.concatenate([np.full(round(s * FS_HZ), bpm, np.float32) for bpm, s in parts])
    empty = Trace.empty(len(fhr) / FS_HZ, start_s)
    return replace(empty, fhr_bpm=fhr, mhr_bpm=np.full(len(fhr), mhr, np.float32))


def told(trace: Trace) -> list[tuple[str, str, float, float]]:
    found = changes(trace)
    assert found == streamed(trace)
    return [(c.rule.id, c.what, c.onset_s, c.at_s) for c in found]


def test_a_fall_to_75_is_told_once_when_four_fifths_of_a_minute_are_low():
    assert told(flat((140, 240), (75, 360), (140, 120))) == [
        ("bradycardia_80", "raised", 240, 288),
        ("bradycardia_80", "cleared", 240, 624),  # 24 of 30 s inside
    ]


@pytest.mark.parametrize(
    ("bpm", "seconds", "raised"),
    [
        (79.75, 48, [("bradycardia_80", 288)]),
        (79.75, 47, []),
        (80, 143, []),
        (80, 144, [("bradycardia_100", 384)]),
        (99.75, 144, [("bradycardia_100", 384)]),
        (100, 144, [("low_rate", 384)]),
        (109.75, 143, []),
        (110, 144, []),
        (180.25, 144, [("tachycardia_180", 384)]),
        (180, 144, []),
        (160.25, 480, [("tachycardia_160", 720)]),
        (160, 480, []),
    ],
)
def test_each_limit_is_exact(bpm, seconds, raised):
    found = told(flat((140, 240), (bpm, seconds), (140, 30)))
    limits = [row for row in found if row[1] == "raised" and "prolonged" not in row[0]]
    assert [(rule, at_s) for rule, _, _, at_s in limits] == raised


def test_a_prolonged_deceleration_is_measured_from_the_earlier_level():
    found = told(flat((145, 600), (125, 400), (145, 100)))
    assert [row for row in found if row[1] == "raised"] == [
        ("prolonged_deceleration_180", "raised", 600, 744),
        ("prolonged_deceleration_300", "raised", 600, 840),
    ]
    shallow = told(flat((145, 600), (130, 400), (145, 100)))
    assert [row for row in shallow if row[1] == "raised"] == [
        ("prolonged_deceleration_300", "raised", 600, 840),
    ]
    assert told(flat((145, 600), (130.25, 400), (145, 100))) == []


def test_a_weaker_rule_speaks_when_the_stronger_one_is_over_and_it_still_holds():
    found = told(flat((140, 240), (75, 120), (105, 600)))
    assert found == [
        ("bradycardia_80", "raised", 240, 288),
        ("bradycardia_80", "cleared", 240, 384),
        ("low_rate", "raised", 504, 684),  # COVER_S after; it counts from its window's first second
    ]


def test_lost_signal_is_told_after_two_minutes_and_over_when_it_is_back():
    assert told(flat((140, 100), (np.nan, 200), (140, 60), start_s=30.0)) == [
        ("signal_lost", "raised", 130, 250),
        ("signal_lost", "cleared", 130, 345),
    ]
    assert told(flat((np.nan, 119), (140, 60))) == []
    assert told(
        flat(
            (np.nan, 120),
        )
    ) == [("signal_lost", "raised", 0, 120)]


def test_missing_data_clears_nothing():
    found = told(flat((140, 240), (75, 60), (np.nan, 900)))
    assert ("bradycardia_80", "raised", 240, 288) in found
    assert not [row for row in found if row[1] == "cleared"]


def test_the_mothers_pulse_is_told_and_is_no_bradycardia():
    found = told(flat((140, 240), (75, 300), (140, 60), mhr=76))
    assert found == [
        ("maternal_rate", "raised", 240, 255),
        ("maternal_rate", "cleared", 240, 579),  # under a fifth of 30 s for 15 s
    ]
    assert "bradycardia_80" in {row[0] for row in told(flat((140, 240), (75, 300), mhr=85))}


def test_without_her_pulse_the_coincidence_stays_open():
    trace = flat((140, 60), (75, 60), (140, 300), mhr=75)
    trace.mhr_bpm[120 * FS_HZ :] = np.nan
    assert told(trace) == [("maternal_rate", "raised", 60, 75)]


def test_a_reason_has_its_figures():
    (change, *_) = changes(flat((140, 240), (75, 360)))
    assert change.reason.text % change.reason.args == (
        "Fetal heart rate 75 bpm: below 80 in 48 of the 60 s with a signal, of the last 60 s"
    )
    assert (change.reason.start_s, change.reason.end_s) == (240, 288)
    assert change.reason.rule == "bradycardia_80"


def test_a_share_is_told_of_the_seconds_that_it_is_a_share_of():
    (change, *_) = changes(flat((140, 300), (np.nan, 80), (90, 300)))
    args = change.reason.args
    assert change.rule.id == "bradycardia_100"
    assert (args["seconds"], args["valid"], args["window"]) == (80, 100, 180)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([np.nan, 20.0, 70.0, 90.0, 105.0, 121.0, 140.0, 170.0, 200.0, 250.0]),
            st.integers(1, 250),
            st.sampled_from([np.nan, 70.0, 76.0, 105.0]),
        ),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 2**32 - 1),
    st.integers(0, 3),
)
def test_streaming_is_the_whole_record_after_every_second(parts, seed, rest):
    rng = np.random.default_rng(seed)
    fhr = np.concatenate([np.full(s * FS_HZ, bpm) for bpm, s, _ in parts] + [np.full(rest, 60.0)])
    mhr = np.concatenate([np.full(s * FS_HZ, bpm) for _, s, bpm in parts] + [np.full(rest, 60.0)])
    fhr += rng.normal(0, 8, len(fhr))
    fhr[rng.random(len(fhr)) < 0.2] = np.nan
    mhr[rng.random(len(fhr)) < 0.4] = np.nan
    trace = replace(
        Trace.empty(len(fhr) / FS_HZ, 7.0),
        fhr_bpm=fhr.astype(np.float32),
        mhr_bpm=mhr.astype(np.float32),
    )
    same_after_every_second(trace)


def same_after_every_second(trace: Trace) -> None:
    """One stream, its every beginning computed whole, and a Watch that goes on from there."""
    found = streamed(trace)
    assert found == changes(trace)
    seconds = int(trace.duration_s)
    for stop in {1, 2, seconds // 3, seconds // 2, seconds - 1, *(int(c.at_s) for c in found)}:
        at_s = trace.start_s + stop
        part = [change for change in found if change.at_s <= at_s]
        watch = Watch()
        assert watch.resume(trace.window(trace.start_s, at_s)) == part
        assert watch.look(trace, trace.end_s) == found[len(part) :]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_streaming_is_the_whole_record_on_synthetic_traces(scenario):
    same_after_every_second(synthetic(3, 30, scenario)[0])


@pytest.mark.real
@pytest.mark.parametrize("name", ["1001", "1104", "1266"])
def test_streaming_is_the_whole_record_on_real_traces(data_dir: Path, name: str):
    load = lambda sibling: (data_dir / "ctu-uhb" / sibling).read_bytes()  # noqa: E731
    same_after_every_second(parse(name, load).trace)


@pytest.mark.real
def test_streaming_is_the_whole_record_with_a_maternal_channel(data_dir: Path):
    for path in sorted(data_dir.glob("fhrma-false-signals/val/*.fhrm"))[:3]:
        trace = parse(path.name, lambda name, path=path: (path.parent / name).read_bytes()).trace
        same_after_every_second(trace.window(0, 5400))


@pytest.mark.parametrize("seed", range(5))
def test_the_alarm_of_the_scripted_bradycardia_comes_at_a_known_second(seed):
    trace, _ = synthetic(seed, 15, "bradycardia")
    fall = [c for c in changes(trace) if c.rule.id == "bradycardia_80"]
    assert [change.what for change in fall] == ["raised", "cleared"]
    low = np.flatnonzero(trace.fhr_bpm < BY_ID["bradycardia_80"].limit)[0] / FS_HZ
    assert BRADYCARDIA[0] < low < BRADYCARDIA[0] + 10
    assert fall[0].onset_s == int(low)
    assert fall[0].at_s - low == pytest.approx(48, abs=1)


def test_a_watch_resumes_where_another_stopped():
    trace = synthetic(1, 20, "bradycardia")[0]
    watch, again = Watch(), Watch()
    before = watch.look(trace.window(0, 400), 400.0)
    again.resume(trace.window(0, 400))
    assert [c.what for c in before] == ["raised"]
    after = again.look(trace, 1200.0)
    assert after == watch.look(trace, 1200.0) and "cleared" in [c.what for c in after]
    assert again.look(trace, 1200.0) == []


def test_seconds_that_are_not_in_the_trace_are_lost():
    trace = flat((140, 700))
    watch = Watch()
    assert watch.look(trace.window(0, 60), 60) == []
    (lost,) = watch.look(trace.window(200, 205), 205)
    assert (lost.rule.id, lost.onset_s, lost.at_s) == ("signal_lost", 60, 180)


def test_link_lost_is_not_in_the_recording():
    assert [rule.id for rule in RULES if rule.where == "link"] == ["link_lost"]
    assert changes(Trace.empty(100)) == []


def test_a_look_is_cheap():
    trace = synthetic(2, 30, "maternal")[0]
    watch = Watch()
    tails = [trace.window(at_s - TAIL_S, at_s) for at_s in range(1, 1801)]
    before = process_time()
    for at_s, tail in enumerate(tails, 1):
        watch.look(tail, at_s)
    each_us = (process_time() - before) / len(tails) * 1e6
    assert each_us < 150, f"{each_us:.0f} us a look"
