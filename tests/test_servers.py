"""The servers of tests/servers.py start, serve, die and come back."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import psycopg
import pytest

from tests import servers
from tests.conftest import LONGEST_FIRST

ROOT = str(Path(__file__).parents[1])


def _client(port: int, name: str | None = None, password: str = "") -> paho.Client:
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    if name:
        client.username_pw_set(name, password)
    client.connect("127.0.0.1", port)
    client.loop_start()
    servers.wait_until(client.is_connected, 5, "connection to mosquitto")
    return client


def test_mosquitto_keeps_users_to_their_topics_and_survives_a_restart(tmp_path: Path) -> None:
    users = {"g1": "a", "g2": "b", "cloud": "c"}
    got: list[str] = []
    with servers.start_mosquitto(tmp_path, users) as server:
        cloud = _client(server.port, "cloud", "c")
        cloud.on_message = lambda client, userdata, message: got.append(message.topic)
        cloud.subscribe("lucina/1/#", qos=1)
        g1 = _client(server.port, "g1", "a")
        g1.publish("lucina/1/gw/g2/up/d", b"x", qos=1)
        g1.publish("lucina/1/gw/g1/up/d", b"x", qos=1)
        servers.wait_until(lambda: got, 5, "message at the cloud")
        assert got == ["lucina/1/gw/g1/up/d"]
        server.restart()
        assert servers.listening(server.port)
        for client in (cloud, g1):
            client.disconnect()
            client.loop_stop()
    assert not servers.listening(server.port)


def test_postgres_gives_empty_databases(postgres: servers.Postgres) -> None:
    first, second = postgres.new_database(), postgres.new_database()
    with psycopg.connect(first.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE t (x int)")
    with (
        psycopg.connect(second.replace("+psycopg", "")) as connection,
        pytest.raises(psycopg.errors.UndefinedTable),
    ):
        connection.execute("SELECT * FROM t")


def test_victoria_takes_influx_lines(victoria: servers.Server) -> None:
    request = urllib.request.Request(
        f"{victoria.url}/api/v2/write?bucket=b&org=o", data=b"m,t=a f=1 1700000000000000000"
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.status == 204


def test_chromium_renders(browser: Any) -> None:
    page = browser.new_page()
    page.set_content("<p>ok</p>")
    assert page.inner_text("p") == "ok"
    page.close()


def test_micropython_runs(micropython: str) -> None:
    said = subprocess.check_output([micropython, "-c", "import sys; print(sys.implementation[0])"])
    assert said.strip() == b"micropython"


def test_process_says_how_it_ended(tmp_path: Path) -> None:
    with servers.Process(["sh", "-c", "echo up; echo bad >&2; exit 3"], tmp_path) as process:
        assert process.wait_for("up") == "up"
        with pytest.raises(AssertionError, match="bad"):
            process.wait_for("never")
    assert process.returncode == 3


def test_kill_takes_the_children_along(tmp_path: Path) -> None:
    port = servers.free_port()
    script = f"import socket,time; s=socket.create_server(('127.0.0.1',{port})); time.sleep(60)"
    with servers.Process(["sh", "-c", f'python3 -c "{script}" & wait'], tmp_path) as process:
        servers.wait_until(lambda: servers.listening(port), 5, "child's port")
        process.kill()
        # the group got the signal at once; the kernel closes the child's port a moment later
        servers.wait_until(lambda: not servers.listening(port), 2, "end of the child")


def test_a_killed_test_run_leaves_nothing_behind(tmp_path: Path) -> None:
    port = servers.free_port()
    script = f"""
import pathlib, time
from tests import servers
servers.start_mosquitto(pathlib.Path({str(tmp_path)!r}), port={port}).start()
print("up", flush=True)
time.sleep(60)
"""
    with servers.Process([sys.executable, "-c", script], tmp_path, {"PYTHONPATH": ROOT}) as run:
        run.wait_for("up")
        assert servers.listening(port)
        os.kill(run.pid, signal.SIGKILL)
        servers.wait_until(lambda: not servers.listening(port), 5, "end of mosquitto")


@pytest.mark.parametrize("name", LONGEST_FIRST)
def test_what_is_begun_first_is_there(name: str) -> None:
    assert (Path(__file__).parent / name).exists()
