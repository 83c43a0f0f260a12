"""Frames that the cloud has not receipted yet, and what was received of each session: on disk.

The only SQL of the gateway. SQLite in WAL mode with synchronous=FULL: what commit() returned from
survives a power cut. One thread writes; read() has a connection of its own.
"""

import os
import sqlite3
import struct
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from device.payloads import Receipt
from gateway.clock import Clock
from gateway.config import GatewayError
from gateway.intake import Batch, Session
from models.completeness import Tally

MIGRATIONS = (  # number n brings a file of version n to n + 1
    """
    CREATE TABLE clock (boot TEXT NOT NULL);
    INSERT INTO clock VALUES ('');
    CREATE TABLE sessions (
        id INTEGER PRIMARY KEY,
        device TEXT NOT NULL,
        session INTEGER NOT NULL,
        base_ms INTEGER NOT NULL,
        start_ms INTEGER NOT NULL,
        last_ms INTEGER NOT NULL,
        received BLOB NOT NULL, -- u32 pairs: first, last
        speed INTEGER NOT NULL,
        duplicates INTEGER NOT NULL,
        damaged INTEGER NOT NULL,
        UNIQUE (device, session)
    );
    CREATE TABLE frames (
        id INTEGER PRIMARY KEY, -- order of commit
        session_id INTEGER NOT NULL REFERENCES sessions (id),
        seq INTEGER NOT NULL,
        data BLOB NOT NULL, -- the whole frame as received
        UNIQUE (session_id, seq)
    );
    """,
)
RESERVE = 32 * 1024 * 1024  # bytes of the disk left free, so that deleting always has room to log
RESERVE_SHARE = 8  # but not more than this part of a small disk
FULL_CODES = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)


class OutboxError(GatewayError):
    """The file cannot be used; the message names it and says why."""


class DiskFull(Exception):  # noqa: N818 - a state of the disk; it passes
    """Nothing of the commit was stored."""


class Entry(NamedTuple):
    """A frame on its way to the cloud."""

    id: int
    device: str
    session: int
    seq: int
    data: bytes
    start_ms: int
    base_ms: int
    speed: int = 0  # recorded seconds a second; 0: not known


class Freed(NamedTuple):
    """A receipt of the cloud."""

    device: str
    session: int
    receipt: Receipt


