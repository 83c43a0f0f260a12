"""What passed between probes and their gateway: every frame with its bytes, every receipt."""

import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterator

from cloud.drill.ledger import Key
from device import payloads, wire

_DEVICE = re.compile(rb"lucina/1/dev/([\w.-]+)/(?:up|down)")


def receipted(frame: wire.Frame, since: int = 0) -> Iterator[int]:
    """The numbers, from `since` on, of the frames that this receipt says are kept."""
    told = payloads.unpack_receipt(frame)
    missing = {seq for first, last in told.missing for seq in range(first, last + 1)}
    return (seq for seq in range(since, told.seen) if seq not in missing)


class Heard:
    """passes() is the tap of a proxy. Frames are found by their magic, not by MQTT's packets."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[Key, bytes] = {}
        self._sent_ms: dict[Key, float] = {}
        self._promised: set[Key] = set()
        self._whole: dict[tuple[str, int], int] = defaultdict(int)  # promised, all below this
        self._commanded: list[tuple[str, float]] = []
        self._devices: dict[int, str] = {}
        self._readers: dict[tuple[int, bool], wire.Reader] = {}
        self._tails: dict[int, bytes] = {}

    def passes(self, connection: int, up: bool, data: bytes) -> None:
        if connection not in self._devices:
            head = self._tails.get(connection, b"") + data
            self._tails[connection] = head[-4096:]
            found = _DEVICE.search(head)
            if found is None:
                return  # it has not subscribed yet, and publishes after that
            self._devices[connection] = found[1].decode()
        device = self._devices[connection]
        reader = self._readers.setdefault((connection, up), wire.Reader())
        with self._lock:
            for frame in reader.feed(data):
                if up and frame.kind in wire.RECORDED:
                    self.add(device, frame)
                elif not up and frame.kind == wire.RECEIPT:
                    self._receipt(device, frame)
                elif not up and frame.kind == wire.COMMAND:
                    self._commanded.append((device, time.time() * 1000))

    def add(self, device: str, frame: wire.Frame) -> None:
        key = device, frame.session, frame.seq
        self._made.setdefault(key, wire.encode(frame))
        self._sent_ms.setdefault(key, time.time() * 1000)

    def _receipt(self, device: str, frame: wire.Frame) -> None:
        kept = receipted(frame, self._whole[device, frame.session])
        self._promised.update((device, frame.session, seq) for seq in kept)
        self._whole[device, frame.session] = payloads.unpack_receipt(frame).stored

    def made(self) -> dict[Key, bytes]:
        with self._lock:
            return dict(self._made)

    def sent_ms(self) -> dict[Key, float]:
        with self._lock:
            return dict(self._sent_ms)

    def commanded_ms(self, since_ms: float) -> dict[str, float]:
        """When each device was first told to sound or show something, after this."""
        with self._lock:
            told = [one for one in self._commanded if one[1] >= since_ms]
        return dict(reversed(told))

    def promised(self) -> set[Key]:
        """Those that the gateway has told their device are kept."""
        with self._lock:
            return set(self._promised)


class Waits:
    """passes() is the tap of a proxy between gateway and cloud: how long frames that are sent wait
    for their receipt. A frame is known by its session and number; no two devices share a session.
    """

    def __init__(self) -> None:
        self.slowest_s = 0.0
        self._since_s: dict[int, dict[int, float]] = defaultdict(dict)
        self._done: set[tuple[int, int]] = set()
        self._readers: dict[tuple[int, bool], wire.Reader] = defaultdict(wire.Reader)

    def passes(self, connection: int, up: bool, data: bytes) -> None:
        now_s = time.monotonic()
        for frame in self._readers[connection, up].feed(data):
            waiting = self._since_s[frame.session]
            if up and frame.kind in wire.RECORDED:
                if (frame.session, frame.seq) not in self._done:
                    waiting.setdefault(frame.seq, now_s)
            elif not up and frame.kind == wire.RECEIPT:
                for seq in waiting.keys() & set(receipted(frame)):
                    self.slowest_s = max(self.slowest_s, now_s - waiting.pop(seq))
                    self._done.add((frame.session, seq))
