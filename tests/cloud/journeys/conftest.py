from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud.store.db import open_engine
from tests.cloud.alerts import world
from tests.cloud.journeys.place import Place
from tests.cloud.web.service import Service


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    engine = world.make(tmp_path / "lucina.sqlite")
    yield Place(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """For what the databases do differently: locks."""
    url = f"sqlite:///{tmp_path / 'lucina.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    engine = world.fill(open_engine(url))
    yield Place(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(tmp_path_factory.mktemp("service")) as service:
        yield service
