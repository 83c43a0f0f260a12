"""A gateway process between real brokers: what devices send arrives in the cloud, once and whole.

Mosquitto is the cloud's broker; the devices' is the embedded one or another Mosquitto.
"""

import os
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from device import payloads, wire
from tests.gateway.parts import Cloud, Probe, gateway_process, recording
from tests.process import Process, free_port, wait_until
from tests.servers import Server, start_mosquitto

TOKENS = {"a": "token a", "b": "token b"}


@pytest.fixture
def cloud_broker(tmp_path: Path) -> Iterator[Server]:
    with start_mosquitto(tmp_path / "cloud", {"g1": "t1", "cloud": "c"}) as server:
        yield server


@pytest.fixture
def cloud(cloud_broker: Server) -> Iterator[Cloud]:
    cloud = Cloud(cloud_broker.port, "cloud", "c")
    yield cloud
    cloud.close()


@pytest.fixture(params=["embedded", "mosquitto"])
def gateway(
    request: pytest.FixtureRequest, tmp_path: Path, cloud_broker: Server
) -> Iterator[tuple[Process, int]]:
    """(process, port of the devices' broker)"""
    if request.param == "embedded":
        port = free_port()
        with gateway_process(
            tmp_path / "gateway", cloud_broker.port, listen=port, tokens=TOKENS
        ) as process:
            assert process.wait_for("ready") == f"gateway ready on 127.0.0.1:{port}"
            yield process, port
        return
    with (
        start_mosquitto(tmp_path / "local", {**TOKENS, "intake": "t2"}) as local,
        gateway_process(tmp_path / "gateway", cloud_broker.port, broker_port=local.port) as process,
    ):
        process.wait_for("ready")
        yield process, local.port


@pytest.fixture
def embedded(tmp_path: Path, cloud_broker: Server) -> Iterator[tuple[Process, int]]:
    port = free_port()
    with gateway_process(
        tmp_path / "gateway", cloud_broker.port, listen=port, tokens=TOKENS
    ) as process:
        process.wait_for("ready")
        yield process, port


def outbox(folder: Path) -> sqlite3.Connection:
    file = folder / "gateway" / "home" / "outbox.sqlite"
    return sqlite3.connect(f"file:{file}?mode=ro", uri=True)


def frames_waiting(folder: Path) -> int:
    with outbox(folder) as connection:
        return int(connection.execute("SELECT count(*) FROM frames").fetchone()[0])


def test_a_recording_arrives_whole_and_is_freed(
    gateway: tuple[Process, int], cloud: Cloud, tmp_path: Path
) -> None:
    sent = recording(5, 60)
    probe = Probe(gateway[1], "a", TOKENS["a"])
    for data in sent:
        probe.send(data)
    wait_until(lambda: not probe.kept, 20, "receipts of the gateway")
    wait_until(lambda: len(cloud.kept) == len(sent), 20, "frames in the cloud")
    assert cloud.frames("a", 5) == sent
    wait_until(lambda: frames_waiting(tmp_path) == 0, 10, "an empty outbox")
    with outbox(tmp_path) as connection:
        rows = connection.execute("SELECT device, session, received, duplicates FROM sessions")
        (device, session, received, duplicates), *more = rows.fetchall()
    assert (device, session, more) == ("a", 5, [])
    assert received == (0).to_bytes(4, "little") + (61).to_bytes(4, "little")
    assert duplicates == 0
    probe.close()


def test_duplicates_disorder_damage_and_foreign_topics(
    embedded: tuple[Process, int], cloud: Cloud, tmp_path: Path
) -> None:
    sent = recording(5, 100)
    noise = random.Random(1)
    a, b = Probe(embedded[1], "a", TOKENS["a"]), Probe(embedded[1], "b", TOKENS["b"])
    wait_until(lambda: a._client.is_connected() and b._client.is_connected(), 10, "probes")
    other = recording(5, 3)
    for data in other:
        b.raw(data, wire.device_up("a"))  # a's topic: must not arrive
    order = [n for n in range(len(sent)) for _ in range(noise.randint(1, 3))]
    noise.shuffle(order)
    for n in order:
        a.raw(sent[n])
    flipped = bytearray(sent[7])
    flipped[25] ^= 4
    wrong_version = sent[3][:2] + b"\x09" + sent[3][3:]
    forged = wire.encode(wire.Frame(wire.RECEIPT, 5, 0, 0, b"\x00\x00\x00\x00"))
    a.raw(bytes(flipped) + sent[8])  # a neighbour of damage
    a.raw(sent[9] + sent[10][:-3])
    a.raw(wrong_version + sent[4])
    a.raw(forged)
    a.raw(b"\x00" * (64 * 1024 + 1))
    last = recording(6, 1)
    for data in last:
        a.send(data)
    wait_until(lambda: not a.kept, 20, "receipts")
    wait_until(lambda: len(cloud.kept) == len(sent) + len(last), 20, "frames in the cloud")
    assert cloud.frames("a", 5) == sent
    assert cloud.frames("a", 6) == last
    assert set(cloud.times.values()) == {1}
    with outbox(tmp_path) as connection:
        query = "SELECT device, duplicates, damaged FROM sessions WHERE session = 5"
        rows = connection.execute(query).fetchall()
    assert rows == [("a", len(order) - len(sent) + 3, 3)]
    a.close()
    b.close()


