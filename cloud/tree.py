"""`lucina run`: broker, cloud, gateway and replayed probes as one tree of processes.

It starts afresh each time in a folder of its own, so a demo never touches real records.
"""

import json
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_data_path
from rich.console import Console
from rich.table import Table

from cloud import demo
from cloud.child import Child, DemoError
from cloud.invented import furnish
from cloud.store.db import migrate, open_engine, writing
from cloud.telling import Teller

BAD_INPUT = 2  # exit code of a command that cannot do what it was asked
MARK = "lucina-demo"  # a folder with this file in it may be emptied
RECORDINGS = ("1001", "1020", "1485", "1103")  # of CTU-UHB; the third alerts after 8 min
ALERT_HINT = (
    "The third mother's heart slows down some minutes into her recording: look at her page, "
    "and at that of the hospital that is asked first (account county)."
)
SYNTHETIC = ("normal:11:40", "late_decelerations:12:40", "bradycardia:13:30", "normal:14:40")


def run_demo(command: list[str], speed: int, port: int, mothers: int) -> int:
    """Run until Ctrl-C (exit code 0) or until a part fails (1) or cannot start (2)."""
    console = Console(stderr=False, highlight=False, soft_wrap=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        home = _own_folder()
        console.print(f"Lucina demo: starting (everything it keeps is in {home})")
        _check_ports(port)
        tokens = demo.make_tokens(mothers)
        servers, probes = _children(command, home, tokens, speed, port)
        _fill(home, tokens)
    except (DemoError, OSError) as error:
        print(f"lucina: {error}", file=sys.stderr)  # noqa: T201
        return 2
    try:
        teller = Teller(home, servers[-1], probes, speed)
        with _running(servers, probes):
            console.print(_welcome(port, speed, probes))
            if len(probes) > 2:
                console.print(f"{ALERT_HINT} Ctrl-C ends it.")
            console.print(f"Begin at http://127.0.0.1:{port}/: who to be, and the story to tell.")
            _watch(console, servers, probes, teller)
    except DemoError as error:
        print(f"lucina: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        console.print("Lucina demo: ended.")
    return 0


@contextmanager
def _running(servers: list[Child], probes: list[Child]) -> Iterator[None]:
    """Start in the order of the path; stop from its source on."""
    try:
        for child in servers:
            child.start()
            child.wait_ready()
        for child in probes:
            child.start()
        yield
    finally:
        for child in probes:
            if child.process:
                child.process.terminate()
        for child in [*probes, *reversed(servers)]:
            child.stop()


def _own_folder() -> Path:
    """An empty folder of the demo's own."""
    base = os.environ.get("LUCINA_HOME")
    home = (Path(base) if base else user_data_path("lucina")) / "run"
    if home.exists() and any(home.iterdir()):
        if not (home / MARK).exists():
            raise DemoError(f"{home} holds files that are not a demo's: set LUCINA_HOME elsewhere")
        shutil.rmtree(home)
    (home / "logs").mkdir(parents=True)
    (home / MARK).write_text("made by `lucina run`, which empties this folder when it starts\n")
    return home


def _check_ports(port: int) -> None:
    for number in (port, port + 1, port + 2):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except (OSError, OverflowError) as error:
                raise DemoError(
                    f"port {number} cannot be used ({error}); "
                    f"choose another with: lucina run --port {port + 100}"
                ) from None


def _fill(home: Path, tokens: demo.Tokens) -> None:
    demo.write_broker_users(home / "broker.json", tokens)
    demo.write_devices(home / "devices.json", tokens)
    engine = open_engine(_database_url(home))
    migrate(engine)
    with writing(engine) as conn:
        now = datetime.now(UTC)
        demo.fill(conn, tokens, now.date())
        furnish(conn, round(now.timestamp() * 1000))
    engine.dispose()


def _database_url(home: Path) -> str:
    return f"sqlite:///{home / 'lucina.sqlite'}"


def _children(
    command: list[str], home: Path, tokens: demo.Tokens, speed: int, port: int
) -> tuple[list[Child], list[Child]]:
    local, hop = f"127.0.0.1:{port + 1}", f"127.0.0.1:{port + 2}"
    logs = home / "logs"
    broker = Child(
        "broker",
        [*command, "broker", "--port", str(port + 2), "--users", str(home / "broker.json")],
        logs / "broker.log",
    )
    cloud = Child(
        "cloud",
        [*command, "cloud", "--host", "127.0.0.1", "--port", str(port)],
        logs / "cloud.log",
        env={
            "LUCINA_HOME": str(home),
            "LUCINA_DATABASE_URL": _database_url(home),
            "LUCINA_BROKER_URL": f"mqtt://{demo.CLOUD}:{tokens.cloud}@{hop}",
            "LUCINA_DEMO": "true",
        },
    )
    gateway = Child(
        "gateway",
        [*command, "gateway", "--id", demo.GATEWAY, "--home", str(home / "gateway"),
         "--listen", local, "--cloud", f"mqtt://{demo.GATEWAY}:{tokens.gateway}@{hop}",
         "--devices", str(home / "devices.json")],
        logs / "gateway.log",
    )  # fmt: skip
    probes = [
        Child(
            device,
            [*command, "probe", "--replay", source, "--device", device, "--broker",
             f"mqtt://{local}", "--speed", str(speed), "--spool", str(home / "probes" / device)],
            logs / f"{device}.log",
            env={"LUCINA_DEVICE_TOKEN": token},
        )
        for (device, token), source in zip(tokens.devices.items(), _sources(), strict=False)
    ]  # fmt: skip
    return [broker, cloud, gateway], probes


def _sources() -> list[str]:
    """What the mothers replay: real recordings where there are some, else synthetic ones."""
    data = os.environ.get("LUCINA_DATA", "../shared/data")
    real = [Path(data) / "ctu-uhb" / f"{name}.hea" for name in RECORDINGS]
    if all(path.exists() for path in real):
        return [str(path) for path in real]
    return [f"synthetic:{name}" for name in SYNTHETIC]


def _welcome(port: int, speed: int, probes: list[Child]) -> Table:
    table = Table(title=f"Lucina demo, replayed at {speed} x", title_justify="left")
    for heading in ("who", "account", "password", "page"):
        table.add_column(heading)
    staff = [(p["name"], p["username"], p["role"]) for p in demo.STAFF]
    mothers = [(m["name"], f"mother{n}", "mother") for n, m in enumerate(demo.MOTHERS, start=1)]
    staff.append((demo.ADMIN["name"], demo.ADMIN["username"], "admin"))
    for name, username, page in staff + mothers[: len(probes)]:
        table.add_row(name, username, demo.PASSWORD, f"http://127.0.0.1:{port}/{page}")
    return table


def _watch(console: Console, servers: list[Child], probes: list[Child], teller: Teller) -> None:
    """Show progress each second; a server that ends, ends the demo; a probe starts over."""
    status = console.status("")
    with status:
        while True:
            teller.tick()
            for child in servers:
                if child.ended() is not None and not teller.has_stopped(child):
                    raise DemoError(f"{child.name} ended: {child.last_words()} (see {child.log})")
            for child in probes:
                if child.ended() == BAD_INPUT:
                    raise DemoError(f"{child.name} ended: {child.last_words()} (see {child.log})")
                if child.ended() is not None:
                    child.start()
            status.update("   ".join(f"{c.name} {_progress(c)}" for c in probes))
            time.sleep(1)


def _progress(probe: Child) -> str:
    try:
        words = json.loads(probe.last_words())
        return f"{words['receipted']} of {words['made']} frames stored"
    except (ValueError, KeyError, TypeError):
        return "starting"
