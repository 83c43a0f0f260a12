"""`lucina canary setup` and `lucina canary watch`."""

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cloud.health.commands import (
    Again,
    AlertUrl,
    Command,
    check_address,
    check_told,
    ended_by_signal,
)
from cloud.terminal import fail

if TYPE_CHECKING:
    from cloud.canary.probe import Replaying

File = Annotated[Path, typer.Argument(help="Its addresses, password and token; keep it secret.")]
LOOK_S = 1.0


def canary(replaying: "Replaying") -> typer.Typer:
    """The group of commands; `replaying` gives the command of a probe that replays a file."""
    app = typer.Typer(
        no_args_is_help=True,
        help="A hidden mother whose synthetic alarm goes the whole way each minute.",
    )
    app.command()(setup)
    app.command()(_watch(replaying))
    return app


def setup(
    file: File,
    gateway: Annotated[str, typer.Option(help="The gateway that she is at, by its name.")],
    broker: Annotated[
        str, typer.Option(help="mqtt:// or mqtts://HOST:PORT[?ca=FILE] of that gateway.")
    ],
    service: Annotated[str, typer.Option(help="http:// or https://HOST[:PORT] of the pages.")],
    devices: Annotated[
        Path | None,
        typer.Option(help="The gateway's file of devices, to write her into, if it is here."),
    ] = None,
) -> None:
    """Make the hidden organisation, its account, mother and device; FILE is for `watch`.

    Settings come from LUCINA_* variables, as for the service. Again: a new password and token.

    Example: lucina canary setup canary.json --gateway gw-7 --broker mqtt://gw-7:1883
    --service https://centre.example --devices devices.json
    """
    from cloud.canary import kit as kits
    from cloud.clock import wall_ms
    from cloud.config import ConfigError, load
    from cloud.store.db import DatabaseError, migrate, open_engine, writing
    from cloud.store.people import token_sha256

    try:
        check_address("service", service, ("http", "https"))
        check_address("broker", broker, ("mqtt", "mqtts"))
        engine = open_engine(load().database_url)
        migrate(engine)
        with writing(engine) as conn:
            kit = kits.set_up(conn, gateway, service, broker, wall_ms())
            if devices is not None:
                kits.admit(devices, kit)
            kits.write(file, kit)
        engine.dispose()
    except (ConfigError, DatabaseError, ValueError, OSError) as error:
        fail(error)
    typer.echo(f"{file} is for: lucina canary watch {file} --alert-url HOOK")
    if devices is None:
        typer.echo("the gateway's file of devices needs this line:")
        typer.echo(f'"{kit.device}": "{token_sha256(kit.device_token)}"')


def _watch(replaying: "Replaying") -> Callable[..., None]:
    def watch(
        file: File,
        alert_url: AlertUrl = "",
        command: Command = "",
        after: Annotated[float, typer.Option(min=1, help="Seconds without an alert to tell.")] = 90,
        again: Again = 600,
        in_time: Annotated[
            float, typer.Option(min=0.1, help="Seconds from a sample to its alert, at most.")
        ] = 30,
    ) -> None:
        """Send a bradycardia each minute, see its alert come, answer it; page when none comes.

        Run it apart from the service, best on another machine, like `lucina watchdog`.

        Example: lucina canary watch canary.json --alert-url https://pager.example/hook
        """
        from cloud.canary import kit as kits
        from cloud.canary import page, probe
        from cloud.canary.runs import Runs
        from cloud.health import logs, watchdog

        try:
            check_told(alert_url, command)
            kit = kits.read(file)
            logs.set_up()
        except (ValueError, OSError) as error:
            fail(error)
        ended, runs = ended_by_signal(), Runs(in_time)
        with tempfile.TemporaryDirectory(prefix="lucina-canary-") as folder:
            near = threading.Thread(
                target=probe.run_on, args=(replaying, kit, Path(folder), runs, ended)
            )
            far = threading.Thread(target=page.watch_on, args=(kit, runs, ended), daemon=True)
            near.start()
            far.start()
            typer.echo(f"canary ready on {kit.broker} and {kit.service}")
            tell = watchdog.told_by(alert_url, command, kit.service)
            watchdog.watch("the canary", runs.look, tell, LOOK_S, after, again, ended)
            near.join()

    return watch
