"""The live engine equals the whole-record analysis after every second, and keeps what is frozen."""

import json
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.analysis import analyse
from models.formats import parse
from models.frozen import FROZEN_S, PROVISIONAL_S, Document, Frozen
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


def with_state(document: Document, name: str, *states: str) -> list[dict[str, object]]:
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
                assert [event for event in old if event not in now[name]] == []
        if before:
            frozen = round(before["frozen_to_s"] - now["baseline"]["start_s"])
            cut = round(now["baseline"]["start_s"] - before["baseline"]["start_s"])
            old_levels = before["baseline"]["bpm"][cut:][:frozen]
            assert now["baseline"]["bpm"][:frozen] == old_levels
        before = now


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


def spans(events: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(event["start_s"], event["end_s"]) for event in events]


def test_a_frozen_event_is_shown_unchanged_and_the_change_is_said() -> None:
    frozen = Frozen()
    frozen.keep(found((100, 160)), LEVEL[:500], 0, False)
    now = frozen.keep(found((100, 180)), LEVEL[:530], 0, False)
    assert spans(now["decelerations"]) == [(100, 160)]
    (revised,) = now["revised"]
    assert (revised["what"], revised["shown"]["end_s"], revised["now"]["end_s"]) == (
        "decelerations", 160, 180,
    )  # fmt: skip


def test_what_is_not_found_any_more_is_still_shown() -> None:
    frozen = Frozen()
    frozen.keep(found((100, 160)), LEVEL[:500], 0, False)
    now = frozen.keep(found(), LEVEL[:530], 0, False)
    assert spans(now["decelerations"]) == [(100, 160)]
    assert [(one["shown"]["start_s"], one["now"]) for one in now["revised"]] == [(100, None)]


def test_what_is_found_too_late_is_said_and_not_shown() -> None:
    frozen = Frozen()
    frozen.keep(found(), LEVEL[:500], 0, False)
    now = frozen.keep(found((100, 160)), LEVEL[:530], 0, False)
    assert now["decelerations"] == []
    assert [(one["shown"], one["now"]["start_s"]) for one in now["revised"]] == [(None, 100)]


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
    assert spans(now["decelerations"]) == [(100, 160)]
    assert now["minor_decelerations"] == []
    assert len(now["revised"]) == 1


def test_a_baseline_that_moved_is_a_revision() -> None:
    frozen, moved = Frozen(), LEVEL.copy()
    frozen.keep(found(), LEVEL[:500], 0, False)
    moved[50:150] = 120
    now = frozen.keep(found(), moved[:530], 0, False)
    assert set(now["baseline"]["bpm"]) == {140.0}
    assert now["revised"] == [
        {"what": "baseline", "start_s": 50, "end_s": 150, "shown": 140, "now": 120}
    ]


SPANS = st.lists(st.tuples(st.integers(0, 880), st.integers(10, 200)), max_size=6)


@given(looks=st.lists(SPANS, min_size=2, max_size=6))
@settings(max_examples=60, deadline=None)
def test_whatever_comes_nothing_frozen_changes_and_nothing_recent_is_hidden(
    looks: list[list[tuple[int, int]]],
) -> None:
    frozen, kept = Frozen(), []
    for step, look in enumerate(looks):
        end_s = 600 + 40 * step
        past_s = frozen.to_s
        events = [(a, min(a + lasts_s, end_s)) for a, lasts_s in look if a < end_s]
        now = frozen.keep(found(*events), LEVEL[:end_s], 0, False)
        shown = spans(now["decelerations"])
        assert [event for event in kept if event not in now["decelerations"]] == []
        assert [span for span in events if span[1] > past_s and span not in shown] == []
        kept = with_state(now, "decelerations", "frozen")
