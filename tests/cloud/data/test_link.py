"""The service's own MQTT: packets in any portions, and a broker that comes and goes."""

import json
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud import mqtt
from cloud.link import Link
from gateway.broker import CLOUD_SERVICES, BrokerThread
from gateway.config import TlsListener
from gateway.users import Users, sha256_hex
from tests import servers
from tests.process import free_port, wait_until

TEXTS = st.text(max_size=40)
PUBLISHED = st.tuples(TEXTS, st.binary(max_size=300), st.none() | st.integers(1, 0xFFFF))


@given(st.lists(PUBLISHED, max_size=5), st.lists(st.integers(1, 200), min_size=1))
def test_packets_are_found_in_any_portions(
    sent: list[tuple[str, bytes, int | None]], sizes: list[int]
) -> None:
    data = b"".join(mqtt.publish(*one) for one in sent)
    came, found, at = bytearray(), [], 0
    while at < len(data):
        for size in sizes:
            came += data[at : at + size]
            at += size
            found += [mqtt.published(*packet) for packet in mqtt.take_packets(came)]
    assert not came
    expected = [(topic, body, n and n.to_bytes(2, "big")) for topic, body, n in sent]
    assert found == expected


@pytest.mark.parametrize("data", [b"\x30\xff\xff\xff\xff", b"\x30\xff\xff\xff\x7f"])
def test_a_packet_without_end_is_refused(data: bytes) -> None:
    with pytest.raises(mqtt.MqttError, match="too long"):
        list(mqtt.take_packets(bytearray(data)))


@pytest.mark.parametrize("body", [b"", b"\x00", b"\x00\x05abc", b"\x00\x01a\x00"])
def test_a_publish_that_is_cut_is_refused(body: bytes) -> None:
    with pytest.raises(mqtt.MqttError, match="ends in its topic"):
        mqtt.published(mqtt.PUBLISH | mqtt.QOS_1, body)


def test_a_broker_that_comes_goes_and_comes_back(tmp_path: Path) -> None:
    came: list[tuple[str, bytes]] = []
    port = free_port()
    link = Link(f"mqtt://cloud@127.0.0.1:{port}", "a/+", lambda *one: came.append(one))
    assert not link.publish("a/b", b"", 0), "nothing is kept while there is no connection"
    link.start()
    try:
        with servers.start_mosquitto(tmp_path, port=port) as broker:
            for qos in (0, 1):
                wait_until(lambda: link.connected, 10, "a connection")
                assert link.publish("a/b", b"x" * 100_000, qos)
                wait_until(lambda: came, 10, "what we sent ourselves")
                assert came == [("a/b", b"x" * 100_000)]
                came.clear()
                broker.restart()
        wait_until(lambda: not link.connected, 10, "the end of the connection")
    finally:
        link.stop()


def test_a_wrong_password_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with servers.start_mosquitto(tmp_path, {"cloud": "right"}) as broker:
        link = Link(f"mqtt://cloud:wrong@127.0.0.1:{broker.port}", "a", lambda *_: None)
        link.start()
        wait_until(lambda: "refused us" in caplog.text, 10, "a line in the log")
        assert not link.connected
        link.stop()


def test_tls_only_with_the_right_authority(
    tmp_path: Path, certificate: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    users = tmp_path / "users.json"
    users.write_text(json.dumps({"cloud": sha256_hex("t")}))
    port, topic = free_port(), "lucina/1/gw/a/up/b"
    tls = TlsListener(("127.0.0.1", port), *certificate)
    broker = BrokerThread("127.0.0.1", free_port(), Users(users), CLOUD_SERVICES, tls)
    broker.start()
    came: list[bytes] = []
    url = f"mqtts://cloud:t@127.0.0.1:{port}"
    trusting = Link(f"{url}?ca={certificate[0]}", topic, lambda _, data: came.append(data))
    stranger = Link(url, topic, lambda *_: None)
    try:
        trusting.start()
        wait_until(lambda: trusting.connected, 10, "a connection over TLS")
        assert trusting.publish(topic, b"x" * 100_000, 1)
        wait_until(lambda: came, 10, "what we sent ourselves")
        assert came == [b"x" * 100_000]
        stranger.start()
        wait_until(lambda: "certificate verify failed" in caplog.text, 10, "a refusal")
        assert not stranger.connected
    finally:
        for link in (trusting, stranger):
            link.stop()
        broker.stop()


def test_a_broker_that_falls_silent_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloud.link.PING_S", 0.1)
    monkeypatch.setattr("cloud.link.SILENT_S", 0.4)
    monkeypatch.setattr("cloud.link.RECONNECT_S", (0.1, 0.2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        link = Link(f"mqtt://cloud@127.0.0.1:{silent.getsockname()[1]}", "a", lambda *_: None)
        link.start()
        silent.settimeout(5)
        connections = [silent.accept()[0] for _ in range(2)]  # it came again
        link.stop()
        for connection in connections:
            connection.close()
