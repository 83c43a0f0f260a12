"""Whole stores copied out and in: SQLite by its backup API, PostgreSQL by COPY in one snapshot.

COPY through the driver needs no program of the server's own version beside us (pg_dump refuses a
newer server), so it is the only way for PostgreSQL here. Rows are in order of their keys, so that
the same rows are the same bytes on every server.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, String, Table, create_engine, inspect, text

from cloud.store import tables
from cloud.store.db import DatabaseError, migrate, reading, writing

SQLITE_FILE = "lucina.sqlite"
CHUNK = 1 << 20
_VERSION = "alembic_version"  # made by the migrations, not copied


def revision_of(engine: Engine) -> str | None:
    """Which migration the store is at; None: it has no tables of ours."""
    with reading(engine) as conn:
        return MigrationContext.configure(conn).get_current_revision()


def is_empty(engine: Engine) -> bool:
    """Whether no table of ours holds a row."""
    with reading(engine) as conn:
        known = set(inspect(conn).get_table_names()) & set(tables.metadata.tables)
        return not any(
            conn.execute(text(f'SELECT 1 FROM "{name}" LIMIT 1')).first()  # noqa: S608
            for name in sorted(known)
        )


def rows_of(engine: Engine) -> dict[str, int]:
    """{table: rows} of the whole store."""
    with reading(engine) as conn:
        return {
            name: conn.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0  # noqa: S608
            for name in sorted(inspect(conn).get_table_names())
            if name != _VERSION
        }


def copy_out(engine: Engine, folder: Path) -> dict[str, int]:
    """Copy the store as it is at one moment into files of `folder`; {table: rows}.

    Others go on writing meanwhile. DatabaseError: it cannot be read, or is damaged.
    """
    if engine.dialect.name == "sqlite":
        return _copy_sqlite(engine, folder / SQLITE_FILE)
    rows = {}
    with _snapshot(engine) as conn:
        for table in _tables(conn):
            with (folder / f"{table.name}.copy").open("wb") as file:
                for data in _rows(conn, table):
                    file.write(data)
            rows[table.name] = _count(conn, table)
    return rows


def copy_in(engine: Engine, folder: Path, revision: str) -> None:
    """Fill an empty PostgreSQL database with what copy_out() made at `revision`."""
    migrate(engine, revision)
    with writing(engine) as conn:
        for table in _tables(conn):
            with (folder / f"{table.name}.copy").open("rb") as file:
                _fill(conn, table, file)


def hashes_of(engine: Engine) -> dict[str, str]:
    """{file of copy_out(): sha256} of a PostgreSQL store, as it is now."""
    found = {}
    with _snapshot(engine) as conn:
        for table in _tables(conn):
            digest = hashlib.sha256()
            for data in _rows(conn, table):
                digest.update(data)
            found[f"{table.name}.copy"] = digest.hexdigest()
    return found


def check_sqlite(file: Path) -> None:
    """DatabaseError unless SQLite finds nothing wrong in this file."""
    engine = create_engine(f"sqlite:///{file}")
    try:
        with reading(engine) as conn:
            found = conn.scalar(text("PRAGMA integrity_check"))
    finally:
        engine.dispose()
    if found != "ok":
        raise DatabaseError(f"{file} is damaged: {str(found).splitlines()[0]}")


def _copy_sqlite(engine: Engine, file: Path) -> dict[str, int]:
    copy = create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as source, copy.connect() as target:
            connection: Any = source.connection.driver_connection
            connection.backup(target.connection.driver_connection)  # one step: one moment
        with copy.connect() as target:
            target.exec_driver_sql("PRAGMA journal_mode = DELETE")  # all of it in the one file
        check_sqlite(file)
        return rows_of(copy)
    finally:
        copy.dispose()


def _snapshot(engine: Engine) -> Connection:
    return engine.connect().execution_options(isolation_level="REPEATABLE READ")


def _tables(conn: Connection) -> list[Table]:
    """All there are, those that others refer to first."""
    found = MetaData()
    found.reflect(conn)
    return [table for table in found.sorted_tables if table.name != _VERSION]


def _rows(conn: Connection, table: Table) -> Iterator[bytes]:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    order = ", ".join(
        f'"{column.name}"' + (' COLLATE "C"' if isinstance(column.type, String) else "")
        for column in (table.primary_key.columns or table.columns)
    )
    query = f'COPY (SELECT {columns} FROM "{table.name}" ORDER BY {order}) TO STDOUT'  # noqa: S608
    with _cursor(conn).copy(query) as copy:
        for data in copy:
            yield bytes(data)


def _count(conn: Connection, table: Table) -> int:
    return conn.scalar(text(f'SELECT count(*) FROM "{table.name}"')) or 0  # noqa: S608


def _fill(conn: Connection, table: Table, file: Any) -> None:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    with _cursor(conn).copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        while data := file.read(CHUNK):
            copy.write(data)
    for column in table.primary_key.columns:
        sequence = conn.scalar(
            text("SELECT pg_get_serial_sequence(:table, :column)"),
            {"table": f'"{table.name}"', "column": column.name},
        )
        if sequence:
            highest = f'SELECT max("{column.name}") FROM "{table.name}"'  # noqa: S608
            # an empty table leaves its sequence where it is: at the beginning
            conn.execute(
                text(f"SELECT setval(:name, ({highest})) WHERE ({highest}) IS NOT NULL"),
                {"name": sequence},
            )


def _cursor(conn: Connection) -> Any:
    connection: Any = conn.connection.driver_connection
    return connection.cursor()
