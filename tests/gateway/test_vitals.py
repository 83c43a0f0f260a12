"""Measurements of instruments as recordings of the mother's device."""

from datetime import datetime, timedelta

import pytest

from device import gatt, payloads, wire
from gateway.config import ConfigError
from gateway.intake import Intake
from gateway.vitals import Peer, age_of, message_of, peers_of

PEER = Peer("AA:00:00:00:00:01", None, "probe-1")
NOW = datetime(2026, 11, 22, 6, 0, 0)
TIMED = b"\x12\x8e\x00\x5b\x00\x6c\x00" + b"\xea\x07\x0b\x16\x05\x13\x1d" + b"\x04\x00"  # 05:19:29
UNTIMED = b"\x00\x8e\x00\x5b\x00\x6c\x00"
ARRIVAL_MS = 1_800_000_000_000


def made(data: bytes, now: datetime = NOW, characteristic: int = 0x2A35) -> list[wire.Frame]:
    message = message_of(PEER, data, gatt.parse(characteristic, data), now)
    reader = wire.Reader()
    frames = reader.feed(message)
    assert not reader.pending and not reader.damaged
    return frames


def name_of(frames: list[wire.Frame]) -> str:
    return payloads.unpack_start(payloads.unpack_event(frames[0].payload)).name


def test_a_measurement_is_a_whole_recording() -> None:
    start, vitals, stop = frames = made(TIMED)
    assert [frame.seq for frame in frames] == [0, 1, 2]
    assert len({frame.session for frame in frames}) == 1
    assert name_of(frames) == "blood pressure (irregular pulse)"
    assert vitals.kind == wire.VITALS and payloads.unpack_vitals(vitals.payload) == {1: 142, 2: 91}
    event = payloads.unpack_event(stop.payload)
    assert (event.code, event.value) == (payloads.STOP, len(frames))
    assert (start.t_ms, vitals.t_ms, stop.t_ms) == (0, 0, (40 * 60 + 31) * 1000)


def test_the_gateway_takes_it_as_from_the_device_and_knows_when_it_was_measured() -> None:
    intake = Intake(lambda *_: None)
    message = message_of(PEER, TIMED, gatt.parse(0x2A35, TIMED), NOW)
    intake.accept(wire.device_up("probe-1"), message, ARRIVAL_MS, 5000)
    (session,) = intake.take().sessions.values()
    assert session.device == "probe-1" and session.tally.stored == 3
    assert session.start_ms == ARRIVAL_MS - (40 * 60 + 31) * 1000
    assert intake.counts.frames == 3 and intake.counts.refused == 0


def test_a_measurement_that_comes_again_is_the_same_one() -> None:
    later = made(TIMED, NOW + timedelta(minutes=10))
    assert later[0].session == made(TIMED)[0].session
    assert made(TIMED[:1] + b"\x8f" + TIMED[2:])[0].session != later[0].session


def test_two_equal_measurements_without_a_time_are_two() -> None:
    one, other = made(UNTIMED), made(UNTIMED, NOW + timedelta(minutes=10))
    assert one[0].session != other[0].session
    assert one[2].t_ms == 0 and name_of(one) == "blood pressure (time of arrival)"


@pytest.mark.parametrize(
    ("when", "age", "remark"),
    [
        ((2026, 11, 22, 6, 0, 0), timedelta(0), ""),
        ((2026, 11, 22, 6, 4, 0), timedelta(0), ""),
        ((2026, 10, 24, 6, 0, 0), timedelta(days=29), ""),
        ((2026, 11, 22, 6, 6, 0), timedelta(0), "its clock is wrong: time of arrival"),
        ((2026, 10, 22, 6, 0, 0), timedelta(0), "its clock is wrong: time of arrival"),
        ((2000, 1, 1, 0, 0, 0), timedelta(0), "its clock is wrong: time of arrival"),
        ((2026, 2, 31, 0, 0, 0), timedelta(0), "its clock is wrong: time of arrival"),
        (None, timedelta(0), "time of arrival"),
    ],
)
def test_how_old_a_measurement_is(
    when: tuple[int, ...] | None, age: timedelta, remark: str
) -> None:
    measured = gatt.Measurement("glucose", {}, when, None, None, (), ())
    assert age_of(measured, NOW) == (age, remark)


def test_what_could_not_be_measured_is_a_gap_and_says_why() -> None:
    faulty = b"\x0a\x07\x00" + b"\xea\x07\x0b\x16\x05\x13\x1d" + b"\x64\xb0\x11\x20\x00"
    frames = made(faulty, characteristic=0x2A18)
    assert name_of(frames) == "glucose (too high to measure)"
    assert payloads.unpack_vitals(frames[1].payload) == {6: payloads.GAP_16}


def test_instruments_are_named_by_address_user_and_device() -> None:
    peers = peers_of(["aa:bb:cc:dd:ee:ff=probe-7", "AA:BB:CC:DD:EE:00/2=probe-8"])
    assert peers == {
        "AA:BB:CC:DD:EE:FF": Peer("AA:BB:CC:DD:EE:FF", None, "probe-7"),
        "AA:BB:CC:DD:EE:00": Peer("AA:BB:CC:DD:EE:00", 2, "probe-8"),
    }
    for bad in ("probe-7", "aa:bb:cc:dd:ee:ff=", "aa:bb:cc:dd:ee:ff/x=p", "zz=p", "=p"):
        with pytest.raises(ConfigError, match="ADDRESS"):
            peers_of([bad])
    with pytest.raises(ConfigError, match="not named before"):
        peers_of(["aa:bb:cc:dd:ee:ff=p", "AA:BB:CC:DD:EE:FF/1=q"])
