"""The wire codec. Runs under pytest and, unchanged, on MicroPython: plain asserts, no fixtures."""

from device import wire
from device.wire import Frame, WireError

FRAME = Frame(wire.TRACE, 0x01020304, 7, 7000, b"\x01\x30\x02\x34\x02\x38\x02\xff\xff")
GOLDEN = (
    b"LU\x01\x01"  # magic, version, kind
    b"\x04\x03\x02\x01"  # session
    b"\x07\x00\x00\x00"  # seq
    b"\x58\x1b\x00\x00"  # t_ms
    b"\x09\x00"  # size
    b"\x01\x30\x02\x34\x02\x38\x02\xff\xff"  # payload
    b"\x53\x47\xe4\x15"  # crc
)


def refused(function, *arguments):
    try:
        function(*arguments)
    except WireError:
        return True
    return False


def flipped(data, bit):
    bad = bytearray(data)
    bad[bit // 8] ^= 1 << bit % 8
    return bytes(bad)


def test_golden_bytes():
    assert wire.encode(FRAME) == GOLDEN
    assert wire.decode(GOLDEN) == FRAME


def test_every_kind_and_the_largest_values_travel():
    for kind in wire.KINDS:
        for payload in (b"", bytes(wire.MAX_PAYLOAD)):
            frame = Frame(kind, wire.MAX_U32, wire.MAX_U32, wire.MAX_U32, payload)
            assert wire.decode(wire.encode(frame)) == frame


def test_every_cut_is_refused():
    for n in range(len(GOLDEN)):
        assert refused(wire.decode, GOLDEN[:n])
    assert refused(wire.decode, GOLDEN + b"\x00")


def test_every_flipped_bit_is_refused():
    for bit in range(8 * len(GOLDEN)):
        assert refused(wire.decode, flipped(GOLDEN, bit))


def test_values_that_do_not_fit_are_refused():
    top = wire.MAX_U32 + 1
    for frame in (
        Frame(0, 1, 1, 1, b""),
        Frame(wire.TRACE, top, 1, 1, b""),
        Frame(wire.TRACE, 1, top, 1, b""),
        Frame(wire.TRACE, 1, 1, top, b""),
        Frame(wire.TRACE, -1, 1, 1, b""),
        Frame(wire.TRACE, 1, 1, 1, bytes(wire.MAX_PAYLOAD + 1)),
    ):
        assert refused(wire.encode, frame)


def sealed(head_and_payload):
    """With a CRC that is right: only the field itself can be the reason to refuse."""
    from binascii import crc32
    from struct import pack

    return head_and_payload + pack("<I", crc32(head_and_payload))


def test_another_version_an_unknown_kind_and_a_wrong_size_are_refused():
    body = GOLDEN[:-4]
    assert wire.decode(sealed(body)) == FRAME
    assert refused(wire.decode, sealed(body[:2] + b"\x02" + body[3:]))
    assert refused(wire.decode, sealed(body[:3] + b"\x63" + body[4:]))
    assert refused(wire.decode, sealed(body[:16] + b"\x08" + body[17:]))
    assert refused(wire.decode, sealed(body[:16] + b"\x01\x04" + bytes(0x401)))


def test_joined_frames_arrive_however_they_are_cut():
    data = GOLDEN * 5
    for size in (1, 2, 3, 17, 18, 19, len(GOLDEN), len(data)):
        reader = wire.Reader()
        frames = []
        for at in range(0, len(data), size):
            frames += reader.feed(data[at : at + size])
        assert frames == [FRAME] * 5
        assert reader.damaged == 0
        assert reader.pending == 0


def test_noise_between_frames_is_passed_over():
    for noise in (b"\x00", b"L", b"LL", b"LX", b"noise", b"\xff" * 300):
        reader = wire.Reader()
        assert reader.feed(noise + GOLDEN + noise + GOLDEN) == [FRAME, FRAME]
        assert reader.pending == 0


def test_after_a_flipped_bit_the_next_frames_arrive():
    follow = GOLDEN * 60  # more than the largest size that a broken head can announce
    for bit in range(8 * len(GOLDEN)):
        reader = wire.Reader()
        assert reader.feed(flipped(GOLDEN, bit) + follow) == [FRAME] * 60, bit
        assert reader.damaged == (1 if bit >= 16 else 0)  # without its magic it is just noise


def test_a_frame_cut_short_costs_no_other():
    for n in range(1, len(GOLDEN)):
        reader = wire.Reader()
        assert reader.feed(GOLDEN[:n] + GOLDEN * 60) == [FRAME] * 60, n


def test_a_frame_that_never_ends_is_pending():
    reader = wire.Reader()
    assert reader.feed(GOLDEN + GOLDEN[:-1]) == [FRAME]
    assert reader.pending == len(GOLDEN) - 1
    assert reader.feed(GOLDEN[-1:]) == [FRAME]


def test_topics_carry_their_names():
    assert wire.device_up("d1") == "lucina/1/dev/d1/up"
    assert wire.device_down("d1") == "lucina/1/dev/d1/down"
    assert wire.gateway_up("g1", "d1") == "lucina/1/gw/g1/up/d1"
    assert wire.gateway_down("g1", "d1") == "lucina/1/gw/g1/down/d1"
    assert wire.names_in(wire.device_up("d1")) == ("d1",)
    assert wire.names_in(wire.gateway_down("g1", "d1")) == ("g1", "d1")
    for topic in ("", "lucina/1/dev/d1", "lucina/1/gw/g1/up", "a/b/c/d/e"):
        assert refused(wire.names_in, topic)
