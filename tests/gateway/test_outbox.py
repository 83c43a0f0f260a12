"""The outbox on a real disk: what was committed stays, through kill -9, a full disk, a new boot."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device import payloads
from device.payloads import Receipt
from gateway.clock import Clock
from gateway.intake import Batch, Intake
from gateway.outbox import (
    MIGRATIONS,
    DiskFull,
    Freed,
    Outbox,
    OutboxError,
    kept_ranges,
    migrate,
)
from tests.gateway.parts import recording
from tests.process import wait_until


class FakeClock(Clock):
    def __init__(self, wall: int = 1_000_000, elapsed: int = 500, boot: str = "boot 1") -> None:
        self.wall, self.elapsed, self.named = wall, elapsed, boot

    def wall_ms(self) -> int:
        return self.wall

    def elapsed_ms(self) -> int:
        return self.elapsed

    def boot(self) -> str:
        return self.named


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "outbox.sqlite"


@pytest.fixture
def outbox(file: Path) -> Iterator[Outbox]:
    outbox = Outbox(file, FakeClock())
    yield outbox
    outbox.close()


def batch_of(outbox: Outbox, frames: list[bytes], device: str = "a") -> Batch:
    intake = Intake(outbox.load)
    for data in frames:
        intake.accept(f"lucina/1/dev/{device}/up", data, 1_000_000, 500)
    return intake.take()


def test_frames_come_back_in_the_order_of_commit(outbox: Outbox) -> None:
    first, second = recording(1, 3), recording(2, 3)
    made = outbox.commit(batch_of(outbox, first)) + outbox.commit(batch_of(outbox, second, "b"))
    read = outbox.read(0, 100)
    assert read == made
    assert [entry.data for entry in read] == first + second
    assert [entry.device for entry in read] == ["a"] * 5 + ["b"] * 5
    assert outbox.read(made[3].id, 2) == made[4:6]
    assert outbox.depth == 10


def test_a_receipt_deletes_the_frames_and_keeps_the_record(outbox: Outbox, file: Path) -> None:
    outbox.commit(batch_of(outbox, recording(1, 8)))
    outbox.commit(batch_of(outbox, recording(1, 8), "b"))
    outbox.commit(Batch(), [Freed("a", 1, Receipt(2, 8, ((2, 3), (6, 6))))])
    assert [e.seq for e in outbox.read(0, 100) if e.device == "a"] == [2, 3, 6, 8, 9]
    assert outbox.depth == 15
    outbox.commit(Batch(), [Freed("a", 1, Receipt(10, 10, ())), Freed("no", 1, Receipt(9, 9, ()))])
    assert {entry.device for entry in outbox.read(0, 100)} == {"b"}
    outbox.close()
    again = Outbox(file, FakeClock())
    session = again.load("a", 1)
    assert session is not None
    assert session.tally.ranges() == ((0, 9),)
    assert batch_of(again, recording(1, 8)).frames == []
    assert again.depth == 10
    again.close()


@given(st.sets(st.integers(0, 30)))
def test_kept_ranges_are_what_is_not_missing(kept: set[int]) -> None:
    seen = max(kept, default=-1) + 1
    holes = [(n, n) for n in range(seen) if n not in kept]
    stored = holes[0][0] if holes else seen
    found = kept_ranges(Receipt(stored, seen, tuple(holes)))
    assert {n for first, last in found for n in range(first, last + 1)} == kept


def test_everything_of_a_session_survives_reopening(outbox: Outbox, file: Path) -> None:
    frames = recording(1, 20, speed=7)
    batch = batch_of(outbox, [*frames[:5], *frames[9:], frames[3], frames[2] + b"LU rubbish" * 3])
    outbox.commit(batch)
    before = batch.sessions["a", 1]
    outbox.close()
    again = Outbox(file, FakeClock())
    after = again.load("a", 1)
    assert after is not None
    assert after.tally.ranges() == before.tally.ranges() == ((0, 4), (9, 21))
    after.tally = before.tally
    assert after == before
    assert (after.speed, after.duplicates, after.damaged > 0) == (7, 2, True)
    assert again.load("a", 2) is None
    assert again.load("a", 1) is not None
    again.close()


def test_kill_9_loses_nothing_that_was_committed(tmp_path: Path, file: Path) -> None:
    told = tmp_path / "told"
    code = (
        "from pathlib import Path\nfrom gateway.clock import Clock\n"
        "from gateway.outbox import Outbox\nfrom tests.gateway.parts import recording\n"
        "from tests.gateway.test_outbox import batch_of\n"
        f"outbox = Outbox(Path({str(file)!r}), Clock())\n"
        "for n, data in enumerate(recording(1, 20000)):\n"
        "    outbox.commit(batch_of(outbox, [data]))\n"
        f"    Path({str(told)!r}).write_text(str(n + 1))\n"
    )
    for _ in range(2):
        before = int(told.read_text() or 0) if told.exists() else 0
        process = subprocess.Popen([sys.executable, "-c", code], cwd=Path.cwd())
        wait_until(lambda b=before: told.exists() and (told.read_text() or "0") > str(b), 20, "it")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        claimed = int(told.read_text() or 0)
        outbox = Outbox(file, Clock())
        session = outbox.load("a", 1)
        assert session is not None
        assert session.tally.stored >= claimed
        kept = outbox.read(0, 1_000_000)
        assert [e.data for e in kept] == recording(1, 20000)[: session.tally.stored]
        outbox.close()
        told.unlink()


def test_a_full_file_stores_nothing_and_recovers(outbox: Outbox) -> None:
    outbox.commit(batch_of(outbox, recording(1, 100)))
    pages = outbox._one("PRAGMA page_count")
    outbox._one(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFull):
        outbox.commit(batch_of(outbox, recording(2, 1000)))
    assert outbox.load("a", 2) is None
    assert (outbox.depth, len(outbox.read(0, 5000))) == (102, 102)
    outbox.commit(Batch(), [Freed("a", 1, Receipt(102, 102, ()))])  # deleting needs no room
    assert outbox.depth == 0
    outbox._one("PRAGMA max_page_count = 20000")
    outbox.commit(batch_of(outbox, recording(2, 1000)))
    assert outbox.depth == 1002


def test_a_reserve_of_the_disk_is_kept(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.statvfs(".")
    free = 10
    monkeypatch.setattr(
        os,
        "statvfs",
        lambda _: os.statvfs_result((4096, 4096, 100_000, free, free, *tuple(real)[5:10])),
    )
    assert not outbox.has_room()
    free = 50_000
    assert outbox.has_room()


def test_a_new_boot_carries_sessions_over_without_going_back(file: Path) -> None:
    first = Outbox(file, FakeClock(wall=1_000_000, elapsed=500))
    first.commit(batch_of(first, recording(1, 1)))
    first.close()
    same = Outbox(file, FakeClock(wall=9_000_000, elapsed=700))
    session = same.load("a", 1)
    assert session is not None
    assert session.base_ms == 999_500, "the elapsed clock still counts"
    same.close()
    set_back = Outbox(file, FakeClock(wall=10, elapsed=30, boot="boot 2"))
    session = set_back.load("a", 1)
    assert session is not None
    assert session.base_ms + 30 == session.last_ms
    set_back.close()
    later = Outbox(file, FakeClock(wall=5_000_000, elapsed=40, boot="boot 3"))
    session = later.load("a", 1)
    assert session is not None
    assert session.base_ms + 40 == 5_000_000
    assert session.start_ms == 999_000
    later.close()


def test_an_older_file_is_migrated_and_a_newer_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.sqlite"
    connection = sqlite3.connect(file, isolation_level=None)
    migrate(connection, ["CREATE TABLE t (a)"], "x")
    connection.execute("INSERT INTO t VALUES (1)")
    migrate(connection, ["CREATE TABLE t (a)", "ALTER TABLE t ADD COLUMN b DEFAULT 2"], "x")
    assert connection.execute("SELECT * FROM t").fetchall() == [(1, 2)]
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(OutboxError, match="written by a newer gateway"):
        Outbox(file, FakeClock())


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "x.sqlite", isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, ["CREATE TABLE t (a); CREATE TABLE t (a)"], "x")
    connection.execute("ROLLBACK")
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_another_kind_of_file_is_refused(file: Path) -> None:
    file.write_bytes(b"this is no database" * 1000)
    with pytest.raises(OutboxError, match="not a database"):
        Outbox(file, FakeClock())


def test_it_is_as_durable_as_it_says(outbox: Outbox) -> None:
    assert outbox._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert outbox._writer.execute("PRAGMA synchronous").fetchone() == (2,)


def test_receipts_with_more_holes_than_fit_free_only_what_they_say(outbox: Outbox) -> None:
    frames = recording(1, 400)
    outbox.commit(batch_of(outbox, frames))
    holes = tuple((n, n) for n in range(1, 400, 2))
    told = Receipt(1, 400, holes)
    short = payloads.pack_receipt(told)
    seen = int.from_bytes(short[:4], "little")
    outbox.commit(Batch(), [Freed("a", 1, Receipt(1, seen, holes[: payloads.MAX_RANGES]))])
    left = [entry.seq for entry in outbox.read(0, 1000)]
    assert left == [n for n in range(402) if n % 2 or n >= seen]
