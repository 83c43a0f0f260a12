"""A recording as a file that a probe can replay second by second in little memory.

    4s  magic    b"LUS1"
    I   seconds  how many records follow
    I   size     bytes of all records
    then for each second: u8 length, the payload of a TRACE frame (payloads.pack_trace)

Little-endian. Written by whoever can read the recording, read by the probe.
"""

from struct import calcsize, pack, unpack

from device.spoken import pack_trace, unpack_trace

MAGIC = b"LUS1"
HEAD = "<4sII"


class SecondsError(ValueError):
    """This is not a seconds file, or not all of it."""


def write(path: str, traces) -> int:
    """traces: an iterable of payloads.Trace, one a second. Returns how many."""
    seconds = size = 0
    with open(path, "wb") as file:
        file.write(pack(HEAD, MAGIC, 0, 0))
        for trace in traces:
            payload = pack_trace(trace)
            file.write(bytes((len(payload),)) + payload)
            seconds += 1
            size += 1 + len(payload)
        file.seek(0)
        file.write(pack(HEAD, MAGIC, seconds, size))
    return seconds


class SecondsFile:
    """A source of seconds: next() returns the packed TRACE payload, None at the end."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "rb")
        head = self._file.read(calcsize(HEAD))
        if len(head) < calcsize(HEAD) or head[:4] != MAGIC:
            raise SecondsError("%s is not a seconds file" % path)
        _, self.seconds, size = unpack(HEAD, head)
        end = self._file.seek(0, 2)
        if end != calcsize(HEAD) + size:
            raise SecondsError("%s has %d bytes, its head says otherwise" % (path, end))
        self._file.seek(calcsize(HEAD))
        self._read = 0

    def next(self) -> bytes | None:
        if self._read == self.seconds:
            self._file.close()
            return None
        length = self._file.read(1)
        payload = self._file.read(length[0]) if length else b""
        unpack_trace(payload)  # WireError when it is not a trace
        self._read += 1
        return payload
