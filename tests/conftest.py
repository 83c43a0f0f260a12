"""Fixtures of all tests: the real servers of tests/servers.py, and the real recordings.

A part that is not installed skips its tests with the package to install; where the variable CI
is set (.ci/run sets it) the same is a failure.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import artefacts, servers

ROOT = Path(__file__).parents[1]
LONGEST_FIRST = (  # what is begun last ends last: nobody then waits for one of these
    "cloud/web/test_accessible.py",
    "e2e/test_path.py",
    "cloud/data/test_ingest.py",
    "device/test_probe.py",
    "e2e/test_drill.py",
    "e2e/test_alert.py",
    "device/test_micropython.py",
    "cloud/web/test_access.py",
    "e2e/test_refusals.py",
    "cloud/web/test_browser.py",
    "device/test_link.py",
    "gateway/test_faults.py",
    "gateway/test_path.py",
    "models/test_safety.py",
    "cloud/mother/test_app.py",
    "e2e/test_operations.py",
    "models/test_watch.py",
    "cloud/data/test_store.py",
    "cloud/canary/test_runs.py",
    "device/test_firmware.py",
    "cloud/scenario/test_run.py",
    "cloud/admin/test_first_run.py",
    "models/test_assess.py",
    "device/test_link_retry.py",
    "cloud/web/test_words.py",
)
os.environ.setdefault("LUCINA_ASSESS_WORKERS", "0")  # one more process for each service is dear


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {ROOT / "tests" / name: n for n, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[Any]:
    try:
        return (yield)
    except servers.Missing as error:
        _not_there(str(error))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[Any]:
    try:
        return (yield)
    except servers.Missing as error:
        _not_there(str(error))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if artefacts.left:
        terminalreporter.write_line(f"{len(artefacts.left)} pictures of pages: {artefacts.FOLDER}")


def _not_there(message: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real recordings: LUCINA_DATA, else shared/data beside the repository."""
    named = os.environ.get("LUCINA_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not (folder / "ctu-uhb").is_dir():
        pytest.skip(f"no recordings in {folder}: set LUCINA_DATA to a folder with ctu-uhb/")
    return folder


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[servers.Server]:
    """Open to everybody; tests of rights call servers.start_mosquitto with users."""
    with servers.start_mosquitto(tmp_path / "mosquitto") as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Postgres]:
    """One server for the whole run; postgres.new_database() is an empty one's URL."""
    server = servers.Postgres()
    yield server
    server.close()


@pytest.fixture
def postgres_url(postgres: servers.Postgres) -> str:
    return postgres.new_database()


@pytest.fixture(scope="session")
def victoria(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    with servers.start_victoria(tmp_path_factory.mktemp("victoria")) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium; a module that uses it cannot run an asyncio loop in the test's thread."""
    with servers.browser() as chromium:
        yield chromium


@pytest.fixture(scope="session")
def micropython() -> str:
    return servers.micropython_path()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """(certificate, key) that a broker on this machine may show."""
    return servers.make_certificate(tmp_path, "DNS:localhost,IP:127.0.0.1")
