"""Expert labels of true and false signal on the fetal rate: FHRMA, folder fhrma-false-signals.

labels.json gives ranges of 4 Hz samples, both ends included, under the path of each `.fhrm`; what
lies in no range was not judged. The format is told in the publisher's README.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.formats import parse
from models.trace import Trace

FOLDER = "fhrma-false-signals"
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Labelled:
    """A recording; `true` and `false` (n,) where it has a fetal rate that was judged so."""

    name: str
    trace: Trace
    true: Mask
    false: Mask


def labelled(data: Path, subset: str) -> Iterator[Labelled]:
    """The recordings of `subset` (train, val) in the order of their names."""
    folder = data / FOLDER
    ranges = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    for name in sorted(ranges):
        if name.startswith(subset + "/"):
            trace = parse(name, lambda path: (folder / path).read_bytes()).trace
            there = np.isfinite(trace.fhr_bpm)
            true, false = (
                there & _inside(ranges[name][kind], len(there))
                for kind in ("true_fhr", "false_fhr")
            )
            yield Labelled(name, trace, true, false)


def _inside(ranges: list[list[int]], n: int) -> Mask:
    mask = np.zeros(n, bool)
    for first, last in ranges:
        mask[first : last + 1] = True
    return mask
