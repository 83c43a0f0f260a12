"""Both databases and both brokers, so that each test here holds for both."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cloud.store.db import open_engine
from tests import servers
from tests.cloud.data.parts import python
from tests.cloud.stores import bring_up_to_date
from tests.process import free_port

USERS = {"cloud": "cloud pw", "g1": "g1 pw"}


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'lucina.sqlite'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An empty store, up to date."""
    engine = open_engine(database_url)
    bring_up_to_date(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["mosquitto", "amqtt"])
def broker_port(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    """A broker with the users of USERS and the rights of ours."""
    if request.param == "mosquitto":
        with servers.start_mosquitto(tmp_path / "mosquitto", USERS) as server:
            yield server.port
        return
    users = tmp_path / "users.json"
    hashes = {name: hashlib.sha256(pw.encode()).hexdigest() for name, pw in USERS.items()}
    users.write_text(json.dumps(hashes))
    port = free_port()
    code = (
        "from pathlib import Path; from gateway.broker import serve;"
        f"serve('127.0.0.1', {port}, Path({str(users)!r}))"
    )
    with python(tmp_path, ["-c", code], "broker") as process:
        process.wait_for("broker ready")
        yield port
