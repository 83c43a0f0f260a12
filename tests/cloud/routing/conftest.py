from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.cloud.alerts import world


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = world.make(tmp_path / "lucina.sqlite")
    yield engine
    engine.dispose()
