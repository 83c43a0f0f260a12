import numpy as np
import pytest

from models.trace import FS_HZ, Trace, on_wire_grid


def ramp(seconds: int, start_s: float = 0.0) -> Trace:
    empty = Trace.empty(seconds, start_s)
    fhr = np.arange(seconds * FS_HZ, dtype=np.float32)
    return Trace(fhr, empty.fhr2_bpm, empty.mhr_bpm, empty.toco, empty.quality, start_s)


def test_an_empty_trace_has_its_length_and_no_value():
    trace = Trace.empty(2.5, start_s=7.0)
    assert (trace.duration_s, trace.start_s, trace.end_s) == (2.5, 7.0, 9.5)
    assert all(np.isnan(values).all() and len(values) == 10 for values in trace.channels().values())


@pytest.mark.parametrize(
    ("from_s", "to_s", "start_s", "values"),
    [
        (10, 12, 10, range(8)),
        (11, 11.5, 11, (4, 5)),
        (-100, 10.5, 10, (0, 1)),
        (13.5, 1e9, 13.5, (14, 15)),
        (20, 30, 14, ()),
        (12, 11, 12, ()),
    ],
)
def test_a_window_is_clipped_and_knows_where_it_starts(from_s, to_s, start_s, values):
    part = ramp(4, start_s=10.0).window(from_s, to_s)
    assert part.start_s == start_s
    assert part.fhr_bpm.tolist() == list(values)
    assert part.duration_s == len(values) / FS_HZ


def test_channels_of_unequal_length_or_type_are_refused():
    good = Trace.empty(1)
    with pytest.raises(ValueError, match="toco"):
        Trace(good.fhr_bpm, good.fhr2_bpm, good.mhr_bpm, good.toco[1:], good.quality)
    with pytest.raises(ValueError, match="mhr_bpm is float64"):
        Trace(good.fhr_bpm, good.fhr2_bpm, np.zeros(4), good.toco, good.quality)


def test_the_wire_grid_is_quarter_beats_and_half_toco_units():
    lost = np.full(3, np.nan, np.float32)
    values = np.array([139.9, 140.13, np.nan], np.float32)
    on_grid = on_wire_grid(Trace(values, lost, lost, values, values))
    assert on_grid.fhr_bpm[:2].tolist() == [140.0, 140.25]
    assert on_grid.toco[:2].tolist() == [127.0, 127.0]  # 127.5 would be the wire's gap
    assert on_grid.quality[:2].tolist() == [140.0, 140.0]
    assert np.isnan(on_grid.fhr_bpm[2]) and np.isnan(on_grid.fhr2_bpm).all()
