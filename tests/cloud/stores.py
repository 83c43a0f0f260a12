"""Empty stores that are up to date. Migrations cost half a second, so SQLite files are copied from
one that this process has migrated."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from cloud.store.db import migrate, open_engine


def bring_up_to_date(engine: Engine) -> None:
    """Like migrate(), of a store that has nothing in it yet."""
    path = engine.url.database
    if engine.url.get_backend_name() == "sqlite" and path and not Path(path).exists():
        shutil.copyfile(filled(migrate), path)
    else:
        migrate(engine)


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
