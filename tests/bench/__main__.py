"""`make bench`: what the path carries on this machine, in one table.

python -m tests.bench [--json] [analysis] [routing] [throughput] [latency] [latency-many] [capacity]
                          [pages] [soak]

soak is run when it is named only; LUCINA_SOAK_S says how long (1200 s: a day).
"""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench import analysis, capacity, latency, meter, pages, routing, soak, throughput

HEADINGS = ("what", "median", "spread", "asked for", "met", "remarks")
PARTS: dict[str, Callable[[Path], list[meter.Row]]] = {
    "analysis": lambda _folder: analysis.measure(),
    "routing": routing.measure,
    "throughput": throughput.measure,
    "latency": latency.measure,
    "latency-many": latency.measure_many,
    "capacity": capacity.measure,
    "pages": pages.measure,
    "soak": soak.measure,
}
UNASKED = ("soak",)  # too long to be run unnamed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--markdown", action="store_true", help="for docs/benchmarks.md")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    progress = Console(stderr=True)
    rows: list[meter.Row] = []
    folder = Path(tempfile.mkdtemp(prefix="lucina-bench-"))
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was measured is still said
    try:
        for name in options.parts or [name for name in PARTS if name not in UNASKED]:
            since_s = time.monotonic()
            with progress.status(f"measuring {name}"):
                rows += measured(name, folder)
            progress.print(f"{name}: {time.monotonic() - since_s:.0f} s")
    except KeyboardInterrupt:
        rows.append(_failed(name, "ended from outside"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        print(json.dumps({"machine": machine(), "rows": [asdict(row) for row in rows]}, indent=1))
    elif options.markdown:
        print("\n".join([machine(), "", markdown(rows)]))
    else:
        Console(width=None if sys.stdout.isatty() else 160).print(table(rows))
    return 1 if any(row.met is False for row in rows) else 0


def measured(name: str, folder: Path) -> list[meter.Row]:
    """The rows of a part; one that says what went wrong, if that ended it."""
    try:
        return PARTS[name](folder)
    except Exception as error:
        traceback.print_exc()
        words = str(error).strip().splitlines() or [""]
        return [_failed(name, f"{type(error).__name__}: {words[0]}")]


def _failed(name: str, why: str) -> meter.Row:
    return meter.Row(name, "not measured", goal="an end", met=False, note=why)


def cells(row: meter.Row) -> tuple[str, ...]:
    met = {None: "", True: "yes", False: "NO"}[row.met]
    return (row.what, row.value, row.spread, row.goal, met, row.note)


def table(rows: list[meter.Row]) -> Table:
    out = Table(title=machine(), title_justify="left", show_lines=True)
    for heading in HEADINGS:
        out.add_column(heading, overflow="fold")
    for row in rows:
        out.add_row(*cells(row))
    return out


def markdown(rows: list[meter.Row]) -> str:
    lines = [HEADINGS, ("---",) * len(HEADINGS), *map(cells, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine() -> str:
    """Cores, memory, Python and commit: what figures mean nothing without."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=meter.ROOT, capture_output=True, text=True, check=False,
    ).stdout.strip()  # fmt: skip
    return (
        f"{os.cpu_count()} cores, {memory_gib:.0f} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, commit {commit or 'unknown'}"
    )


if __name__ == "__main__":
    sys.exit(main())
