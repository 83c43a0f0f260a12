"""A file system that loses power: what was not synced is gone, or there in part.

    python -m cloud.drill.forgetful STATE MOUNT SEED

STATE/now is what programs see, STATE/durable what a disk would hold. Looking for one of these
names in the mounted folder commands it: `.cut` (power off: of the writes since the last fsync each
survives by chance, one perhaps torn, and the file system ends), `.cut-at-sync` (the same at the
next fsync, of which nothing is done), `.cut-after-sync` (all of it is done, and nobody hears of
it), `.fail` (fsync answers EIO from now on), `.heal`.
"""

import errno
import importlib
import os
import random
import shutil
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

SECTOR = 512
CUT, FAIL, HEAL = "/.cut", "/.fail", "/.heal"
CUT_AT_SYNC, CUT_AFTER_SYNC = "/.cut-at-sync", "/.cut-after-sync"
SURVIVES = 0.5
STAT = ("st_atime", "st_ctime", "st_gid", "st_mode", "st_mtime", "st_nlink", "st_size", "st_uid")
STATFS = ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_favail", "f_ffree", "f_files")


class Disk:
    """Files of one folder; what SQLite and a lock need of a file system."""

    def __init__(self, state: Path, seed: int) -> None:
        self._now, self._durable = state / "now", state / "durable"
        self._durable.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._now, ignore_errors=True)
        shutil.copytree(self._durable, self._now)
        self._pending: dict[str, list[tuple[int, bytes | None]]] = defaultdict(list)
        self._rng = random.Random(seed)  # noqa: S311 - repeated by its seed
        self._failing = False
        self._cut_when = ""

    def getattr(self, path: str, fh: Any = None) -> dict[str, Any]:  # noqa: ARG002
        if path == CUT:
            self._cut()
        elif path in (CUT_AT_SYNC, CUT_AFTER_SYNC):
            self._cut_when = path
        elif path in (FAIL, HEAL):
            self._failing = path == FAIL
        try:
            found = os.lstat(self._at(path))
        except FileNotFoundError:
            raise OSError(errno.ENOENT, path) from None
        return {name: getattr(found, name) for name in STAT}

    def readdir(self, path: str, fh: Any) -> list[str]:  # noqa: ARG002
        return [".", "..", *(each.name for each in self._at(path).iterdir())]

    def open(self, path: str, flags: int) -> int:
        return os.open(self._at(path), flags & ~os.O_APPEND)

    def create(self, path: str, mode: int, fi: Any = None) -> int:  # noqa: ARG002
        return os.open(self._at(path), os.O_RDWR | os.O_CREAT | os.O_TRUNC, mode)

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:  # noqa: ARG002
        return os.pread(fh, size, offset)

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        self._pending[path].append((offset, bytes(data)))
        return os.pwrite(fh, data, offset)

    def truncate(self, path: str, length: int, fh: Any = None) -> None:  # noqa: ARG002
        self._pending[path].append((length, None))
        os.truncate(self._at(path), length)

    def fsync(self, path: str, datasync: int, fh: int) -> int:  # noqa: ARG002
        if self._failing:
            raise OSError(errno.EIO, path)
        if self._cut_when == CUT_AT_SYNC:
            self._cut()
        self._keep(path, self._pending.pop(path, []))
        if self._cut_when == CUT_AFTER_SYNC:
            self._cut()
        return 0

    def release(self, path: str, fh: int) -> int:  # noqa: ARG002
        os.close(fh)
        return 0

    def unlink(self, path: str) -> None:
        self._at(path).unlink()
        self._pending.pop(path, None)
        (self._durable / path.lstrip("/")).unlink(missing_ok=True)

    def chmod(self, path: str, mode: int) -> None:
        self._at(path).chmod(mode)

    def statfs(self, path: str) -> dict[str, int]:  # noqa: ARG002
        found = os.statvfs(self._now)
        return {name: getattr(found, name) for name in STATFS}

    def _at(self, path: str) -> Path:
        return self._now / path.lstrip("/")

    def _keep(self, path: str, changes: list[tuple[int, bytes | None]]) -> None:
        """Bring these changes to the durable file."""
        file = os.open(self._durable / path.lstrip("/"), os.O_RDWR | os.O_CREAT, 0o600)
        for at, data in changes:
            if data is None:
                os.ftruncate(file, at)
            else:
                os.pwrite(file, data, at)
        os.close(file)

    def _cut(self) -> None:
        for path, changes in self._pending.items():
            kept = [one for one in changes if self._rng.random() < SURVIVES]
            at, data = kept[-1] if kept else (0, None)
            if data is not None:
                kept[-1] = at, data[: SECTOR * self._rng.randrange(1 + len(data) // SECTOR)]
            self._keep(path, kept)
        os._exit(0)


def main() -> None:
    state, mount, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    fuse: Any = importlib.import_module("mfusepy").FUSE  # optional, and without types
    fuse(Disk(state, seed), mount, foreground=True, nothreads=True, allow_other=True)


if __name__ == "__main__":
    main()
