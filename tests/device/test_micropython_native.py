"""The signal path's marked functions compiled to machine code, and not: the same numbers."""

import re
import shutil
import subprocess
from pathlib import Path

from tests.device.test_micropython import HERE, ROOT, count_tests

MARK = "@micropython.viper\n"


def run(micropython: str, folder: Path) -> str:
    ran = subprocess.run(
        [micropython, "-X", "heapsize=128k", str(HERE / "run_on_micropython.py"), "test_fhr"],
        cwd=HERE,
        env={"MICROPYPATH": f"{folder}:.frozen"},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    return ran.stdout.splitlines()[-1]


def test_the_same_without_the_native_emitter(micropython: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "device", tmp_path / "device")
    (tmp_path / "tests" / "device").mkdir(parents=True)
    (tmp_path / "tests" / "__init__.py").touch()
    for name in ("__init__", "locked", "test_fhr", "run_on_micropython"):
        shutil.copy(HERE / f"{name}.py", tmp_path / "tests" / "device")
    marked = 0
    for path in (tmp_path / "device").glob("*.py"):
        text, count = re.subn(re.escape(MARK), "", path.read_text())
        marked += count
        path.write_text(text)
    assert marked >= 9
    assert run(micropython, tmp_path) == f"passed {count_tests('test_fhr')}"
