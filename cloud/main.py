"""`lucina cloud`: the service behind uvicorn, from its first line to its last."""

import errno
import logging
import socket

import uvicorn

from cloud.app import create_app
from cloud.config import ConfigError, Settings
from cloud.deps import Services
from cloud.health import logs

FIRST_RUN = "Nobody has an account yet. Open http://%s:%s/setup and give the code %s"
STREAMS_END_S = 5  # for the answers that are still under way


class Server(uvicorn.Server):
    """Ends the pages' streams first: uvicorn would wait for them."""

    def __init__(self, config: uvicorn.Config, parts: Services) -> None:
        super().__init__(config)
        self._stopping = parts.stopping
        self._first_run = parts.first_run

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            print(f"cloud ready on http://{host}:{port}", flush=True)  # noqa: T201
            first = self._first_run
            if first.is_open():
                print(FIRST_RUN % (host, port, first.code), flush=True)  # noqa: T201

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping.set()
        await super().shutdown(sockets)


def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. ConfigError names the port when it cannot be used."""
    _log_as_told()
    logging.getLogger("alembic").setLevel(logging.WARNING)
    listener = listen(settings.http_host, settings.http_port)
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        log_level="warning",
        timeout_graceful_shutdown=STREAMS_END_S,
        server_header=False,
    )
    with listener:
        Server(config, app.state.services).run(sockets=[listener])


def _log_as_told() -> None:
    try:
        logs.set_up()
    except ValueError as error:
        raise ConfigError(str(error)) from None


def listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=2048)
    except OSError as error:
        why = "is taken by another program" if error.errno == errno.EADDRINUSE else str(error)
        raise ConfigError(
            f"LUCINA_HTTP_PORT = {port}: the port {why} (on {host}); choose another"
        ) from None
