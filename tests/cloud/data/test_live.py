"""Traces in memory: the same as from the store, in any order, of bounded size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from cloud.ingest import Ingest
from cloud.live import GIVE_UP_MS, KEEP_S, LINGER_MOST_MS, LINGER_MS, Live, LiveTrace
from cloud.store import frames, recordings
from cloud.store.db import reading, writing
from cloud.store.recordings import Recording
from cloud.traces import blocks_in, samples_of, signal_gaps, trace_from
from device import payloads, wire
from tests.cloud.data.parts import event_frame, lost_frame, message, start_frame, trace_frame

RECORDING = Recording(
    1, "d", 77, "g", None, "", None, 1, False, False, 0, None, None, 0, 0, 0, 0, None
)


class Clock:
    now_ms = 1_000_000

    def __call__(self) -> int:
        return self.now_ms


def assert_same(one: object, other: object) -> None:
    for name in ("fhr_bpm", "fhr2_bpm", "mhr_bpm", "toco", "quality", "start_s"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)


def test_units_and_gaps() -> None:
    fhr = (1, 568, payloads.GAP_16, 0)
    body = payloads.pack_trace(payloads.Trace(fhr, None, (400,) * 4, (51,) * 4, (0, 1, 100, 255)))
    found = samples_of(wire.Frame(wire.TRACE, 1, 3, 2000, body))
    assert found is not None and found[0] == 8
    nan = np.nan
    expected = [
        [0.25, 142, nan, 0],
        [nan] * 4,
        [100] * 4,
        [25.5] * 4,
        [0, 1, 100, nan],
    ]
    np.testing.assert_array_equal(found[1], np.array(expected, np.float32))


COUNTS_16 = st.tuples(*[st.integers(0, 0xFFFF)] * 4)
COUNTS_8 = st.tuples(*[st.integers(0, 0xFF)] * 4)


@given(
    st.lists(
        st.tuples(
            *[st.none() | COUNTS_16] * 3,
            *[st.none() | COUNTS_8] * 2,
            st.sampled_from([b"", b"x"]),
        ),
        max_size=8,
    )
)
def test_many_at_once_are_as_each_alone(traces: list[tuple[object, ...]]) -> None:
    """Also those with a byte too many, which are none."""
    bodies = [payloads.pack_trace(payloads.Trace(*trace[:5])) + trace[5] for trace in traces]
    bodies += [b"", b"\xff" * 9]
    came = [wire.Frame(wire.TRACE, 1, n, 1000 * n + 130, body) for n, body in enumerate(bodies)]
    came.append(wire.Frame(wire.EVENT, 1, 99, 0, b"\x01"))
    which, firsts, values = blocks_in([wire.encode(frame) for frame in came])
    alone = {n: block for n, frame in enumerate(came) if (block := samples_of(frame)) is not None}
    assert sorted(which) == sorted(alone)
    for n, first, block in zip(which, firsts, values, strict=True):
        assert alone[n][0] == first
        np.testing.assert_array_equal(alone[n][1], block)


@settings(deadline=None)
@given(st.permutations(range(12)), st.sets(st.integers(0, 11)))
def test_any_order_gives_the_same_trace(order: list[int], lost: set[int]) -> None:
    live = LiveTrace(RECORDING)
    came = [trace_frame(n, n, 100 + n) for n in order if n not in lost]
    for frame in came:
        live.add(frame, 1)
        live.add(frame, 2)
    assert_same(live.window(KEEP_S), trace_from(came, 0, live.newest_s))


def test_an_hour_is_kept_and_no_more() -> None:
    live = LiveTrace(RECORDING)
    assert live.nbytes < 1 << 20
    every = [trace_frame(n, n, 100 + n % 80) for n in range(KEEP_S + 100)]
    for frame in every:
        live.add(frame, 1)
    live.add(every[5], 2)  # older than what is kept
    assert_same(live.window(2 * KEEP_S), trace_from(every, 100, KEEP_S + 100))
    assert_same(live.window(10, to_s=500), trace_from(every, 490, 500))
    assert live.window(10, to_s=50).duration_s == 0


def test_a_jump_forgets_what_it_left_behind() -> None:
    live = LiveTrace(RECORDING)
    live.add(trace_frame(0, 0), 1)
    live.add(trace_frame(1, 10 * KEEP_S), 2)
    window = live.window(KEEP_S)
    assert window.start_s == 9 * KEEP_S + 1
    assert np.isnan(window.fhr_bpm[:-4]).all() and (window.fhr_bpm[-4:] == 140).all()


def test_a_missing_second_is_waited_for_and_then_given_up() -> None:
    live = LiveTrace(RECORDING)
    assert live.through_s(0) == 0
    live.add(trace_frame(0, 0), 1000)
    assert live.through_s(1000) == 1
    live.add(trace_frame(3, 3), 2000)
    live.add(trace_frame(5, 5), 4000)
    assert live.through_s(2000 + GIVE_UP_MS - 1) == 1
    assert live.through_s(2000 + GIVE_UP_MS) == 4, "3 is there; 4 was missed later"
    assert live.through_s(4000 + GIVE_UP_MS) == 6
    live.add(trace_frame(1, 1), 20_000)
    assert live.through_s(20_000) == 6, "never back"


def test_a_clock_that_is_set_back_makes_no_long_wait() -> None:
    live = LiveTrace(RECORDING)
    live.add(trace_frame(1, 1), 3_600_000)
    assert live.through_s(3_600_000 + GIVE_UP_MS - 1) == 0
    assert live.through_s(0) == 2


def test_a_second_that_comes_in_time_is_not_given_up() -> None:
    live = LiveTrace(RECORDING)
    live.add(trace_frame(1, 1), 1000)
    live.add(trace_frame(0, 0), 3000)
    assert live.through_s(3000) == 2


@settings(deadline=None)
@given(st.permutations(range(20)))
def test_through_never_goes_back_nor_beyond(order: list[int]) -> None:
    live = LiveTrace(RECORDING)
    before = 0.0
    for step, second in enumerate(order):
        live.add(trace_frame(second, second), 1000 * step)
        through = live.through_s(1000 * step)
        assert before <= through <= live.newest_s
        before = through
    assert live.through_s(10**6) == 20


def test_listeners_and_eviction() -> None:
    live, heard, told = Live(), [], []
    live.listeners += [lambda r, f: 1 / 0, lambda r, f: heard.append((r.id, f.seq))]
    live.watchers.append(lambda r: told.append(r.closed_ms))
    live.open(RECORDING)
    live.add(1, trace_frame(4, 4), 10)
    assert heard == [(1, 4)], "a listener that fails harms no other"
    ended = Recording(**{**vars(RECORDING), "closed_ms": 1000})
    live.open(ended)
    live.open(ended)
    assert told == [None, 1000]
    assert live.evict(1000 + LINGER_MOST_MS - 1) == []  # nobody has looked at its end
    live.recordings[1].looked = True
    assert live.evict(1000 + LINGER_MS - 1) == []
    assert live.evict(1000 + LINGER_MS) == [1] and live.get(1) is None


def test_rebuild_gives_what_was_there(engine: Engine) -> None:
    every = [trace_frame(n, n, 100 + n % 80) for n in range(KEEP_S + 300)]
    before = LiveTrace(RECORDING)
    with writing(engine) as conn:
        made = recordings.open_recording(
            conn, device_id="d", session=77, gateway_id="g", start_ms=0, now_ms=5
        )
        frames.add_frames(conn, made.id, [(f.seq, wire.encode(f)) for f in every], 9)
    for frame in every:
        before.add(frame, 9)
    live = Live()
    live.rebuild(engine, 9)
    assert_same(live.recordings[made.id].window(KEEP_S), before.window(KEEP_S))
    assert live.recordings[made.id].through_s(10**9) == KEEP_S + 300
    with reading(engine) as conn:
        part = frames.trace_of(conn, made.id, 200.5, 230)
    assert_same(part, trace_from(every, 200.5, 230))


def test_one_that_goes_on_after_it_was_taken_for_ended_has_its_past(engine: Engine) -> None:
    clock = Clock()
    live = Live()
    ingest = Ingest(engine, live, "mqtt://127.0.0.1:1", clock)

    def come(first: int, stop: int, session: int) -> None:
        made = [trace_frame(n, n, session=session) for n in range(first, stop)]
        ingest.take(wire.gateway_up("g", "d"), message(made))
        ingest.take_in()

    come(0, 10, 77)
    clock.now_ms += 1
    come(0, 1, 78)
    clock.now_ms += recordings.SUCCEEDED_AFTER_MS + 1
    ingest.keep_house(clock.now_ms)
    clock.now_ms += LINGER_MOST_MS
    ingest.keep_house(clock.now_ms)
    (newer,) = live.all()
    assert newer.recording.session == 78
    come(12, 14, 77)
    (trace,) = [one for one in live.all() if one is not newer]
    assert (trace.recording.session, trace.recording.closed_ms) == (77, None)
    assert np.isfinite(trace.window(KEEP_S).fhr_bpm[:40]).all()
    assert trace.through_s(clock.now_ms + GIVE_UP_MS - 1) == 10
    assert trace.through_s(clock.now_ms + GIVE_UP_MS) == 14


def test_every_gap_has_a_cause() -> None:
    came = [
        start_frame(),
        trace_frame(1, 0),
        lost_frame(2, 1),
        lost_frame(3, 2),
        event_frame(4, payloads.PROBE_OFF, t_ms=3000),
        lost_frame(5, 3),
        lost_frame(6, 4),
        event_frame(7, payloads.PROBE_ON, t_ms=5000),
        trace_frame(8, 5),
        event_frame(12, payloads.STOP, 13, t_ms=9000),
    ]
    found = [
        (gap.from_s, gap.to_s, gap.cause) for gap in signal_gaps([wire.encode(f) for f in came])
    ]
    assert found == [(1, 3, "no signal"), (3, 5, "probe off"), (6, 9, "not received")]


@pytest.mark.parametrize("came", [[], [start_frame()]])
def test_nothing_has_no_gaps(came: list[wire.Frame]) -> None:
    assert signal_gaps([wire.encode(f) for f in came]) == []
