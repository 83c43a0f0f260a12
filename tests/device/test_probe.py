"""The replayed probe as a process, under both interpreters, against Mosquitto and a gateway."""

import json
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from device import config, payloads, seconds, wire
from tests.device.fake_gateway import FakeGateway
from tests.process import Process, Server, wait_until

ROOT = Path(__file__).parents[2]
SESSION = 77


def trace(n: int) -> payloads.Trace:
    fhr = tuple(500 + (7 * n + k) % 200 for k in range(4))
    return payloads.Trace(fhr, None, (320,) * 4, (n % 128,) * 4, (90, 91, payloads.GAP_8, 93))


class Probe(Process):
    """One run of the probe; MicroPython finds the modules of `compiled` only, as on a board."""

    def __init__(
        self, interpreter: list[str], compiled: Path, folder: Path, config: dict[str, Any]
    ) -> None:
        path = folder / "config.json"
        path.write_text(json.dumps(config))
        environment = {"PYTHONPATH": str(ROOT), "MICROPYPATH": f"{compiled}:.frozen"}
        super().__init__([*interpreter, "-m", "device.probe", str(path)], folder, environment)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stdout.splitlines()[: self.stdout.count("\n")]]

    @property
    def last(self) -> dict[str, Any]:
        """What it printed last of its progress."""
        return [line for line in self.lines if "made" in line][-1]


NewProbe = Callable[..., Probe]


