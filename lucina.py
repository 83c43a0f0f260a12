"""The `lucina` command. The only file that knows all four packages; it decides nothing itself."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import typer

from cloud.audit.commands import auditing
from cloud.canary.commands import canary
from cloud.drill.commands import drilling
from cloud.health import logs
from cloud.health.commands import doctor, watchdog
from cloud.keeping.commands import backup, restore
from cloud.openapi.commands import openapi
from cloud.reports.commands import report
from cloud.research.commands import analyze, beside, evaluate, plot
from cloud.scenario.commands import commands as scenario
from cloud.serving import cloud
from cloud.terminal import end, fail
from hardware.bench.commands import listen, measuring
from hardware.firmware import firmware
from hardware.image import HOST, compile_all

app = typer.Typer(
    help="Lucina: remote maternal-fetal monitoring. Decision support: a doctor reads.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

HEAP = "128k"  # what a small board leaves to MicroPython
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

    end(run_demo(_command(), speed, port, mothers))


@app.command()
def gateway(
    id: Annotated[str, typer.Option(help="Name of this gateway.")],  # noqa: A002
    cloud: Annotated[str, typer.Option(help="mqtt://NAME:TOKEN@HOST:PORT of the cloud's broker.")],
    home: Annotated[Path, typer.Option(help="Folder of its outbox.")],
    devices: Annotated[
        Path | None, typer.Option(help='JSON {"device": "sha256 of its token"}.')
    ] = None,
    listen: Annotated[
        str, typer.Option(help="HOST:PORT of the embedded broker.")
    ] = "127.0.0.1:1883",
    broker: Annotated[str, typer.Option(help="Use this broker (mqtt://, mqtts://) instead.")] = "",
    ble: Annotated[
        list[str] | None,
        typer.Option(
            help="ADDRESS\\[/USER]=DEVICE: a Bluetooth cuff, glucose meter, oximeter or "
            "thermometer, and the mother's device that its measurements belong to. Can be repeated."
        ),
    ] = None,
    metrics_port: Annotated[
        int, typer.Option(min=0, max=65535, help="For Prometheus, on this machine only; 0: off.")
    ] = 0,
) -> None:
    """Run the box in the home or clinic: keeps every frame until the cloud has stored it.

    Example: lucina gateway --id gw-7 --listen 0.0.0.0:1883 --cloud mqtts://gw-7:TOKEN@centre:8883
    --home /var/lib/lucina --devices devices.json
    """
    from gateway.config import Config, ConfigError, GatewayError
    from gateway.main import serve

    host, _, port = listen.rpartition(":")
    try:
        logs.set_up()
        if not port.isdigit():
            raise ConfigError("listen", listen, "HOST:PORT")
        serve(
            Config(
                gateway_id=id,
                home=home,
                cloud_url=cloud,
                devices_file=devices,
                listen=(host, int(port)),
                broker_url=broker or None,
                ble=tuple(ble or ()),
                metrics_port=metrics_port,
            )
        )
    except (GatewayError, OSError, ValueError) as error:
        fail(error)


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
    from gateway.broker import serve
    from gateway.config import GatewayError

    try:
        logs.set_up()
        serve(host, port, users, services=frozenset((service,)))
    except (GatewayError, OSError, ValueError) as error:
        fail(error)


@app.command()
def probe(
    device: Annotated[str, typer.Option(help="Name of the device.")],
    token: Annotated[str, typer.Option(help="Its token.", envvar="LUCINA_DEVICE_TOKEN")],
    broker: Annotated[
        str, typer.Option(help="mqtt:// or mqtts://HOST:PORT[?ca=FILE] of the gateway.")
    ],
    replay: Annotated[
        str,
        typer.Option(help="Recording (.hea .fhr .fhrm .csv) or synthetic:SCENARIO:SEED:MINUTES."),
    ] = "synthetic:normal:1:20",
    file: Annotated[str | None, typer.Argument(help="The same as --replay FILE.")] = None,
    doppler: Annotated[
        bool, typer.Option("--doppler", help="As Doppler sound: the firmware must hear the rate.")
    ] = False,
    speed: Speed = 1,
    spool: Annotated[Path | None, typer.Option(help="Folder for frames without a receipt.")] = None,
    micropython: Annotated[bool, typer.Option(help="Run under the real MicroPython.")] = False,
) -> None:
    """Replay a recording through the firmware's own modules, second by second.

    Example: lucina probe --doppler 1001.hea --device probe-1 --token T
    --broker mqtt://127.0.0.1:8701 --speed 10
    """
    from hardware.bench.source import heard, replayed

    try:
        with tempfile.TemporaryDirectory(prefix="lucina-probe-") as folder:
            spool = spool or Path(folder)
            spool.mkdir(parents=True, exist_ok=True)
            source = (heard if doppler else replayed)(file or replay, Path(folder))
            config = source | {"device": device, "token": token, "speed": speed}
            config["spool"] = str(spool.resolve())
            end(_firmware(_configured(Path(folder), config, broker), micropython))
    except (ValueError, OSError) as error:
        fail(error)


_OF_THE_CLOUD = (cloud, report, backup, restore, doctor, watchdog, openapi)
for elsewhere in (analyze, plot, beside, evaluate, listen, *_OF_THE_CLOUD):
    app.command()(elsewhere)


def _packer(session: int) -> Any:
    """Frames as a probe makes them, for the scripted day."""
    from device.packer import Packer

    return Packer(session)


app.add_typer(scenario(_packer), name="scenario")
app.command()(drilling(_packer))


def _replaying(file: Path, config: dict[str, object], broker: str) -> list[str]:
    """The command that replays it as `lucina probe` does, without what it takes to prepare it."""
    from hardware.bench.source import replayed

    config = replayed(str(file), file.parent) | config
    return [sys.executable, "-m", "device.probe", str(_configured(file.parent, config, broker))]


_GROUPS = {"bench": measuring, "audit": auditing, "firmware": firmware}
for group_name, group in (_GROUPS | {"canary": canary(_replaying)}).items():
    app.add_typer(group, name=group_name)


def _configured(folder: Path, config: dict[str, object], broker: str) -> Path:
    """The file that the probe's main loop reads."""
    path = folder / "probe.json"
    path.write_text(json.dumps(_broker_of(broker) | config))
    return path


