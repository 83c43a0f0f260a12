"""Many connections to a broker at once: a process of its own, for its own file descriptors.

python -m cloud.drill.storm PORT USER TOKEN [AUTHORITY CERTIFICATE KEY]

With the files, by TLS, and each shows the certificate: first with hands shaken in full, as after a
start of the broker, then, when all were let in and all of their lines have broken, with what they
agreed on before. Prints a Round as JSON a line. Who is not let in knocks again as a gateway does.
"""

import heapq
import json
import math
import random
import resource
import selectors
import socket
import ssl
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass

from cloud import mqtt

CONNECTIONS = 10_000
SPARE = 500  # file descriptors for everything else
WITHIN_S = 120.0  # the longest that all of it may take
CONNECT_S = (5.0, 30.0)  # of gateway.patience: for TCP at first, which doubles, and at most
LET_IN_S = 30.0  # of gateway.patience: for all that follows
# Of gateway.patience: where a broker's queue is full we are connected, it does not know, and takes
# nothing that we send.
DEAD_LINE_MS = 5000
BACKOFF_S = (0.5, 30.0)  # of gateway.patience: the wait before it knocks is below this, likewise
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
CONNACK_SIZE = 4  # bytes; the last one says 0 to those who are let in
BROKEN = struct.pack("ii", 1, 0)  # SO_LINGER: end without a goodbye
Sessions = dict[int, ssl.SSLSession | None]  # by client


@dataclass(frozen=True)
class Round:
    """What became of all who knocked."""

    connected: int
    resumed: int  # of them, with what was agreed on before
    last_s: float | None  # from the first knock to the last that was let in
    tries: int
    cpu_s: float  # of this process


def lacks_descriptors() -> str:
    """Why this machine cannot open so many connections in one process."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = most == resource.RLIM_INFINITY or most >= CONNECTIONS + SPARE
    return "" if enough else f"{most} open files at most (ulimit -Hn)"


def take_descriptors() -> None:
    """As many files may be open in this process, and in what it starts, as the machine allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Try:
    """One connection. steps() yields what it waits for, and ends when it is let in."""

    def __init__(
        self,
        port: int,
        hello: bytes,
        context: ssl.SSLContext | None,
        session: ssl.SSLSession | None,
    ) -> None:
        self.sock = socket.socket()
        self.fd = self.sock.fileno()  # stays what it is under TLS
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_LINE_MS)
        self.sock.connect_ex(("127.0.0.1", port))
        self.until_s = math.inf  # its patience
        self.steps = self._steps(hello, context, session)

    @property
    def secure(self) -> ssl.SSLSocket | None:
        return self.sock if isinstance(self.sock, ssl.SSLSocket) else None

    def _steps(
        self, hello: bytes, context: ssl.SSLContext | None, session: ssl.SSLSession | None
    ) -> Iterator[int]:
        """OSError: it is not let in."""
        yield WRITE
        if error := self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, "not connected")
        if context is not None:
            self.sock = secure = context.wrap_socket(
                self.sock, do_handshake_on_connect=False, session=session
            )
            yield from _shake_hands(secure)
        self.sock.send(hello)
        answer = b""
        while len(answer) < CONNACK_SIZE:
            yield READ
            with suppress(ssl.SSLWantReadError):  # it was a ticket
                part = self.sock.recv(CONNACK_SIZE - len(answer))
                if not part:
                    raise ConnectionResetError
                answer += part
        if answer[-1]:
            raise ConnectionRefusedError


def _shake_hands(sock: ssl.SSLSocket) -> Iterator[int]:
    while True:
        try:
            sock.do_handshake()
        except ssl.SSLWantReadError:
            yield READ
        except ssl.SSLWantWriteError:
            yield WRITE
        else:
            return


