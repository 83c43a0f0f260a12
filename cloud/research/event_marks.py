"""FHRMA's expert consensus: `.fhrh` marks beside the `.fhr` recordings of a data folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cloud.research.analyze import read
from models.agreement import Spans
from models.formats import FormatError
from models.trace import FS_HZ, Trace
from models.windows import Mask

KINDS = ("ACC", "DEC", "URS")


@dataclass(frozen=True)
class Marks:
    """(start_s, end_s) from the first sample, sorted."""

    accelerations: Spans
    decelerations: Spans
    unreliable: Spans


@dataclass(frozen=True, eq=False)
class Marked:
    """A recording and what the experts say of it."""

    name: str
    trace: Trace
    marks: Marks

    @property
    def valid(self) -> Mask:
        """Samples (n,) with a rate that the experts did not call unreliable."""
        mask: Mask = np.isfinite(self.trace.fhr_bpm)
        for start_s, end_s in self.marks.unreliable:
            mask[round(start_s * FS_HZ) : round(end_s * FS_HZ)] = False
        return mask


def parse_marks(text: str) -> Marks:
    """Lines `START $ KIND DURATION` in samples at FS_HZ."""
    found: dict[str, list[tuple[float, float]]] = {kind: [] for kind in KINDS}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words:
            continue
        whole = len(words) == 4 and words[1] == "$" and words[0].isdigit() and words[3].isdigit()
        if not whole or words[2] not in found:
            raise FormatError(f"line {number} is {line!r}, not START $ {'|'.join(KINDS)} DURATION")
        first, count = int(words[0]), int(words[3])
        found[words[2]].append((first / FS_HZ, (first + count) / FS_HZ))
    return Marks(*(sorted(found[kind]) for kind in KINDS))


def recordings(data: Path) -> Iterator[Marked]:
    """All of the data folder's `fhrma/` that have marks, by name."""
    for path in sorted((data / "fhrma").glob("*.fhrh")):
        marks = parse_marks(path.read_text(encoding="ascii"))
        yield Marked(path.stem, read(path.with_suffix(".fhr")).trace, marks)
