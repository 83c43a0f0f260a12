"""One running service for the tests of her pages."""

from collections.abc import Iterator

import pytest

from tests.cloud.web.service import Service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(tmp_path_factory.mktemp("service")) as service:
        yield service
