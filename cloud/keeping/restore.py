"""A store made again from a backup, and compared with what the backup says of itself.

Nothing is put over what is there: the target must hold no row. A restore that fails leaves a
SQLite store absent; a PostgreSQL database then has tables and no rows.
"""

import shlex
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cloud.config import Settings
from cloud.keeping import archive
from cloud.keeping.archive import BackupError
from cloud.keeping.backup import HOME_FILES, SETTINGS_FILE, write_settings
from cloud.store import copies
from cloud.store.db import DatabaseError, StoreError, migrate, open_engine, revisions

ELSEWHERE = "restore into another place with --into FOLDER or --database URL"


def restore(settings: Settings, path: Path) -> dict[str, Any]:
    """Fill the home and the database of `settings` from this backup; what was found in it."""
    manifest = archive.read_manifest(path)
    if manifest["revision"] not in revisions():
        raise BackupError(
            f"{path}: of a newer version (revision {manifest['revision']}): update Lucina first"
        )
    engine = open_engine(settings.database_url)
    try:
        _check_target(engine.dialect.name, manifest, path)
        if engine.dialect.name != "sqlite" or _file_of(settings).exists():
            _check_empty(engine)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.home) as name:
            folder = Path(name)
            archive.extract(path, folder, manifest)
            if engine.dialect.name == "sqlite":
                engine.dispose()
                _put_file(folder / "database" / copies.SQLITE_FILE, _file_of(settings))
            else:
                copies.copy_in(engine, folder / "database", manifest["revision"])
            _compare(copies.rows_of(engine), manifest["rows"], "rows of")
            if engine.dialect.name != "sqlite":
                sums = {Path(name).name: found for name, found in manifest["sha256"].items()}
                hashes = copies.hashes_of(engine)
                _compare(hashes, {name: sums[name] for name in hashes}, "contents of")
            _put_home(folder / "home", settings)
        migrate(engine)
    except StoreError as error:
        raise BackupError(f"the database cannot be filled: {error.orig}") from None
    finally:
        engine.dispose()
    return {**manifest, "home": str(settings.home)}


def _check_target(kind: str, manifest: Mapping[str, Any], path: Path) -> None:
    if manifest["database"] != kind:
        raise BackupError(f"{path} is of {manifest['database']}, the target is {kind}: {ELSEWHERE}")


def _check_empty(engine: Any) -> None:
    found = copies.revision_of(engine)
    if found is not None and found not in revisions():
        raise DatabaseError(f"the target is of a newer version (revision {found}): {ELSEWHERE}")
    if not copies.is_empty(engine):
        raise DatabaseError(f"the target is not empty, and nothing is put over it: {ELSEWHERE}")


def _file_of(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))


def _put_file(source: Path, target: Path) -> None:
    """Checked where it will be, then given its name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(source, part)
        archive.sync(part)
        if archive.sha256_of(part) != archive.sha256_of(source):
            raise BackupError(f"{part}: what was written is not what is there: check this disk")
        copies.check_sqlite(part)
        for side in ("-wal", "-shm"):
            target.with_name(target.name + side).unlink(missing_ok=True)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    archive.sync(target.parent)


def _compare(found: Mapping[str, Any], kept: Mapping[str, Any], what: str) -> None:
    wrong = [name for name in sorted({*found, *kept}) if found.get(name) != kept.get(name)]
    if wrong:
        raise BackupError(f"after the restore the {what} {', '.join(wrong)} differ: do not use it")


def _put_home(folder: Path, settings: Settings) -> None:
    """The secrets with their modes; the settings as they were, but for the two places."""
    for name in HOME_FILES:
        if (folder / name).is_file():
            shutil.copy2(folder / name, settings.home / name)
            archive.sync(settings.home / name)
    lines = shlex.split((folder / SETTINGS_FILE).read_text())
    given = dict(line.split("=", 1) for line in lines)
    given |= {"LUCINA_HOME": str(settings.home), "LUCINA_DATABASE_URL": settings.database_url}
    write_settings(settings.home / SETTINGS_FILE, given)
    archive.sync(settings.home)
