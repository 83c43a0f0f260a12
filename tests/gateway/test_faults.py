"""What breaks around a gateway process: itself, its disk, its clock, its brokers."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.gateway.parts import TOKENS, Cloud, Probe, frames_waiting, gateway_process, recording
from tests.process import Missing, Process, free_port, wait_until
from tests.servers import Server, start_mosquitto


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


def test_a_cloud_broker_that_hangs_is_left_and_found_again(
    tmp_path: Path, embedded: tuple[Process, int], cloud_broker: Server, cloud: Cloud
) -> None:
    process, port = embedded
    wait_until(lambda: "cloud to" in process.stderr, 10, "the link")
    os.kill(cloud_broker.pid, signal.SIGSTOP)  # TCP alone would not notice
    probe = Probe(port, "a", TOKENS["a"])
    sent = recording(1, 20)
    for data in sent:
        probe.send(data)
    wait_until(lambda: "no answer for 2 s" in process.stderr, 10, "the watchdog")
    assert frames_waiting(tmp_path) == len(sent)
    os.kill(cloud_broker.pid, signal.SIGCONT)
    wait_until(lambda: cloud.frames("a", 1) == sent, 30, "frames in the cloud")
    wait_until(lambda: frames_waiting(tmp_path) == 0, 20, "an empty outbox")
    probe.close()


def test_an_external_broker_may_die_and_come_back(
    tmp_path: Path, cloud_broker: Server, cloud: Cloud
) -> None:
    sent = recording(1, 100)
    with (
        start_mosquitto(tmp_path / "local", {**TOKENS, "intake": "t2"}) as local,
        gateway_process(tmp_path / "gateway", cloud_broker.port, broker_port=local.port) as process,
    ):
        process.wait_for("ready")
        probe = Probe(local.port, "a", TOKENS["a"])
        for number, data in enumerate(sent):
            probe.send(data)
            if number in (30, 60):
                local.restart()
        wait_until(lambda: not probe.kept, 30, "receipts")
        wait_until(lambda: cloud.frames("a", 1) == sent, 30, "frames in the cloud")
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


def faketime_library() -> str:
    for found in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"):
        return str(found)
    raise Missing("faketime is not installed: apt-get install libfaketime")


def test_a_wall_clock_that_jumps_moves_no_start(
    tmp_path: Path, cloud_broker: Server, cloud: Cloud
) -> None:
    offset = tmp_path / "offset"
    offset.write_text("+0")
    env = {
        "LD_PRELOAD": faketime_library(),
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
            if number == 0:  # the clock may jump once the gateway has seen it
                wait_until(lambda: len(cloud.kept) == 1, 20, "the first frame in the cloud")
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
