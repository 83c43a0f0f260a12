"""`lucina doctor` and `lucina watchdog`."""

import json
import signal
from dataclasses import asdict
from threading import Event
from typing import Annotated
from urllib.parse import urlsplit

import typer

from cloud.terminal import end, fail

AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
SIGNS = {"ok": "  ok ", "note": "note ", "wrong": "WRONG"}


def doctor(as_json: AsJson = False) -> None:
    """Look at settings, disk, database, clock, broker, service and channels; say what is wrong.

    Exit code 1 when something is. Settings come from LUCINA_* variables, as for the service.

    Example: lucina doctor --json
    """
    from cloud.config import ConfigError, load
    from cloud.health.doctor import WRONG, Finding, examine

    try:
        found = examine(load())
    except ConfigError as error:
        found = [Finding("settings", WRONG, str(error))]
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found]))
    else:
        for one in found:
            typer.echo(f"{SIGNS[one.state]} {one.name}: {one.words}")
    end(1 if any(one.state == WRONG for one in found) else 0)


def watchdog(
    url: Annotated[str, typer.Option(help="http:// or https://HOST:PORT of the service.")],
    alert_url: Annotated[
        str, typer.Option(help="A webhook that gets a POST with JSON: service, state, why.")
    ] = "",
    command: Annotated[
        str, typer.Option(help="A command for the shell, with the same JSON on its input.")
    ] = "",
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 5,
    after: Annotated[float, typer.Option(min=0.5, help="Seconds of silence to tell.")] = 20,
    again: Annotated[float, typer.Option(min=1, help="Seconds until it is told again.")] = 600,
) -> None:
    """Page the operator when the service is silent: it hangs, is gone, or says it is ill.

    Run it apart from the service, best on another machine. It needs none of its settings.

    Example: lucina watchdog --url https://centre.example --alert-url https://pager.example/hook
    """
    from cloud.health import logs
    from cloud.health.watchdog import look, told_by, watch

    try:
        for name, value in (("url", url), ("alert-url", alert_url)):
            if value and (urlsplit(value).scheme not in ("http", "https") or "//" not in value):
                raise ValueError(f"--{name} {value!r}: must be http:// or https://HOST[:PORT]")
        if not alert_url and not command:
            raise ValueError("nobody would be told: give --alert-url or --command")
        logs.set_up()
    except ValueError as error:
        fail(error)
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    typer.echo(f"watchdog ready on {url}")
    tell = told_by(alert_url, command, url)
    watch(url, lambda: look(url), tell, every, after, again, ended)