def _broker_of(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname or not parts.port:
        raise ValueError(f"--broker {url!r}: must be mqtt:// or mqtts://HOST:PORT")
    ca_files = parse_qs(parts.query).get("ca", [None])
    if parts.scheme == "mqtts" and ca_files[0] is None:
        raise ValueError(f"--broker {url!r}: mqtts needs ?ca=FILE, the certificates to trust")
    ca = ca_files[0] and str(Path(ca_files[0]).resolve())
    return {"host": parts.hostname, "port": parts.port, "tls": ca}


def _firmware(config: Path, micropython: bool) -> int:
    """The probe's main loop, in this process or under the real MicroPython."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not micropython:
        from device import probe as firmware

        return firmware.main([str(config)])
    interpreter = Path(sys.executable).with_name("micropython")
    if not interpreter.exists():
        raise FileNotFoundError("MicroPython is not installed: make test installs it")
    compile_all(config.parent, HOST)  # as a board has it: compiling would take its memory
    argv = [str(interpreter), "-X", f"heapsize={HEAP}", "-m", "device.probe", str(config)]
    environment = os.environ | {"MICROPYPATH": f"{config.parent}:.frozen"}
    with subprocess.Popen(argv, env=environment, cwd=config.parent) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                child.send_signal(signal.SIGINT)  # it ends the session and drains


def _command() -> list[str]:
    """How to start this very command again."""
    return [sys.executable, "-m", "lucina"]


def main() -> None:
    app()


if __name__ == "__main__":
    main()