class Storm:
    """run() once: all of `count` knock, with the sessions of theirs that are known."""

    def __init__(
        self,
        port: int,
        user: str,
        token: str,
        context: ssl.SSLContext | None,
        sessions: Sessions,
    ) -> None:
        self._port, self._user, self._token, self._context = port, user, token, context
        self._sessions = sessions
        self._trying: dict[int, Try] = {}  # by client
        self._failures = Counter[int]()
        self._due: list[tuple[float, int, int]] = []  # heap: when, client, its failures by then
        self._open: dict[int, Try] = {}  # by client; all at once, not one after the other
        self._last_s = 0.0

    def run(self, count: int, within_s: float = WITHIN_S) -> Round:
        began_s, cpu_s = time.monotonic(), time.process_time()
        self._due = [(began_s + _jitter_s(0), number, 0) for number in range(count)]
        heapq.heapify(self._due)
        with selectors.DefaultSelector() as selector:
            self._selector = selector
            while len(self._open) < count and time.monotonic() - began_s < within_s:
                looked_s = time.monotonic()
                for key, _ in selector.select(0.01):
                    self._go_on(key.data)
                self._take_due(looked_s)
        resumed = sum(bool(one.secure and one.secure.session_reused) for one in self._open.values())
        last_s = round(self._last_s - began_s, 2) if self._open else None
        tries = len(self._open) + self._failures.total()
        cpu_s = round(time.process_time() - cpu_s, 2)
        return Round(len(self._open), resumed, last_s, tries, cpu_s)

    def break_all(self) -> Sessions:
        """The lines break; what each has agreed on for the next time."""
        found: Sessions = {}
        for number, one in self._open.items():
            found[number] = one.secure.session if one.secure else None
            one.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, BROKEN)
            one.sock.close()
        for one in self._trying.values():
            one.sock.close()
        return found

    def _take_due(self, looked_s: float) -> None:
        """Those whose turn it is to knock, and those who had no answer when it was looked last:
        that this one process is slow to play all of them costs nobody his patience."""
        while self._due and self._due[0][0] <= looked_s:
            at_s, number, failures = heapq.heappop(self._due)
            one = self._trying.get(number)
            if one is None and number not in self._open:
                self._knock(number, time.monotonic())
            elif one is not None and self._failures[number] == failures:
                if at_s < one.until_s:
                    heapq.heappush(self._due, (one.until_s, number, failures))
                else:
                    self._fail(number)

    def _knock(self, number: int, now_s: float) -> None:
        hello = mqtt.connect(f"storm-{number}", self._user, self._token, 0)
        one = Try(self._port, hello, self._context, self._sessions.get(number))
        self._trying[number] = one
        self._selector.register(one.fd, next(one.steps), number)
        one.until_s = now_s + _doubled(CONNECT_S, self._failures[number])
        heapq.heappush(self._due, (one.until_s, number, self._failures[number]))

    def _go_on(self, number: int) -> None:
        one = self._trying[number]
        try:
            self._selector.modify(one.fd, next(one.steps), number)
            one.until_s = time.monotonic() + LET_IN_S
        except StopIteration:
            self._selector.unregister(one.fd)
            self._open[number] = self._trying.pop(number)
            self._last_s = time.monotonic()
        except OSError:
            self._fail(number)

    def _fail(self, number: int) -> None:
        """Wait below a bound that doubles with each failure, then knock again."""
        one = self._trying.pop(number)
        self._selector.unregister(one.fd)
        one.sock.close()
        self._failures[number] += 1
        at_s = time.monotonic() + _jitter_s(self._failures[number])
        heapq.heappush(self._due, (at_s, number, self._failures[number]))


def _doubled(limits_s: tuple[float, float], failures: int) -> float:
    first_s, largest_s = limits_s
    return min(largest_s, first_s * 2.0 ** min(failures, 10))


def _jitter_s(failures: int) -> float:
    return random.uniform(0.0, _doubled(BACKOFF_S, failures))  # noqa: S311 - only spread


def context_of(files: Sequence[str]) -> ssl.SSLContext | None:
    """Of authority, certificate and key; None: without TLS."""
    if not files:
        return None
    context = ssl.create_default_context(cafile=files[0])
    context.check_hostname = False  # an address; the authority signs nobody else
    context.load_cert_chain(files[1], files[2])
    return context


def main() -> None:
    port, user, token, *files = sys.argv[1:]
    take_descriptors()
    context, sessions = context_of(files), Sessions()
    for _ in range(2 if files else 1):
        storm = Storm(int(port), user, token, context, sessions)
        sys.stdout.write(json.dumps(asdict(storm.run(CONNECTIONS))) + "\n")
        sys.stdout.flush()
        sessions = storm.break_all()


if __name__ == "__main__":
    main()
