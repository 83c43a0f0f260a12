"""Commands that cannot do their work say why in one line on stderr and end with code 2."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lucina import app
from tests.e2e.rig import COMMAND, ENV, Rig
from tests.servers import Process, free_port, wait_until

SHA = "0" * 64


def said_here(tmp_path: Path, *args: str, **env: str) -> str:
    """The same without a process, which costs seconds."""
    done = CliRunner().invoke(app, args, env={"LUCINA_HOME": str(tmp_path), **env})
    said = done.stderr.strip().splitlines()
    assert done.exit_code == 2, (done.exit_code, done.output)
    assert len(said) == 1 and said[0].startswith("lucina: "), done.stderr
    return said[0]


def refusal(tmp_path: Path, *args: str, **env: str) -> str:
    """What the command says when it ends with code 2."""
    with Process([*COMMAND, *args], tmp_path, {**ENV, "LUCINA_HOME": str(tmp_path), **env}) as it:
        code = it.wait(90)
    said = it.stderr.strip().splitlines()
    assert code == 2, (code, it.stderr)
    assert len(said) == 1 and said[0].startswith("lucina: "), it.stderr
    return said[0]


@pytest.fixture
def taken_port() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield str(server.getsockname()[1])


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("LUCINA_HTTP_PORT", "eighty", "0 to 65535"),
        ("LUCINA_ESCALATE_AFTER_S", "0", "1 to 3600"),
        ("LUCINA_BROKER_URL", "http://x", "mqtt://"),
        ("LUCINA_DATABASE_URL", "oracle://x", "sqlite:///PATH"),
        ("LUCINA_SECRET", "changeme", "32 characters"),
        ("LUCINA_DEMO", "perhaps", "true or false"),
    ],
)
def test_cloud_names_the_variable_and_what_is_allowed(
    tmp_path: Path, variable: str, value: str, allowed: str
) -> None:
    said = said_here(tmp_path, "cloud", **{variable: value})
    assert variable in said and allowed in said
    assert variable != "LUCINA_SECRET" or value not in said


def test_cloud_names_a_port_that_is_taken(tmp_path: Path, taken_port: str) -> None:
    assert taken_port in refusal(tmp_path, "cloud", "--port", taken_port)


def test_cloud_refuses_a_database_of_a_newer_version(tmp_path: Path) -> None:
    from sqlalchemy import create_engine, text

    from cloud.store.db import migrate, open_engine

    url = f"sqlite:///{tmp_path / 'new.sqlite'}"
    migrate(open_engine(url))
    with create_engine(url).begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = 'of_the_future'"))
    said = refusal(tmp_path, "cloud", LUCINA_DATABASE_URL=url)
    assert "of_the_future" in said or "newer" in said


def test_broker_names_a_port_that_is_taken(tmp_path: Path, taken_port: str) -> None:
    users = tmp_path / "users.json"
    users.write_text(json.dumps({"cloud": SHA}))
    said = refusal(tmp_path, "broker", "--port", taken_port, "--users", str(users))
    assert taken_port in said


@pytest.mark.parametrize("content", [None, "", "[]", '{"d": "not a hash"}'])
def test_gateway_names_a_devices_file_that_it_cannot_use(
    tmp_path: Path, content: str | None
) -> None:
    devices = tmp_path / "devices.json"
    if content is not None:
        devices.write_text(content)
    said = said_here(
        tmp_path, "gateway", "--id", "g", "--home", str(tmp_path / "g"), "--devices", str(devices),
        "--listen", f"127.0.0.1:{free_port()}", "--cloud", "mqtt://g:t@127.0.0.1:1",
    )  # fmt: skip
    assert "devices.json" in said


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.hea", None),
        ("empty.hea", b""),
        ("cut.csv", b"t_s,fhr_bpm,toco\n0.0,140,1\n0.25,14"),
        ("unknown.xyz", b"1,2,3"),
    ],
)
def test_probe_names_a_recording_that_it_cannot_use(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    said = said_here(
        tmp_path, "probe", "--replay", str(tmp_path / name), "--device", "d", "--token", "t",
        "--broker", f"mqtt://127.0.0.1:{free_port()}",
    )  # fmt: skip
    assert name in said


def test_a_device_with_a_wrong_token_or_of_another_name_gets_nothing_in(tmp_path: Path) -> None:
    with Rig(tmp_path) as rig:
        args = ["probe", "--replay", "synthetic:normal:1:2", "--speed", "60", "--broker",
                f"mqtt://127.0.0.1:{rig.local_port}"]  # fmt: skip
        wrong = [*COMMAND, *args, "--device", rig.devices[0], "--token", "wrong"]
        unknown = [*COMMAND, *args, "--device", "unknown", "--token", "wrong"]
        with (
            Process(wrong, tmp_path, ENV, name="wrong"),
            Process(unknown, tmp_path, ENV, name="unknown"),
        ):
            rig.probe(2, "synthetic:normal:1:2", 60)
            rig.wait_complete(rig.recording_id(2), 30)
            wait_until(lambda: "unknown" in rig.gateway.stderr, 10, "word of the refusal")
        assert [row.device_id for row in rig.rows("SELECT device_id FROM recordings")] == [
            rig.devices[1]
        ]


@pytest.mark.parametrize("command", ["run", "cloud", "gateway", "broker", "probe"])
def test_help_of_every_command_has_an_example(command: str) -> None:
    assert "Example:" in CliRunner().invoke(app, [command, "--help"]).stdout
