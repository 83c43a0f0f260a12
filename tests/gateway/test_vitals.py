"""Measurements of instruments as recordings of the mother's device."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from device import gatt, payloads, wire
from gateway.config import ConfigError, GatewayError
from gateway.intake import Intake
from gateway.vitals import Peer, Recorder, age_of, peers_of

PEER = Peer("AA:00:00:00:00:01", None, "probe-1")
NOW = datetime(2026, 11, 22, 6, 0, 0)
TIMED = b"\x12\x8e\x00\x5b\x00\x6c\x00" + b"\xea\x07\x0b\x16\x05\x13\x1d" + b"\x04\x00"  # 05:19:29
UNTIMED = b"\x00\x8e\x00\x5b\x00\x6c\x00"
ARRIVAL_MS = 1_800_000_000_000


def frames_in(message: bytes | None) -> list[wire.Frame]:
    assert message is not None
    reader = wire.Reader()
    frames = reader.feed(message)
    assert not reader.pending and not reader.damaged
    return frames


class Gateway:
    """A recorder, and what it has kept for the next."""

    def __init__(self, folder: Path, made: int = 0) -> None:
        self.recorder = Recorder(folder / "vitals.json", lambda *_: made)

    def hear(self, data: bytes, now: datetime = NOW, number: int = 0x2A35) -> bytes | None:
        message = self.recorder.message(PEER, data, gatt.parse(number, data), now)
        self.recorder.keep()
        return message


def timed(systolic: int, minute: int) -> bytes:
    """Measured at 05:MM:00 on the day of NOW."""
    return bytes((2, systolic, 0, 91, 0, 108, 0, 0xEA, 7, 11, 22, 5, minute, 0))


def name_of(frames: list[wire.Frame]) -> str:
    return payloads.unpack_start(payloads.unpack_event(frames[0].payload)).name


def test_a_measurement_is_a_whole_recording(tmp_path: Path) -> None:
    start, vitals, stop = frames = frames_in(Gateway(tmp_path).hear(TIMED))
    assert [frame.seq for frame in frames] == [0, 1, 2]
    assert len({frame.session for frame in frames}) == 1
    assert name_of(frames) == "blood pressure (irregular pulse)"
    assert vitals.kind == wire.VITALS and payloads.unpack_vitals(vitals.payload) == {1: 142, 2: 91}
    event = payloads.unpack_event(stop.payload)
    assert (event.code, event.value) == (payloads.STOP, 3)
    assert (start.t_ms, vitals.t_ms, stop.t_ms) == (0, 0, (40 * 60 + 31) * 1000)


def test_the_next_measurement_goes_on_with_it_also_after_a_restart(tmp_path: Path) -> None:
    first = frames_in(Gateway(tmp_path).hear(timed(165, 10)))
    vitals, stop = frames_in(Gateway(tmp_path).hear(timed(168, 26), NOW + timedelta(minutes=1)))
    assert (vitals.session, vitals.seq, vitals.t_ms) == (first[0].session, 3, 16 * 60_000)
    assert stop.seq == 4 and payloads.unpack_event(stop.payload).value == 5
    assert stop.t_ms == 51 * 60_000


def test_a_number_that_the_outbox_has_seen_is_not_used_again(tmp_path: Path) -> None:
    Gateway(tmp_path).hear(timed(165, 10))
    vitals, stop = frames_in(Gateway(tmp_path, made=5).hear(timed(168, 26)))
    assert (vitals.seq, stop.seq) == (5, 6)


def test_after_half_a_day_another_begins(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path)
    first = frames_in(gateway.hear(UNTIMED))
    second = frames_in(gateway.hear(UNTIMED, NOW + timedelta(hours=12)))
    third = frames_in(gateway.hear(UNTIMED, NOW + timedelta(hours=12, seconds=1)))
    assert second[0].session == first[0].session != third[0].session
    assert [frame.seq for frame in third] == [0, 1, 2]


def test_one_from_before_is_a_recording_of_its_own(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path)
    running = frames_in(gateway.hear(timed(165, 30)))
    older = frames_in(gateway.hear(timed(150, 10)))
    assert older[0].session != running[0].session
    assert [frame.t_ms for frame in older] == [0, 0, 50 * 60_000]
    assert frames_in(gateway.hear(timed(166, 45)))[0].session == running[0].session


def test_the_gateway_takes_it_as_from_the_device_and_knows_when_it_was(tmp_path: Path) -> None:
    intake = Intake(lambda *_: None)
    message = Gateway(tmp_path).hear(TIMED)
    assert message is not None
    intake.accept(wire.device_up("probe-1"), message, ARRIVAL_MS, 5000)
    (session,) = intake.take().sessions.values()
    assert session.device == "probe-1" and session.tally.stored == 3
    assert session.start_ms == ARRIVAL_MS - (40 * 60 + 31) * 1000
    assert intake.counts.frames == 3 and intake.counts.refused == 0


def test_a_measurement_that_comes_again_is_known_also_after_a_restart(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path)
    assert gateway.hear(TIMED) is not None
    assert gateway.hear(TIMED, NOW + timedelta(minutes=10)) is None
    assert Gateway(tmp_path).hear(TIMED) is None
    assert gateway.hear(timed(142, 19)) is not None


def test_two_equal_measurements_without_a_time_are_two(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path)
    one = frames_in(gateway.hear(UNTIMED))
    assert one[2].t_ms == 0 and name_of(one) == "blood pressure (time of arrival)"
    other = frames_in(gateway.hear(UNTIMED, NOW + timedelta(minutes=10)))
    assert [frame.t_ms for frame in other] == [600_000, 600_000]


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    for text in ("", "{}", "[]", '{"visits": {"d": [1, "x", 2]}, "known": []}'):
        (tmp_path / "vitals.json").write_text(text)
        with pytest.raises(GatewayError, match=r"vitals\.json is damaged"):
            Gateway(tmp_path)


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


def test_what_could_not_be_measured_is_a_gap_and_says_why(tmp_path: Path) -> None:
    faulty = b"\x0a\x07\x00" + b"\xea\x07\x0b\x16\x05\x13\x1d" + b"\x64\xb0\x11\x20\x00"
    frames = frames_in(Gateway(tmp_path).hear(faulty, number=0x2A18))
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
