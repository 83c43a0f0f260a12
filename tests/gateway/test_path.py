"""A gateway process between real brokers: what devices send arrives in the cloud, once and whole.

Mosquitto is the cloud's broker; the devices' is the embedded one or another Mosquitto.
"""

import os
import random
import signal
from pathlib import Path

from device import payloads, wire
from tests.gateway.parts import TOKENS, Cloud, Probe, frames_waiting, outbox, recording
from tests.process import Process, wait_until


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
