import numpy as np
import pytest

from cloud.research.event_marks import parse_marks, recordings
from models.formats import FormatError
from models.trace import FS_HZ


def test_marks_are_read_in_seconds_and_sorted():
    marks = parse_marks("0000400 $ DEC 120\n0000040 $ DEC 80\n\n0000100 $ ACC 61\n7 $ URS 4\n")
    assert marks.decelerations == [(10, 30), (100, 130)]
    assert marks.accelerations == [(25, 40.25)]
    assert marks.unreliable == [(1.75, 2.75)]


@pytest.mark.parametrize("line", ["1 $ ACC", "1 $ OVR 9", "-1 $ ACC 9", "a $ ACC 9", "1 ACC 9 9"])
def test_what_is_no_mark_is_refused(line):
    with pytest.raises(FormatError, match="line 2"):
        parse_marks(f"1 $ ACC 9\n{line}\n")


@pytest.mark.real
def test_the_consensus_is_the_published_one(data_dir):
    found = list(recordings(data_dir))
    assert len(found) == 44
    assert sum(len(one.marks.accelerations) for one in found) == 390
    assert sum(len(one.marks.decelerations) for one in found) == 675
    hidden = [one for one in found if one.marks.unreliable]
    for one in hidden:
        start_s, end_s = one.marks.unreliable[0]
        assert not one.valid[round(start_s * FS_HZ) : round(end_s * FS_HZ)].any()
    assert sum(len(one.marks.unreliable) for one in found) == 6
    assert all(np.isfinite(one.trace.fhr_bpm[one.valid]).all() for one in found)
