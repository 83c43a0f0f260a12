"""The Bluetooth of the gateway, on bleak itself with a fake radio under it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from device import payloads, wire
from gateway import ble
from gateway.ble import Instruments
from gateway.config import GatewayError
from gateway.vitals import Recorder, peers_of
from tests.gateway.fake_bluetooth import Air, Instrument

CUFF, METER = "AA:00:00:00:00:01", "AA:00:00:00:00:02"
PEERS = peers_of([f"{CUFF}/1=probe-1", f"{METER}=probe-2"])
HERS = b"\x08\x8e\x00\x5b\x00\x6c\x00\x01"  # 142/91 of user 1
HIS = b"\x08\x78\x00\x50\x00\x5d\x00\x02"  # 120/80 of user 2
GLUCOSE = b"\x02\x07\x00\xea\x07\x0b\x16\x05\x13\x1d\x64\xb0\x11"


class Heard:
    """What reaches the writer."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, list[wire.Frame]]] = []
        self._came = threading.Semaphore(0)

    def take(self, topic: str, data: bytes) -> None:
        self.messages.append((topic, wire.Reader().feed(data)))
        self._came.release()

    def wait(self, count: int) -> None:
        for _ in range(count):
            assert self._came.acquire(timeout=20)

    def vitals(self) -> list[tuple[str, dict[int, int]]]:
        return [
            (topic, payloads.unpack_vitals(frames[1].payload)) for topic, frames in self.messages
        ]


@contextmanager
def listening(air: Air) -> Iterator[tuple[Heard, Instruments]]:
    heard = Heard()
    with TemporaryDirectory() as folder:
        instruments = on(air, heard, Path(folder))
        instruments.start()
        try:
            yield heard, instruments
        finally:
            instruments.stop()


def on(air: Air, heard: Heard, folder: Path) -> Instruments:
    recorder = Recorder(folder / "vitals.json", lambda *_: 0)
    return Instruments(PEERS, recorder, heard.take, air.backends)


def test_measurements_arrive_as_if_the_mothers_devices_had_sent_them() -> None:
    stranger = Instrument("BB:00:00:00:00:09", 0x1810, {0x2A35: [HIS]})
    cuff = Instrument(CUFF.lower(), 0x1810, {0x2A35: [HERS[:-1], HIS, HERS]})
    meter = Instrument(METER, 0x1808, {0x2A18: [GLUCOSE], 0x2A52: []})
    with listening(Air(stranger, cuff, meter)) as (heard, instruments):
        heard.wait(2)
        assert sorted(heard.vitals()) == [
            ("lucina/1/dev/probe-1/up", {1: 142, 2: 91}),
            ("lucina/1/dev/probe-2/up", {6: 555}),
        ]
        assert instruments.heard == 2 and stranger.log == [] and not cuff.paired
        assert meter.log == [0x2A18, 0x2A52, (0x2A52, b"\x01\x06", True)]


def test_an_instrument_that_wants_to_be_paired_is_paired() -> None:
    cuff = Instrument(CUFF, 0x1810, {0x2A35: [HERS]})
    cuff.wants_pairing = True
    with listening(Air(cuff)) as (heard, _):
        heard.wait(1)
    assert cuff.paired


def test_one_that_fails_does_not_keep_the_others_waiting() -> None:
    cuff = Instrument(CUFF, 0x1810, {0x2A35: [HERS]})
    cuff.broken = True
    silent = Instrument(METER, 0x1808, {0x2A18: [GLUCOSE], 0x2A52: []})
    with listening(Air(cuff, silent)) as (heard, _):
        heard.wait(1)
        assert heard.vitals() == [("lucina/1/dev/probe-2/up", {6: 555})]


def test_an_adapter_that_goes_away_is_told_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ble, "RETRY_S", 0.02)
    monkeypatch.setattr(ble, "SCAN_S", 0.02)
    air = Air()
    with listening(air) as (heard, instruments):
        air.failure = OSError("unplugged")
        waited = threading.Event()
        while "unplugged" not in instruments.trouble:
            assert not waited.wait(0.01)
        assert instruments.trouble.startswith("no Bluetooth adapter")
        air.failure = None
        air.instruments.append(Instrument(CUFF, 0x1810, {0x2A35: [HERS]}))
        heard.wait(1)
        assert instruments.trouble == ""


def test_a_machine_without_bluetooth_says_so_at_once(tmp_path: Path) -> None:
    air = Air()
    air.failure = OSError("no such bus")
    with pytest.raises(GatewayError, match=r"--ble: no Bluetooth adapter.*: no such bus"):
        on(air, Heard(), tmp_path).start()


def test_a_machine_without_bleak_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "bleak", None)
    with pytest.raises(GatewayError, match=r"pip install 'lucina\[ble\]'"):
        on(Air(), Heard(), tmp_path).start()
