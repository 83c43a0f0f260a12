"""The file of a backup: a tar of gzip with a manifest first, that says the sha256 of the rest.

manifest.json      what this is, and {member: sha256}
database/...       what cloud.store.copies wrote
home/secret ...    the files of the home folder that cannot be made again, with their modes
home/settings.env  the LUCINA_* variables of the backup's process
"""

import hashlib
import json
import os
import tarfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

FORMAT = 1
MANIFEST = "manifest.json"
MODE = 0o600  # of the file, and of what it puts into a home: secrets are in both
_DAMAGED = (tarfile.TarError, zlib.error, EOFError, OSError)


class BackupError(Exception):
    """A backup cannot be made or used. One line for the person who asked for it."""


def write(path: Path, folder: Path, about: Mapping[str, Any]) -> None:
    """All files below `folder` become `path`, which is complete or not there."""
    names = sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())
    sums = {name: sha256_of(folder / name) for name in names}
    manifest = json.dumps({"format": FORMAT, **about, "sha256": sums}, indent=1).encode()
    part = path.with_name(path.name + ".part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE)
        with os.fdopen(handle, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as tar:
                head = tarfile.TarInfo(MANIFEST)
                head.size, head.mode = len(manifest), MODE
                tar.addfile(head, BytesIO(manifest))
                for name in names:
                    tar.add(folder / name, name, recursive=False)
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_manifest(path: Path) -> dict[str, Any]:
    """What the backup says of itself. BackupError: it is none, or from a newer version."""
    try:
        with tarfile.open(path, "r:gz") as tar:
            first = tar.next()
            file = tar.extractfile(first) if first and first.name == MANIFEST else None
            manifest = json.loads(file.read()) if file else None
    except (*_DAMAGED, ValueError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise BackupError(f"{path}: this is no backup, or a damaged one") from None
    if not isinstance(manifest, dict) or "sha256" not in manifest:
        raise BackupError(f"{path}: this is no backup of Lucina")
    if manifest["format"] > FORMAT:
        raise BackupError(f"{path}: made by a newer Lucina (format {manifest['format']}): update")
    return manifest


def extract(path: Path, folder: Path, manifest: Mapping[str, Any]) -> None:
    """Into an empty folder; each file is what was kept, or BackupError names it."""
    missing = set(manifest["sha256"])
    try:
        with tarfile.open(path, "r:gz") as tar:
            for member in tar:
                if member.name == MANIFEST:
                    continue
                if member.name not in missing or not _is_inside(member):
                    raise BackupError(f"{path}: {member.name!r} does not belong in it")
                missing.remove(member.name)
                target = folder / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                tar.extract(member, folder, filter="data")
                if sha256_of(target) != manifest["sha256"][member.name]:
                    raise BackupError(f"{path}: {member.name} is damaged")
    except _DAMAGED as error:
        raise BackupError(f"{path}: damaged ({error})") from None
    if missing:
        raise BackupError(f"{path}: damaged, {', '.join(sorted(missing))} is missing")


def _is_inside(member: tarfile.TarInfo) -> bool:
    parts = PurePosixPath(member.name).parts
    return member.isreg() and ".." not in parts and not member.name.startswith("/")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """What was written to this file or folder survives a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
