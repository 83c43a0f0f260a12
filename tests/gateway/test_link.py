"""A link to real brokers: TLS, refusals, coming back."""

import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud import mqtt
from gateway.broker import BrokerThread
from gateway.config import Endpoint, TlsListener
from gateway.link import Link
from gateway.secure import Secured
from gateway.users import Users, sha256_hex
from tests.process import free_port, wait_until

TOPIC = "lucina/1/dev/a/down"


@pytest.fixture
def users_file(tmp_path: Path) -> Path:
    file = tmp_path / "users.json"
    file.write_text(json.dumps({"a": sha256_hex("t")}))
    return file


@pytest.fixture
def links() -> Iterator[list[Link]]:
    opened: list[Link] = []
    yield opened
    for link in opened:
        link.stop()


def open_link(links: list[Link], url: str, got: list[bytes]) -> Link:
    endpoint = Endpoint.parse("url", url)
    near_s = 1.0  # to try again soon where a busy machine let the first time run out
    links.append(
        Link(
            "test",
            endpoint,
            "x",
            TOPIC,
            lambda _topic, data: got.append(data),
            lambda: None,
            near_s,
        )
    )
    links[-1].start()
    return links[-1]


def test_tls_both_ways_and_only_with_the_right_authority(
    users_file: Path,
    certificate: tuple[Path, Path],
    links: list[Link],
    caplog: pytest.LogCaptureFixture,
) -> None:
    port = free_port()
    tls = TlsListener(("127.0.0.1", port), *certificate)
    broker = BrokerThread("127.0.0.1", free_port(), Users(users_file), tls=tls)
    broker.start()
    got: list[bytes] = []
    link = open_link(links, f"mqtts://a:t@127.0.0.1:{port}?ca={certificate[0]}", got)
    assert link.wait_up(60)
    assert link.publish(TOPIC, b"x")
    wait_until(lambda: got, 5, "the message over TLS")
    stranger = open_link(links, f"mqtts://a:t@127.0.0.1:{port}", [])
    plain = open_link(links, f"mqtt://a:t@127.0.0.1:{port}", [])
    wait_until(lambda: "certificate verify failed" in caplog.text, 10, "a refusal by the link")
    assert not stranger.wait_up(1)
    assert not plain.up
    secured = Secured(str(certificate[0]))
    assert [knock(secured, port) for _ in range(3)] == [False, True, True]
    broker.stop()


def knock(secured: Secured, port: int) -> bool | None:
    """Log in at the broker once; whether it took up what was agreed on before."""
    plain = socket.create_connection(("127.0.0.1", port))
    with secured.wrap_socket(plain, server_hostname="127.0.0.1") as sock:
        sock.sendall(mqtt.connect("y", "a", "t", 0))
        assert sock.recv(4)[3] == 0
        secured.keep(sock)
        return sock.session_reused


def test_a_refused_password_is_said_once_and_tried_again(
    users_file: Path, links: list[Link], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    port = free_port()
    broker = BrokerThread("127.0.0.1", port, Users(users_file))
    broker.start()
    link = open_link(links, f"mqtt://a:wrong@127.0.0.1:{port}", [])
    wait_until(lambda: "refused: Not authorized" in caplog.text, 10, "words about the password")
    users_file.write_text(json.dumps({"a": sha256_hex("wrong")}))
    assert link.wait_up(60)
    assert caplog.text.count("refused: Not authorized") == 1
    broker.stop()


def test_a_broker_that_comes_late_is_found(users_file: Path, links: list[Link]) -> None:
    port = free_port()
    got: list[bytes] = []
    link = open_link(links, f"mqtt://a:t@127.0.0.1:{port}", got)
    assert not link.wait_up(0.5)
    assert not link.publish(TOPIC, b"lost")
    for number in (1, 2):
        broker = BrokerThread("127.0.0.1", port, Users(users_file))
        broker.start()
        assert link.wait_up(60)
        link.publish(TOPIC, b"x")
        wait_until(lambda n=number: len(got) == n, 5, "the message")
        broker.stop()
        wait_until(lambda: not link.up, 10, "the link to be down")
    assert got == [b"x", b"x"]
    assert link.reconnects == 2
