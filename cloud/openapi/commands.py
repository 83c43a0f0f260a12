"""`lucina openapi`: what it takes, and what it writes."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cloud.terminal import fail


def openapi(
    out: Annotated[Path | None, typer.Option(help="File; else standard output.")] = None,
    as_table: Annotated[
        bool, typer.Option("--table", help="The routes as a table, as in docs/api.md.")
    ] = False,
) -> None:
    """Write the OpenAPI document of the service; needs no running service.

    Example: lucina openapi --out openapi.json
    """
    from cloud.openapi.document import document
    from cloud.openapi.table import table

    text = table() if as_table else json.dumps(document(), ensure_ascii=False, indent=1) + "\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text)
    except OSError as error:
        fail(error)
