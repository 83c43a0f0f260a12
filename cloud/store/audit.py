"""The audit: what people did is only ever added, and each row is a link of one chain of hashes.

`add()` puts a row into one of SOURCES; cloud.store.db.writing() ends the transaction with `seal()`,
which links the rows that it added. Sealing comes last, so that nobody who waits for the chain holds
it, and writers of PostgreSQL cannot block one another for good; SQLite has one writer anyway.

The hashes are a format: changing how they are made breaks every chain there is.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, func, insert, select, text

from cloud.store import tables as t
from cloud.store.hidden import shown

SOURCES: Mapping[str, Table] = {
    table.name: table
    for table in (
        t.alert_steps,
        t.annotations,
        t.changes,
        t.check_ins,
        t.consents,
        t.consultation_messages,
        t.green_steps,
        t.lease_steps,
        t.looks,
        t.reading_opinions,
        t.reading_steps,
        t.referral_steps,
        t.resource_steps,
        t.teaching_consents,
    )
}
START = "0" * 64  # what the first entry follows
CHAIN_LOCK = 0x4C56  # any number but that of the migrations, the same in every process
_PAGE = 1000


@dataclass(frozen=True)
class Entry:
    """A row of `audit`."""

    id: int
    at_ms: int
    source: str
    row_id: int
    row_sha256: str
    sha256: str


@dataclass(frozen=True)
class Unsealed:
    at_ms: int
    source: str
    row_id: int
    row_sha256: str


def row_sha256(row: Any) -> str:
    """Of all of a mapping that is not None, sorted by name: a column that is added later changes
    nothing. A whole number is one, also in a column of floats: SQLite gives 180 to RETURNING and
    180.0 to SELECT."""
    known = {name: _plain(value) for name, value in row.items() if value is not None}
    return _sha256(json.dumps(known, ensure_ascii=False, sort_keys=True, default=_as_text))


def entry_sha256(before: str, id_: int, row: Unsealed | Entry) -> str:
    """The link: the former entry's hash and all of this one."""
    parts = (before, id_, row.at_ms, row.source, row.row_id, row.row_sha256)
    return _sha256("\n".join(str(part) for part in parts))


def add(conn: Connection, table: Table, values: Mapping[str, Any]) -> Row[Any]:
    """A new row of one of SOURCES; in a transaction of cloud.store.db.writing() only."""
    row = conn.execute(insert(table).values(values).returning(*table.c)).one()
    note(conn, table, row)
    return row


def note(conn: Connection, table: Table, row: Row[Any]) -> None:
    """This whole row of one of SOURCES has been added by a statement of the caller's own."""
    unsealed: list[Unsealed] = conn.get_execution_options()["unsealed"]
    digest = row_sha256(row._mapping)
    unsealed.append(Unsealed(row.at_ms, SOURCES[table.name].name, row.id, digest))


def seal(conn: Connection, unsealed: list[Unsealed]) -> None:
    """Link these to the chain; the last thing that a transaction does."""
    if not unsealed:
        return
    if conn.dialect.name == "postgresql":
        conn.execute(text(f"SELECT pg_advisory_xact_lock({CHAIN_LOCK})"))
    last = conn.execute(select(t.audit).order_by(t.audit.c.id.desc()).limit(1)).first()
    last_id, before = (last.id, last.sha256) if last else (0, START)
    entries = []
    for id_, row in enumerate(unsealed, start=last_id + 1):
        before = entry_sha256(before, id_, row)
        entries.append({"id": id_, **vars(row), "sha256": before})
    conn.execute(insert(t.audit), entries)


def entries(conn: Connection) -> Iterator[tuple[Entry, Mapping[str, Any] | None]]:
    """The whole chain, each entry with the row that it is about; None: there is no such row."""
    query = select(t.audit).order_by(t.audit.c.id).execution_options(yield_per=_PAGE)
    for part in conn.execute(query).partitions():
        page = [Entry(*row) for row in part]
        rows = {name: _rows(conn, name, page) for name in {entry.source for entry in page}}
        for entry in page:
            yield entry, rows[entry.source].get(entry.row_id)


def unchained(conn: Connection) -> Iterator[tuple[str, int]]:
    """(table, id) of rows that no entry is about, the first of each table. Steps of the canary's
    alerts need none: they go after a day (cloud.store.hidden)."""
    for name, table in SOURCES.items():
        of_it = (t.audit.c.source == name) & (t.audit.c.row_id == table.c.id)
        missing = select(func.min(table.c.id)).where(~select(t.audit.c.id).where(of_it).exists())
        if table is t.alert_steps:
            missing = missing.join(t.alerts, t.alerts.c.id == table.c.alert_id)
            missing = missing.where(shown(t.alerts.c.mother_id))
        first = conn.scalar(missing)
        if first is not None:
            yield name, first


def _rows(conn: Connection, name: str, page: list[Entry]) -> dict[int, Mapping[str, Any]]:
    table = SOURCES.get(name)
    if table is None:
        return {}
    ids = [entry.row_id for entry in page if entry.source == name]
    query: Select[Any] = select(table).where(table.c.id.in_(ids))
    return {row.id: dict(row._mapping) for row in conn.execute(query)}


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _as_text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no column of the audit has {type(value).__name__}")


def _sha256(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
