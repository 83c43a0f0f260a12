"""A message taken apart in one pass is what wire.Reader makes of it."""

from hypothesis import given
from hypothesis import strategies as st

from cloud.messages import frames_in
from device import wire

FRAMES = st.builds(
    wire.Frame,
    st.sampled_from(sorted(wire.KINDS)),
    st.integers(0, wire.MAX_U32),
    st.integers(0, wire.MAX_U32),
    st.integers(0, wire.MAX_U32),
    st.binary(max_size=60),
)
PIECES = st.lists(st.one_of(FRAMES.map(wire.encode), st.binary(max_size=30)), max_size=6)


@given(PIECES, st.none() | st.tuples(st.integers(0, 500), st.integers(1, 255)), st.integers(0, 9))
def test_one_pass_finds_what_the_reader_finds(
    pieces: list[bytes], spoilt: tuple[int, int] | None, cut: int
) -> None:
    data = bytearray(b"".join(pieces))
    if spoilt is not None and spoilt[0] < len(data):
        data[spoilt[0]] ^= spoilt[1]
    whole = bytes(data[: len(data) - cut])
    reader = wire.Reader()
    expected = reader.feed(whole)
    found, damaged = frames_in(whole)
    assert [frame for frame, _ in found] == expected
    assert [data for _, data in found] == [wire.encode(frame) for frame in expected]
    assert damaged == reader.damaged + bool(reader.pending)
