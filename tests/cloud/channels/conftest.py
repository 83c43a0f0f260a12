"""One provider for all tests of a module, and a place with people in it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine

from cloud.alerting import Alerting
from cloud.channels.base import Channel
from cloud.hub import Hub
from tests.cloud.alerts import world
from tests.cloud.channels.providers import Provider
from tests.cloud.channels.urls import urls_of

With = Callable[[Callable[[dict[str, Channel]], Coroutine[Any, Any, Any]]], Any]


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


@pytest.fixture
def with_channels(provider: Provider, tmp_path: Path) -> With:
    """Runs a coroutine function that gets the channels, opened as the service opens them."""

    def run(ask: Callable[[dict[str, Channel]], Coroutine[Any, Any, Any]]) -> Any:
        from cloud import channels

        async def inside() -> Any:
            async with httpx2.AsyncClient(timeout=1) as http:
                return await ask(channels.open_all(urls_of(provider), http, tmp_path))

        return asyncio.run(inside())

    return run


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = world.make(tmp_path / "lucina.sqlite")
    yield engine
    engine.dispose()


@pytest.fixture
def alerting(engine: Engine) -> Alerting:
    return Alerting(engine, Hub())
