"""`lucina beside`: a stored recording of the firmware's hearing, beside what it was made from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sqlalchemy import Engine

from cloud.research.analyze import read
from cloud.store import frames, recordings
from cloud.store.db import reading
from models.synth import named
from models.trace import FS_HZ, on_wire_grid

Floats = NDArray[np.float32]
WINDOW = 3 * FS_HZ  # a rate that the firmware tells is the mean of so many samples
NEAR_BPM, NEAR_SHARE = 2.0, 0.1
HALF, DOUBLE = (0.45, 0.55), (1.8, 2.2)
ROW_S, ROW_INCHES = 1800, 2.6
AXIS_BPM = 50, 210


@dataclass(frozen=True)
class Beside:
    """Of the samples with a reference: how many were told, and of these how many as near."""

    known: int
    told: int
    near_share: int
    near_bpm: int
    half_or_double: int
    middle_bpm: float  # median distance

    def lines(self) -> list[str]:
        def part(count: int, of: int) -> str:
            return f"{count} of {of}" + (f" ({count / of:.2%})" if of else "")

        return [
            f"told: {part(self.told, self.known)} samples that have a reference",
            f"within {NEAR_SHARE:.0%}: {part(self.near_share, self.told)}",
            f"within {NEAR_BPM:g} bpm: {part(self.near_bpm, self.told)}",
            f"half or double: {part(self.half_or_double, self.told)}",
            f"median distance: {self.middle_bpm:.2f} bpm",
        ]


def trailing_mean(rate_bpm: Floats) -> Floats:
    """(n,) mean of each sample and the WINDOW - 1 before it; NaN where one of them is unknown."""
    mean = np.full(len(rate_bpm), np.nan, np.float32)
    if len(rate_bpm) >= WINDOW:
        windows = np.lib.stride_tricks.sliding_window_view(rate_bpm, WINDOW)
        mean[WINDOW - 1 :] = windows.mean(axis=1)
    return mean


def compare(told_bpm: Floats, reference_bpm: Floats) -> Beside:
    """Both (n,) at 4 Hz, NaN unknown; the reference as of trailing_mean()."""
    known = np.isfinite(reference_bpm)
    both = known & np.isfinite(told_bpm)
    told, true = told_bpm[both], reference_bpm[both]
    apart, ratio = np.abs(told - true), told / true
    wrong = ((ratio > HALF[0]) & (ratio < HALF[1])) | ((ratio > DOUBLE[0]) & (ratio < DOUBLE[1]))
    return Beside(
        int(known.sum()),
        int(both.sum()),
        int((apart <= NEAR_SHARE * true).sum()),
        int((apart <= NEAR_BPM).sum()),
        int(wrong.sum()),
        float(np.median(apart)) if both.any() else float("nan"),
    )


def beside(
    engine: Engine, recording_id: int, source: str, out: Path, say: Callable[[str], None]
) -> None:
    """Draw into `out` and say the figures. ValueError: no such recording, or nothing in it."""
    if source.startswith("synthetic:"):
        reference = named(source)[1].fhr_bpm
    else:
        reference = on_wire_grid(read(Path(source)).trace).fhr_bpm
    with reading(engine) as conn:
        if recordings.get(conn, recording_id) is None:
            raise ValueError(f"recording {recording_id}: there is none")
        told = frames.trace_of(conn, recording_id, 0.0, len(reference) / FS_HZ).fhr_bpm
    if not len(told):
        raise ValueError(f"recording {recording_id}: no second is stored")
    true = trailing_mean(reference)[: len(told)]
    told = told[: len(true)]
    for line in compare(told, true).lines():
        say(line)
    draw(told, true, out)


def draw(told_bpm: Floats, reference_bpm: Floats, out: Path) -> None:
    """Rows of half an hour; the reference below, wide and pale."""
    rows = max(1, -(-len(told_bpm) // (ROW_S * FS_HZ)))
    row_min = min(ROW_S * FS_HZ, len(told_bpm)) / FS_HZ / 60
    figure = Figure(figsize=(12, ROW_INCHES * rows), layout="constrained")
    minutes = np.arange(len(told_bpm)) / FS_HZ / 60
    for row, axes in enumerate(figure.subplots(rows, 1, squeeze=False)[:, 0]):
        axes.plot(
            minutes, reference_bpm, color="#f0b060", linewidth=4, label="reference, mean of 3 s"
        )
        axes.plot(minutes, told_bpm, color="#203878", linewidth=0.8, label="heard and stored")
        axes.set(ylim=AXIS_BPM, ylabel="bpm", xlim=(row * row_min, (row + 1) * row_min))
        axes.grid(alpha=0.3)
    axes.set_xlabel("min")
    axes.legend(loc="lower right")
    figure.savefig(out, dpi=110)
