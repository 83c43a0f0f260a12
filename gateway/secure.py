"""TLS of a link: what one connection has agreed on is taken up by the next.

Where thousands come back after an outage, their broker then checks no certificate and signs nothing
(docs/reliability.md has what that saves). A broker that was started again has forgotten: hands are
shaken in full, without another round.
"""

import socket
import ssl
from typing import Any

from gateway.patience import DEAD_LINE_S, LET_IN_WITHIN_S


def insist(sock: object) -> None:
    """A line that does not take what is sent breaks by itself, where the kernel knows how."""
    if isinstance(sock, socket.socket) and hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(DEAD_LINE_S * 1000))


class Secured:
    """Stands for an SSLContext at paho. ca_file: whom to trust; empty: whom the machine trusts."""

    check_hostname = True

    def __init__(self, ca_file: str) -> None:
        self._context = ssl.create_default_context(cafile=ca_file or None)
        self._session: ssl.SSLSession | None = None

    def wrap_socket(self, sock: socket.socket, **how: Any) -> ssl.SSLSocket:
        """With hands shaken, in LET_IN_WITHIN_S instead of the time for a connection."""
        insist(sock)
        secure = self._context.wrap_socket(sock, session=self._session, **how)
        secure.settimeout(LET_IN_WITHIN_S)
        secure.do_handshake()
        return secure

    def keep(self, sock: object) -> None:
        """This connection has been let in: the next may begin where it began."""
        if isinstance(sock, ssl.SSLSocket):
            self._session = sock.session
