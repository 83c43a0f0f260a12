"""`lucina report`: printed reports into a folder, one or the archive's."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cloud.terminal import end, fail

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from cloud.config import Settings
    from cloud.reports.pdf import Options

MODE = 0o600  # of a report: it has names


def report(
    recording: Annotated[int | None, typer.Argument(help="Number of one recording.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="All that began since this day, UTC."),
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Folder for the PDF files; made when it is not there.")
    ] = Path(),
    speed: Annotated[int, typer.Option(min=1, max=3, help="cm/min")] = 1,
    axis: Annotated[Literal["50-210", "30-240"], typer.Option(help="bpm")] = "50-210",
    language: Annotated[Literal["en", "zh"], typer.Option(help="Of the words.")] = "en",
) -> None:
    """Print recordings as PDF: A4, true scale, with reading, scores and completeness.

    Reads the store of `lucina cloud` (LUCINA_* variables), which may run meanwhile. One line for
    each that cannot be printed, and exit code 1; 2: nothing could be done at all.

    Example: lucina report --since 2026-05-01 --out archive
    """
    from cloud.config import ConfigError, load
    from cloud.reports.pdf import Options
    from cloud.reports.printing import SCALES
    from cloud.store.db import DatabaseError, StoreError

    try:
        if (recording is None) == (since is None):
            raise ValueError("give the number of a recording, or --since DATE")
        out.mkdir(parents=True, exist_ok=True)
        options = Options(speed, SCALES[axis], language)
        failed = _print_all(load(), recording, since, out, options)
    except (ConfigError, DatabaseError, ValueError, OSError) as error:
        fail(error)
    except StoreError as error:
        fail(ValueError(f"the database cannot be read: {error.orig}"))
    end(1 if failed else 0)


def _print_all(
    settings: "Settings", recording: int | None, since: datetime | None, out: Path,
    options: "Options",
) -> int:  # fmt: skip
    """How many failed."""
    from rich.console import Console
    from rich.progress import track

    from cloud.clock import wall_ms
    from cloud.store.db import open_engine, reading
    from cloud.store.recordings import started_since

    engine = open_engine(settings.database_url)
    numbers = [recording] if recording is not None else []
    if since is not None:
        with reading(engine) as conn:
            numbers = started_since(conn, round(since.replace(tzinfo=UTC).timestamp() * 1000))
    console, failed = Console(stderr=True), 0
    for number in track(numbers, "printing", console=console, disable=not console.is_terminal):
        problem = _print(engine, settings, number, out, options, wall_ms())
        if problem:
            typer.echo(f"lucina: recording {number}: {problem}", err=True)
            failed += 1
    typer.echo(f"{len(numbers) - failed} of {len(numbers)} printed to {out}")
    return failed


def _print(
    engine: "Engine", settings: "Settings", number: int, out: Path, options: "Options", now_ms: int
) -> str:
    """What went wrong, or ""."""
    from cloud import i18n
    from cloud.alerts.answers import Refused
    from cloud.reports.facts import Archive
    from cloud.reports.fonts import NoFont
    from cloud.reports.printing import printed

    try:
        body = printed(engine, settings, number, Archive(), options, now_ms)
        _write(out / f"lucina-{number}.pdf", body)
    except Refused as refused:
        return i18n.say("en", refused.words)
    except (LookupError, NoFont, OSError) as error:
        return str(error)
    except Exception as error:  # one broken record must not end the archive
        return f"{type(error).__name__}: {error}"
    return ""


def _write(path: Path, body: bytes) -> None:
    """Complete or not there, and for its owner only."""
    part = path.with_name(path.name + ".part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE)
        with os.fdopen(handle, "wb") as file:
            file.write(body)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