def test_commands_reach_their_device_only(embedded: tuple[Process, int], cloud: Cloud) -> None:
    a, b = Probe(embedded[1], "a", TOKENS["a"]), Probe(embedded[1], "b", TOKENS["b"])
    for probe in (a, b):
        for data in recording(1, 1):
            probe.send(data)
    wait_until(lambda: not a.kept and not b.kept and len(cloud.kept) == 6, 20, "frames")
    text = payloads.pack_command(payloads.Command(payloads.COMMAND_ALERT, "told high"))
    command = wire.Frame(wire.COMMAND, 1, 42, 0, text)
    cloud.command("g1", "a", command)
    wait_until(lambda: a.commands, 10, "command at the device")
    assert a.commands == [command]
    assert b.commands == []
    a.close()
    b.close()


def test_kill_9_again_and_again_loses_and_doubles_nothing(
    tmp_path: Path, cloud_broker: Server, cloud: Cloud
) -> None:
    """The devices' broker dies with the gateway; the probes resend what was not receipted."""
    noise = random.Random(2)
    port = free_port()
    sent = {name: recording(9, 400) for name in TOKENS}
    with gateway_process(
        tmp_path / "gateway", cloud_broker.port, listen=port, tokens=TOKENS
    ) as process:
        process.wait_for("ready")
        probes = [Probe(port, name, token) for name, token in TOKENS.items()]
        for number, frames in enumerate(zip(*sent.values(), strict=True)):
            for probe, data in zip(probes, frames, strict=True):
                probe.send(data)
            time.sleep(0.01)  # the rhythm of a replay at speed 100
            if number % 80 == 40:
                time.sleep(noise.uniform(0, 0.3))
                process.restart()
        process.wait_for("ready")
        wait_until(lambda: not any(probe.kept for probe in probes), 60, "receipts")
        wait_until(lambda: len(cloud.kept) >= 804, 30, "frames in the cloud")
        wait_until(lambda: frames_waiting(tmp_path) == 0, 30, "an empty outbox")
        for probe in probes:
            probe.close()
    for name, frames in sent.items():
        assert cloud.frames(name, 9) == frames
    assert cloud.damaged == 0


def test_the_outbox_grows_while_the_cloud_is_away_and_drains_after(
    tmp_path: Path, embedded: tuple[Process, int], cloud_broker: Server
) -> None:
    probe = Probe(embedded[1], "a", TOKENS["a"])
    old, live = recording(1, 300), recording(2, 20)
    cloud_broker.kill()
    for data in old:
        probe.send(data)
    wait_until(lambda: not probe.kept, 20, "receipts without a cloud")
    assert frames_waiting(tmp_path) == len(old)
    embedded[0].restart()  # what waits on disk is not live any more
    embedded[0].wait_for("ready")
    for data in live:
        probe.send(data)
    wait_until(lambda: not probe.kept, 20, "receipts after the restart")
    cloud_broker.start()
    cloud = Cloud(cloud_broker.port, "cloud", "c")
    wait_until(lambda: len(cloud.kept) == len(old) + len(live), 60, "frames in the cloud")
    assert cloud.frames("a", 1) == old
    assert cloud.frames("a", 2) == live
    first_of_each = list(dict.fromkeys(key[1] for key in cloud.order))
    assert first_of_each == [2, 1], "live frames go first"
    wait_until(lambda: frames_waiting(tmp_path) == 0, 20, "an empty outbox")
    cloud.close()
    probe.close()


