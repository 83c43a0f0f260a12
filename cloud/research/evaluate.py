"""The shell of `lucina evaluate`: the tables of docs/analysis.md from a folder of recordings.

What each table measures is in cloud/research/evaluations/, one file each. Seeds are fixed, so the
same commit and data give the same figures, times apart.
"""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import rich.box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as RichTable

from cloud.research.evaluations import (
    alarms,
    contractions,
    events,
    false_signal,
    ladder,
    safety,
    speed,
    variability,
    verdicts,
    worst,
)
from cloud.research.evaluations.plan import NotMeasuredError, Plan
from cloud.research.evaluations.table import Table
from models.grid import FormatError

EVALUATIONS: dict[str, Callable[[Plan], list[Table]]] = {
    "events": events.measure,
    "false-signal": false_signal.measure,
    "contractions": contractions.measure,
    "variability": variability.measure,
    "alarms": alarms.measure,
    "safety": safety.measure,
    "verdicts": verdicts.measure,
    "ladder": ladder.measure,
    "speed": speed.measure,
    "worst": worst.measure,
}
WIDE = 220  # columns of a table that does not go to a terminal
INTERVALS = "In brackets: 95 % intervals, bootstrap over the recordings."


@dataclass(frozen=True)
class Section:
    """What one evaluation gave; `why`: why it gave nothing."""

    name: str
    tables: tuple[Table, ...] = ()
    why: str = ""
    took_s: float = 0.0

    def to_json(self) -> dict[str, object]:
        if self.why:
            return {"not_measured": self.why}
        return {"tables": [one.to_json() for one in self.tables], "took_s": round(self.took_s, 1)}


@dataclass(frozen=True)
class Header:
    """Where the figures come from."""

    commit: str
    date: str
    cores: int
    data: str
    quick: bool

    def __str__(self) -> str:
        quick = ", a quick look at a few recordings: not to be quoted" if self.quick else ""
        return f"commit {self.commit}, {self.date}, {self.cores} cores{quick}"


@dataclass(frozen=True)
class Wanted:
    """What is asked of a run."""

    only: tuple[str, ...] = tuple(EVALUATIONS)
    as_json: bool = False
    write: Path | None = None  # a document with markers


def run(plan: Plan, wanted: Wanted, out: TextIO, err: TextIO) -> int:
    """Measure and tell. Exit code: 0, or 2 when nothing could be measured."""
    header = Header(
        commit(), datetime.now(UTC).date().isoformat(), plan.cores, str(plan.data), plan.quick
    )
    console = Console(file=out, width=None if out.isatty() else WIDE, highlight=False)
    if not wanted.as_json:
        console.print(f"lucina evaluate: {header}\n{INTERVALS}\n")
    sections = []
    since_s = time.perf_counter()
    for section in _sections(plan, wanted.only, err):
        sections.append(section)
        if not wanted.as_json:
            _show(console, section)
    took_s = time.perf_counter() - since_s
    if wanted.as_json:
        told = vars(header) | {
            "took_s": round(took_s, 1),
            "tables": {one.name: one.to_json() for one in sections},
        }
        out.write(json.dumps(told, allow_nan=False, indent=1) + "\n")
    else:
        console.print(f"{took_s:.0f} s in all")
    measured = [one for one in sections if one.tables]
    if wanted.write and measured:
        text = wanted.write.read_text(encoding="utf-8")
        wanted.write.write_text(written(text, measured, header), encoding="utf-8")
    return 0 if measured else 2


def check(wanted: Wanted, quick: bool) -> None:
    """ValueError, OSError: what is asked for cannot be done."""
    unknown = [name for name in wanted.only if name not in EVALUATIONS]
    if unknown or not wanted.only:
        raise ValueError(f"--only {','.join(unknown)}: known are {', '.join(EVALUATIONS)}")
    if wanted.write:
        if quick:
            raise ValueError("--write needs all recordings, --quick looks at a few")
        written(wanted.write.read_text(encoding="utf-8"), [Section(n) for n in wanted.only])


def _sections(plan: Plan, names: tuple[str, ...], err: TextIO) -> Iterator[Section]:
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(file=err),
        transient=True,
        disable=not err.isatty(),
    )
    for name in names:
        with bar:
            task = bar.add_task(name, total=None)

            def told(done: int, of: int, task: object = task) -> None:
                bar.update(task, completed=done, total=of)  # type: ignore[arg-type]

            section = measured(name, replace(plan, progress=told))
            bar.remove_task(task)
        yield section


def measured(name: str, plan: Plan) -> Section:
    """One evaluation; what cannot be measured is told, never raised."""
    since_s = time.perf_counter()
    try:
        tables = EVALUATIONS[name](plan)
    except (NotMeasuredError, FormatError, OSError) as error:
        return Section(name, why=str(error))
    return Section(name, tuple(tables), took_s=time.perf_counter() - since_s)


def _show(console: Console, section: Section) -> None:
    if section.why:
        console.print(f"{section.name}: not measured: {section.why}\n", markup=False)
    for table in section.tables:
        shown = RichTable(title=table.title, box=rich.box.SIMPLE_HEAD, title_justify="left")
        for at, column in enumerate(table.columns):
            shown.add_column(column, justify="left" if at == 0 else "right")
        for row in table.texts():
            shown.add_row(*row)
        console.print(shown)
        for note in table.notes:
            console.print(note, markup=False)
        console.print()


def written(text: str, sections: list[Section], header: Header | None = None) -> str:
    """`text` with the tables of each section between its markers. ValueError: no such markers."""
    for one in sections:
        begin, end = f"<!-- evaluate:{one.name} -->\n", "<!-- /evaluate -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"no '{begin.strip()}' ... '{end}' in the document")
        source = f"`lucina evaluate --only {one.name}`: {header}."
        body = "\n\n".join([*(table.to_markdown() for table in one.tables), source])
        text = f"{before}{begin}{body}\n{end}{after}"
    return text


def commit() -> str:
    """The commit of this code, "dirty" when it was changed since; "unknown" outside of git."""
    try:
        answer = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return answer.stdout.strip()
