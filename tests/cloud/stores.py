"""Empty stores that are up to date. Migrations cost a second, so a store is copied from one that
this process has migrated: a file of SQLite, a database of PostgreSQL."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from sqlalchemy import URL, Engine, inspect, text

from cloud.store.db import migrate, open_engine

TEMPLATE = "lucina_template"


def bring_up_to_date(engine: Engine) -> None:
    """Like migrate(), of a store that has nothing in it yet."""
    path = engine.url.database
    if engine.url.get_backend_name() == "sqlite" and path and not Path(path).exists():
        shutil.copyfile(filled(migrate), path)
    elif engine.url.get_backend_name() == "postgresql" and not inspect(engine).get_table_names():
        engine.dispose()
        server = engine.url.set(database="postgres")
        _migrated(server)
        _ask(server, f'DROP DATABASE "{path}"', f'CREATE DATABASE "{path}" TEMPLATE {TEMPLATE}')
    else:
        migrate(engine)


@cache
def _migrated(server: URL) -> None:
    """TEMPLATE on that server of PostgreSQL; nobody may be connected to what is copied."""
    _ask(server, f"CREATE DATABASE {TEMPLATE}")
    engine = _engine(server.set(database=TEMPLATE))
    migrate(engine)
    engine.dispose()


def _ask(server: URL, *statements: str) -> None:
    engine = _engine(server)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _engine(url: URL) -> Engine:
    return open_engine(url.render_as_string(hide_password=False))


@cache
def filled(fill: Callable[[Engine], object]) -> Path:
    """The SQLite file that this leaves of a store without a file; made once in a process."""
    folder = Path(tempfile.mkdtemp(prefix="lucina-store-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "store.sqlite"
    engine = open_engine(f"sqlite:///{path}")
    fill(engine)
    engine.dispose()
    return path
