from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.cloud.alerts import world
from tests.cloud.contributions.events import Ground


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = world.make(tmp_path_factory.mktemp("ledger") / "lucina.sqlite")
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def ground(engine: Engine) -> Ground:
    return Ground(engine)
