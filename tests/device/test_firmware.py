"""The whole firmware on a simulated board, against a real Mosquitto, under both interpreters.

MicroPython runs it compiled, as a board does, in a heap of 128 kB.
"""

import json
import os
import subprocess
import sys
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from device import payloads, seconds, wire
from hardware.image import BOARD, compile_all
from models.doppler import SAMPLE_HZ, Beats, Scene, sound
from tests.device.fake_gateway import FakeGateway
from tests.device.test_micropython import passes
from tests.device.test_update import SECOND, image
from tests.process import Server, free_port, wait_until
from tests.servers import make_certificate, program

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SESSION = 77
HEAP = "128k"


def source(folder: Path, count: int) -> str:
    path = folder / "source"
    seconds.write(
        str(path),
        (
            payloads.Trace((560 + n % 9,) * 4, None, (300,) * 4, (20 + n % 3,) * 4, (90,) * 4)
            for n in range(count)
        ),
    )
    return str(path)


@pytest.fixture(params=["cpython", "micropython"])
def start(
    request: pytest.FixtureRequest, micropython: str, compiled: Path
) -> Callable[..., subprocess.Popen[str]]:
    interpreter = [sys.executable, str(HERE / "firmware_client.py")]
    if request.param == "micropython":
        interpreter = [micropython, "-X", f"heapsize={HEAP}", "-m", "firmware_client"]

    def run(*arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*interpreter, *map(str, arguments)],
            cwd=compiled,  # where no source is found before what is compiled
            env={**os.environ, "PYTHONPATH": str(ROOT), "MICROPYPATH": f"{compiled}:.frozen"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return run


def end(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, errors = process.communicate(timeout=90)
    assert process.returncode == 0, errors
    line: dict[str, Any] = json.loads(out.splitlines()[-1])
    return line


def recorded(gateway: FakeGateway) -> list[wire.Frame]:
    """Without the statuses, which say how much memory is left."""
    return [frame for frame in gateway.frames(SESSION) if frame.kind != wire.STATUS]


def test_second_after_second_reaches_the_gateway_byte_for_byte(
    start: Any, mosquitto: Server, tmp_path: Path
) -> None:
    path = source(tmp_path, 300)
    with FakeGateway(mosquitto.port) as gateway:
        done = end(start(mosquitto.port, path, 60, SESSION))
        assert gateway.complete(SESSION)
    assert done["drained"]
    assert done["error"] == ""
    first, boot, *traces, last = recorded(gateway)
    assert payloads.unpack_start(payloads.unpack_event(first.payload)).boot_id == 7
    said = payloads.unpack_report(payloads.unpack_event(boot.payload).data)
    assert (said.faults, said.version, said.trial) == (0, 1, 0)
    replayed = seconds.SecondsFile(path)
    assert [frame.payload for frame in traces] == [replayed.next() for _ in range(300)]
    assert [frame.t_ms for frame in traces] == [1000 * n for n in range(300)]
    assert payloads.unpack_event(last.payload).code == payloads.STOP


def test_an_outage_goes_through_the_flash(start: Any, tmp_path: Path) -> None:
    port = free_port()
    path = source(tmp_path, 400)
    process = start(port, path, 100, SESSION)
    try:
        process.wait(2.5)
    except subprocess.TimeoutExpired:
        pass
    config = tmp_path / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    binary = program("mosquitto", "apt-get install mosquitto")
    with Server([binary, "-c", str(config)], tmp_path, port), FakeGateway(port) as gateway:
        done = end(process)
        assert gateway.complete(SESSION)
    assert done["drained"]
    assert (gateway.differing, gateway.damaged) == (0, 0)
    assert ["power", "record_offline"] in done["log"]
    assert done["programs"] > 200


def test_both_sides_show_certificates(
    request: pytest.FixtureRequest, start: Any, tmp_path: Path
) -> None:
    cert, key = make_certificate(tmp_path, "DNS:localhost,IP:127.0.0.1")
    port = free_port()
    plain = free_port()
    user = "user root\n" if os.geteuid() == 0 else ""  # else it may not read our folder
    config = tmp_path / "mosquitto.conf"
    config.write_text(
        f"{user}per_listener_settings true\n"
        f"listener {port} 127.0.0.1\ncertfile {cert}\nkeyfile {key}\ncafile {cert}\n"
        "require_certificate true\nallow_anonymous true\n"
        f"listener {plain} 127.0.0.1\nallow_anonymous true\n"
    )
    path = source(tmp_path, 60)
    binary = program("mosquitto", "apt-get install mosquitto")
    with Server([binary, "-c", str(config)], tmp_path, plain), FakeGateway(plain) as gateway:
        mine = (cert, key)
        if request.node.callspec.params["start"] == "micropython":
            mine = (der(cert, "x509"), der(key, "pkey"))
        done = end(start(port, path, 60, SESSION, "127.0.0.1", cert, *mine))
        assert done["error"] == ""
        assert gateway.complete(SESSION)


def der(path: Path, what: str) -> Path:
    """MicroPython's TLS takes DER."""
    target = path.with_suffix(".der")
    form = ["-outform", "DER", "-in", str(path), "-out", str(target)]
    subprocess.run(["openssl", what, *form], check=True, capture_output=True)
    return target


def test_new_firmware_comes_in_blocks_that_are_lost_and_runs_after_the_session(
    start: Any, mosquitto: Server, tmp_path: Path
) -> None:
    path = source(tmp_path, 600)
    new = image(2)
    with FakeGateway(mosquitto.port) as gateway:
        served = Served(gateway, new)
        gateway.stored = served.look
        process = start(mosquitto.port, path, 60, SESSION)
        wait_until(lambda: gateway.sessions, 10, "the first frame")
        gateway.command("p1", 5, payloads.COMMAND_UPDATE, SECOND)
        done = end(process)
    assert done["end"] == "restart"
    assert done["version"] == 2
    assert served.asked[0] == 0
    assert len(served.asked) > 1  # half of the blocks were lost at first


class Served:
    """Answers each question with the next blocks; loses every second of the first answers."""

    def __init__(self, gateway: FakeGateway, data: bytes) -> None:
        self.asked: list[int] = []
        self._gateway = gateway
        self._data = data

    def look(self, frame: wire.Frame) -> None:
        if frame.kind != wire.EVENT:
            return
        event = payloads.unpack_event(frame.payload)
        if event.code != payloads.UPDATE or event.value == payloads.UPDATE_OVER:
            return
        self.asked.append(event.value)
        end_at = event.value + 1024 if len(self.asked) == 1 else len(self._data)
        for at in range(event.value, end_at, 256):
            block = payloads.pack_block(at, self._data[at : at + 256])
            self._gateway._send("p1", wire.Frame(wire.BLOCK, 0, at, 0, block))


TWINS_S = 30
KINDS = {wire.EVENT, wire.TRACE, wire.VITALS, wire.STATUS}  # all that a device sends but SOUND


def test_both_interpreters_make_the_same_frames_byte_for_byte(
    micropython: str, compiled: Path, tmp_path: Path
) -> None:
    """Of sound, sensors and commands, through flash and link; only chance and free memory, which
    the reports of start and status measure, are the same by arrangement."""
    hearts = [np.arange(0, TWINS_S, 60 / bpm) for bpm in (141.3, 122.8)]
    samples = [sound(Beats(each), TWINS_S, Scene(15), seed) for seed, each in enumerate(hearts)]
    with wave.open(str(tmp_path / "twins.wav"), "wb") as file:
        file.setparams((2, 2, SAMPLE_HZ, 0, "NONE", ""))
        file.writeframes(np.stack(samples, 1).astype("<i2").tobytes())
    told = []
    for interpreter in ([sys.executable], [micropython, "-X", "heapsize=320k"]):
        ran = subprocess.run(
            [*interpreter, HERE / "frames_client.py", source(tmp_path, 60), tmp_path / "twins.wav"],
            env={**os.environ, "PYTHONPATH": str(ROOT), "MICROPYPATH": f"{compiled}:.frozen"},
            capture_output=True,
            text=True,
            check=True,
        )
        told.append(ran.stdout.splitlines())
    assert told[1] == told[0]
    frames = [wire.decode(bytes.fromhex(line)) for line in told[0]]
    assert {frame.kind for frame in frames} == KINDS
    assert [frame.seq for frame in frames] == list(range(len(frames)))
    events = [payloads.unpack_event(frame.payload) for frame in frames if frame.kind == wire.EVENT]
    assert {event.code for event in events} == set(payloads.EVENTS)
    heard = [payloads.unpack_trace(f.payload).fhr[3] for f in frames if f.kind == wire.TRACE]
    assert heard[-1] == pytest.approx(141.3 * payloads.PER_BPM, abs=2 * payloads.PER_BPM)


def test_what_hangs_or_breaks_is_told_on_micropython_too(micropython: str, compiled: Path) -> None:
    runner = str(HERE / "run_on_micropython.py")
    modules = ("test_safety", "test_board", "test_board_main")
    passes([micropython, "-X", "heapsize=1m", runner, *modules], modules, compiled)


def test_the_board_can_load_every_module(tmp_path: Path) -> None:
    sizes = compile_all(tmp_path, BOARD)
    assert set(sizes) >= {"app", "firmware", "flashlog", "fhr", "drivers/nau7802"}
    assert sum(sizes.values()) < 256 * 1024
