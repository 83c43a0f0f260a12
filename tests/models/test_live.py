"""The live engine equals the whole-record analysis after every second, and keeps what is frozen."""

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.analysis import analyse
from models.formats import parse
from models.frozen import FROZEN_S, PROVISIONAL_S, SAME_S, Document, Frozen
from models.live import Live
from models.synth import synthetic
from models.trace import FS_HZ, Samples, Trace

WHOLE, _ = synthetic(11, 30, "late_decelerations")
LIGHT_S = 50e-6  # of a mother-second, at most


def seconds_of(trace: Trace) -> list[Samples]:
    samples = np.array(list(trace.channels().values()))
    count = samples.shape[1] // FS_HZ
    return [samples[:, FS_HZ * n : FS_HZ * (n + 1)] for n in range(count)]


def real(data_dir: Path, name: str) -> Trace:
    path = data_dir / name
    return parse(path.name, lambda sibling: (path.parent / sibling).read_bytes()).trace


def is_the_same_after_every_second(trace: Trace, from_s: int = 0) -> None:
    """From second `from_s` of this trace on, with all that came before it."""
    live = Live(38.0, trace.start_s)
    for count, second in enumerate(seconds_of(trace), start=1):
        live.put(second)
        if count <= from_s:
            continue
        so_far = trace.window(trace.start_s, trace.start_s + count)
        shown = live.refresh()
        assert shown.analysis.to_json(True) == analyse(so_far, 38.0).to_json(True)
        assert shown.document["at_s"] == so_far.end_s == live.end_s
        assert shown.document["verdict"] == shown.analysis.assessment.verdict.value
        assert live.loss == np.isnan(so_far.fhr_bpm).mean()


@pytest.mark.real
@pytest.mark.parametrize(("name", "at_s"), [("ctu-uhb/1001.hea", 0), ("ctu-uhb/1105.hea", 1500)])
def test_the_same_after_every_second_of_a_real_recording(
    data_dir: Path, name: str, at_s: float
) -> None:
    trace = real(data_dir, name)
    is_the_same_after_every_second(trace.window(at_s, at_s + 25))
    is_the_same_after_every_second(trace.window(at_s, at_s + 300), 285)


def test_the_same_after_every_second_of_a_synthetic_one() -> None:
    is_the_same_after_every_second(WHOLE.window(600, 630))


def test_only_the_last_part_is_kept() -> None:
    live = Live(keep_s=90)
    for count, second in enumerate(seconds_of(WHOLE.window(0, 400)), start=1):
        live.put(second)
        kept, wanted = live.trace(), WHOLE.window(max(0, count - 90), count)
        assert kept.start_s == wanted.start_s
        for name, values in wanted.channels().items():
            np.testing.assert_array_equal(kept.channels()[name], values)


def test_the_recent_loss_is_that_of_ten_minutes() -> None:
    live, lost = Live(), np.full((5, FS_HZ), np.nan, np.float32)
    for second in seconds_of(WHOLE.window(0, 500)):
        live.put(second)
    for _ in range(300):
        live.put(lost)
    expected = 1 - np.isfinite(WHOLE.fhr_bpm[200 * FS_HZ : 500 * FS_HZ]).sum() / (600 * FS_HZ)
    assert live.recent_loss == pytest.approx(expected)


def test_a_second_is_cheap() -> None:
    live, took_s = Live(), []
    for second in seconds_of(WHOLE):
        began_s = time.perf_counter()
        live.put(second)
        took_s.append(time.perf_counter() - began_s)
    assert np.median(took_s) <= LIGHT_S


def with_state(document: Document, name: str, *states: str) -> list[Document]:
    return [event for event in document[name] if event["state"] in states]


def what_is_frozen_stays(trace: Trace, every_s: int = 60) -> None:
    """Replayed with a refresh each `every_s`, once in a while after a restart."""
    live, before = Live(), None
    for to_s in range(every_s, int(trace.duration_s) + 1, every_s):
        if before and to_s % (5 * every_s) == 0:
            live = Live()
            live.resume(json.loads(json.dumps(before)))
        now = live.look(trace.window(max(0, to_s - 3600), to_s)).document
        assert now["frozen_to_s"] == max(0, to_s - FROZEN_S)
        for name in ("accelerations", "decelerations", "contractions"):
            for event in now[name]:
                if event["end_s"] > to_s - PROVISIONAL_S:
                    assert event["state"] == "provisional"
                elif event["end_s"] <= to_s - FROZEN_S:
                    assert event["state"] == "frozen"
                else:
                    assert event["state"] == "open"
            if before:
                old = with_state(before, name, "frozen")
                gone = [event for event in old if event not in now[name]]
                assert all(any(overlap(event, one) for one in said(now, name)) for event in gone)
        if before:
            assert moved_untold_s(before, now) == 0
        before = now


