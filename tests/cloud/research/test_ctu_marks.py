"""The reader of the CTU-UHB marks, on the publisher's files."""

import numpy as np
import pytest

from cloud.research import ctu_marks
from models.formats import FormatError


@pytest.mark.real
def test_marks_lie_in_their_recording_in_order(data_dir):
    names = ctu_marks.names(data_dir)
    assert len(names) > 400
    for name in names[:2]:
        marked = ctu_marks.recording(data_dir, name)
        assert len(marked.marks.contractions) > 10
        assert len(marked.marks.kinds) == len(marked.marks.decelerations)
        for row in ctu_marks.ROWS:
            spans = np.array(getattr(marked.marks, row)).ravel()
            assert (np.diff(spans) > 0).all(), f"{name}: {row}"
            assert (spans >= 0).all()
            assert (spans < marked.trace.duration_s).all()


@pytest.mark.real
def test_marked_decelerations_are_low_and_accelerations_high(data_dir):
    """Rows, kinds and samples are read right: the rate says the same as the marks."""
    inside: dict[str, list[float]] = {"accelerations": [], "decelerations": []}
    for name in ctu_marks.names(data_dir)[:2]:
        marked = ctu_marks.recording(data_dir, name)
        rate = marked.trace.fhr_bpm
        for row, found in inside.items():
            for start_s, end_s in getattr(marked.marks, row):
                part = rate[int(4 * start_s) : int(4 * end_s)]
                found.append(float(np.nanmedian(part) - np.nanmedian(rate)))
    assert np.median(inside["decelerations"]) < -5
    assert np.median(inside["accelerations"]) > 5


@pytest.mark.real
def test_a_begin_without_its_end_is_dropped(data_dir):
    """The publisher's 1001 numbers an end wrongly and leaves one out."""
    spans = ctu_marks.recording(data_dir, "1001").marks.contractions
    assert len(spans) == 23
    assert max(end_s - start_s for start_s, end_s in spans) < 240


@pytest.mark.parametrize("data", [b"", b"no mat file" * 40])
def test_other_bytes_are_refused(data):
    with pytest.raises(FormatError, match="not a file of marks"):
        ctu_marks.parse(data)
