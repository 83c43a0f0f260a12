"""One provider for all tests of a module, and a place with people in it."""

import asyncio
import shutil
import ssl
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine

from cloud import channels
from cloud.alerts.service import Alerting
from cloud.channels.base import Channel
from cloud.hub import Hub
from cloud.store.db import open_engine
from tests.cloud.alerts import world
from tests.cloud.channels.providers import Provider
from tests.cloud.channels.urls import urls_of

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loading certificates for nothing is slow
With = Callable[[Callable[[dict[str, Channel]], Coroutine[Any, Any, Any]]], Any]


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


@pytest.fixture
def with_channels(provider: Provider, tmp_path: Path) -> With:
    """Runs a coroutine function that gets the channels, opened as the service opens them."""

    def run(ask: Callable[[dict[str, Channel]], Coroutine[Any, Any, Any]]) -> Any:
        async def inside() -> Any:
            async with httpx2.AsyncClient(timeout=1, verify=NO_TLS) as http:
                return await ask(channels.open_all(urls_of(provider.host), http, tmp_path))

        return asyncio.run(inside())

    return run


@pytest.fixture(scope="session")
def empty_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("world") / "lucina.sqlite"
    world.make(path).dispose()
    return path


@pytest.fixture
def engine(empty_world: Path, tmp_path: Path) -> Iterator[Engine]:
    path = tmp_path / "lucina.sqlite"
    shutil.copy(empty_world, path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def alerting(engine: Engine) -> Alerting:
    return Alerting(engine, Hub())
