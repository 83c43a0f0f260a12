"""Wrong settings are named, with what is allowed instead."""

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Config, ConfigError, Endpoint, GatewayError, TlsListener
from gateway.main import alone_in
from tests.gateway.parts import gateway_process
from tests.process import free_port

GOOD = "mqtt://g1:token@cloud.example:1884"


def config(tmp_path: Path, **changes: Any) -> Config:
    devices = tmp_path / "devices.json"
    devices.write_text("{}")
    base = Config("g1", tmp_path / "home", GOOD, devices)
    return dataclasses.replace(base, **changes)


def test_a_url_says_where_and_who() -> None:
    assert Endpoint.parse("x", GOOD) == Endpoint("cloud.example", 1884, "g1", "token")
    assert Endpoint.parse("x", "mqtts://g%401:p%3Aw@h") == Endpoint("h", 8883, "g@1", "p:w", True)
    assert Endpoint.parse("x", "mqtt://h/").port == 1883


@pytest.mark.parametrize(
    "url", ["", "cloud", "http://cloud", "mqtt://", "mqtt://h:x", "mqtt://h:99999", "mqtt://h/path"]
)
def test_a_wrong_url_is_named(url: str) -> None:
    with pytest.raises(ConfigError, match=r"cloud_url = .*must be mqtt://"):
        Endpoint.parse("cloud_url", url)


def test_an_error_shows_no_password() -> None:
    with pytest.raises(ConfigError) as raised:
        Endpoint.parse("cloud_url", "http://g1:secret@cloud")
    assert "secret" not in str(raised.value)
    assert "secret" not in repr(Endpoint.parse("x", "mqtt://g1:secret@cloud"))


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("gateway_id", "", "1 to 60 letters"),
        ("gateway_id", "a/b", "1 to 60 letters"),
        ("cloud_url", "tcp://x", "mqtt://USER"),
        ("broker_url", "tcp://x", "mqtt://USER"),
        ("listen", ("127.0.0.1", 0), "HOST:1..65535"),
        ("listen", ("127.0.0.1", 70000), "HOST:1..65535"),
        ("devices_file", Path("nowhere.json"), "a JSON file"),
        ("devices_file", None, "a JSON file"),
        ("home", Path(__file__), "a folder"),
        ("tls", TlsListener(("127.0.0.1", 8883), Path("no.pem"), Path("no.key")), "a certificate"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, setting: str, value: object, words: str) -> None:
    config(tmp_path).check()
    with pytest.raises(ConfigError, match=f"^{setting} = .*must be .*{words}"):
        config(tmp_path, **{setting: value}).check()


def test_two_gateways_do_not_share_a_home(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from gateway.main import alone_in\n"
    code += f"with alone_in(Path({str(tmp_path)!r})): print('in', flush=True); sys.stdin.read()"
    args = [sys.executable, "-c", code]
    with subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"in\n"
        with pytest.raises(GatewayError, match="another gateway uses it"), alone_in(tmp_path):
            pass
        other.kill()
    with alone_in(tmp_path):
        pass


def test_a_taken_port_ends_the_gateway_with_its_number(tmp_path: Path) -> None:
    port = free_port()
    with gateway_process(tmp_path / "one", 1, listen=port) as first:
        first.wait_for("ready")
        with gateway_process(tmp_path / "two", 1, listen=port) as second:
            assert second.wait(10) != 0
            last = second.stderr.strip().splitlines()[-1]
        assert f"port {port} on 127.0.0.1 cannot be used" in last
        assert first.alive
