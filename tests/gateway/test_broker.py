"""The embedded broker with real clients: passwords, topics, ports, hostile connections."""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from cloud import mqtt
from gateway.broker import BrokerThread, CannotListen, serve
from gateway.users import Users, sha256_hex
from tests.process import Process, free_port, listening, wait_until

UP, DOWN = "lucina/1/dev/%s/up", "lucina/1/dev/%s/down"
TOKENS = {"a": "token of a", "b": "token of b", "intake": "token of intake"}


class Client:
    """A paho client that keeps what it gets."""

    def __init__(self, port: int, user: str, token: str | None = None, client_id: str = "") -> None:
        self.got: list[tuple[str, bytes]] = []
        self.suback: list[int] = []
        self.code: int | None = None
        self.client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, reconnect_on_failure=False
        )
        self.client.username_pw_set(user, TOKENS[user] if token is None else token)
        self.client.on_message = lambda c, u, m: self.got.append((m.topic, m.payload))
        self.client.on_connect = self._connected
        self.client.on_subscribe = lambda c, u, m, codes, p: self.suback.extend(
            code.value for code in codes
        )
        self.port = port

    def _connected(self, client: object, user: object, flags: object, reason: object, p: object):
        self.code = reason.value

    def connect(self) -> "Client":
        self.client.connect("127.0.0.1", self.port)
        self.client.loop_start()
        wait_until(lambda: self.code is not None, 5, "CONNACK")
        return self

    def subscribe(self, topic: str) -> int:
        before = len(self.suback)
        self.client.subscribe(topic, qos=1)
        wait_until(lambda: len(self.suback) > before, 5, "SUBACK")
        return self.suback[-1]

    def publish(self, topic: str, data: bytes) -> None:
        self.client.publish(topic, data, qos=1).wait_for_publish(5)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def users_file(tmp_path: Path) -> Path:
    file = tmp_path / "users.json"
    file.write_text(json.dumps({name: sha256_hex(token) for name, token in TOKENS.items()}))
    return file


@pytest.fixture
def port(users_file: Path) -> Iterator[int]:
    port = free_port()
    broker = BrokerThread("127.0.0.1", port, Users(users_file), frozenset({"intake"}))
    broker.start()
    yield port
    broker.stop()


@pytest.fixture
def connect(port: int) -> Iterator[Callable[..., Client]]:
    opened: list[Client] = []

    def open_client(user: str, token: str | None = None, client_id: str = "") -> Client:
        opened.append(Client(port, user, token, client_id).connect())
        return opened[-1]

    yield open_client
    for client in opened:
        client.close()


def test_own_topics_work_both_ways(connect: Callable[..., Client]) -> None:
    device, intake = connect("a"), connect("intake")
    assert intake.subscribe(UP % "+") == 1
    assert device.subscribe(DOWN % "a") == 1
    device.publish(UP % "a", b"up")
    wait_until(lambda: intake.got, 5, "message at the intake")
    intake.publish(DOWN % "a", b"down")
    wait_until(lambda: device.got, 5, "message at the device")
    assert (intake.got, device.got) == ([(UP % "a", b"up")], [(DOWN % "a", b"down")])


def test_a_publish_on_anothers_topic_is_not_delivered(connect: Callable[..., Client]) -> None:
    a, b, intake = connect("a"), connect("b"), connect("intake")
    intake.subscribe("lucina/1/#")
    b.subscribe("lucina/1/dev/b/#")
    a.publish(UP % "b", b"forged")
    a.publish(DOWN % "b", b"forged")
    a.publish(UP % "a", b"own")  # in order behind the forged ones
    wait_until(lambda: intake.got, 5, "own message")
    assert intake.got == [(UP % "a", b"own")]
    assert b.got == []


@pytest.mark.parametrize("topic", ["#", "lucina/1/#", UP % "b", "lucina/1/dev/+/up", "+/+/+/+/+"])
def test_subscribing_to_others_topics_is_refused(
    connect: Callable[..., Client], topic: str
) -> None:
    a, b, intake = connect("a"), connect("b"), connect("intake")
    intake.subscribe(UP % "+")
    assert a.subscribe(topic) == 0x80
    b.publish(UP % "b", b"secret")
    wait_until(lambda: intake.got, 5, "message at the intake")
    assert a.got == []


def test_a_last_will_on_anothers_topic_is_refused(
    port: int, connect: Callable[..., Client]
) -> None:
    client = Client(port, "a")
    client.client.will_set(UP % "b", b"forged", qos=1)
    assert client.connect().code == 135  # not authorised, in paho's MQTT 5 numbers
    client.close()


def test_wrong_and_unknown_passwords_are_refused(connect: Callable[..., Client]) -> None:
    assert connect("a", "wrong").code == 135
    assert connect("a", "").code == 135
    assert connect("nobody", "token of a").code == 135
    assert connect("a").code == 0


