"""The shell of `lucina analyze`: recordings from files and folders, one answer a line.

Folders are worked on by all cores; only a few recordings are held at a time, however many there
are. What cannot be read is named on the error stream and the rest goes on.
"""

import json
import os
import signal
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cloud.research.summary import block, line
from models.analysis import analyse
from models.formats import FormatError, Recording, parse

SUFFIXES = (".hea", ".fhr", ".fhrm", ".csv")
CSV_TIME = "t_s"  # the first column of a recording; other tables may lie beside it
FEW = 16  # recordings, for which no process is worth starting
AHEAD = 4  # recordings a process, that are worked on or waiting


@dataclass(frozen=True)
class Plan:
    """What is asked of each recording."""

    as_json: bool = False
    gestation_weeks: float | None = None
    with_baseline: bool = False
    ignore_maternal: bool = False
    brief: bool = False  # one line each, for people
    language: str = "en"  # of the words


@dataclass(frozen=True)
class Answer:
    """What one recording gave: text for people or programs, or why it cannot be read."""

    path: Path
    text: str = ""
    note: str = ""
    error: str = ""


def run(paths: list[Path], plan: Plan, out: TextIO, err: TextIO, cores: int | None = None) -> int:
    """Analyse all. Exit code: 0, 1 when a file in a folder was bad, 2 when a named path was."""
    named, found = set(), []
    code = 0
    for path in paths:
        try:
            inside = files(path, err)
        except OSError as error:
            code = _complain(err, f"{path}: {error.strerror or error}", 2)
            continue
        named |= set(inside) if not path.is_dir() else set()
        found += inside
    brief = replace(plan, brief=len(found) > 1)
    with _Shown(out, err, len(found)) as shown:
        for one in _answers(found, brief, cores):
            shown.tell(one, plan.as_json)
            if one.error:
                code = max(code, 2 if one.path in named else 1)
    return code


class _Shown:
    """Where answers and complaints go; with a bar while a terminal waits for many."""

    def __init__(self, out: TextIO, err: TextIO, total: int) -> None:
        self._out, self._err = out, err
        self._bar = Progress(
            TextColumn("analyze"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(file=err, soft_wrap=True),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=total < 2 or not err.isatty(),
        )
        self._task = self._bar.add_task("", total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def tell(self, answer: Answer, as_json: bool) -> None:
        if answer.error:
            self._write(self._err, f"lucina: {answer.error}")
        elif answer.note and not as_json:
            self._write(self._err, f"lucina: {answer.path}: {answer.note}")
        if not answer.error:
            self._write(self._out, answer.text)
        self._bar.advance(self._task)

    def _write(self, stream: TextIO, text: str) -> None:
        if self._bar.disable or not stream.isatty():
            stream.write(text + "\n")
            stream.flush()
        else:  # above the bar
            self._bar.console.print(text, markup=False, highlight=False, emoji=False)


def files(path: Path, err: TextIO) -> list[Path]:
    """The recording at a path, or all of a folder and the folders in it, by name."""
    if not path.is_dir():
        if not path.exists() and not path.with_name(path.name + ".hea").exists():
            raise FileNotFoundError(2, os.strerror(2), str(path))
        return [path]
    found = []

    def closed(error: OSError) -> None:
        _complain(err, f"{error.filename}: {error.strerror}, left out", 1)

    for folder, folders, names in os.walk(path, onerror=closed):
        folders.sort()
        for name in sorted(names):
            file = Path(folder) / name
            if not name.lower().endswith(SUFFIXES):
                continue
            if is_other_table(file):
                err.write(f"lucina: {file}: a table of something else, left out\n")
                continue
            found.append(file)
    if not found:
        raise OSError(0, f"no recording ({', '.join(SUFFIXES)}) in this folder")
    return found


def is_other_table(file: Path) -> bool:
    """A CSV that names columns, but not those of a recording."""
    if file.suffix.lower() != ".csv":
        return False
    with suppress(OSError), file.open("rb") as text:
        words = text.readline(4096).decode("utf-8", "replace").lstrip("\ufeff").strip().split(",")
        columns = [word.strip().strip('"') for word in words]
        ours = any(column == CSV_TIME or "fhr" in column.lower() for column in columns)
        return len(columns) > 1 and not ours and not any(map(_is_number, columns))
    return False


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def answer(path: Path, plan: Plan) -> Answer:
    """Read and analyse one recording."""
    try:
        recording = read(path)
    except FormatError as error:
        return Answer(path, error=f"{path.parent / str(error)}")
    except OSError as error:
        return Answer(path, error=f"{error.filename or path}: {error.strerror or error}")
    weeks = recording.gestation_weeks if plan.gestation_weeks is None else plan.gestation_weeks
    analysis = analyse(recording.trace, weeks, plan.ignore_maternal)
    if plan.as_json:
        data: dict[str, object] = {
            "recording": recording.name,
            "file": str(path),
            "note": recording.note or None,
        }
        data |= analysis.to_json(plan.with_baseline)
        return Answer(path, json.dumps(data, allow_nan=False), recording.note)
    tell = line if plan.brief else block
    return Answer(path, tell(recording.name, analysis, plan.language), recording.note)


def read(path: Path) -> Recording:
    def load(sibling: str) -> bytes:
        if Path(sibling).name != sibling:
            raise FormatError(f"{path.name}: names {sibling!r}, which is not in its folder")
        return (path.parent / sibling).read_bytes()

    return parse(path.name, load)


def _answers(found: list[Path], plan: Plan, cores: int | None) -> Iterator[Answer]:
    """In the order of `found`, a few at a time."""
    cores = cores or os.cpu_count() or 1
    if len(found) <= FEW or cores == 1:
        yield from (answer(path, plan) for path in found)
        return
    waiting: deque[Future[Answer]] = deque()
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])  # imported once, not by each process
    with ProcessPoolExecutor(cores, context, _leave_interrupts) as pool:
        try:
            for path in found:
                waiting.append(pool.submit(answer, path, plan))
                if len(waiting) >= AHEAD * cores:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _leave_interrupts() -> None:
    """Ctrl-C is for the parent, which then ends its processes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _complain(err: TextIO, words: str, code: int) -> int:
    err.write(f"lucina: {words}\n")
    return code
