"""The heap of the whole firmware over days: `python -m hardware.bench.heap [HOURS]`.

The firmware runs compiled under MicroPython in a heap of 144 kB, on a simulated board, link and
clock, with a flash that is a file: a recording of 40 min after the other, a link that fails for 7 s
of every minute and for 10 min of every four hours. After each hour the heap is collected and looked
at: what is free, and the longest piece in a row, the most that can be asked for at once.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hardware.image import HOST, compile_all, compile_one

HOURS = 72
HEAP = "144k"  # 128 kB, and 16 kB for what is simulated and for two sessions at once
BLOCK_BYTES = 32  # of the unix build's heap: four words of 8 bytes
CLIENT = Path(__file__).with_name("heap_client.py")
SEEN = re.compile(r"GC: total: (\d+), used: (\d+), free: (\d+)")
LONGEST = re.compile(r"max free sz: (\d+)")


class Hour(NamedTuple):
    """Bytes, after so many hours."""

    hour: int
    total: int
    free: int
    longest: int  # free in a row


def run(hours: int) -> Iterator[Hour | str]:
    """Each hour as it comes; at the end what became of the frames, in words."""
    micropython = shutil.which("micropython") or str(Path(sys.executable).with_name("micropython"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        compile_all(folder, HOST)
        compile_one(CLIENT.read_text(), folder / "heap_client.mpy", HOST)
        command = [micropython, "-X", f"heapsize={HEAP}", "-m", "heap_client"]
        with subprocess.Popen(
            [*command, str(hours), str(folder / "flash")],
            cwd=folder,
            env={"MICROPYPATH": f"{folder}:.frozen"},
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            yield from _read(iter(process.stdout or ()))
        if process.returncode:
            raise RuntimeError(f"the firmware ended with {process.returncode}")


def _read(lines: Iterator[str]) -> Iterator[Hour | str]:
    hour = 0
    total = free = 0
    for line in lines:
        if seen := SEEN.search(line):
            total, _, free = map(int, seen.groups())
        elif longest := LONGEST.search(line):
            yield Hour(hour, total, free, int(longest[1]) * BLOCK_BYTES)
            hour += 1
        elif line.startswith("made"):
            yield line.strip()


def main(arguments: list[str]) -> None:
    print("| hour | free, kB | longest in a row, kB |\n|---|---|---|")  # noqa: T201
    for found in run(int(arguments[0]) if arguments else HOURS):
        if isinstance(found, str):
            print(f"\n{found}", flush=True)  # noqa: T201
        else:
            row = f"| {found.hour} | {found.free / 1024:.1f} | {found.longest / 1024:.1f} |"
            print(row, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
