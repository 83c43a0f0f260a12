"""Numbers and times of frames. Runs under pytest and on MicroPython."""

from device import payloads, wire
from device.packer import MAX_NAME, Packer
from device.slots import SLOT

SECOND = payloads.pack_trace(payloads.Trace((560,) * 4, None, None, (20,) * 4, None))
LARGEST = payloads.pack_trace(payloads.Trace((1,) * 4, (1,) * 4, (1,) * 4, (1,) * 4, (1,) * 4))


def start(name):
    return payloads.Start(99, 60, payloads.REPLAYED, name)


def test_a_session_from_start_to_stop():
    packer = Packer(5)
    frames = [packer.start(start("a")), packer.trace(SECOND), packer.event(payloads.MOVEMENT)]
    frames += [packer.trace(SECOND), packer.vitals({1: 120})]
    frames += [packer.status(payloads.Status(1, 2, 3, 4, 5, 6, 7, 0, 8)), packer.stop()]
    assert [frame.seq for frame in frames] == list(range(7))
    assert {frame.session for frame in frames} == {5}
    assert [frame.t_ms for frame in frames] == [0, 0, 1000, 1000, 2000, 2000, 2000]
    assert [frame.kind for frame in frames] == [
        wire.EVENT,
        wire.TRACE,
        wire.EVENT,
        wire.TRACE,
        wire.VITALS,
        wire.STATUS,
        wire.EVENT,
    ]
    assert payloads.unpack_start(payloads.unpack_event(frames[0].payload)) == start("a")
    stop = payloads.unpack_event(frames[-1].payload)
    assert (stop.code, stop.value) == (payloads.STOP, 7)


def test_a_name_that_is_too_long_is_refused():
    try:
        Packer(1).start(start("\u5b87" * 21))
    except wire.WireError as error:
        assert "63 bytes" in str(error)
    else:
        raise AssertionError


def test_every_frame_but_sound_fits_in_a_slot():
    packer = Packer(1)
    vitals = dict.fromkeys(payloads.VITAL_SIGNS, 1)
    for frame in (
        packer.start(start("x" * MAX_NAME)),
        packer.trace(LARGEST),
        packer.vitals(vitals),
    ):
        assert len(wire.encode(frame)) <= SLOT
