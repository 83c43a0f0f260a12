"""One file with all that the service keeps, made while it runs."""

import os
import shlex
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cloud.config import PREFIX, Settings
from cloud.keeping import archive
from cloud.keeping.archive import MODE, BackupError
from cloud.store import copies
from cloud.store.db import StoreError, open_engine

HOME_FILES = ("secret", "vapid.pem")  # made once by an installation; lost, they are lost for good
SETTINGS_FILE = "settings.env"
ROOM = 2.2  # times the database: its copy, and the file, which is smaller


def backup(settings: Settings, path: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """What the store, the secrets and the settings are now, in a new file `path`. What it is."""
    if path.exists():
        raise BackupError(f"{path} is there already: give the backup a name of its own")
    engine = open_engine(settings.database_url)
    try:
        revision = copies.revision_of(engine)
        if revision is None:
            raise BackupError("there is nothing to back up: the database has no tables of ours")
        _check_room(settings, path)
        with tempfile.TemporaryDirectory(prefix=".lucina-backup-", dir=path.parent) as name:
            folder = Path(name)
            (folder / "database").mkdir()
            rows = copies.copy_out(engine, folder / "database")
            _copy_home(settings.home, folder / "home", environment)
            about = {
                "made": datetime.now(UTC).isoformat(timespec="seconds"),
                "database": engine.dialect.name,
                "revision": revision,
                "rows": rows,
            }
            archive.write(path, folder, about)
    except StoreError as error:
        raise BackupError(f"the database cannot be read: {error.orig}") from None
    finally:
        engine.dispose()
    archive.sync(path.parent)
    return {**about, "file": str(path), "bytes": path.stat().st_size}


def _check_room(settings: Settings, path: Path) -> None:
    """Refuse before the disk is full: the service may write to the same one."""
    if not settings.database_url.startswith("sqlite:///"):
        return
    needed = ROOM * Path(settings.database_url.removeprefix("sqlite:///")).stat().st_size
    free = shutil.disk_usage(path.parent).free
    if free < needed:
        raise BackupError(
            f"{path.parent}: {free >> 20} MiB free, a backup may need {int(needed) >> 20} MiB"
        )


def _copy_home(home: Path, target: Path, environment: Mapping[str, str]) -> None:
    target.mkdir()
    for name in HOME_FILES:
        if (home / name).is_file():
            shutil.copy2(home / name, target / name)
    given = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    write_settings(target / SETTINGS_FILE, given)


def write_settings(path: Path, given: Mapping[str, str]) -> None:
    """As lines that a shell and systemd read, for its owner only."""
    lines = (f"{name}={shlex.quote(value)}\n" for name, value in sorted(given.items()))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE)
    with os.fdopen(handle, "w") as file:
        file.writelines(lines)
