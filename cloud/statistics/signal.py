"""Measures the signal of recordings that have ended, once each: the hours that figures divide by.

What is kept is derived from the frames and may be thrown away: it is made again.
"""

import logging
from collections.abc import Sequence

import numpy as np
from sqlalchemy import Engine

from cloud.store import frames, signal
from cloud.store.db import reading, writing
from cloud.traces import FHR, FHR2, blocks_in
from models.trace import FS_HZ

log = logging.getLogger(__name__)
EVERY_S = 10.0
AT_ONCE = 20  # recordings a tick: about 10 ms each for half an hour of signal
LOOKS_BACK_MS = 48 * 3600 * 1000  # once everything older has been measured


class Signals:
    """tick() is for cloud.ticker, each EVERY_S."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._since_ms = 0  # the first look is at everything

    def tick(self, now_ms: int) -> None:
        with reading(self._engine) as conn:
            due = signal.unmeasured(conn, self._since_ms, AT_ONCE)
        if not due:
            self._since_ms = now_ms - LOOKS_BACK_MS
        for recording_id, frames_ms in due:
            with reading(self._engine) as conn:
                kept = frames.read_whole(conn, recording_id)
            with writing(self._engine) as conn:
                signal.keep(conn, recording_id, *measured_s(kept), frames_ms)


def measured_s(kept: Sequence[bytes]) -> tuple[float, float]:
    """(seconds from the beginning of the session to its last sample, of these with a fetal rate).

    What never came is without a signal; either of twins counts.
    """
    found = blocks_in(kept)
    if not len(found.firsts):
        return 0.0, 0.0
    samples = int(found.firsts.max()) + FS_HZ
    lost = np.isnan(found.values[:, FHR]) & np.isnan(found.values[:, FHR2])
    return samples / FS_HZ, int(np.count_nonzero(~lost)) / FS_HZ
