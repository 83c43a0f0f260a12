from dataclasses import replace

import numpy as np

from models.counts import seconds_of
from models.trace import Trace

GAPS = (0xFFFF, 0xFFFF, 0xFFFF, 0xFF, 0xFE)


def test_seconds_are_counts_with_gaps_and_a_last_one_filled_up():
    trace = Trace.empty(1.5)
    fhr = np.array([140, 140.25, np.nan, 0.5, 120, 121], np.float32)
    toco = np.array([1, 1.5, 2, np.nan, 127, 0], np.float32)
    found = list(seconds_of(replace(trace, fhr_bpm=fhr, toco=toco), GAPS))
    assert found == [
        ((560, 561, 0xFFFF, 2), None, None, (2, 3, 4, 0xFF), None),
        ((480, 484, 0xFFFF, 0xFFFF), None, None, (254, 0, 0xFF, 0xFF), None),
    ]


def test_nothing_has_no_second():
    assert list(seconds_of(Trace.empty(0), GAPS)) == []
