"""Many connections to a broker at once: a process of its own, for its own file descriptors.

python -m cloud.drill.storm PORT USER TOKEN [AUTHORITY CERTIFICATE KEY]   > "CONNECTED SECONDS"

With the files, each shakes hands by TLS in full and shows the certificate. SECONDS: from the first
that knocks to the last that is let in. Who is not let in knocks again as a gateway's link does.
"""

import heapq
import random
import resource
import selectors
import socket
import ssl
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

from cloud import mqtt

CONNECTIONS = 10_000
SPARE = 500  # file descriptors for everything else
WITHIN_S = 120.0  # the longest that all of it may take
TRY_S = (5.0, 30.0)  # of gateway.link: its patience at first, which doubles, and at most
BACKOFF_S = (0.5, 30.0)  # of gateway.link: the wait after it is below this, likewise
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
CONNACK_SIZE = 4  # bytes; the last one says 0 to those who are let in


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

    def __init__(self, port: int, hello: bytes, context: ssl.SSLContext | None) -> None:
        self.sock = socket.socket()
        self.fd = self.sock.fileno()  # stays what it is under TLS
        self.sock.setblocking(False)
        self.sock.connect_ex(("127.0.0.1", port))
        self.steps = self._steps(hello, context)

    def _steps(self, hello: bytes, context: ssl.SSLContext | None) -> Iterator[int]:
        """OSError: it is not let in."""
        yield WRITE
        if error := self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, "not connected")
        if context is not None:
            self.sock = secure = context.wrap_socket(self.sock, do_handshake_on_connect=False)
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


def _doubled(limits_s: tuple[float, float], failures: int) -> float:
    first_s, largest_s = limits_s
    return min(largest_s, first_s * 2.0 ** min(failures, 10))


class Storm:
    """run() returns the seconds until each of the clients that were let in was."""

    def __init__(self, port: int, user: str, token: str, context: ssl.SSLContext | None) -> None:
        self._port, self._user, self._token, self._context = port, user, token, context
        self._trying: dict[int, Try] = {}  # by client
        self._failures = Counter[int]()
        self._due: list[tuple[float, int, int]] = []  # heap: when, client, its failures by then
        self._times_s: dict[int, float] = {}
        self._open: list[socket.socket] = []  # all at once, not one after the other

    def run(self, count: int, within_s: float = WITHIN_S) -> list[float]:
        began_s = time.monotonic()
        self._due = [(began_s, number, 0) for number in range(count)]
        with selectors.DefaultSelector() as selector:
            self._selector = selector
            while len(self._times_s) < count and time.monotonic() - began_s < within_s:
                self._take_due(time.monotonic())
                for key, _ in selector.select(0.1):
                    self._go_on(key.data, began_s)
        return list(self._times_s.values())

    def _take_due(self, now_s: float) -> None:
        """Those whose turn it is to knock, and those whose patience has ended."""
        while self._due and self._due[0][0] <= now_s:
            _, number, failures = heapq.heappop(self._due)
            if number in self._trying and self._failures[number] == failures:
                self._fail(number)
            elif number not in self._trying and number not in self._times_s:
                self._knock(number, now_s)

    def _knock(self, number: int, now_s: float) -> None:
        hello = mqtt.connect(f"storm-{number}", self._user, self._token, 0)
        one = self._trying[number] = Try(self._port, hello, self._context)
        self._selector.register(one.fd, next(one.steps), number)
        end_s = now_s + _doubled(TRY_S, self._failures[number])
        heapq.heappush(self._due, (end_s, number, self._failures[number]))

    def _go_on(self, number: int, began_s: float) -> None:
        one = self._trying[number]
        try:
            self._selector.modify(one.fd, next(one.steps), number)
        except StopIteration:
            self._selector.unregister(one.fd)
            self._open.append(self._trying.pop(number).sock)
            self._times_s[number] = time.monotonic() - began_s
        except OSError:
            self._fail(number)

    def _fail(self, number: int) -> None:
        """Wait below a bound that doubles with each failure, then knock again."""
        one = self._trying.pop(number)
        self._selector.unregister(one.fd)
        one.sock.close()
        self._failures[number] += 1
        bound_s = _doubled(BACKOFF_S, self._failures[number])
        at_s = time.monotonic() + random.uniform(0.0, bound_s)  # noqa: S311 - only spread
        heapq.heappush(self._due, (at_s, number, self._failures[number]))


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
    times_s = Storm(int(port), user, token, context_of(files)).run(CONNECTIONS)
    sys.stdout.write(f"{len(times_s)} {max(times_s, default=float('inf')):.1f}\n")


if __name__ == "__main__":
    main()
