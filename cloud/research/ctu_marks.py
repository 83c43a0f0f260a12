"""One gynaecologist's marks on CTU-UHB: `ctu-uhb-events/annotation_N.mat` (Romagnoli 2020).

Cell `ann` is 5 x n, a column a sample at 4 Hz: bradycardia, tachycardia, accelerations,
decelerations, contractions. A cell that is not empty holds a MATLAB string such as `(DEC2V` or
`)DEC2V`: begin or end, kind, number, and E, L, V or P for a deceleration. MATLAB keeps the texts of
strings in the file's workspace, which is read here too. A weak reference: a third of the starts
of contractions lie on a 15 s grid, and numbers are sometimes wrong, so a begin belongs to the end
that follows it at once in its row; the others are dropped.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from struct import unpack_from
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from cloud.research.analyze import read
from models.agreement import Spans
from models.formats import FormatError
from models.trace import FS_HZ, Trace

FOLDER = "ctu-uhb-events"
ROWS = ("bradycardias", "tachycardias", "accelerations", "decelerations", "contractions")
MARK = re.compile(r"([()])(?:BC|TC|ACC|DEC|UC)\d+([ELVP]?)$")
KINDS = {"E": "early", "L": "late", "V": "variable", "P": "prolonged"}
HEADER_BYTES = 128  # of a MATLAB 5 file
WORKSPACE_BYTES = 8  # before the first element of its workspace
TAG_BYTES = 8  # of an element
FIRST_TEXT = 2  # cell of the workspace that holds the first object
STRING_VERSION = 1


@dataclass(frozen=True)
class Marks:
    """(start_s, end_s) from the first sample, sorted; `kinds` are those of the decelerations.

    Some recordings were looked at for `seen_s` only, and some have no mark at all: they were not.
    """

    bradycardias: Spans
    tachycardias: Spans
    accelerations: Spans
    decelerations: Spans
    contractions: Spans
    kinds: tuple[str, ...]
    seen_s: float

    @property
    def any(self) -> bool:
        return any(getattr(self, row) for row in ROWS)


@dataclass(frozen=True, eq=False)
class Marked:
    """A recording, its weeks of gestation, and its marks."""

    name: str
    trace: Trace
    gestation_weeks: float | None
    marks: Marks


def names(data: Path) -> list[str]:
    """Recordings of the data folder that have marks, and a signal to look at."""
    found = (path.stem.removeprefix("annotation_") for path in (data / FOLDER).glob("*.mat"))
    return sorted(name for name in found if (data / "ctu-uhb" / f"{name}.hea").exists())


def recording(data: Path, name: str) -> Marked:
    marks = parse((data / FOLDER / f"annotation_{name}.mat").read_bytes())
    found = read(data / "ctu-uhb" / f"{name}.hea")
    return Marked(name, found.trace, found.gestation_weeks, marks)


def parse(data: bytes) -> Marks:
    """The marks in the bytes of a MATLAB 5 file; none where it has no workspace."""
    try:
        found = loadmat(BytesIO(data))
        cells: NDArray[Any] = found["ann"]
        texts = _texts(data[:HEADER_BYTES], found.get("__function_workspace__"))
        rows = [list(_marks(row, texts)) for row in cells]
    except (KeyError, IndexError, TypeError, ValueError, MatReadError) as error:
        raise FormatError(f"not a file of marks: {error}") from None
    if len(rows) != len(ROWS):
        raise FormatError(f"{len(rows)} rows of marks, not {len(ROWS)}")
    pairs = {name: _paired(row) for name, row in zip(ROWS, rows, strict=True)}
    spans = {name: [span for span, _ in found] for name, found in pairs.items()}
    kinds = tuple(KINDS[kind] for _, kind in pairs["decelerations"])
    return Marks(**spans, kinds=kinds, seen_s=cells.shape[1] / FS_HZ)


def _marks(row: NDArray[Any], texts: list[str]) -> Iterator[tuple[int, str, str]]:
    """(sample, "(" or ")", letter) of each mark in a row of cells."""
    for at in np.flatnonzero([cell.size > 0 for cell in row]).tolist():
        number = int(row[at][0]["arr"].ravel()[4])  # magic, dimensions (3 values), object, class
        mark = MARK.match(texts[number - 1])
        if not mark:
            raise FormatError(f"mark {texts[number - 1]!r} at sample {at}")
        yield at, mark[1], mark[2]


def _paired(marks: list[tuple[int, str, str]]) -> list[tuple[tuple[float, float], str]]:
    """((start_s, end_s), letter) of each begin and the end that follows at once."""
    following = pairwise(marks)
    return [
        ((first / FS_HZ, stop / FS_HZ), letter)
        for (first, opens, letter), (stop, closes, same) in following
        if (opens, closes) == ("(", ")") and letter == same
    ]


def _texts(header: bytes, workspace: NDArray[np.uint8] | None) -> list[str]:
    """The texts of all string objects, by number from 1."""
    if workspace is None:
        return []
    first = workspace.tobytes()[WORKSPACE_BYTES:]
    _, size = unpack_from("<II", first)  # its type and the bytes that follow
    inner = loadmat(BytesIO(header + first[: TAG_BYTES + size]))["__function_workspace__"]
    cells = inner[0, 0]["MCOS"][0]["arr"]
    found = []
    for (cell,) in cells[FIRST_TEXT:]:
        if cell.dtype != np.uint64:
            break
        found.append(_text(cell.ravel()))
    return found


def _text(words: NDArray[np.uint64]) -> str:
    """A string of one element: version, dimensions, its length in UTF-16 units, its units."""
    version, dimensions = int(words[0]), int(words[1])
    if version != STRING_VERSION or (words[2 : 2 + dimensions] != 1).any():
        raise FormatError(f"string of version {version}, {dimensions} dimensions")
    length = int(words[2 + dimensions])
    return words[3 + dimensions :].tobytes()[: 2 * length].decode("utf-16-le")
