from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cloud.alerting import Alerting
from cloud.hub import Hub
from tests.cloud.alerts import world


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = world.make(tmp_path / "lucina.sqlite")
    yield engine
    engine.dispose()


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def alerting(engine: Engine, hub: Hub) -> Alerting:
    return Alerting(engine, hub)
