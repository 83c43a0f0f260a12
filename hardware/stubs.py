"""Checks the firmware's types against stubs of the board's MicroPython: `python -m hardware.stubs`.

The stubs (`stubs.txt`, pinned) lie in .venv/typings, for beside other packages they would hide
Python's own modules. mypy reads them in the place of its own; what it says of the stubs themselves
is passed over, and so is what they lack though the board has it.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from hardware.image import ONLY_SIMULATED, ROOT

TYPINGS = ROOT / ".venv" / "typings"
LACKING = (
    'module named "aioble',  # comes by mip, without types
    'Module has no attribute "monotonic_ns"',  # CPython's branch of device/clock.py
    '"SSLContext" has no attribute "verify_mode"',
    'Argument 1 to "Partition" has incompatible type "int"',  # RUNNING is one
)


class StubsError(OSError):
    """They are not installed, or of no use."""


def faults(sources: list[Path], stubs: Path = TYPINGS) -> list[str]:
    """What does not fit, a line each."""
    if not (stubs / "machine.pyi").exists():
        raise StubsError(f"no stubs in {stubs}: .ci/setup venv brings them")
    with tempfile.TemporaryDirectory() as folder:
        planted = Path(folder) / "planted.py"
        planted.write_text("import machine\n\nmachine.Pin.PLANTED\n")
        lines = _mypy([*sources, planted], stubs)
    if not any("planted.py:" in line and "PLANTED" in line for line in lines):
        raise StubsError("a planted fault was not found: these stubs check nothing")
    names = tuple(f"{source.relative_to(ROOT)}:" for source in sources)
    return [
        line
        for line in lines
        if line.startswith(names) and not any(known in line for known in LACKING)
    ]


def _mypy(sources: list[Path], stubs: Path) -> list[str]:
    form = ["--config-file=", "--check-untyped-defs", "--python-version=3.11",
            f"--cache-dir={ROOT / '.mypy_cache' / 'board'}"]  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", *form, f"--custom-typeshed-dir={stubs}", *map(str, sources)],
        env={**os.environ, "MYPYPATH": str(stubs)},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if ran.returncode not in (0, 1):
        raise StubsError(ran.stdout + ran.stderr)
    return [line for line in ran.stdout.splitlines() if " error: " in line]


def of_the_board() -> list[Path]:
    """The modules that a board has."""
    every = sorted((ROOT / "device").glob("**/*.py"))
    return [source for source in every if source.stem not in ONLY_SIMULATED]


def main() -> int:
    found = faults(of_the_board())
    print("\n".join(found) or "no fault against the stubs of the board")  # noqa: T201
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