def test_a_cloud_without_receipts_frees_nothing(
    tmp_path: Path, embedded: tuple[Process, int], cloud: Cloud
) -> None:
    cloud.silent = True
    probe = Probe(embedded[1], "a", TOKENS["a"])
    sent = recording(1, 10)
    for data in sent:
        probe.send(data)
    wait_until(lambda: min(cloud.times.values(), default=0) > 1, 20, "the second sending of all")
    assert frames_waiting(tmp_path) == len(sent)
    cloud.silent = False
    wait_until(lambda: frames_waiting(tmp_path) == 0, 40, "an empty outbox")
    probe.close()


def test_sigterm_ends_cleanly_and_keeps_what_was_not_sent(
    tmp_path: Path, embedded: tuple[Process, int]
) -> None:
    probe = Probe(embedded[1], "a", TOKENS["a"])  # no cloud listens
    sent = recording(1, 20)
    for data in sent:
        probe.send(data)
    wait_until(lambda: not probe.kept, 20, "receipts")
    os.kill(embedded[0].pid, signal.SIGTERM)
    assert embedded[0].wait(10) == 0
    assert "Traceback" not in embedded[0].stderr
    assert frames_waiting(tmp_path) == len(sent)
    probe.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk, which takes root")
def test_a_full_disk_is_told_and_nothing_is_acknowledged(
    tmp_path: Path, cloud_broker: Server
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", small], check=True)
    try:
        _fill_and_free(tmp_path, small, cloud_broker)
    finally:
        subprocess.run(["umount", "-l", small], check=True)


def _fill_and_free(tmp_path: Path, small: Path, cloud_broker: Server) -> None:
    port = free_port()
    with gateway_process(
        tmp_path / "gateway", cloud_broker.port, listen=port, tokens=TOKENS, home=small / "home"
    ) as process:
        process.wait_for("ready")
        probe = Probe(port, "a", TOKENS["a"])
        first, second = recording(1, 10), recording(2, 10)
        for data in first:
            probe.send(data)
        wait_until(lambda: not probe.kept, 20, "receipts before the disk is full")
        with (small / "ballast").open("wb") as ballast:
            try:
                while True:
                    ballast.write(b"\x00" * 65536)
                    ballast.flush()
            except OSError:
                pass
        receipts = probe.receipts
        for data in second:
            probe.send(data)
        wait_until(lambda: "disk full" in process.stderr, 20, "words about the disk")
        time.sleep(1.5)  # long enough for a resend to be refused too
        assert probe.receipts == receipts
        assert len(probe.kept) == len(second)
        assert process.stderr.count("disk full") == 1
        cloud = Cloud(cloud_broker.port, "cloud", "c")
        wait_until(lambda: cloud.frames("a", 1) == first, 20, "old frames, from a full disk")
        (small / "ballast").unlink()
        wait_until(lambda: not probe.kept, 20, "receipts after there was room again")
        wait_until(lambda: cloud.frames("a", 2) == second, 20, "all frames in the cloud")
        assert "room again" in process.stderr
        cloud.close()
        probe.close()


def faketime_library() -> str | None:
    found = list(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    return str(found[0]) if found else None


@pytest.mark.skipif(faketime_library() is None, reason="apt-get install faketime")
def test_a_wall_clock_that_jumps_moves_no_start(
    tmp_path: Path, cloud_broker: Server, cloud: Cloud
) -> None:
    offset = tmp_path / "offset"
    offset.write_text("+0")
    env = {
        "LD_PRELOAD": faketime_library() or "",
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    port = free_port()
    with gateway_process(
        tmp_path / "gateway", cloud_broker.port, listen=port, tokens=TOKENS, env=env
    ) as process:
        process.wait_for("ready")
        began_ms = time.time() * 1000
        probe = Probe(port, "a", TOKENS["a"])
        sent = recording(1, 40, speed=20)
        for number, data in enumerate(sent):
            probe.send(data)
            time.sleep(0.05)  # speed 20
            if number % 10 == 5:
                offset.write_text(["-86400", "+86400", "-1700000000", "+3600"][number // 10])
        wait_until(lambda: len(cloud.kept) == len(sent), 20, "frames in the cloud")
        assert cloud.frames("a", 1) == sent
        for _, stamp in cloud.stamps:
            assert abs(stamp.start_ms - began_ms) < 3000
            assert 0 <= stamp.sent_ms - stamp.start_ms < 20_000
        starts = [stamp.start_ms for _, stamp in cloud.stamps]
        assert starts == sorted(starts, reverse=True), "a start only ever moves earlier"
        offset.write_text("+7200")
        for data in recording(2, 1):
            probe.send(data)
        wait_until(lambda: cloud.stamps[-1][0] == 2, 20, "a new session")
        assert abs(cloud.stamps[-1][1].start_ms - began_ms - 7_200_000) < 20_000
        probe.close()
