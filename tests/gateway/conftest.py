"""Gateway processes between real brokers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.parts import TOKENS, Cloud, gateway_process
from tests.process import Process, free_port
from tests.servers import Server, start_mosquitto


@pytest.fixture
def cloud_broker(tmp_path: Path) -> Iterator[Server]:
    with start_mosquitto(tmp_path / "cloud", {"g1": "t1", "cloud": "c"}) as server:
        yield server


@pytest.fixture
def cloud(cloud_broker: Server) -> Iterator[Cloud]:
    cloud = Cloud(cloud_broker.port, "cloud", "c")
    yield cloud
    cloud.close()


@pytest.fixture(params=["embedded", "mosquitto"])
def gateway(
    request: pytest.FixtureRequest, tmp_path: Path, cloud_broker: Server
) -> Iterator[tuple[Process, int]]:
    """(process, port of the devices' broker)"""
    if request.param == "embedded":
        port = free_port()
        with gateway_process(
            tmp_path / "gateway", cloud_broker.port, listen=port, tokens=TOKENS
        ) as process:
            assert process.wait_for("ready") == f"gateway ready on 127.0.0.1:{port}"
            yield process, port
        return
    with (
        start_mosquitto(tmp_path / "local", {**TOKENS, "intake": "t2"}) as local,
        gateway_process(tmp_path / "gateway", cloud_broker.port, broker_port=local.port) as process,
    ):
        process.wait_for("ready")
        yield process, local.port


@pytest.fixture
def embedded(tmp_path: Path, cloud_broker: Server) -> Iterator[tuple[Process, int]]:
    port = free_port()
    with gateway_process(
        tmp_path / "gateway", cloud_broker.port, listen=port, tokens=TOKENS
    ) as process:
        process.wait_for("ready")
        yield process, port