def said(now: Document, name: str) -> list[Document]:
    """What is shown of this family, and what was."""
    changed = [one["shown"] for one in now["revised"] if one["what"].endswith(name)]
    return [*changed, *now[name], *now.get(f"minor_{name}", [])]


def overlap(event: Document, other: Document) -> bool:
    return bool(event["start_s"] < other["end_s"] and other["start_s"] < event["end_s"])


def moved_untold_s(before: Document, now: Document) -> int:
    """Seconds of the frozen baseline that are shown otherwise now, and in no revision."""
    start_s = round(now["baseline"]["start_s"])
    told = {
        second
        for look in (before, now)
        for one in look["revised"]
        if one["what"] == "baseline"
        for second in range(round(one["start_s"]), round(one["end_s"]))
    }
    old = before["baseline"]["bpm"][start_s - round(before["baseline"]["start_s"]) :]
    frozen = round(before["frozen_to_s"] - start_s)
    pairs = zip(old[:frozen], now["baseline"]["bpm"], strict=False)
    return sum(a != b and start_s + n not in told for n, (a, b) in enumerate(pairs))


def test_what_is_frozen_stays() -> None:
    what_is_frozen_stays(WHOLE.window(0, 1200))


@pytest.mark.real
def test_what_is_frozen_stays_in_a_real_recording(data_dir: Path) -> None:
    what_is_frozen_stays(real(data_dir, "ctu-uhb/1105.hea"), 120)


def test_an_end_leaves_nothing_provisional() -> None:
    live = Live()
    live.look(WHOLE.window(0, 1500))
    last = live.look(WHOLE, ended=True).document
    assert last["provisional_from_s"] == last["frozen_to_s"] == WHOLE.end_s
    assert {
        event["state"] for name in ("decelerations", "contractions") for event in last[name]
    } == {"frozen"}


# -- freezing alone, on events made up

LEVEL = np.full(1000, 140, np.float32)


def found(*events: tuple[float, float], name: str = "decelerations") -> Document:
    made = [{"start_s": start_s, "end_s": end_s, "kind": "late"} for start_s, end_s in events]
    return {"accelerations": [], "decelerations": [], name: made}


def spans(events: list[Document]) -> list[tuple[float, float]]:
    return [(event["start_s"], event["end_s"]) for event in events]


def test_a_frozen_event_does_not_move_while_it_is_found_there() -> None:
    frozen = Frozen()
    frozen.keep(found((100, 160)), LEVEL[:500], 0, False)
    now = frozen.keep(found((101, 164)), LEVEL[:530], 0, False)
    assert spans(now["decelerations"]) == [(100, 160)]
    assert now["revised"] == []


@pytest.mark.parametrize("restarts", [False, True])
def test_what_is_judged_otherwise_is_shown_as_it_is_judged_and_the_change_stays_said(
    restarts: bool,
) -> None:
    frozen = Frozen()
    frozen.keep(found((100, 160), (170, 190)), LEVEL[:500], 0, False)
    for _ in range(2):
        now = frozen.keep(found((90, 195)), LEVEL[:530], 0, False)
        assert spans(now["decelerations"]) == [(90, 195)]
        assert [(one["shown"]["start_s"], one["now"]["end_s"]) for one in now["revised"]] == [
            (100, 195), (170, 195),
        ]  # fmt: skip
        if restarts:
            frozen = Frozen()
            frozen.resume(json.loads(json.dumps(now)))
    again = frozen.keep(found((100, 160), (170, 190)), LEVEL[:560], 0, False)
    assert spans(again["decelerations"]) == [(100, 160), (170, 190)]
    assert again["revised"] == []


def test_what_is_not_found_any_more_is_not_shown_and_stays_said() -> None:
    frozen = Frozen()
    frozen.keep(found((100, 160)), LEVEL[:500], 0, False)
    for _ in range(2):
        now = frozen.keep(found(), LEVEL[:530], 0, False)
        assert now["decelerations"] == []
        assert [(one["shown"]["start_s"], one["now"]) for one in now["revised"]] == [(100, None)]


