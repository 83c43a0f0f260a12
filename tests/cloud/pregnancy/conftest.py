import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud.store.db import open_engine
from tests.cloud.alerts import world
from tests.cloud.pregnancy.ward import Ward
from tests.cloud.web.service import Service


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that is brought up to date once: each test copies it."""
    path = tmp_path_factory.mktemp("store") / "lucina.sqlite"
    world.make(path).dispose()
    return path


@pytest.fixture
def ward(tmp_path: Path, filled: Path) -> Iterator[Ward]:
    engine = open_engine(f"sqlite:///{shutil.copy(filled, tmp_path)}")
    yield Ward(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_ward(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ward]:
    """For what the databases do differently."""
    url = f"sqlite:///{tmp_path / 'lucina.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    engine = world.fill(open_engine(url))
    yield Ward(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(tmp_path_factory.mktemp("service")) as service:
        yield service
