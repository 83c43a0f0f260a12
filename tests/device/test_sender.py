"""When frames are sent and sent again. Runs under pytest and on MicroPython."""

from device import wire
from device.payloads import MAX_RANGES, Receipt
from device.sender import (
    CROSSING_MS,
    LIVE_FRAMES,
    LIVE_WINDOW,
    RECENT_FRAMES,
    RESEND_MS,
    RESEND_TOP_MS,
    WINDOW,
    Sender,
    resend_wait_ms,
)
from device.spool import RAM_FRAMES, Spool

ALL = 1000


def sender_with(count, chance=0.0):
    sender = Sender(Spool(1, None), lambda: chance)
    add(sender, count)
    return sender


def add(sender, count):
    for _ in range(count):
        seq = sender.spool.end
        sender.add(seq, wire.encode(wire.Frame(wire.TRACE, 1, seq, 0, b"\x00")))


def send(sender, now_ms, count=ALL):
    seqs = sender.due(now_ms, count)
    sender.sent(seqs, now_ms)
    return seqs


def stored(n):
    return Receipt(n, n, ())


def test_each_frame_is_sent_once_while_receipts_come():
    sender = sender_with(0)
    for n in range(200):
        add(sender, 1)
        assert send(sender, 100 * n) == [n]
        assert send(sender, 100 * n + 50) == []
        sender.receipt(stored(n))  # one behind
    assert sender.resent == 0
    assert sender.in_flight == 1


def test_live_frames_go_first_then_the_oldest():
    sender = sender_with(60)
    assert send(sender, 0, LIVE_FRAMES) == list(range(60 - LIVE_FRAMES, 60))
    assert send(sender, 0, 4) == [0, 1, 2, 3]
    add(sender, 2)
    assert send(sender, 0, 5) == [60, 61, 4, 5, 6]


def test_after_an_outage_the_last_ten_minutes_go_before_the_hours_before_them():
    spool = Spool(1, None)
    spool.end = RECENT_FRAMES + 900
    spool.held.add(0, spool.end - 1)
    sender = Sender(spool, lambda: 0.0)
    assert send(sender, 0, 3) == [900, 901, 902]
    sender.receipt(Receipt(0, spool.end - 2, ((0, 899),)))  # all of them but two
    assert send(sender, 0, 5) == [spool.end - 2, spool.end - 1, 0, 1, 2]


def test_the_window_bounds_what_is_in_flight_and_live_frames_may_pass():
    sender = Sender(Spool(1, None, ram_frames=300), lambda: 0.0)
    add(sender, 100)
    sent = []
    for _ in range(40):
        sent += send(sender, 0, 7)
    assert sender.in_flight == WINDOW
    assert len(set(sent)) == WINDOW
    add(sender, 5)
    assert send(sender, 0) == list(range(100, 105))
    for _ in range(20):
        add(sender, 5)
        send(sender, 0)
    assert sender.in_flight == LIVE_WINDOW


def test_without_a_receipt_a_frame_is_sent_again_after_the_time_out():
    sender = sender_with(3)
    assert send(sender, 0) == [0, 1, 2]
    assert send(sender, RESEND_MS - 1) == []
    assert send(sender, RESEND_MS) == [0, 1, 2]
    assert sender.resent == 3


def test_the_time_out_grows_with_full_jitter_up_to_its_bound():
    assert resend_wait_ms(1, 0.999) == RESEND_MS
    assert [resend_wait_ms(n, 0.0) for n in range(1, 20)] == [RESEND_MS] * 19
    tops = [resend_wait_ms(n, 1.0) for n in range(1, 20)]
    assert tops[:5] == [2000, 4000, 8000, 16_000, 30_000]
    assert max(tops) == RESEND_TOP_MS
    assert resend_wait_ms(2, 0.5) == 3000


def test_sent_again_and_again_the_pause_is_never_longer_than_the_bound():
    sender = sender_with(1, chance=0.999)
    now_ms = 0
    times = []
    while len(times) < 12:
        if send(sender, now_ms):
            times.append(now_ms)
        now_ms += 100
    pauses = [times[n] - times[n - 1] for n in range(1, 12)]
    assert pauses[0] == RESEND_MS
    assert max(pauses) <= RESEND_TOP_MS
    assert pauses[-1] > RESEND_TOP_MS * 0.9


def test_what_a_receipt_calls_missing_is_sent_at_once():
    sender = sender_with(10)
    send(sender, 0)
    sender.receipt(Receipt(2, 9, ((2, 3), (6, 6))))
    assert send(sender, 1000) == [2, 3, 6]
    assert sender.in_flight == 4  # and 9, about which nothing was said
    sender.receipt(Receipt(2, 9, ((2, 3), (6, 6))))
    assert send(sender, 1000 + CROSSING_MS - 1) == []  # that receipt crossed them on the way
    assert send(sender, 1000 + CROSSING_MS) == [2, 3, 6]


def test_missing_frames_that_were_never_sent_are_not_counted_as_resent():
    sender = sender_with(50)
    assert send(sender, 0, LIVE_FRAMES) == list(range(34, 50))
    sender.receipt(Receipt(0, 50, ((0, 33),)))
    assert send(sender, 10, 5) == [0, 1, 2, 3, 4]
    assert sender.resent == 0


def test_after_a_reconnect_all_of_it_is_due_again():
    sender = sender_with(10)
    send(sender, 0)
    sender.reconnected(500)
    add(sender, 1)
    assert send(sender, 500) == [10]  # live at once
    assert send(sender, 500 + CROSSING_MS) == list(range(10))


def test_a_receipt_twice_or_late_or_of_nothing_does_no_harm():
    sender = sender_with(10)
    send(sender, 0)
    for receipt in (stored(7), stored(7), stored(3), stored(0)):
        sender.receipt(receipt)
    assert sender.spool.held.pairs == [[7, 9]]
    assert send(sender, RESEND_MS) == [7, 8, 9]


def test_a_frame_that_was_stored_before_it_was_sent_is_forgotten():
    sender = sender_with(5)
    sender.receipt(stored(3))  # left over: the gateway has them
    assert send(sender, 0) == [3, 4]


def test_frames_that_were_dropped_leave_the_window():
    sender = sender_with(RAM_FRAMES)
    send(sender, 0)
    add(sender, RAM_FRAMES)
    sender.reconnected(0)
    now_ms = CROSSING_MS
    sent = []
    for _ in range(4):
        sent += send(sender, now_ms)
    assert min(sent) == RAM_FRAMES  # the older ones are gone
    assert sender.in_flight == WINDOW


def test_holes_that_fill_a_receipt_are_filled_before_the_newest():
    """Frames at or past `seen` would keep the window full for ever: no receipt tells of them."""
    sender = Sender(Spool(1, None, ram_frames=300), lambda: 0.0)
    add(sender, 300)
    sender.sent(list(range(300 - WINDOW, 300)), 0)
    send(sender, 0, 300)  # what is live goes past the window
    holes = tuple((seq, seq) for seq in range(0, 2 * MAX_RANGES, 2))
    sender.receipt(Receipt(0, 2 * MAX_RANGES, holes))
    assert sender.due(1, 4) == [0, 2, 4, 6]
