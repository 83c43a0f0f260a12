"""A webhook's receiver that counts what it is told, and can be down."""

import json
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

SECRET = "a-secret-of-the-drill-and-of-nothing-else"  # noqa: S105 - of a server on this machine
HOLD_S = 0.2  # from having heard to answering: time for a kill in between


class Hook:
    """start() listens on a free port of loopback. `taken`: when each id that was accepted had been
    heard, in s of the monotonic clock."""

    def __init__(self) -> None:
        self.taken: defaultdict[str, list[float]] = defaultdict(list)
        self.refused = 0
        self.down = False
        self.heard = threading.Event()  # set by each request
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["content-length"])
                data = self.rfile.read(size)
                if len(data) < size:
                    return  # who sent it was killed meanwhile
                body = json.loads(data)
                hook.heard.set()
                heard_s = time.monotonic()
                time.sleep(HOLD_S)
                if hook.down:
                    hook.refused += 1
                else:
                    hook.taken[body["data"]["id"]].append(heard_s)
                self.send_response(500 if hook.down else 200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def channel(self) -> str:
        """The setting of the channel that leads here."""
        return f"hook+plain://:{SECRET}@127.0.0.1:{self._server.server_port}/drill"

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
