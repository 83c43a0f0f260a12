"""What is sent when: time-outs, order, limits and messages, with time as an argument."""

import random
from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device import payloads, wire
from device.payloads import Receipt
from gateway.outbox import Entry
from gateway.patience import Watchdog, backoff_s, connect_s
from gateway.window import (
    BACKLOG_FIRST,
    BACKLOG_LEAST,
    CROSSING_S,
    FIRST_TIMEOUT_S,
    LARGEST,
    LIVE_LARGEST,
    PARK_AFTER,
    Window,
    covers,
    messages,
    timeout_s,
)
from models.completeness import Tally


def longest(_low: float, high: float) -> float:
    return high


def entries(count: int, session: int = 1, first: int = 0, size: int = 30) -> list[Entry]:
    return [Entry(n + 1, "a", session, n, bytes(size), 9000, 8000) for n in range(first, count)]


def test_live_frames_are_sent_once_and_again_after_the_time_out() -> None:
    window = Window(longest)
    frames = entries(3)
    window.offer(frames)
    assert window.send(10.0) == frames
    assert window.send(11.9) == []
    assert window.send(12.0) == frames
    assert window.send(15.9) == []
    assert window.send(16.0) == frames
    assert window.resent == 6


def test_a_receipt_ends_the_sending_of_what_it_covers() -> None:
    window = Window(longest)
    window.offer(entries(6))
    window.send(0.0)
    window.receipted("a", 1, Receipt(1, 5, ((1, 2),)), 0.1)
    window.receipted("b", 1, Receipt(6, 6, ()), 0.1)
    assert [entry.seq for entry in window.send(FIRST_TIMEOUT_S)] == [1, 2, 5]
    assert window.flying == 3


def test_what_a_receipt_calls_missing_is_sent_again_at_once() -> None:
    window = Window(longest)
    window.offer(entries(4))
    window.send(0.0)
    late = Receipt(1, 3, ((1, 1),))
    window.receipted("a", 1, late, CROSSING_S / 2)
    assert window.send(CROSSING_S / 2) == [], "the receipt may have crossed the frame"
    window.receipted("a", 1, late, CROSSING_S)
    assert [entry.seq for entry in window.send(CROSSING_S)] == [1], "3 was not seen yet"
    assert window.resent == 1


def test_what_is_under_way_on_a_narrow_line_is_not_sent_again() -> None:
    """After an outage the newest are seen first, and a receipt calls all before them missing."""
    window = Window(longest)
    window.usual_s = 4.0
    window.offer(entries(4))
    window.send(0.0)
    for now_s in (4.0, 7.9):
        window.receipted("a", 1, Receipt(0, 4, ((0, 2),)), now_s)
        assert window.send(now_s) == []
    assert [entry.seq for entry in window.send(8.0)] == [0, 1, 2]


def test_an_outage_is_not_taken_for_a_slow_path() -> None:
    window = Window(longest)
    window.offer(entries(100))
    window.send(0.0)
    for now_s in (2.0, 8.0, 16.0):
        window.send(now_s)
    window.receipted("a", 1, Receipt(100, 100, ()), 20.0)
    assert window.usual_s == 0.0


def test_everything_is_due_after_a_new_connection() -> None:
    window = Window(longest)
    frames = entries(3)
    window.offer(frames)
    window.send(0.0)
    window.reconnected()
    assert window.send(0.1) == frames


def test_live_frames_go_before_old_ones_which_never_fill_the_window() -> None:
    window = Window(longest)
    assert window.room_for_old() == BACKLOG_FIRST
    window.send_old(entries(BACKLOG_FIRST), 0.0)
    assert window.room_for_old() == 0
    window.offer(entries(10, session=2))
    assert len(window.send(0.0)) == 10
    window.offer(entries(20, session=2, first=10))
    assert window.room_for_old() == 0, "live ones wait"