def test_what_is_found_late_is_shown() -> None:
    frozen = Frozen()
    frozen.keep(found(), LEVEL[:500], 0, False)
    now = frozen.keep(found((100, 160)), LEVEL[:530], 0, False)
    assert spans(now["decelerations"]) == [(100, 160)]


def test_what_no_refresh_sees_any_more_stays_as_it_was_shown() -> None:
    frozen, hour = Frozen(), np.full(4000, 140, np.float32)
    frozen.keep(found((100, 160), (170, 190)), hour[:500], 0, False)
    frozen.keep(found((90, 195)), hour[:530], 0, False)
    now = frozen.keep(found(), hour[200:], 200, False)
    assert spans(now["decelerations"]) == [(90, 195)]
    assert now["revised"] == []


def test_an_event_that_reached_out_of_the_frozen_past_is_not_lost_when_it_moves() -> None:
    frozen = Frozen()
    frozen.keep(found((150, 205)), LEVEL[:500], 0, False)  # frozen up to 200
    now = frozen.keep(found((150, 198)), LEVEL[:530], 0, False)
    assert spans(now["decelerations"]) == [(150, 198)]
    assert now["decelerations"][0]["state"] == "frozen"
    assert now["revised"] == []


def test_an_event_that_is_doubted_now_is_a_revision() -> None:
    frozen = Frozen()
    frozen.keep(found((100, 160)), LEVEL[:500], 0, False)
    now = frozen.keep(found((100, 160), name="minor_decelerations"), LEVEL[:530], 0, False)
    assert now["decelerations"] == []
    assert spans(now["minor_decelerations"]) == [(100, 160)]
    assert len(now["revised"]) == 1


@pytest.mark.parametrize("restarts", [False, True])
def test_a_baseline_that_moved_is_shown_and_stays_said(restarts: bool) -> None:
    frozen, moved = Frozen(), LEVEL.copy()
    frozen.keep(found(), LEVEL[:500], 0, False)
    moved[50:150] = 120
    for _ in range(2):
        now = frozen.keep(found(), moved[:530], 0, False)
        assert now["baseline"]["bpm"] == moved[:530].tolist()
        assert now["revised"] == [
            {"what": "baseline", "start_s": 50, "end_s": 150, "shown": 140, "now": 120}
        ]
        if restarts:
            frozen = Frozen()
            frozen.resume(json.loads(json.dumps(now)))


SPANS = st.lists(st.tuples(st.integers(0, 880), st.integers(10, 200)), max_size=6)


@given(looks=st.lists(SPANS, min_size=2, max_size=6))
@settings(max_examples=60, deadline=None)
def test_whatever_comes_the_page_says_what_the_verdict_counts(
    looks: list[list[tuple[int, int]]],
) -> None:
    """Each event found now is shown, each that is shown is found now, up to SAME_S; and what a
    frozen one became is said."""
    frozen, kept = Frozen(), list[Document]()
    for step, look in enumerate(looks):
        end_s = 600 + 40 * step
        events = [(a, min(a + lasts_s, end_s)) for a, lasts_s in look if a < end_s]
        now = frozen.keep(found(*events), LEVEL[:end_s], 0, False)
        shown = spans(now["decelerations"])
        assert all(any(alike(one, other) for other in shown) for one in events)
        assert all(any(alike(one, other) for other in events) for one in shown)
        gone = [event for event in kept if event not in now["decelerations"]]
        told = said(now, "decelerations")
        assert all(any(overlap(event, one) for one in told) for event in gone)
        kept = with_state(now, "decelerations", "frozen")


def alike(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) <= SAME_S and abs(one[1] - other[1]) <= SAME_S


def test_a_long_deceleration_counts_as_long_as_it_reaches_into_the_hour() -> None:
    trace, _ = synthetic(3, 70, "normal")
    second = np.arange(len(trace.fhr_bpm)) / FS_HZ
    low = np.interp(second, [398, 420, 830, 850], [0, 60, 60, 0])  # over 7 min, from 0:06:38 on
    trace = replace(trace, fhr_bpm=(trace.fhr_bpm - low).astype(np.float32))
    live, found = Live(38.0), {}
    for minutes in (30, 62, 66, 70):
        end_s = 60.0 * minutes
        shown = live.look(trace.window(max(0, end_s - 3600), end_s))
        found[minutes] = shown.document["scores"]["figo_2015"]["band"]
        longest = max(one["end_s"] - one["start_s"] for one in shown.document["decelerations"])
        assert longest > 300, minutes
    assert set(found.values()) == {"pathological"}
    assert shown.analysis.scores["figo_2015"].band != "pathological"  # of the strip by itself
