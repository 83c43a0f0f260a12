"""A trace as whole numbers, second by second: what a probe would have sent."""

from collections.abc import Iterator, Sequence

import numpy as np

from models.trace import FS_HZ, PER_BPM, PER_TOCO, Trace

PER_UNIT = (PER_BPM, PER_BPM, PER_BPM, PER_TOCO, 1)  # in the order of Trace.channels()
Second = tuple[tuple[int, ...] | None, ...]


def seconds_of(trace: Trace, gaps: Sequence[int]) -> Iterator[Second]:
    """Each second's counts of every channel, `gaps` where lost; None: a channel never measured."""
    seconds = -(-len(trace.fhr_bpm) // FS_HZ)
    channels: list[list[tuple[int, ...]] | None] = []
    for values, per_unit, gap in zip(trace.channels().values(), PER_UNIT, gaps, strict=True):
        if np.isnan(values).all():
            channels.append(None)
            continue
        whole = np.full(seconds * FS_HZ, gap, np.int64)
        whole[: len(values)] = np.where(np.isnan(values), gap, np.nan_to_num(values) * per_unit)
        channels.append([tuple(second) for second in whole.reshape(-1, FS_HZ).tolist()])
    for n in range(seconds):
        yield tuple(channel[n] if channel else None for channel in channels)