class Outbox:
    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        try:
            self._writer = _connect(file)
            migrate(self._writer, MIGRATIONS, str(file))
            _rebase(self._writer, clock)
            self._reader = _connect(file)
        except sqlite3.Error as error:
            raise OutboxError(f"{file}: {error}") from None
        self.depth: int = self._one("SELECT count(*) FROM frames")
        self._next_id: int = self._one("SELECT coalesce(max(id), 0) + 1 FROM frames")

    def load(self, device: str, session: int) -> Session | None:
        row = self._writer.execute(
            "SELECT base_ms, start_ms, last_ms, received, speed, duplicates, damaged, id"
            " FROM sessions WHERE device = ? AND session = ?",
            (device, session),
        ).fetchone()
        if row is None:
            return None
        tally = Tally(struct.iter_unpack("<II", row[3]))
        return Session(device, session, row[0], row[1], row[2], tally, *row[4:])

    def frames_seen(self, device: str, session: int) -> int:
        """One more than the highest seq that was received of this session; before threads run."""
        known = self.load(device, session)
        return 0 if known is None else known.tally.seen

    def commit(self, batch: Batch, freed: Sequence[Freed] = ()) -> list[Entry]:
        """Store the batch and delete what the cloud has, in one transaction.

        The new frames in order. DiskFull: nothing has changed. Any other sqlite3.Error means
        that the disk cannot be trusted: end the process.
        """
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            for session in batch.sessions.values():
                self._put_session(session)
            entries = self._put_frames(batch)
            gone = sum(self._delete(each) for each in freed)
            self._writer.execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):  # SQLite may have rolled back by itself
                self._writer.execute("ROLLBACK")
            if getattr(error, "sqlite_errorcode", None) in FULL_CODES:
                raise DiskFull(str(error)) from None
            raise
        self.depth += len(entries) - gone
        self._next_id += len(entries)
        return entries

    def has_room(self) -> bool:
        """Whether new frames may come in: a reserve of the disk is kept for deleting."""
        disk = os.statvfs(self._file.parent)
        reserve = min(RESERVE, disk.f_blocks * disk.f_frsize // RESERVE_SHARE)
        reusable = self._one("PRAGMA freelist_count") * self._one("PRAGMA page_size")
        return disk.f_bavail * disk.f_frsize + int(reusable) > reserve

    def read(self, after_id: int, limit: int) -> list[Entry]:
        """The oldest frames with a higher id. For one thread other than the writer's."""
        rows = self._reader.execute(
            "SELECT frames.id, device, session, seq, data, start_ms, base_ms, speed"
            " FROM frames JOIN sessions ON sessions.id = session_id"
            " WHERE frames.id > ? ORDER BY frames.id LIMIT ?",
            (after_id, limit),
        )
        return [Entry(*row) for row in rows.fetchall()]

    def newest(self, limit: int) -> list[Entry]:
        """The newest that wait, in their order; before threads run."""
        return self.read(self._next_id - 1 - limit, limit)

    def close(self) -> None:
        self._reader.close()
        self._writer.close()

    def _put_session(self, session: Session) -> None:
        received = b"".join(struct.pack("<II", *pair) for pair in session.tally.ranges())
        times = (session.base_ms, session.start_ms, session.last_ms)
        facts = (*times, received, session.speed, session.duplicates, session.damaged)
        if session.id:
            self._writer.execute(
                "UPDATE sessions SET base_ms = ?, start_ms = ?, last_ms = ?, received = ?,"
                " speed = ?, duplicates = ?, damaged = ? WHERE id = ?",
                (*facts, session.id),
            )
            return
        made = self._writer.execute(
            "INSERT INTO sessions (base_ms, start_ms, last_ms, received, speed, duplicates,"
            " damaged, device, session) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*facts, session.device, session.session),
        )
        session.id = made.lastrowid or 0

    def _put_frames(self, batch: Batch) -> list[Entry]:
        entries = [
            Entry(n, s.device, s.session, seq, data, s.start_ms, s.base_ms, s.speed)
            for n, (s, seq, data) in enumerate(batch.frames, self._next_id)
        ]
        self._writer.executemany(
            "INSERT INTO frames (id, session_id, seq, data) VALUES (?, ?, ?, ?)",
            [
                (entry.id, session.id, entry.seq, entry.data)
                for entry, (session, _, _) in zip(entries, batch.frames, strict=True)
            ],
        )
        return entries

    def _delete(self, freed: Freed) -> int:
        deleted = 0
        for first, last in kept_ranges(freed.receipt):
            deleted += self._writer.execute(
                "DELETE FROM frames WHERE seq BETWEEN ? AND ? AND session_id ="
                " (SELECT id FROM sessions WHERE device = ? AND session = ?)",
                (first, last, freed.device, freed.session),
            ).rowcount
        return deleted

    def _one(self, query: str) -> int:
        value: int = self._writer.execute(query).fetchone()[0]
        return value


def kept_ranges(receipt: Receipt) -> Iterable[tuple[int, int]]:
    """What a receipt says is kept, as (first, last), both included."""
    first = 0
    for hole_first, hole_last in (*receipt.missing, (receipt.seen, receipt.seen)):
        if hole_first > first:
            yield first, hole_first - 1
        first = hole_last + 1


def migrate(connection: sqlite3.Connection, migrations: Sequence[str], file: str) -> None:
    """Bring the file to the newest version, or OutboxError when it is newer than that."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(migrations):
        raise OutboxError(
            f"{file}: written by a newer gateway (version {version}, this one knows"
            f" {len(migrations)}): install that one, or give this one another home"
        )
    for number in range(version, len(migrations)):
        script = f"BEGIN IMMEDIATE;{migrations[number]};PRAGMA user_version = {number + 1};COMMIT"
        connection.executescript(script)


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=10.0)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _rebase(connection: sqlite3.Connection, clock: Clock) -> None:
    """After a restart of the machine the elapsed clock began anew: carry the sessions over.

    A wall clock that is behind a session's last message was set back: time goes on from there.
    """
    (boot,) = connection.execute("SELECT boot FROM clock").fetchone()
    if boot == clock.boot():
        return
    elapsed_ms = clock.elapsed_ms()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(
        "UPDATE sessions SET base_ms = max(?, last_ms) - ?", (clock.wall_ms(), elapsed_ms)
    )
    connection.execute("UPDATE clock SET boot = ?", (clock.boot(),))
    connection.execute("COMMIT")
