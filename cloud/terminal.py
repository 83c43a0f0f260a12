"""How a command ends."""

from typing import NoReturn

import typer


def fail(error: Exception) -> NoReturn:
    """Say in one line what was wrong; exit code 2."""
    words = str(error)
    if isinstance(error, OSError) and error.filename:
        words = f"{error.filename}: {error.strerror}"
    typer.echo(f"lucina: {words}", err=True)
    raise typer.Exit(2)


def end(code: int) -> NoReturn:
    raise typer.Exit(code)