@pytest.fixture(params=["cpython", "micropython"])
def new_probe(
    request: pytest.FixtureRequest,
    micropython: str,
    compiled: Path,
    tmp_path: Path,
    mosquitto: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> NewProbe:
    monkeypatch.chdir(tmp_path)  # where no source is found before what is compiled
    interpreter = [sys.executable]
    if request.param == "micropython":
        interpreter = [micropython, "-X", "heapsize=128k"]

    def make(length_s: int, **changes: Any) -> Probe:
        source = tmp_path / f"{length_s}.seconds"
        seconds.write(str(source), (trace(n) for n in range(length_s)))
        keys = {
            "host": "127.0.0.1",
            "port": mosquitto.port,
            "device": "p1",
            "token": "secret",
            "source": str(source),
            "name": "test 1",
            "flags": payloads.REPLAYED,
            "speed": 600,
            "spool": str(tmp_path / "spool"),
            "tls": None,
            "session": SESSION,
            "drain_s": 30,
        }
        return Probe(interpreter, compiled, tmp_path, {**keys, **changes})

    return make


def check(gateway: FakeGateway, length_s: int, session: int = SESSION) -> None:
    """All of the recording is there, sample for sample, and nothing twice or twisted."""
    assert gateway.complete(session)
    assert gateway.differing == 0
    assert gateway.damaged == 0
    frames = gateway.frames(session)
    assert [frame.seq for frame in frames] == list(range(len(frames)))
    start = payloads.unpack_start(payloads.unpack_event(frames[0].payload))
    assert (start.flags, start.name) == (payloads.REPLAYED, "test 1")
    traces = [frame for frame in frames if frame.kind == wire.TRACE]
    assert [frame.t_ms for frame in traces] == [1000 * n for n in range(length_s)]
    assert [payloads.unpack_trace(frame.payload) for frame in traces] == [
        trace(n) for n in range(length_s)
    ]


def spool_files(tmp_path: Path) -> list[str]:
    return [path.name for path in (tmp_path / "spool").iterdir()]


def test_a_long_recording_at_the_highest_speed(
    new_probe: NewProbe, mosquitto: Server, tmp_path: Path
) -> None:
    length_s = 6300  # of the recording; a status comes each 10 s of the clock
    begun = time.monotonic()
    with FakeGateway(mosquitto.port) as gateway, new_probe(length_s) as process:
        assert process.wait(90) == 0, process.stderr
        check(gateway, length_s)
    made = len(gateway.frames(SESSION))
    expected = {"made": made, "receipted": made, "spooled": 0, "dropped": 0, "done": True}
    assert expected.items() <= process.last.items()
    assert spool_files(tmp_path) == []
    statuses = [f for f in gateway.frames(SESSION) if f.kind == wire.STATUS]
    assert 1 <= len(statuses) <= 1 + (time.monotonic() - begun) / 10
    status = payloads.unpack_status(statuses[0].payload)
    assert (status.dropped, status.battery_percent) == (0, payloads.GAP_8)


def test_the_clock_paces_the_replay_and_each_second_travels_at_once(
    new_probe: NewProbe, mosquitto: Server
) -> None:
    with FakeGateway(mosquitto.port) as gateway, new_probe(180, speed=60) as process:
        wait_until(lambda: gateway.sessions, 10, "the first frame")
        began = time.monotonic()
        process.wait(20)
        took_s = time.monotonic() - began
        check(gateway, 180)
    assert took_s > 2.8  # 180 s at 60 times the speed, less what a slow first frame costs
    assert gateway.messages > 120  # not saved up


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_lost_when_everything_fails(
    new_probe: NewProbe, mosquitto: Server, seed: int
) -> None:
    """The broker is killed three times; messages and receipts are lost, or late."""
    faults = {"loses": 0.2, "mute": 0.3, "delay_s": 0.4, "seed": seed}
    with FakeGateway(mosquitto.port, **faults) as gateway:
        with new_probe(600, speed=100) as process:
            for n in (1, 2, 3):
                wait_until(
                    lambda n=n: process.lines and process.last["made"] > 150 * n, 20, "more frames"
                )
                mosquitto.restart()
            assert process.wait(60) == 0, process.stdout
        check(gateway, 600)
    assert process.last["reconnects"] >= 3
    assert process.last["resent"] > 0
    assert process.last["dropped"] == 0


def test_what_finds_no_gateway_is_kept_and_sent_by_the_next_run(
    new_probe: NewProbe, mosquitto: Server, tmp_path: Path
) -> None:
    with new_probe(900, drain_s=1) as process:
        assert process.wait(20) == 1
    assert process.last["done"] is False
    assert process.last["spooled"] == 902
    assert len(spool_files(tmp_path)) == 1
    with FakeGateway(mosquitto.port) as gateway, new_probe(300, session=78) as process:
        assert process.wait(40) == 0, process.stdout
        check(gateway, 900)
        check(gateway, 300, session=78)
    assert spool_files(tmp_path) == []


def test_a_probe_that_is_killed_loses_no_more_than_its_last_second(
    new_probe: NewProbe, mosquitto: Server, tmp_path: Path
) -> None:
    with new_probe(600, speed=60) as process:
        wait_until(lambda: process.lines and process.last["made"] > 200, 20, "200 frames made")
        made = process.last["made"]
        process.kill()
    with FakeGateway(mosquitto.port) as gateway, new_probe(60, session=78) as process:
        assert process.wait(40) == 0, process.stdout
        check(gateway, 60, session=78)
        kept = [frame.seq for frame in gateway.frames(SESSION)]
    assert kept == list(range(len(kept)))
    assert len(kept) >= made - 2 * 60  # a busy machine's second may be late
    assert spool_files(tmp_path) == []


def test_commands_are_obeyed_once_and_acknowledged(new_probe: NewProbe, mosquitto: Server) -> None:
    with FakeGateway(mosquitto.port) as gateway, new_probe(3000, speed=100) as process:
        wait_until(lambda: gateway.sessions, 10, "the first frame")
        for _ in range(3):
            gateway.command("p1", 11, payloads.COMMAND_ALERT, "told high")
            gateway.command("p1", 12, payloads.COMMAND_FIND_ME)
            gateway.command("p1", 13, payloads.COMMAND_ZERO_TOCO)
            gateway.command("p1", 14, payloads.COMMAND_START)
        process.wait_for('"id": 14')
        gateway.command("p1", 15, payloads.COMMAND_STOP)
        assert process.wait(20) == 0
        assert gateway.complete(SESSION)
    events = [f for f in gateway.frames(SESSION) if f.kind == wire.EVENT]
    done = [payloads.unpack_event(f.payload) for f in events]
    done = [event.value for event in done if event.code == payloads.COMMAND_DONE]
    assert done == [11, 12, 13, 14, 15]
    said = [line for line in process.lines if "command" in line]
    assert [line["command"] for line in said] == [
        "alert",
        "find_me",
        "zero_toco",
        "start",
        "stop",
    ]
    assert said[0]["text"] == "told high"
    assert len(gateway.frames(SESSION)) < 3000


def test_an_interrupt_ends_the_session_properly(new_probe: NewProbe, mosquitto: Server) -> None:
    with FakeGateway(mosquitto.port) as gateway, new_probe(6000, speed=10) as process:
        process.wait_for('"made"')
        process._popen.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert gateway.complete(SESSION)


def test_a_second_interrupt_ends_the_wait_for_receipts(new_probe: NewProbe, tmp_path: Path) -> None:
    with new_probe(6000, speed=10) as process:  # nobody sends receipts
        process.wait_for('"made"')
        process._popen.send_signal(signal.SIGINT)
        time.sleep(0.5)  # within its 5 s of patience
        process._popen.send_signal(signal.SIGINT)
        assert process.wait(3) == 1
    assert process.stderr == ""
    assert len(spool_files(tmp_path)) == 1


def test_a_receipt_for_frames_that_were_never_made_is_not_believed(
    new_probe: NewProbe, mosquitto: Server
) -> None:
    with FakeGateway(mosquitto.port, mute=1) as gateway:
        with new_probe(200, speed=100, drain_s=1) as process:
            wait_until(lambda: gateway.sessions, 10, "the first frame")
            gateway.receipt("p1", SESSION, payloads.Receipt(5000, 5000, ()))
            assert process.wait(20) == 1
    assert process.last["receipted"] == 0
    assert process.last["trouble"] == "the gateway knows session 77 from before"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"speed": 0}, "speed is 0, not in 1..600"),
        ({"speed": "fast"}, "speed is 'fast'"),
        ({"session": 0}, "session is 0"),
        ({"sped": 1}, "sped is not a known key"),
        ({"source": "/no/such/file"}, "/no/such/file"),
        ({"name": "x" * 61}, "name of 61 bytes, at most 60"),
    ],
)
def test_a_bad_configuration_is_told_in_one_line(
    new_probe: NewProbe, change: dict[str, Any], words: str
) -> None:
    with new_probe(1, **change) as process:
        assert process.wait(10) == 2
    lines = process.stderr.splitlines()
    assert len(lines) == 1
    assert words in lines[0] or "ENOENT" in lines[0]


def test_a_missing_key_is_named() -> None:
    with pytest.raises(config.ConfigError, match="host is missing"):
        config.check({})
    with pytest.raises(config.ConfigError, match="not an object"):
        config.check([])
