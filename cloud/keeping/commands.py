"""`lucina backup` and `lucina restore`."""

import json
import os
import secrets
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from cloud.config import ConfigError, load
from cloud.keeping.archive import BackupError
from cloud.store.db import DatabaseError
from cloud.terminal import fail

AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
WORKING = Console(stderr=True)


def backup(
    file: Annotated[Path, typer.Argument(help="The file to make; it must not be there yet.")],
    as_json: AsJson = False,
) -> None:
    """Put all that the service keeps into one file, while it runs: records, secrets, settings.

    SQLite is copied by its own backup API, PostgreSQL by COPY in one snapshot. The file holds
    secrets and names: only its owner can read it. Settings come from LUCINA_* variables.

    Example: lucina backup /backups/lucina-2026-05-01.tar.gz
    """
    from cloud.keeping.backup import backup as make

    try:
        with WORKING.status("copying the store"):
            made = make(load(), file.absolute(), os.environ)
    except (BackupError, ConfigError, DatabaseError, OSError) as error:
        fail(error)
    _say(made, f"{made['file']}: {_facts(made)}, {made['bytes'] / 1e6:.1f} MB", as_json)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `lucina backup` has made.")],
    into: Annotated[
        Path | None, typer.Option(help="The home folder to fill, instead of LUCINA_HOME.")
    ] = None,
    database: Annotated[
        str, typer.Option(help="The database to fill, instead of LUCINA_DATABASE_URL.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Make the store again from a backup, and compare the result with it. Stop the service first.

    It refuses a target that holds anything. The settings of then are in HOME/settings.env.

    Example: lucina restore /backups/lucina-2026-05-01.tar.gz --into /var/lib/lucina-new
    """
    from cloud.keeping.restore import restore as make_again

    given: dict[str, Any] = {"secret": secrets.token_urlsafe(48)}  # or load() would make its file
    if into is not None:
        given |= {"home": into, "database_url": ""}
    if database:
        given["database_url"] = database
    try:
        with WORKING.status("restoring"):
            found = make_again(load(**given), file)
    except (BackupError, ConfigError, DatabaseError, OSError) as error:
        fail(error)
    _say(found, f"{found['home']}: {_facts(found)}, as it was at {found['made']}", as_json)


def _facts(one: dict[str, Any]) -> str:
    rows = one["rows"]
    return f"{one['database']}, {rows['recordings']} recordings, {rows['frames']} frames"


def _say(facts: dict[str, Any], words: str, as_json: bool) -> None:
    typer.echo(json.dumps(facts) if as_json else words)
