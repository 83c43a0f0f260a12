"""The link over real sockets, under both interpreters: brokers, and servers that misbehave."""

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import paho.mqtt.client as paho
import pytest

from tests.process import Server, free_port, wait_until
from tests.servers import make_certificate, start_mosquitto

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
UP, DOWN = "lucina/1/dev/d1/up", "lucina/1/dev/d1/down"


@pytest.fixture(params=["cpython", "micropython"])
def run(request: pytest.FixtureRequest, micropython: str) -> Callable[..., dict[str, Any]]:
    """Runs link_client.py to its end and returns what it printed."""
    interpreter = [sys.executable]
    if request.param == "micropython":
        interpreter = [micropython, "-X", "heapsize=128k"]

    def client(*arguments: object) -> dict[str, Any]:
        ran = subprocess.run(
            [*interpreter, str(HERE / "link_client.py"), *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": str(ROOT), "MICROPYPATH": f"{ROOT}:.frozen"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ran.returncode == 0, ran.stderr
        line: dict[str, Any] = json.loads(ran.stdout)
        return line

    return client


class Listener:
    """Everything that is published on the device's topic, by paho."""

    def __init__(self, port: int, user: str = "intake", password: str = "pw") -> None:
        self.payloads: list[bytes] = []
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=user)
        self.client.username_pw_set(user, password)
        self.client.on_message = lambda _c, _u, message: self.payloads.append(message.payload)
        self.subscribed = threading.Event()
        self.client.on_connect = lambda client, *_: client.subscribe(UP, qos=1)
        self.client.on_subscribe = lambda *_: self.subscribed.set()
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert self.subscribed.wait(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def numbers(count: int) -> list[bytes]:
    return [b"%d" % n for n in range(count)]


def test_message_65536_and_later_arrive_at_mosquitto(run, mosquitto: Server) -> None:
    done = run(mosquitto.port, 66_000, 40)
    assert done["acknowledged"] == 66_000
    assert done["wrapped"]
    assert done["connections"] == 1
    assert done["errors"] == []


def test_messages_arrive_in_order_at_mosquitto_with_passwords(run, tmp_path: Path) -> None:
    users = {"d1": "secret", "intake": "pw"}
    with start_mosquitto(tmp_path, users) as broker, Listener(broker.port) as listener:
        for n in range(3):
            listener.client.publish(DOWN, b"%d" % n, qos=n % 2)
        assert run(broker.port, 500, 20)["acknowledged"] == 500
        wait_until(lambda: len(listener.payloads) >= 500, 5, "500 messages")
        assert listener.payloads == numbers(500)


def test_a_wrong_password_is_told(run, tmp_path: Path) -> None:
    with start_mosquitto(tmp_path, {"d1": "another"}) as broker:
        done = run(broker.port, 1, 2)
    assert done["acknowledged"] == 0
    assert done["errors"] == ["refused: not authorised"]


AMQTT = """
import asyncio, sys
from amqtt.broker import Broker
async def main():
    broker = Broker({
        "listeners": {"default": {"type": "tcp", "bind": "127.0.0.1:" + sys.argv[1]}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    })
    await broker.start()
    await asyncio.sleep(3600)
asyncio.run(main())
"""


@pytest.fixture
def amqtt(tmp_path: Path) -> Iterator[Server]:
    port = free_port()
    with Server([sys.executable, "-c", AMQTT, str(port)], tmp_path, port, "amqtt") as broker:
        yield broker


def test_messages_arrive_in_order_at_amqtt(run, amqtt: Server) -> None:
    with Listener(amqtt.port) as listener:
        assert run(amqtt.port, 500, 30)["acknowledged"] == 500
        wait_until(lambda: len(listener.payloads) >= 500, 5, "500 messages")
        assert listener.payloads == numbers(500)


def test_a_broker_that_is_killed_and_started_again_gets_the_rest(run, tmp_path: Path) -> None:
    with start_mosquitto(tmp_path) as broker:

        def faults() -> None:
            with Listener(broker.port) as listener:
                wait_until(lambda: listener.payloads, 60, "the client's first message")
            for _ in range(3):
                time.sleep(0.3)  # the moment of the fault, not a wait for anything
                broker.restart()

        breaker = threading.Thread(target=faults)
        breaker.start()
        done = run(broker.port, 60_000, 40)
        breaker.join()
    assert done["acknowledged"] == 60_000
    assert done["connections"] >= 2


class Misbehaving:
    """A server that treats each connection with `behave(connection)`; counts them."""

    def __init__(self, behave: Callable[[socket.socket], None]) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.connections = 0
        self._behave = behave
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            self._behave(connection)
            connection.shutdown(socket.SHUT_RDWR)  # wakes a pump that reads from it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()


def deaf(connection: socket.socket) -> None:
    """Half open: takes everything, answers nothing."""
    while connection.recv(4096):
        continue


def test_a_server_that_never_answers_is_left_and_tried_again(run) -> None:
    with Misbehaving(deaf) as server:
        done = run(server.port, 1, 4)
    assert server.connections >= 2
    assert done["connections"] == 0
    assert done["errors"][0].startswith("no answer for 20")
    assert done["slowest_ms"] < 500  # no step blocks


def test_a_peer_that_falls_silent_after_the_log_in_is_left_within_the_watchdog(run) -> None:
    def falls_silent(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"\x20\x02\x00\x00")
        subscribe = connection.recv(4096)
        connection.sendall(b"\x90\x03" + subscribe[2:4] + b"\x01")
        deaf(connection)

    with Misbehaving(falls_silent) as server:
        done = run(server.port, 3, 4)
    assert done["connections"] >= 2
    assert done["acknowledged"] == 0
    assert done["slowest_ms"] < 500


def test_nobody_listens(run) -> None:
    done = run(free_port(), 1, 2)
    assert done["acknowledged"] == 0
    assert done["errors"]
    assert done["slowest_ms"] < 500


def test_a_broker_cut_off_at_any_byte_loses_nothing(run, mosquitto: Server) -> None:
    """A proxy that ends each connection after so many bytes from the broker."""
    limits = [3, 6, *range(9, 30)]  # the log-in takes 9, each PUBACK 4

    def cut(connection: socket.socket) -> None:
        limit = limits.pop(0) if limits else 1 << 30
        with socket.create_connection(("127.0.0.1", mosquitto.port)) as broker:
            upward = threading.Thread(target=pump, args=(connection, broker), daemon=True)
            upward.start()
            while limit:
                data = broker.recv(min(limit, 4096))
                if not data:
                    return
                connection.sendall(data)
                limit -= len(data)

    with Misbehaving(cut) as server, Listener(mosquitto.port) as listener:
        done = run(server.port, 200, 30)
        wait_until(lambda: set(listener.payloads) >= set(numbers(200)), 5, "all messages")
    assert done["acknowledged"] == 200
    assert not limits


def pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(4096):
            sink.sendall(data)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """For localhost, not for 127.0.0.1."""
    return make_certificate(tmp_path, "DNS:localhost")


@pytest.fixture
def tls_port(certificate: tuple[Path, Path], mosquitto: Server) -> Iterator[int]:
    """Mosquitto behind TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)

    def terminate(connection: socket.socket) -> None:
        with (
            context.wrap_socket(connection, server_side=True) as inner,
            socket.create_connection(("127.0.0.1", mosquitto.port)) as broker,
        ):
            down = threading.Thread(target=pump, args=(broker, inner), daemon=True)
            down.start()
            pump(inner, broker)

    with Misbehaving(terminate) as server:
        yield server.port


def test_tls_with_a_trusted_certificate(run, tls_port: int, certificate: tuple[Path, Path]) -> None:
    done = run(tls_port, 2000, 20, "localhost", certificate[0])
    assert done["acknowledged"] == 2000
    assert done["connections"] == 1


def test_tls_with_the_wrong_name_is_refused(
    run, tls_port: int, certificate: tuple[Path, Path]
) -> None:
    done = run(tls_port, 1, 2, "127.0.0.1", certificate[0])
    assert done["acknowledged"] == 0
    assert done["connections"] == 0
    assert done["errors"]
