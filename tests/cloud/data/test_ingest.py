"""The way of a frame through real brokers into both databases, and back as a receipt."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, func, select

from cloud.commands import CommandSender
from cloud.completeness import ledger
from cloud.ingest import Ingest
from cloud.live import Live
from cloud.store import commands, frames, people, recordings, tables
from cloud.store.db import open_engine, reading, writing
from device import payloads, wire
from tests.cloud.data.conftest import USERS
from tests.cloud.data.parts import Gateway, ingest_process, whole_session
from tests.cloud.stores import bring_up_to_date
from tests.process import wait_until

SECONDS = 60
Running = Callable[[Engine], Ingest]


def broker_url(port: int) -> str:
    return f"mqtt://cloud:{USERS['cloud'].replace(' ', '%20')}@127.0.0.1:{port}"


@pytest.fixture
def running(broker_port: int) -> Iterator[Running]:
    made: list[Ingest] = []

    def start(engine: Engine) -> Ingest:
        ingest = Ingest(engine, Live(), broker_url(broker_port))
        ingest.start()
        made.append(ingest)
        wait_until(lambda: ingest.link.connected, 10, "connection to the broker")
        return ingest

    yield start
    for ingest in made:
        ingest.stop()


@pytest.fixture
def gateway(broker_port: int) -> Iterator[Gateway]:
    gateway = Gateway(broker_port, whole_session(SECONDS), "g1", USERS["g1"])
    wait_until(gateway.client.is_connected, 10, "connection of the gateway")
    yield gateway
    gateway.close()


def stored_bytes(engine: Engine) -> list[bytes]:
    with reading(engine) as conn:
        return list(conn.scalars(select(tables.frames.c.data).order_by(tables.frames.c.seq)))


def test_a_session_arrives_whole(engine: Engine, running: Running, gateway: Gateway) -> None:
    with writing(engine) as conn:
        mother = people.add_mother(conn, name="Li")
        people.add_device(conn, "d-g1", "a token", mother_id=mother.id)
    ingest = running(engine)
    gateway.send_until_free(20)
    sent = whole_session(SECONDS)
    assert stored_bytes(engine) == [wire.encode(frame) for frame in sent]
    with reading(engine) as conn:
        (recording,) = recordings.latest(conn)
        report = ledger(conn, recording.id)
        stored = frames.trace_of(conn, recording.id, 0, SECONDS)
    assert (recording.mother_id, recording.gateway_id, recording.name) == (mother.id, "g1", "1001")
    assert recording.closed_ms is not None and recording.replayed
    assert report is not None and report["missing"] == [] and report["gaps"] == []
    assert report["text"].startswith(f"{SECONDS + 2} of {SECONDS + 2} frames")
    assert abs(recording.clock_offset_ms or 0) < 5000
    live = ingest._live.get(recording.id)
    assert live is not None and live.newest_s == SECONDS
    np.testing.assert_array_equal(live.window(SECONDS).fhr_bpm, stored.fhr_bpm)
    np.testing.assert_array_equal(live.window(SECONDS).toco, stored.toco)


def test_resent_and_damaged_are_counted(engine: Engine, running: Running, gateway: Gateway) -> None:
    running(engine)
    gateway.send([0, 1, 2])
    wait_until(lambda: gateway.receipts, 10, "a receipt")
    gateway.waiting.update({frame.seq: frame for frame in whole_session(SECONDS)})
    gateway.send([1, 2, 3], extra=b"LU\x01 not a frame at all, and long enough to see")
    wait_until(lambda: any(r.stored == 4 for r in gateway.receipts), 10, "a receipt for the rest")
    gateway.send([10])
    wait_until(lambda: any(r.missing == ((4, 9),) for r in gateway.receipts), 10, "what is missing")
    with reading(engine) as conn:
        (recording,) = recordings.latest(conn)
    assert recording.resent == 2
    assert recording.damaged == 1
    assert recording.mother_id is None, "an unknown device is pending"


def test_no_receipt_before_the_commit(tmp_path: Path, running: Running, gateway: Gateway) -> None:
    path = tmp_path / "locked.sqlite"
    engine = open_engine(f"sqlite:///{path}", busy_timeout_ms=50)
    bring_up_to_date(engine)
    ingest = running(engine)
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    gateway.send(range(SECONDS))
    wait_until(lambda: ingest.failing, 10, "a commit that fails")
    time.sleep(0.5)  # long enough for a receipt that must not come
    assert gateway.receipts == []
    lock.execute("ROLLBACK")
    gateway.send_until_free(20)
    assert ingest.failing is None
    assert len(stored_bytes(engine)) == SECONDS + 2


def test_a_full_disk_receipts_nothing(tmp_path: Path, running: Running, gateway: Gateway) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'full.sqlite'}")
    bring_up_to_date(engine)
    ingest = running(engine)
    gateway.waiting = {frame.seq: frame for frame in whole_session(600)}
    engine.dispose()

    def pages(limit: int) -> None:
        with engine.connect() as conn:  # the one pooled connection, the one ingest will use
            conn.exec_driver_sql(f"PRAGMA max_page_count={limit}")

    pages(1)  # SQLite raises it to what is used already: no page can be added
    gateway.send(range(600))
    wait_until(lambda: "full" in (ingest.failing or ""), 10, "a full disk")
    assert gateway.receipts == []
    pages(1_000_000)
    gateway.send_until_free(20)
    assert len(stored_bytes(engine)) == 602


def test_kill_loses_and_doubles_nothing(
    database_url: str, broker_port: int, gateway: Gateway, tmp_path: Path
) -> None:
    gateway.waiting = {frame.seq: frame for frame in whole_session(600)}
    process = ingest_process(tmp_path, database_url, broker_url(broker_port)).start()
    try:
        for kill_at in (400, 150):
            process.wait_for("ingest ready")
            while len(gateway.waiting) > kill_at:
                gateway.send(sorted(gateway.waiting)[:7])
                time.sleep(0.003)
            process.restart()
        process.wait_for("ingest ready")
        gateway.send_until_free(30)
    finally:
        process.kill()
    engine = open_engine(database_url)
    assert stored_bytes(engine) == [wire.encode(frame) for frame in whole_session(600)]
    with reading(engine) as conn:
        assert conn.scalar(select(func.count()).select_from(tables.recordings)) == 1
        (recording,) = recordings.latest(conn)
    assert recording.closed_ms is not None
    engine.dispose()


def test_a_poisonous_message_harms_no_other(
    engine: Engine, running: Running, gateway: Gateway
) -> None:
    """A device that claims what no column takes, and names in topics that fit in none."""
    ingest = running(engine)
    huge = payloads.pack_stamp(payloads.Stamp(2**64 - 1, 2**64 - 1, 0))
    stop = payloads.pack_event(payloads.Event(payloads.STOP, 0xFFFFFFFF, b""))
    start = payloads.pack_start(payloads.Start(1, 1, 0, "\0" + "x" * 1000))
    data = b"".join(
        wire.encode(frame)
        for frame in (
            wire.Frame(wire.STAMP, 9, 0, 0, huge),
            wire.Frame(wire.EVENT, 9, 0, 0, start),
            wire.Frame(wire.EVENT, 9, 1, 0xFFFFFFFF, stop),
            wire.Frame(wire.EVENT, 9, 2, 0, b"\xff"),
            wire.Frame(wire.TRACE, 9, 3, 0, b"\xff\xff"),
            wire.Frame(wire.VITALS, 9, 0xFFFFFFFF, 0, b""),
        )
    )
    ingest.take(wire.gateway_up("g1", "poison"), data)
    ingest.take(wire.gateway_up("g1", "d" * 61), data)
    ingest.take("lucina/1/nonsense", data)
    gateway.send_until_free(20)
    with reading(engine) as conn:
        poison = recordings.find(conn, "poison", 9)
    assert poison is not None and poison.name == "x" * 120
    assert poison.damaged == 1 and poison.frames_made is None


def test_a_command_is_sent_until_it_is_done(
    engine: Engine, running: Running, gateway: Gateway
) -> None:
    ingest = running(engine)
    sender = CommandSender(engine, ingest.link)
    sender.start()
    try:
        gateway.send([0])
        wait_until(lambda: gateway.receipts, 10, "a receipt")
        old = sender.send("d-g1", payloads.COMMAND_ALERT, "raised high")
        new = sender.send("d-g1", payloads.COMMAND_ALERT, "accepted high")
        assert old is not None and new is not None and new.gateway_id == "g1"
        wait_until(lambda: any(c.seq == new.id for c in gateway.commands), 10, "the command")
        command = next(c for c in gateway.commands if c.seq == new.id)
        assert payloads.unpack_command(command.payload).text == "accepted high"
        done = payloads.pack_event(payloads.Event(payloads.COMMAND_DONE, new.id, b""))
        gateway.waiting[200] = wire.Frame(wire.EVENT, gateway.session, 200, 0, done)
        gateway.send([200])

        def nothing_waits() -> bool:
            with reading(engine) as conn:
                return not commands.waiting(conn, new.made_ms)

        wait_until(nothing_waits, 10, "the answer to the command")
    finally:
        sender.stop()
    assert sender.send("nobody's", payloads.COMMAND_FIND_ME) is None
