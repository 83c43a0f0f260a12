"""What must hold for every input, by hypothesis; so under CPython only."""

from hypothesis import given, settings
from hypothesis import strategies as st

from device import payloads as p
from device import wire
from device.mqtt import MAX_PACKET, Message, Mqtt, MqttError
from device.sender import LIVE_WINDOW, Sender
from device.spool import Spool
from tests.device.fake_gateway import receipt_of

U16 = st.integers(0, 0xFFFF)
U32 = st.integers(0, wire.MAX_U32)
FRAMES = st.builds(
    wire.Frame, st.sampled_from(sorted(wire.KINDS)), U32, U32, U32, st.binary(max_size=200)
)


def four(top):
    return st.none() | st.tuples(*[st.integers(0, top)] * 4)


@given(FRAMES)
def test_frames_round_trip(frame):
    assert wire.decode(wire.encode(frame)) == frame


@given(st.lists(FRAMES, max_size=8), st.data())
def test_a_stream_cut_anywhere_gives_the_same_frames(frames, data):
    stream = b"".join(map(wire.encode, frames))
    reader = wire.Reader()
    found = []
    while stream:
        n = data.draw(st.integers(1, len(stream)))
        found += reader.feed(stream[:n])
        stream = stream[n:]
    assert found == frames
    assert (reader.damaged, reader.pending) == (0, 0)


@given(st.binary(max_size=3000))
def test_noise_never_breaks_the_reader(noise):
    reader = wire.Reader()
    for frame in reader.feed(noise):
        assert wire.encode(frame) in noise
    assert reader.pending <= wire.HEAD_SIZE + wire.MAX_PAYLOAD + wire.CRC_SIZE


@given(st.builds(p.Trace, *map(four, (p.GAP_16, p.GAP_16, p.GAP_16, p.GAP_8, p.GAP_8))))
def test_traces_round_trip(trace):
    assert p.unpack_trace(p.pack_trace(trace)) == trace


@given(st.dictionaries(st.sampled_from(sorted(p.VITAL_SIGNS)), U16, min_size=1))
def test_vitals_round_trip(values):
    assert p.unpack_vitals(p.pack_vitals(values)) == values


@given(U32, st.integers(1, 0xFFFF), st.integers(0, 255), st.text(max_size=60))
def test_starts_round_trip(boot_id, speed, flags, name):
    start = p.Start(boot_id, speed, flags, name)
    assert p.unpack_start(p.unpack_event(p.pack_start(start))) == start


@given(st.sampled_from(sorted(p.COMMANDS)), st.text(max_size=60))
def test_commands_round_trip(code, text):
    assert p.unpack_command(p.pack_command(p.Command(code, text))) == p.Command(code, text)


@given(st.sets(st.integers(0, 400)))
def test_a_receipt_never_calls_stored_what_is_not(stored):
    receipt = receipt_of(stored)
    frame = wire.Frame(wire.RECEIPT, 1, receipt.stored, 0, p.pack_receipt(receipt))
    said = p.unpack_receipt(frame)
    missing = {n for first, last in said.missing for n in range(first, last + 1)}
    assert set(range(said.seen)) - missing <= stored


@given(st.data())
def test_any_payload_is_a_trace_or_refused(data):
    payload = data.draw(st.binary(max_size=40))
    for unpack in (
        p.unpack_trace,
        p.unpack_vitals,
        p.unpack_event,
        p.unpack_status,
        p.unpack_stamp,
    ):
        try:
            unpack(payload)
        except wire.WireError:
            continue


def packet(head, body):
    length = b""
    size = len(body)
    while True:
        size, group = divmod(size, 128)[0], size % 128
        length += bytes([group | 128 * bool(size)])
        if not size:
            return bytes([head]) + length + body


def publish_packet(text):
    return packet(0x30, b"\x00\x06a/down" + text)


HELLO = b"\x20\x02\x00\x00\x90\x03\x00\x01\x01"


@given(st.lists(st.binary(max_size=300), max_size=6), st.data())
def test_a_broker_may_cut_its_bytes_anywhere(texts, data):
    stream = HELLO + b"".join(map(publish_packet, texts))
    mqtt = Mqtt("d", "d", "t", ["a/down"])
    mqtt.open(0)
    found = []
    while stream:
        n = data.draw(st.integers(1, len(stream)))
        found += mqtt.feed(stream[:n], 0)
        stream = stream[n:]
    assert found == [Message("a/down", text) for text in texts]


@given(st.lists(st.binary(max_size=50), max_size=4), st.binary(max_size=60), st.integers(0, 400))
def test_after_a_connection_that_broke_anywhere_the_next_one_starts_clean(texts, noise, n):
    stream = HELLO + b"".join(map(publish_packet, texts)) + noise
    mqtt = Mqtt("d", "d", "t", ["a/down"])
    mqtt.open(0)
    try:
        mqtt.feed(stream[:n], 0)
    except MqttError:
        pass
    mqtt.open(1)
    mqtt.feed(b"\x20\x02\x00\x00", 1)
    subscribe_id = mqtt.out[-1][2:4]
    mqtt.feed(b"\x90\x03" + subscribe_id + b"\x01", 1)
    assert mqtt.up
    assert mqtt.feed(publish_packet(b"x"), 1) == [Message("a/down", b"x")]


@given(st.binary(max_size=400))
def test_noise_from_a_broker_is_refused_or_waits_for_more(noise):
    mqtt = Mqtt("d", "d", "t", ["a/down"])
    mqtt.open(0)
    try:
        mqtt.feed(HELLO + noise, 0)
    except MqttError:
        return
    assert len(mqtt._buf) <= MAX_PACKET + 5


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 150), st.integers(0, 2**32), st.integers(0, 60), st.integers(0, 60))
def test_over_a_link_that_loses_anything_all_frames_arrive(count, seed, lost, receipts_lost):
    """Frames and receipts are lost with these chances (%), and every 10 s the link is cut."""
    from random import Random

    chance = Random(seed)
    sender = Sender(Spool(1, None, ram_frames=200), chance.random)
    stored: set[int] = set()
    now_ms = made = 0
    while made < count or sender.spool.held.count:
        if made < count and now_ms % 100 == 0:
            sender.add(made, wire.encode(wire.Frame(wire.TRACE, 1, made, 0, b"")))
            made += 1
        if now_ms % 10_000 == 0:
            sender.reconnected(now_ms)
        seqs = sender.due(now_ms, 9)
        sender.sent(seqs, now_ms)
        assert sender.in_flight <= LIVE_WINDOW
        arrived = {seq for seq in seqs if chance.random() * 100 >= lost}
        stored |= arrived
        if arrived and chance.random() * 100 >= receipts_lost:
            sender.receipt(receipt_of(stored))
        assert not set(range(made)) - stored - held(sender)  # nothing is forgotten too early
        now_ms += 50
        assert now_ms < 3_600_000, "it must come to an end"
    assert stored == set(range(count))
    assert sender.spool.dropped == 0


def held(sender):
    return {n for low, high in sender.spool.held.pairs for n in range(low, high + 1)}
