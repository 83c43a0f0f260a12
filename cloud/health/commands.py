"""`lucina doctor` and `lucina watchdog`."""

import json
import signal
from dataclasses import asdict
from threading import Event
from typing import Annotated
from urllib.parse import urlsplit

import typer

from cloud.terminal import end, fail

AlertUrl = Annotated[
    str, typer.Option(help="A webhook that gets a POST with JSON: service, state, why.")
]
Command = Annotated[
    str, typer.Option(help="A command for the shell, with the same JSON on its input.")
]
Again = Annotated[float, typer.Option(min=1, help="Seconds until it is told again.")]
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
    alert_url: AlertUrl = "",
    command: Command = "",
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 5,
    after: Annotated[float, typer.Option(min=0.5, help="Seconds of silence to tell.")] = 20,
    again: Again = 600,
) -> None:
    """Page the operator when the service is silent: it hangs, is gone, or says it is ill.

    Run it apart from the service, best on another machine. It needs none of its settings.

    Example: lucina watchdog --url https://centre.example --alert-url https://pager.example/hook
    """
    from cloud.health import logs
    from cloud.health.watchdog import look, told_by, watch

    try:
        check_address("url", url, ("http", "https"))
        check_told(alert_url, command)
        logs.set_up()
    except ValueError as error:
        fail(error)
    ended = ended_by_signal()
    typer.echo(f"watchdog ready on {url}")
    tell = told_by(alert_url, command, url)
    watch(url, lambda: look(url), tell, every, after, again, ended)


def check_address(name: str, url: str, schemes: tuple[str, ...]) -> None:
    """ValueError: this option is not an address with one of these schemes."""
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"--{name} {url!r}: must be {' or '.join(s + '://' for s in schemes)}HOST")


def check_told(alert_url: str, command: str) -> None:
    """ValueError: neither way is given, or the webhook is none."""
    if alert_url:
        check_address("alert-url", alert_url, ("http", "https"))
    elif not command:
        raise ValueError("nobody would be told: give --alert-url or --command")


def ended_by_signal() -> Event:
    """Set by SIGTERM and SIGINT."""
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    return ended
