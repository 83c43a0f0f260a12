import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cloud.store.db import open_engine
from tests.cloud.alerts import world
from tests.cloud.resources.members import Members
from tests.cloud.web.service import Service


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: bringing an empty database up to date takes most of a test's time."""
    path = tmp_path_factory.mktemp("filled") / "lucina.sqlite"
    world.make(path).dispose()
    return path


@pytest.fixture
def members(filled: Path, tmp_path: Path) -> Iterator[Members]:
    engine = open_engine(f"sqlite:///{shutil.copy(filled, tmp_path / 'lucina.sqlite')}")
    yield Members(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_members(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Members]:
    """For what the databases do differently: locks."""
    url = f"sqlite:///{tmp_path / 'lucina.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    engine: Engine = world.fill(open_engine(url))
    yield Members(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(tmp_path_factory.mktemp("service")) as service:
        yield service