def test_anothers_client_id_takes_nothing_over(connect: Callable[..., Client]) -> None:
    b = connect("b", client_id="probe-b")
    b.subscribe(DOWN % "b")
    connect("a", client_id="probe-b")
    connect("b", "wrong", client_id="probe-b")
    connect("intake").publish(DOWN % "b", b"still mine")
    wait_until(lambda: b.got, 5, "message at b")
    assert b.client.is_connected()


def test_the_same_client_again_replaces_its_old_connection(connect: Callable[..., Client]) -> None:
    old = connect("a", client_id="probe")
    old.subscribe(DOWN % "a")
    new = connect("a", client_id="probe")
    wait_until(lambda: not old.client.is_connected(), 5, "end of the old connection")
    new.subscribe(DOWN % "a")
    connect("intake").publish(DOWN % "a", b"x")
    wait_until(lambda: new.got, 5, "message at the new one")


def test_users_are_read_again_when_the_file_changes(
    users_file: Path, connect: Callable[..., Client]
) -> None:
    assert connect("a").code == 0
    TOKENS_NOW = {"a": "changed", "c": "new"}  # noqa: N806
    users_file.write_text(json.dumps({n: sha256_hex(t) for n, t in TOKENS_NOW.items()}))
    wait_until(lambda: connect("c", "new").code == 0, 5, "the new user")
    assert connect("a").code == 135
    users_file.write_text("{ not json")
    time.sleep(1.1)  # the file is looked at once a second
    assert connect("c", "new").code == 0


def test_rubbish_silence_and_huge_packets_do_no_harm(
    port: int, connect: Callable[..., Client]
) -> None:
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(4)]
    sockets[0].sendall(b"GET / HTTP/1.1\r\n\r\n")
    sockets[1].sendall(b"\x10\xff\xff\xff\x7f")  # a CONNECT of 256 MiB
    sockets[2].close()
    sockets[3].sendall(b"\xff" * 64)
    a, intake = connect("a"), connect("intake")
    intake.subscribe(UP % "+")
    a.publish(UP % "a", b"x" * 100_000)
    wait_until(lambda: intake.got, 5, "a large message")
    a.client.publish(UP % "a", b"x" * 300_000, qos=1)
    wait_until(lambda: not a.client.is_connected(), 5, "end of who sends too large a packet")
    b = connect("b")
    b.publish(UP % "b", b"after")
    wait_until(lambda: len(intake.got) == 2, 5, "message of another device")
    for each in sockets:
        each.close()


def test_a_client_that_falls_silent_is_dropped(port: int) -> None:
    silent = socket.create_connection(("127.0.0.1", port))
    name, token = b"a", TOKENS["a"].encode()
    body = b"\x00\x04MQTT\x04\xc2\x00\x01" + b"\x00\x01x"  # keep-alive of one second
    body += len(name).to_bytes(2, "big") + name + len(token).to_bytes(2, "big") + token
    silent.sendall(b"\x10" + bytes((len(body),)) + body)
    silent.settimeout(30)
    assert silent.recv(4) == b"\x20\x02\x00\x00"
    began = time.monotonic()
    with suppress(ConnectionResetError):
        assert silent.recv(1) == b""
    assert time.monotonic() - began > 1.0
    silent.close()


def test_a_taken_port_is_named(port: int, users_file: Path) -> None:
    with pytest.raises(CannotListen, match=f"port {port} on 127.0.0.1 .*[Aa]ddress already in use"):
        BrokerThread("127.0.0.1", port, Users(users_file), frozenset()).start()
    with pytest.raises(CannotListen, match=str(port)):
        serve("127.0.0.1", port, users_file)


def test_alone_until_sigterm(tmp_path: Path, users_file: Path) -> None:
    port = free_port()
    code = "from pathlib import Path\nfrom gateway.broker import serve\n"
    code += f"serve('127.0.0.1', {port}, Path({str(users_file)!r}))"
    with Process([sys.executable, "-c", code], tmp_path, name="broker") as process:
        assert process.wait_for("ready") == f"broker ready on 127.0.0.1:{port}"
        assert listening(port)
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(10) == 0
        assert "Traceback" not in process.stderr


def test_of_two_connections_of_one_client_at_once_one_stays_and_is_answered(port: int) -> None:
    hello = mqtt.connect("twin", "a", TOKENS["a"], 60) + mqtt.subscribe(DOWN % "a", 1)
    for _ in range(5):
        twins = [socket.create_connection(("127.0.0.1", port)) for _ in range(2)]
        for twin in twins:
            twin.settimeout(0.05)
            twin.sendall(hello)
        alive: list[socket.socket] = []

        def one_left(twins=twins, alive=alive) -> bool:
            alive[:] = [twin for twin in twins if not _hung_up(twin)]
            return len(alive) == 1

        wait_until(one_left, 10, "the older connection being ended")
        for twin in twins:
            twin.close()


def _hung_up(sock: socket.socket) -> bool:
    try:
        while sock.recv(100):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True
