"""What is inside the frames. Runs under pytest and, unchanged, on MicroPython."""

from device import payloads as p
from device import wire
from device.wire import Frame, WireError

TRACE = p.Trace((560, 564, 568, p.GAP_16), None, (320, 320, 324, 324), (20, 21, p.GAP_8, 23), None)


def refused(function, *arguments):
    try:
        function(*arguments)
    except WireError:
        return True
    return False


def frame(kind, payload, seq=0):
    return Frame(kind, 1, seq, 0, payload)


def test_trace_golden_bytes():
    golden = b"\x0d\x30\x02\x34\x02\x38\x02\xff\xff\x40\x01\x40\x01\x44\x01\x44\x01\x14\x15\xff\x17"
    assert p.pack_trace(TRACE) == golden
    assert p.unpack_trace(golden) == TRACE


def test_every_set_of_channels_travels():
    counts = ((0, 1, 2, p.GAP_16),) * 3 + ((0, 1, 2, p.GAP_8),) * 2
    for mask in range(32):
        trace = p.Trace(*[c if mask >> n & 1 else None for n, c in enumerate(counts)])
        payload = p.pack_trace(trace)
        assert payload[0] == mask
        assert p.unpack_trace(payload) == trace


def test_a_trace_that_is_cut_or_too_long_is_refused():
    payload = p.pack_trace(TRACE)
    for n in range(len(payload)):
        assert refused(p.unpack_trace, payload[:n])
    assert refused(p.unpack_trace, payload + b"\x00")
    assert refused(p.unpack_trace, b"\x20")  # a channel that is not in the table


def test_trace_counts_that_do_not_fit_are_refused():
    for counts in ((1, 2, 3), (1, 2, 3, 4, 5), (-1, 0, 0, 0), (p.GAP_16 + 1, 0, 0, 0)):
        assert refused(p.pack_trace, p.Trace(counts, None, None, None, None))
    assert refused(p.pack_trace, p.Trace(None, None, None, (p.GAP_8 + 1, 0, 0, 0), None))


def test_vitals():
    values = {1: 120, 2: 80, 3: 985, 7: p.GAP_16}
    payload = p.pack_vitals(values)
    assert payload == b"\x01\x78\x00\x02\x50\x00\x03\xd9\x03\x07\xff\xff"
    assert p.unpack_vitals(payload) == values
    assert refused(p.pack_vitals, {99: 1})
    assert refused(p.pack_vitals, {1: p.GAP_16 + 1})
    for bad in (b"", payload[:-1], b"\x63\x00\x00", b"\x01\x00\x00\x01\x00\x00"):
        assert refused(p.unpack_vitals, bad)


def test_start_golden_bytes():
    start = p.Start(0x0A0B0C0D, 60, p.REPLAYED, "CTU-UHB 1001")
    golden = b"\x01\x0d\x0c\x0b\x0a\x3c\x00\x01CTU-UHB 1001"
    assert p.pack_start(start) == golden
    assert p.unpack_start(p.unpack_event(golden)) == start


def test_events():
    for code in p.EVENTS:
        event = p.Event(code, 0xFFFFFFFF, b"")
        assert p.unpack_event(p.pack_event(event)) == event
    assert p.pack_event(p.Event(p.STOP, 3602, b"")) == b"\x02\x12\x0e\x00\x00"
    for bad in (b"", b"\x02\x00\x00\x00", b"\x63\x00\x00\x00\x00"):
        assert refused(p.unpack_event, bad)
    assert refused(p.pack_event, p.Event(99, 0, b""))
    assert refused(p.pack_event, p.Event(p.STOP, 1 << 32, b""))
    assert refused(p.pack_start, p.Start(1, 0, 0, ""))
    for data in (b"", b"\x01\x00", b"\x00\x00\x00", b"\x01\x00\x00\xff"):
        assert refused(p.unpack_start, p.Event(p.START, 1, data))
    assert refused(p.unpack_start, p.Event(p.STOP, 1, b"\x01\x00\x00"))


