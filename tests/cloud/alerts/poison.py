"""An analysis that the samples of one recording kill, with the process that it runs in."""

import os
import signal

from models.live import Live, Shown
from models.trace import FS_HZ, Trace

FATAL_BPM = 211.0  # in the newest FATAL_S
FATAL_S = 20


class Poisoned(Live):
    def look(self, trace: Trace, ended: bool = False) -> Shown:
        if (trace.fhr_bpm[-FATAL_S * FS_HZ :] == FATAL_BPM).any():
            os.kill(os.getpid(), signal.SIGKILL)
        return super().look(trace, ended)
