"""How hard the synthetic ladder is: `python -m cloud.research.ladder [SEEDS]`, docs/synthetic.md.

Two baselines, a running median of 10 min and the one we use, with the same rule for events, against
the truth. The figures say how hard a recording is, and nothing about mothers.
"""

import sys
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from models.agreement import Agreement, compare
from models.baseline import baseline
from models.clean import clean, filled, maternal_mask
from models.events import Acceleration, Deceleration, accelerations, decelerations
from models.reference import running_median
from models.synth import synthetic
from models.synth_events import Event
from models.synth_plan import LADDER
from models.trace import FS_HZ, Trace
from models.windows import Mask

Floats = NDArray[np.float64]
Events = Sequence[Event | Acceleration | Deceleration]
SEEDS, FIRST_SEED, MINUTES = 40, 100, 60
MOVING_S = 60.0  # of the mean in MADI


class Found(NamedTuple):
    """What a baseline gave on one recording."""

    rmsd_bpm: float  # from the true baseline, where there is signal
    rises: Agreement
    falls: Agreement


def madi(first: Floats, second: Floats, fhr_bpm: Floats) -> float:
    """Discordance of two baselines (n,) of a rate (n,), 0..1, where it is known: ALGORITHMS 9.3."""
    rate, apart = filled(fhr_bpm), (first - second) ** 2
    widths = [
        3 + np.sqrt(np.maximum(uniform_filter1d((line - rate) ** 2, round(MOVING_S * FS_HZ)), 0))
        for line in (first, second)
    ]
    return float((apart / (widths[0] * widths[1] + apart))[np.isfinite(fhr_bpm)].mean())


def measure(seed: int, name: str) -> tuple[float, Found, Found]:
    """MADI between the two baselines, then what the running median and ours gave."""
    trace, truth = synthetic(seed, MINUTES, name)
    fhr = cleaned(trace)
    known = known_samples(trace)

    def found(line: Floats) -> Found:
        rises, falls = accelerations(fhr, line, None), decelerations(fhr, line)
        return Found(
            float(np.sqrt(((line - truth.baseline_bpm)[known] ** 2).mean())),
            compare(_spans(truth.accelerations), _spans(rises), known),
            compare(_spans(truth.decelerations), _spans(falls), known),
        )

    lines = running_median(fhr), baseline(fhr)
    return madi(*lines, fhr), found(lines[0]), found(lines[1])


def cleaned(trace: Trace) -> Floats:
    """The fetal rate (n,) without what the coincidence rule takes for the mother's."""
    return clean(np.where(maternal_mask(trace), np.nan, trace.fhr_bpm.astype(float)))


def known_samples(trace: Trace) -> Mask:
    """Samples (n,) that count when events are compared."""
    return np.isfinite(cleaned(trace))


def _spans(events: Events) -> list[tuple[float, float]]:
    return [(event.start_s, event.end_s) for event in events]


def row(name: str, seeds: Sequence[int]) -> str:
    """One step of the ladder as a line of a Markdown table."""
    apart, *both = zip(*(measure(seed, name) for seed in seeds), strict=True)
    cells = [name, f"{100 * np.mean(apart):.1f} %"]
    for found in both:
        rises = sum((one.rises for one in found), Agreement())
        falls = sum((one.falls for one in found), Agreement())
        rmsd_bpm = float(np.median([one.rmsd_bpm for one in found]))
        cells += [f"{rmsd_bpm:.1f}", f"{rises.f1:.3f}", f"{falls.f1:.3f}"]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS
    titles = ["step", "MADI"]
    for line in ("running median", "ours"):
        titles += [f"{line}: RMSD, bpm", "accelerations, F1", "decelerations, F1"]
    sys.stdout.write("| " + " | ".join(titles) + " |\n" + len(titles) * "|---" + "|\n")
    for name in LADDER:
        sys.stdout.write(row(name, range(FIRST_SEED, FIRST_SEED + count)) + "\n")


if __name__ == "__main__":
    main()