def test_status():
    status = p.Status(80, p.GAP_8, 17, 3, 1, 42, 5, 1, 73)
    golden = b"\x50\xff\x11\x00\x00\x00\x03\x00\x00\x00\x01\x00\x2a\x00\x05\x00\x00\x00\x01\x49"
    assert p.pack_status(status) == golden
    assert p.unpack_status(golden) == status
    assert refused(p.unpack_status, golden[:-1])
    assert refused(p.unpack_status, golden + b"\x00")
    assert refused(p.pack_status, p.Status(256, 0, 0, 0, 0, 0, 0, 0, 0))
    assert refused(p.pack_status, p.Status(0, 0, 0, 0, 65536, 0, 0, 0, 0))
    assert refused(p.pack_status, p.Status(0, 0, 0, 0, 0, 0, -1, 0, 0))
    assert refused(p.pack_status, p.Status(0, 0, 0, 0, 0, 0, 0, 0, 256))


def test_the_status_of_an_older_probe_is_read():
    old = b"\x50\xff\x11\x00\x00\x00\x03\x00\x00\x00\x01\x00\x2a\x00\x05\x00\x00\x00"
    assert p.unpack_status(old) == p.Status(80, p.GAP_8, 17, 3, 1, 42, 5, p.GAP_8, p.GAP_8)


def test_receipt_golden_bytes():
    receipt = p.Receipt(5, 20, ((5, 6), (9, 9)))
    golden = b"\x14\x00\x00\x00\x05\x00\x00\x00\x06\x00\x00\x00\x09\x00\x00\x00\x09\x00\x00\x00"
    assert p.pack_receipt(receipt) == golden
    assert p.unpack_receipt(frame(wire.RECEIPT, golden, seq=5)) == receipt


def test_a_receipt_with_too_many_gaps_says_less():
    missing = tuple((n, n) for n in range(1, 400, 2))
    receipt = p.unpack_receipt(
        frame(wire.RECEIPT, p.pack_receipt(p.Receipt(1, 400, missing)), seq=1)
    )
    assert receipt.missing == missing[: p.MAX_RANGES]
    assert receipt.seen == missing[p.MAX_RANGES][0]  # nothing is said about what comes after


def test_receipts_that_contradict_themselves_are_refused():
    for stored, seen, missing in (
        (5, 4, ()),
        (5, 20, ((4, 6),)),
        (5, 20, ((7, 6),)),
        (5, 20, ((5, 20),)),
        (5, 20, ((8, 9), (5, 6))),
        (5, 20, ((5, 9), (9, 10))),
    ):
        payload = p.pack_receipt(p.Receipt(stored, seen, missing))
        assert refused(p.unpack_receipt, frame(wire.RECEIPT, payload, seq=stored))
    for n in (0, 3, 5, 11):
        assert refused(p.unpack_receipt, frame(wire.RECEIPT, bytes(n)))


def test_commands():
    for code in p.COMMANDS:
        command = p.Command(code, "accepted high \u5317\u4eac")
        assert p.unpack_command(p.pack_command(command)) == command
    assert p.pack_command(p.Command(p.COMMAND_ALERT, "told high")) == b"\x05told high"
    assert refused(p.pack_command, p.Command(99, ""))
    for bad in (b"", b"\x63", b"\x05\xff\xfe"):
        assert refused(p.unpack_command, bad)


def test_stamp():
    stamp = p.Stamp(1_700_000_000_123, 1_700_000_000_000, 9)
    golden = b"\x7b\x68\xe5\xcf\x8b\x01\x00\x00\x00\x68\xe5\xcf\x8b\x01\x00\x00\x09\x00\x00\x00"
    assert p.pack_stamp(stamp) == golden
    assert p.unpack_stamp(golden) == stamp
    assert refused(p.unpack_stamp, golden[:-1])
    assert refused(p.pack_stamp, p.Stamp(-1, 0, 0))
    assert refused(p.pack_stamp, p.Stamp(0, 0, 1 << 32))


def test_ids_of_a_gateways_warnings():
    warning = p.WarningId(2, 5, 0x5EED0001)
    number = p.pack_warning_id(warning)
    assert number == 0x88014001  # bit 31, code 2, count 5, session 0x0001
    assert p.unpack_warning_id(number) == (2, 5, 1)
    assert p.pack_warning_id(p.WarningId(0, p.WARNING_COUNTS, 0)) == p.OF_GATEWAY
    assert p.unpack_warning_id(number & ~p.OF_GATEWAY) is None  # the cloud's
    assert p.unpack_warning_id(0xFC000000) is None  # of a newer gateway
    assert refused(p.pack_warning_id, p.WarningId(31, 0, 0))
    done = p.pack_event(p.Event(p.COMMAND_DONE, number, b""))
    assert p.unpack_event(done) == (p.COMMAND_DONE, number, b"")
