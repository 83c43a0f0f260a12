from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cloud.alerts.service import Alerting
from cloud.hub import Hub
from cloud.store.db import open_engine
from tests.cloud.alerts import world


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = world.make(tmp_path / "lucina.sqlite")
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """For what the databases do differently: locks, and queries of some size."""
    url = f"sqlite:///{tmp_path / 'lucina.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    engine = world.fill(open_engine(url))
    yield engine
    engine.dispose()


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def alerting(engine: Engine, hub: Hub) -> Alerting:
    return Alerting(engine, hub)
