"""`lucina scenario hour` and `lucina scenario day`: what they take, and what they print."""

import json
import logging
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cloud.terminal import end, fail

Seed = Annotated[int, typer.Option(min=0, help="Of what people do, and of the strips.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object, for machines.")]
Written = Annotated[
    Path | None, typer.Option("--transcript", help="File for all that happened, line by line.")
]
Data = Annotated[
    Path | None,
    typer.Option(envvar="LUCINA_DATA", help="Folder of recordings to replay (docs/data.md)."),
]
EVENTS = (
    "raised",
    "joined",
    "worsened",
    "accept",
    "decline",
    "time up",
    "nobody left",
    "acknowledge",
)


def commands(open_packer: Any) -> typer.Typer:
    """The commands; `open_packer` makes frames as a probe does."""
    app = typer.Typer(no_args_is_help=True, help="Play a day of the consortium and check it.")

    @app.command()
    def hour(
        seed: Seed = 1, as_json: AsJson = False, transcript: Written = None, data: Data = None
    ) -> None:
        """Play an hour: 40 mothers, 6 organisations, an alert of every kind; in a minute.

        Exit code 1: a check does not hold; 2: a file cannot be used.

        Example: lucina scenario hour --transcript hour.txt
        """
        end(show("hour", seed, as_json, transcript, data, open_packer))

    @app.command()
    def day(
        seed: Seed = 1, as_json: AsJson = False, transcript: Written = None, data: Data = None
    ) -> None:
        """Play a day: everybody records, everything happens, the service restarts three times.

        Example: lucina scenario day --seed 7 --json
        """
        end(show("day", seed, as_json, transcript, data, open_packer))

    return app


def show(
    name: str, seed: int, as_json: bool, written: Path | None, data: Path | None, open_packer: Any
) -> int:
    """Play it and print it; the exit code."""
    from cloud.scenario.run import PLAYS, play

    try:
        if data is not None and not data.is_dir():
            raise NotADirectoryError(20, "no such folder", str(data))
        if written is not None:
            written.write_text("")  # before the play, not after it
    except OSError as error:
        fail(error)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=1.0)
        logging.disable(logging.WARNING)  # what a play does on purpose is no news
        outcome = play(
            PLAYS[name],
            seed,
            open_packer,
            data,
            lambda share, at: bar.update(task, completed=share, description=f"{name} {at}"),
        )
        logging.disable(logging.NOTSET)
    if written is not None:
        written.write_text("\n".join(outcome.lines) + "\n")
    if as_json:
        found = {"checks": outcome.checks, "holds": outcome.holds, "seed": seed, "scenario": name}
        typer.echo(json.dumps({**found, **outcome.summary}, indent=1))
    else:
        _print(outcome, Console(highlight=False, soft_wrap=not sys.stdout.isatty()))
    return 0 if outcome.holds else 1


def _print(outcome: Any, console: Console) -> None:
    figures = outcome.summary
    shown = Table("alert", *EVENTS, box=None, title="Alerts", title_justify="left")
    for rule, counts in figures["alerts"].items():
        shown.add_row(rule, *(str(counts.get(event, 0) or "") for event in EVENTS))
    console.print(shown)
    for name, value in figures.items():
        if name != "alerts":
            console.print(f"{name.replace('_', ' ')}: {_plain(value)}")
    speed = figures["simulated_s"] / max(figures["took_s"], 0.1)
    console.print(f"{speed:.0f} times as fast as the clock on the wall")
    source = "published ones where routine" if figures["real_recordings"] else "synthetic, all"
    console.print(f"recordings: {source}")
    for check, wrong in outcome.checks.items():
        console.print(f"{'holds' if not wrong else 'FAILS'}  {check}")
        for words in wrong:
            console.print(f"       {words}")


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(one)}" for name, one in sorted(value.items()))
    return str(value)
