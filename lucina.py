"""The `lucina` command. The only file that knows all four packages; it decides nothing itself."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, NoReturn
from urllib.parse import urlsplit

import typer

app = typer.Typer(
    help="Lucina: remote maternal-fetal monitoring. Decision support: a doctor reads.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Speed = Annotated[int, typer.Option(min=1, max=600, help="Recorded seconds per second.")]


@app.command()
def run(
    speed: Speed = 10,
    port: Annotated[int, typer.Option(help="Pages here; MQTT on the next two ports.")] = 8700,
    mothers: Annotated[int, typer.Option(min=1, max=4, help="How many replayed mothers.")] = 4,
) -> None:
    """Start everything on this machine with replayed mothers, until Ctrl-C.

    Example: lucina run --speed 1 --port 9000
    """
    from cloud.tree import run_demo

    _end(run_demo(_command(), speed, port, mothers))


@app.command()
def cloud(
    host: Annotated[str | None, typer.Option(help="Address for the pages.")] = None,
    port: Annotated[int | None, typer.Option(help="Port for the pages.")] = None,
) -> None:
    """Run the service: ingest, alerts, pages. Settings come from LUCINA_* variables.

    Example: LUCINA_BROKER_URL=mqtt://cloud:SECRET@127.0.0.1:1883 lucina cloud --port 8700
    """
    from cloud.config import ConfigError, load_settings
    from cloud.main import serve
    from cloud.store.db import DatabaseError

    try:
        serve(load_settings(http_host=host, http_port=port))
    except (ConfigError, DatabaseError, OSError) as error:
        _fail(error)


@app.command()
def gateway(
    id: Annotated[str, typer.Option(help="Name of this gateway.")],  # noqa: A002
    cloud: Annotated[str, typer.Option(help="mqtt://NAME:TOKEN@HOST:PORT of the cloud's broker.")],
    home: Annotated[Path, typer.Option(help="Folder of its outbox.")],
    devices: Annotated[Path, typer.Option(help='JSON {"device": "sha256 of its token"}.')],
    listen: Annotated[str, typer.Option(help="HOST:PORT of the embedded broker.")] = "",
    broker: Annotated[str, typer.Option(help="Use this broker (mqtt://, mqtts://) instead.")] = "",
) -> None:
    """Run the box in the home or clinic: keeps every frame until the cloud has stored it.

    Example: lucina gateway --id gw-7 --listen 0.0.0.0:1883 --cloud mqtts://gw-7:TOKEN@centre:8883
    --home /var/lib/lucina --devices devices.json
    """
    from gateway.broker import BrokerError
    from gateway.main import ConfigError, make_config, serve

    try:
        serve(
            make_config(
                gateway_id=id,
                home=home,
                cloud_url=cloud,
                devices_file=devices,
                listen=listen,
                broker_url=broker,
            )
        )
    except (BrokerError, ConfigError, OSError) as error:
        _fail(error)


@app.command()
def broker(
    users: Annotated[Path, typer.Option(help='JSON {"name": "sha256 of its token"}.')],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 1883,
    service: Annotated[str, typer.Option(help="The user that may use all topics.")] = "cloud",
) -> None:
    """Run the small MQTT broker that comes with Lucina (good for some hundred probes).

    Example: lucina broker --port 1883 --users users.json
    """
    from gateway.broker import BrokerError, serve

    try:
        serve(host, port, users, services=(service,))
    except (BrokerError, OSError) as error:
        _fail(error)


@app.command()
def probe(
    replay: Annotated[
        str, typer.Option(help="Recording (.hea .fhr .fhrm .csv) or synthetic:SCENARIO:SEED:MINUTES.")
    ],
    device: Annotated[str, typer.Option(help="Name of the device.")],
    token: Annotated[str, typer.Option(help="Its token.", envvar="LUCINA_DEVICE_TOKEN")],
    broker: Annotated[str, typer.Option(help="mqtt://HOST:PORT of the gateway.")],
    speed: Speed = 1,
    spool: Annotated[Path | None, typer.Option(help="Folder for frames not yet receipted.")] = None,
    micropython: Annotated[bool, typer.Option(help="Run under the real MicroPython.")] = False,
) -> None:
    """Replay a recording through the firmware's own modules, second by second.

    Example: lucina probe --replay 1001.hea --device probe-1 --token T
    --broker mqtt://127.0.0.1:8701 --speed 60
    """
    from models.formats import FormatError

    try:
        with tempfile.TemporaryDirectory(prefix="lucina-probe-") as folder:
            config = _probe_config(
                Path(folder), replay, device, token, broker, speed, spool or Path(folder)
            )
            argv = _probe_argv(config, micropython)
            _end(_run_child(argv))
    except (FormatError, ValueError, OSError) as error:
        _fail(error)


def _run_child(argv: list[str]) -> int:
    """Exit code of a child that gets our signals."""
    with subprocess.Popen(argv) as child:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: child.terminate())
        return child.wait()


def _probe_argv(config: Path, micropython: bool) -> list[str]:
    from device import launch

    return launch.argv(config, micropython)


def _probe_config(
    folder: Path, replay: str, device: str, token: str, broker: str, speed: int, spool: Path
) -> Path:
    """Write the recording as seconds and the probe's settings; return the settings' path."""
    raise NotImplementedError


def _command() -> list[str]:
    """How to start this very command again."""
    return [sys.executable, "-m", "lucina"]


def _fail(error: Exception) -> NoReturn:
    typer.echo(f"lucina: {error}", err=True)
    raise typer.Exit(2)


def _end(code: int) -> NoReturn:
    raise typer.Exit(code)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
