"""A backup of a store that is being written to, made again elsewhere: the same, or refused."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, inspect, text
from typer.testing import CliRunner

from cloud.config import Settings
from cloud.keeping.archive import BackupError
from cloud.keeping.backup import backup
from cloud.keeping.restore import restore
from cloud.store import frames, people, recordings
from cloud.store.db import DatabaseError, open_engine, reading, writing
from device import wire
from lucina import app
from tests.cloud.data.parts import trace_frame

LUCINA = [sys.executable, "-m", "lucina"]
SECRET = "s3cret-of-this-installation-0123456789-abcdef"


def lucina(*words: object, **env: str) -> str:
    """What the command says, as a process of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("LUCINA_")}
    args = [*LUCINA, *(str(word) for word in words)]
    done = subprocess.run(args, capture_output=True, text=True, env={**kept, **env}, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def everything(engine: Engine) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with reading(engine) as conn:
        return {
            name: sorted(conn.execute(text(f'SELECT * FROM "{name}"')).all(), key=repr)
            for name in inspect(conn).get_table_names()
        }


@pytest.fixture
def recording_id(engine: Engine) -> int:
    with writing(engine) as conn:
        people.add_organisation(
            conn, name="清河", name_zh="清河\t\\N医院", kind="hospital", level=2, on_call=True,
            free_beds=0,
        )  # fmt: skip
        known = dict(device_id="d", session=77, gateway_id="g", start_ms=3, now_ms=5)
        return recordings.open_recording(conn, **known).id


@contextmanager
def ingesting(engine: Engine, recording_id: int) -> Iterator[list[int]]:
    """Frames are committed one by one meanwhile; the list is of those that are committed."""
    done: list[int] = []
    stopping = threading.Event()

    def run() -> None:
        while not stopping.wait(0.002):
            seq = len(done)
            with writing(engine) as conn:
                data = wire.encode(trace_frame(seq, seq))
                frames.add_frames(conn, recording_id, [(seq, data)], 7)
            done.append(seq)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield done
    finally:
        stopping.set()
        thread.join()


@pytest.fixture
def env(database_url: str, tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "home"
    home.mkdir()
    (home / "secret").write_text(SECRET)
    (home / "secret").chmod(0o600)
    return {
        "LUCINA_HOME": str(home),
        "LUCINA_DATABASE_URL": database_url,
        "LUCINA_ROAD_SPEED_KMH": "33",
    }


def target_of(database_url: str, request: pytest.FixtureRequest) -> list[str]:
    """A second, empty database of the same kind: an option of restore."""
    if database_url.startswith("sqlite"):
        return []
    return ["--database", request.getfixturevalue("postgres").new_database()]


def test_backup_during_ingest_restores_to_the_same(
    engine: Engine,
    recording_id: int,
    env: dict[str, str],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    file, into = tmp_path / "one.tar.gz", tmp_path / "new"
    with ingesting(engine, recording_id) as done:
        while len(done) < 20:
            pass
        before = len(done)
        made = json.loads(lucina("backup", file, "--json", **env))
        after = len(done)
    assert file.stat().st_mode & 0o777 == 0o600
    assert before <= made["rows"]["frames"] <= after + 1 and before < after

    database = target_of(env["LUCINA_DATABASE_URL"], request)
    done = CliRunner().invoke(app, ["restore", str(file), "--into", str(into), *database])
    said = done.output
    assert done.exit_code == 0, said
    assert f"{made['rows']['frames']} frames" in said
    url = database[1] if database else f"sqlite:///{into / 'lucina.sqlite'}"
    restored = open_engine(url)
    now, then = everything(engine), everything(restored)
    kept = [row for row in now["frames"] if row.seq < made["rows"]["frames"]]
    assert then["frames"] == kept
    assert {k: v for k, v in then.items() if k != "frames"} == {
        k: v for k, v in now.items() if k != "frames"
    }
    with writing(restored) as conn:  # what numbers rows goes on behind them
        new = recordings.open_recording(
            conn, device_id="d", session=78, gateway_id="g", start_ms=3, now_ms=5
        )
    assert new.id > recording_id
    restored.dispose()

    assert (into / "secret").read_text() == SECRET
    assert (into / "secret").stat().st_mode & 0o777 == 0o600
    variables = (into / "settings.env").read_text()
    assert "LUCINA_ROAD_SPEED_KMH=33\n" in variables and f"LUCINA_HOME={into}\n" in variables
    assert (into / "settings.env").stat().st_mode & 0o777 == 0o600

    with pytest.raises(DatabaseError, match=r"not empty.*--into"):
        restore(settings(into, url), file)


@pytest.fixture
def file(engine: Engine, recording_id: int, env: dict[str, str], tmp_path: Path) -> Path:
    path = tmp_path / "one.tar.gz"
    backup(settings(tmp_path / "home", env["LUCINA_DATABASE_URL"]), path, env)
    return path


def settings(home: Path, database_url: str = "") -> Settings:
    return Settings(home=home, database_url=database_url, secret=SecretStr(SECRET))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_damaged_or_foreign_file_is_refused(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    into = settings(tmp_path / "new")
    for cut in (0, 100, len(whole) // 2):
        file.write_bytes(whole[:cut])
        with pytest.raises(BackupError, match="damaged"):
            restore(into, file)
    for at in range(len(whole) // 3, len(whole) * 2 // 3, len(whole) // 17):
        flipped = bytearray(whole)
        flipped[at] ^= 1
        file.write_bytes(bytes(flipped))
        with pytest.raises(BackupError, match="damaged"):
            restore(into, file)
    assert not (into.home / "lucina.sqlite").exists()
    with pytest.raises(FileNotFoundError):
        restore(into, tmp_path / "nothing")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_newer_and_nothing_else_is_touched(
    file: Path, engine: Engine, env: dict[str, str], tmp_path: Path, postgres_url: str
) -> None:
    ours = settings(tmp_path / "home", env["LUCINA_DATABASE_URL"])
    with pytest.raises(BackupError, match="there already"):
        backup(ours, file, env)
    with pytest.raises(BackupError, match="is of sqlite, the target is postgresql"):
        restore(settings(tmp_path / "new", postgres_url), file)

    with writing(engine) as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="newer version"):
        restore(ours, file)
    newer = tmp_path / "newer.tar.gz"
    backup(ours, newer, env)
    with pytest.raises(BackupError, match="update Lucina first"):
        restore(settings(tmp_path / "new"), newer)
