import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud.store.db import open_engine
from tests.cloud.alerts import world
from tests.cloud.consultations.talks import Talks
from tests.cloud.web.service import Service


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that is copied for each test: migrating one takes longer than a test."""
    path = tmp_path_factory.mktemp("filled") / "lucina.sqlite"
    world.make(path).dispose()
    return path


@pytest.fixture
def talks(filled: Path, tmp_path: Path) -> Iterator[Talks]:
    engine = open_engine(f"sqlite:///{shutil.copy(filled, tmp_path)}")
    yield Talks(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(tmp_path_factory.mktemp("service")) as service:
        yield service