def drain(per_s: int, stored_every_s: float, seconds: int) -> tuple[Window, list[int]]:
    """A backlog over a line of so many frames a second to a cloud that stores now and then: how
    many wait for the line, each tenth of a second."""
    window, line, waiting = Window(longest), deque[Entry](), []
    taken, numbers, now_s, stored_s = Tally(), 0, 0.0, 0.0
    while now_s < seconds:
        now_s += 0.1
        line += window.send(now_s)
        end = numbers + max(0, window.room_for_old())
        line += window.send_old(entries(end, first=numbers), now_s)
        numbers = end
        for _ in range(min(len(line), per_s // 10)):
            taken.add(line.popleft().seq)
        if now_s - stored_s >= stored_every_s:
            stored_s = now_s
            told = Receipt(taken.stored, taken.seen, taken.missing())
            window.receipted("a", 1, told, now_s)
        waiting.append(len(line))
    return window, waiting


def test_a_backlog_fills_a_line_and_does_not_jam_it() -> None:
    window, waiting = drain(per_s=2000, stored_every_s=0.5, seconds=20)
    settled = waiting[100:]
    assert max(settled) <= 2000 * 1.5, "a live frame waits behind these"
    assert min(settled) > 0, "the line is idle"
    assert window.resent == 0


def test_a_jam_is_not_made_worse() -> None:
    window, _ = drain(per_s=50, stored_every_s=5.0, seconds=60)
    assert window.room_for_old() + window.flying_old == BACKLOG_LEAST
    assert window.resent < 10 * BACKLOG_LEAST


def test_the_backlog_lets_live_frames_pass() -> None:
    window = Window(longest)
    window.send_old(entries(BACKLOG_FIRST), 0.0)
    window.offer(entries(1, session=2))
    window.send(0.0)
    window.offer(entries(3, session=2, first=1))
    sent = window.send(2.1, 10)
    assert [(entry.session, entry.seq) for entry in sent[:3]] == [(2, 0), (2, 1), (2, 2)]
    assert 0 < len(sent[3:]) <= 5


def test_the_window_and_the_queue_are_bounded_and_prefer_the_newest() -> None:
    window = Window(longest)
    window.offer(entries(LARGEST + LIVE_LARGEST))
    assert window.waiting == LIVE_LARGEST
    assert window.send(0.0)[-1].seq == LARGEST + LIVE_LARGEST - 1
    window.offer(entries(LARGEST, session=2))
    window.send(0.1)
    assert window.flying <= LARGEST


def test_old_frames_that_are_under_way_are_not_sent_twice() -> None:
    window = Window(longest)
    window.offer(entries(5))
    window.send(0.0)
    assert [entry.seq for entry in window.send_old(entries(8), 0.0)] == [5, 6, 7]


def test_a_frame_that_is_never_receipted_gives_its_place_back() -> None:
    window = Window(longest)
    window.offer(entries(1))
    now_s, sendings = 0.0, 0
    while window.send(now_s) or window.flying:
        sendings += 1
        now_s += 31.0
    assert sendings == PARK_AFTER
    assert len(window.send_old(entries(1), now_s)) == 1, "the scan may bring it back"


def test_a_slow_path_gets_more_time() -> None:
    window = Window(longest)
    for n in range(300):
        window.send_old(entries(n + 1, first=n), float(n))
        window.receipted("a", 1, Receipt(n + 1, n + 1, ()), n + 4.0)
    window.send_old(entries(301, first=300), 1000.0)
    assert window.send(1007.5) == []
    assert len(window.send(1008.1)) == 1


@given(st.integers(1, 50), st.integers())
def test_time_outs_have_jitter_and_bounds(sent: int, seed: int) -> None:
    wait_s = timeout_s(sent, random.Random(seed).uniform)
    assert FIRST_TIMEOUT_S <= wait_s <= min(30.0, FIRST_TIMEOUT_S * 2.0 ** min(sent, 10))
    assert 0 <= backoff_s(sent, 30.0, random.Random(seed).uniform) <= 30.0


@given(st.sets(st.integers(0, 40)), st.integers(0, 45))
def test_a_receipt_covers_exactly_what_the_receiver_has(kept: set[int], seq: int) -> None:
    tally = Tally((n, n) for n in kept)
    assert covers(Receipt(tally.stored, tally.seen, tally.missing()), seq) == (seq in kept)


@given(st.integers(0, 400), st.integers(22, 1046), st.integers(1, 3))
def test_messages_hold_one_session_and_stay_small(count: int, size: int, sessions: int) -> None:
    sent = [e for s in range(sessions) for e in entries(count, session=s, size=size)]
    found = list(messages(sent, 500, 7))
    assert sum(frames for _, _, frames in found) == len(sent)
    for device, message, frames in found:
        assert device == "a"
        assert len(message) <= 8192
        assert 1 <= frames <= 100


def test_a_message_begins_with_a_stamp_in_the_scale_of_its_session() -> None:
    body = wire.encode(wire.Frame(wire.SOUND, 3, 0, 0, b"x"))
    ((_, message, _),) = messages([Entry(1, "a", 3, 0, body, 9000, 8000)], 1500, 42)
    stamp, frame = wire.Reader().feed(message)
    assert (stamp.kind, stamp.session) == (wire.STAMP, 3)
    assert payloads.unpack_stamp(stamp.payload) == payloads.Stamp(9500, 9000, 42)
    assert wire.encode(frame) == body


def test_no_more_is_sent_than_the_link_takes() -> None:
    window = Window(longest)
    window.offer(entries(10))
    assert [entry.seq for entry in window.send(0.0, 4)] == [0, 1, 2, 3]
    assert window.send(0.0, 0) == []
    assert [entry.seq for entry in window.send(9.0, 3)] == [0, 1, 2], "those due again come first"
    assert [entry.seq for entry in window.send(9.0, 3)] == [3, 4, 5]


@settings(max_examples=20, deadline=None)  # a busy machine is no fault
@given(st.randoms(use_true_random=False))
def test_over_a_lossy_path_everything_arrives(noise: random.Random) -> None:
    """Messages and receipts are lost, links break; a cloud's tally gets every frame."""
    window, cloud = Window(noise.uniform), Tally()
    waiting = entries(60)
    stored = dict(enumerate(waiting))  # the outbox
    now_s = 0.0
    for _ in range(2000):
        now_s += 0.5
        if waiting:
            window.offer([waiting.pop(0)])
        elif noise.random() < 0.1:
            window.send_old(stored.values(), now_s)
        for entry in window.send(now_s):
            if noise.random() < 0.5:
                cloud.add(entry.seq)
        if noise.random() < 0.5:
            receipt = Receipt(cloud.stored, cloud.seen, cloud.missing())
            window.receipted("a", 1, receipt, now_s)
            stored = {seq: entry for seq, entry in stored.items() if not covers(receipt, seq)}
        if noise.random() < 0.02:
            window.reconnected()
        if not stored:
            break
    assert cloud.stored == 60
    assert stored == {}
    assert window.flying == 0


def test_the_watchdog_barks_only_at_unanswered_messages() -> None:
    dog = Watchdog()
    assert not dog.silent(100.0), "idle is no silence"
    dog.asked(100.0)
    dog.asked(101.0)
    assert not dog.silent(101.9)
    assert dog.silent(102.1)
    dog.answered(102.2)
    assert not dog.silent(104.1)
    assert dog.silent(104.3)
    dog.heard(104.4)
    assert not dog.silent(106.0)
    dog.answered(106.0)
    assert not dog.silent(1000.0)
    dog.asked(1000.0)
    assert not dog.silent(1001.0)
    dog.round_trip_s = 2.0
    assert not dog.silent(1003.9), "a line may be slow"
    assert dog.silent(1004.1)
    dog.round_trip_s = 30.0  # of a broker that was overrun then
    assert dog.silent(1008.1), "no line is waited for without end"


@pytest.mark.parametrize("failures", [0, 1, 5, 500])
def test_back_off_grows_to_its_bound(failures: int) -> None:
    assert backoff_s(failures, 30.0, longest) == min(30.0, 0.5 * 2 ** min(failures, 10))
    assert backoff_s(failures, 2.0, longest) <= 2.0
    assert connect_s(failures) == min(30.0, 5.0 * 2 ** min(failures, 10))
