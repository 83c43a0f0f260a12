"""A newer program takes over in mid-recording; a backup becomes the service again."""

import json
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from io import BytesIO
from pathlib import Path

from cloud.drill.course import Course
from cloud.drill.process import Process
from cloud.drill.rig import COMMAND, ENV, ROOT, Rig

FILL = """
import json, sys
from datetime import UTC, datetime
from cloud import demo
from cloud.store.db import migrate, open_engine, writing
engine = open_engine(sys.argv[1])
migrate(engine)
with writing(engine) as conn:
    demo.fill(conn, demo.Tokens(**json.loads(sys.argv[2])), datetime.now(UTC).date())
"""
MIGRATIONS = "cloud/migrations/versions"


@cache
def commit_before() -> str:
    """The last commit without the newest migration; empty: the history is not here."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        return ""
    log = ["log", "--format=%H", "-n1", "--diff-filter=A", "--", MIGRATIONS]
    newest = _git(*log).decode().strip()
    return _git("rev-parse", f"{newest}^").decode().strip() if newest else ""


def lacks_history() -> str:
    return "" if commit_before() else "the repository's history is not here"


def _git(*args: str) -> bytes:
    found = subprocess.run(["git", "-C", str(ROOT), *args], capture_output=True, check=False)
    return found.stdout


@contextmanager
def before(folder: Path) -> Iterator[Rig]:
    """All of it as it was before the newest migration, people and places too."""
    tree = folder / "before"
    tree.mkdir(parents=True)
    packed = _git("archive", "--format=tar", commit_before())
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(tree, filter="data")
    with Older(folder, tree) as rig:
        yield rig


class Older(Rig):
    def __init__(self, folder: Path, tree: Path) -> None:
        self._tree = tree
        super().__init__(folder, proxied=True)
        for process in (self.broker, self.cloud, self.gateway):
            process.env["PYTHONPATH"] = str(tree)

    def set_up(self) -> None:
        fill = [sys.executable, "-c", FILL, self.database_url, json.dumps(asdict(self.tokens))]
        env = {**self.cloud.env, "PYTHONPATH": str(self._tree)}
        self.write_files()
        subprocess.run(fill, check=True, env=env, cwd=self._tree, capture_output=True)

    def replace(self, process: Process) -> None:
        """The newest program in the same folder."""
        process.stop()
        process.env |= ENV
        self.start(process)


def upgrade(course: Course) -> None:
    """The cloud first, which migrates what it finds; then the broker, then the gateway."""
    assert isinstance(course.rig, Older)
    course.ledger.facts["from"] = commit_before()[:12]
    course.begin()
    for process in (course.rig.cloud, course.rig.broker, course.rig.gateway):
        time.sleep(0.15 * course.replay.wall_s)
        course.ledger.faults += 1
        course.say(f"the newer {process.name} takes over")
        course.rig.replace(process)


def restore(course: Course) -> None:
    """The line is cut, a backup made, the machine lost; the service goes on from the backup."""
    rig = course.rig
    course.begin()
    time.sleep(0.4 * course.replay.wall_s)
    course.say("backup, and everything of the cloud is lost")
    course.ledger.faults = 1
    rig.far.cut()
    file, home, database = (rig.folder / name for name in ("saved.tar.gz", "home", "again.sqlite"))
    _lucina(rig.cloud, "backup", str(file))
    rig.cloud.stop()
    rig.engine.dispose()
    old = Path(rig.database_url.removeprefix("sqlite:///"))
    shutil.rmtree(rig.folder / "cloud")
    for name in (old, *old.parent.glob(old.name + "-*")):
        name.unlink()
    url = f"sqlite:///{database}"
    _lucina(rig.cloud, "restore", str(file), "--into", str(home), "--database", url)
    database.rename(old)  # where it was: others read it there
    rig.cloud.env["LUCINA_HOME"] = str(home)
    rig.start(rig.cloud)
    rig.far.heal()


def _lucina(like: Process, *args: str) -> None:
    """Run a command with the settings of this process; RuntimeError with its words."""
    done = subprocess.run([*COMMAND, *args], env=like.env, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"lucina {args[0]}: {done.stderr.decode(errors='replace')[-300:]}")
