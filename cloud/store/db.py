"""The database: opened, brought up to date, and written in one way.

SQLite: WAL with synchronous=FULL, so that a commit that returned survives a power cut, and
BEGIN IMMEDIATE for writers, so that waiting for another writer happens in one place.
PostgreSQL: through psycopg, with the server's own synchronous_commit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError

from cloud.store import audit, tables

BUSY_TIMEOUT_MS = 10_000
MIGRATION_LOCK = 0x4C55  # any number, the same in every process

StoreError = DBAPIError  # what a statement or a commit raises when the database does not do it
StoreAway = (OperationalError, InterfaceError)  # of these, those that may pass: locked, full, gone


class DatabaseError(Exception):
    """The database cannot be used. The message is one line for the person who runs it."""


def open_engine(url: str, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Engine:
    """An engine for sqlite:///PATH or postgresql://...; connects when it is first used."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseError("the database address is not sqlite:///... or postgresql://...")
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return create_engine(parsed, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(parsed, connect_args={"isolation_level": None}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        for pragma in (
            f"busy_timeout={busy_timeout_ms}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute("PRAGMA " + pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes: committed when the block ends, undone when it raises. What it
    added to the audit is linked to the chain at its end."""
    unsealed: list[audit.Unsealed] = []
    options = {"writes": True, "unsealed": unsealed}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection
        audit.seal(connection, unsealed)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent look at the store, of the moment of its first statement."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # its usual look is another one at each statement
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def answers(engine: Engine) -> bool:
    """Whether the database can be read now."""
    try:
        with reading(engine) as connection:
            connection.execute(text("SELECT 1"))
    except StoreError:
        return False
    return True


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the database to this version's tables, or say in a DatabaseError why not.

    `revision`: an older one, to fill it with what was copied then.
    """
    try:
        with writing(engine) as connection:
            _upgrade(connection, revision)
    except DBAPIError as error:
        raise DatabaseError(f"{_name(engine)}: {_plain(error)}") from error


def _upgrade(connection: Connection, revision: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
    config, scripts = _scripts()
    config.attributes["connection"] = connection
    known = {script.revision for script in scripts.walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known:
        raise DatabaseError(
            f"{_name(connection.engine)} is from a newer version (revision {current}, this one"
            f" knows up to {scripts.get_current_head()}): update Lucina, or use another database"
        )
    taken = set(inspect(connection).get_table_names()) & set(tables.metadata.tables)
    if current is None and taken:
        names = ", ".join(sorted(taken))
        raise DatabaseError(f"{_name(connection.engine)} has tables of something else: {names}")
    command.upgrade(config, revision)


def _scripts() -> tuple[Config, ScriptDirectory]:
    config = Config()
    config.set_main_option("script_location", "cloud:migrations")
    return config, ScriptDirectory.from_config(config)


def revisions() -> tuple[str, ...]:
    """The migrations that this version knows, the newest first."""
    return tuple(script.revision for script in _scripts()[1].walk_revisions())


def _name(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _plain(error: DBAPIError) -> str:
    """What a person can do something with: the driver's first line, locked said in words."""
    line = (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]
    if "locked" in line or "busy" in line:
        return "locked by another process for longer than the time-out; stop that one first"
    if "not a database" in line:
        return "this file is not a database"
    return line
