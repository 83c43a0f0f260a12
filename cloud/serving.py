"""`lucina cloud`: the service."""

from typing import Annotated

import typer

from cloud.terminal import fail


def cloud(
    host: Annotated[str | None, typer.Option(help="Address for the pages.")] = None,
    port: Annotated[int | None, typer.Option(help="Port for the pages.")] = None,
) -> None:
    """Run the service: ingest, alerts, pages. Settings come from LUCINA_* variables.

    Example: LUCINA_BROKER_URL=mqtt://cloud:SECRET@127.0.0.1:1883 lucina cloud --port 8700
    """
    from cloud.config import ConfigError, load  # these take a second to load
    from cloud.main import serve
    from cloud.store.db import DatabaseError

    given = {"http_host": host, "http_port": port}
    try:
        serve(load(**{name: value for name, value in given.items() if value is not None}))
    except (ConfigError, DatabaseError, OSError) as error:
        fail(error)
