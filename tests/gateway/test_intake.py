"""The intake without I/O: what becomes of every kind of message, whatever the clocks do."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device import payloads, wire
from gateway.intake import LARGEST_MESSAGE, Batch, Intake, device_of, receipt
from tests.gateway.parts import recording

WALL_MS = 1_700_000_000_000
UP = wire.device_up("a")


def nothing(_device: str, _session: int) -> None:
    return None


def accepted(*messages: bytes, topic: str = UP) -> tuple[Intake, Batch]:
    intake = Intake(nothing)
    for message in messages:
        intake.accept(topic, message, WALL_MS, 0)
    return intake, intake.take()


def seqs(batch: Batch) -> list[int]:
    return [seq for _, seq, _ in batch.frames]


def test_frames_are_kept_as_they_came() -> None:
    sent = recording(3, 5)
    _, batch = accepted(*sent)
    assert [data for _, _, data in batch.frames] == sent
    assert batch.sessions["a", 3].tally.ranges() == ((0, 6),)


def test_several_frames_and_sessions_in_one_message() -> None:
    _, batch = accepted(b"".join(recording(1, 2) + recording(2, 1)))
    assert seqs(batch) == [0, 1, 2, 3, 0, 1, 2]
    assert set(batch.sessions) == {("a", 1), ("a", 2)}


def test_a_frame_that_comes_again_is_counted_and_receipted_but_not_kept() -> None:
    sent = recording(1, 3)
    intake, first = accepted(*sent)
    intake.accept(UP, sent[2], WALL_MS, 10)
    batch = intake.take()
    assert batch.frames == []
    assert batch.sessions["a", 1].duplicates == 1
    told = payloads.unpack_receipt(wire.decode(receipt(batch.sessions["a", 1])))
    assert told == payloads.Receipt(5, 5, ())
    assert len(first.frames) == 5


@given(st.permutations(range(12)))
def test_order_does_not_matter(order: list[int]) -> None:
    sent = recording(1, 10)
    _, batch = accepted(*(sent[n] for n in order))
    assert sorted(seqs(batch)) == list(range(12))
    session = batch.sessions["a", 1]
    assert (session.tally.stored, session.speed) == (12, 1)


@given(st.data())
def test_damage_is_counted_and_leaves_the_neighbours(data: st.DataObject) -> None:
    sent = recording(1, 4)
    bit = data.draw(st.integers(0, 8 * len(sent[2]) - 1))
    broken = bytearray(sent[2])
    broken[bit // 8] ^= 1 << bit % 8
    _, batch = accepted(sent[0], sent[1], bytes(broken), sent[3])
    assert seqs(batch) == [0, 1, 3]
    # a bit of the first magic byte leaves nothing that looks like a frame
    assert batch.sessions["a", 1].damaged >= (0 if bit < 16 else 1)


@given(st.integers(1, 60))
def test_a_cut_is_one_damage(cut: int) -> None:
    sent = recording(1, 4)
    _, batch = accepted(sent[0] + sent[1][: -min(cut, len(sent[1]) - 2)])
    assert seqs(batch) == [0]
    assert batch.sessions["a", 1].damaged == 1


def test_wrong_version_kind_size_and_number_are_refused() -> None:
    sent = recording(1, 2)
    command = wire.encode(wire.Frame(wire.COMMAND, 1, 1, 0, b"\x01"))
    beyond = wire.encode(wire.Frame(wire.SOUND, 1, wire.MAX_U32, 0, b""))
    intake, batch = accepted(
        sent[0], sent[1][:2] + b"\x02" + sent[1][3:], command, beyond, b"x" * (LARGEST_MESSAGE + 1)
    )
    assert seqs(batch) == [0]
    assert (intake.counts.damaged, intake.counts.refused) == (1, 3)
    assert receipt(batch.sessions["a", 1])  # still fits in its fields


@given(st.binary(max_size=300))
def test_no_bytes_bring_it_down(noise: bytes) -> None:
    intake, batch = accepted(noise, noise + recording(1, 0)[0])
    assert intake.counts.messages == 2
    assert seqs(batch) in ([0], [])


@pytest.mark.parametrize(
    ("topic", "device"),
    [
        ("lucina/1/dev/a/up", "a"),
        ("lucina/1/dev/ward-3.probe_1/up", "ward-3.probe_1"),
        ("lucina/1/dev/a/down", None),
        ("lucina/1/dev//up", None),
        ("lucina/1/dev/a b/up", None),
        ("lucina/1/dev/" + "x" * 61 + "/up", None),
        ("lucina/1/gw/g/up/a", None),
        ("else", None),
    ],
)
def test_only_devices_send_on_their_topics(topic: str, device: str | None) -> None:
    assert device_of(topic) == device
    intake, batch = accepted(recording(1, 0)[0], topic=topic)
    assert (len(batch.frames), intake.counts.refused) == ((1, 0) if device else (0, 1))


def timed(frames: list[tuple[bytes, int, int]]) -> list[int]:
    """start_ms after each (frame, wall, elapsed)."""
    intake = Intake(nothing)
    starts = []
    for data, wall_ms, elapsed_ms in frames:
        intake.accept(UP, data, wall_ms, elapsed_ms)
        starts.append(intake.take().sessions["a", 1].start_ms)
    return starts


@pytest.mark.parametrize("speed", [1, 60])
def test_the_start_is_that_of_the_least_delay(speed: int) -> None:
    delays_ms = [700, 300, 40, 900, 55]
    sent = recording(1, 4, speed)  # start, then t = 0, 1, 2, 3 s
    elapsed = [delays_ms[0]] + [1000 * n // speed + d for n, d in enumerate(delays_ms[1:])]
    starts = timed([(d, WALL_MS + e, e) for d, e in zip(sent, elapsed, strict=False)])
    assert starts[-1] == pytest.approx(WALL_MS + 40, abs=1)
    assert starts == sorted(starts, reverse=True)


def test_until_the_speed_is_known_the_start_is_the_first_arrival() -> None:
    sent = recording(1, 120, speed=60)
    late = [(sent[100], WALL_MS + 1650, 1650), (sent[0], WALL_MS + 1700, 1700)]
    assert timed(late) == [WALL_MS + 1650, WALL_MS + 1650]
    after = [*late, (sent[121], WALL_MS + 2000, 2000)]
    assert timed(after)[-1] == WALL_MS


@given(st.lists(st.integers(-(10**12), 10**10), min_size=9, max_size=9))
def test_jumps_of_the_wall_clock_move_nothing(jumps_ms: list[int]) -> None:
    sent = recording(1, 8)
    frames = [(sent[0], WALL_MS, 5000)]
    for n, jump_ms in enumerate(jumps_ms):
        at_ms = 1000 * n + 20
        frames.append((sent[n + 1], WALL_MS + at_ms + jump_ms, 5000 + at_ms))
    assert set(timed(frames)) == {WALL_MS}


def test_a_clock_at_1970_gives_a_start_that_fits() -> None:
    sent = recording(1, 30)
    assert timed([(sent[0], 50, 0), (sent[20], 60, 10)])[-1] == 0


def test_what_was_not_stored_is_forgotten() -> None:
    noise = random.Random(3)
    sent = recording(1, 50)
    intake = Intake(nothing)
    kept: list[int] = []
    for data in sent:
        intake.accept(UP, data, WALL_MS, 0)
        batch = intake.take()
        if noise.random() < 0.5:
            intake.forget(batch)
            break
        kept += seqs(batch)
    intake.accept(UP, sent[0], WALL_MS, 0)
    again = intake.take()
    assert seqs(again) == [0], "the outbox knows no session, so all is new"
    assert intake.counts.frames == len(kept) + 1
