"""A folder of spool files, one for each session: the store of a probe that has a file system."""

import os

from device.slots import SlotFile

SUFFIX = ".spool"


class Folder:
    """Of this device alone. It is made when it is not there."""

    RAM_FRAMES = 64

    def __init__(self, path: str) -> None:
        self._path = path

    def left_over(self) -> list[str]:
        """Names of the files of earlier sessions."""
        try:
            names = os.listdir(self._path)
        except OSError:
            os.mkdir(self._path)
            return []
        return sorted(name for name in names if _parts(name))

    def name(self, session: int, capacity: int) -> str:
        """As left_over() has it."""
        return "%08x-%d%s" % (session, capacity, SUFFIX)

    def open(self, session: int, capacity: int) -> SlotFile:
        path = "%s/%s" % (self._path, self.name(session, capacity))
        return SlotFile(path, session, capacity)

    def reopen(self, name: str):
        """(session, capacity, file) of one of left_over()."""
        session, capacity = _parts(name)
        return session, capacity, self.open(session, capacity)


def _parts(name: str):
    """(session, capacity) of a spool file's name, None when it is not one."""
    parts = name[: -len(SUFFIX)].split("-")
    if not name.endswith(SUFFIX) or len(parts) != 2:
        return None
    try:
        return int(parts[0], 16), int(parts[1])
    except ValueError:
        return None
