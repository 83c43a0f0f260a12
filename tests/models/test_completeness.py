from time import process_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.completeness import Tally, gaps

SEQS = st.integers(0, 40)
ADDS = st.lists(st.one_of(SEQS, st.tuples(SEQS, SEQS).map(sorted)))


@given(ADDS)
def test_a_tally_is_a_set_of_numbers(adds):
    tally, known = Tally(), set()
    for add in adds:
        if isinstance(add, int):
            assert tally.add(add) is (add not in known)
            known.add(add)
        else:
            new = set(range(add[0], add[1] + 1))
            assert tally.add_range(*add) == len(new - known)
            known |= new
        check(tally, known)


def check(tally: Tally, known: set[int]) -> None:
    seen = max(known, default=-1) + 1
    missing = {n for first, last in tally.missing() for n in range(first, last + 1)}
    assert missing == set(range(seen)) - known
    assert (tally.count, tally.seen) == (len(known), seen)
    assert tally.stored == min(missing, default=seen)
    assert all((n in tally) is (n in known) for n in range(43))
    edges = [n for pair in tally.ranges() for n in pair]
    assert all(b > a + 1 for a, b in zip(edges[1::2], edges[2::2], strict=False))
    assert Tally(tally.ranges()).ranges() == tally.ranges()


@pytest.mark.parametrize("bad", [(-1, 3), (4, 3)])
def test_an_impossible_range_is_refused(bad):
    with pytest.raises(ValueError, match="range"):
        Tally().add_range(*bad)


def test_in_order_a_tally_is_fast():
    best_s = 1.0
    for _ in range(3):
        tally = Tally()
        before = process_time()
        for seq in range(100_000):
            tally.add(seq)
        best_s = min(best_s, process_time() - before)
    assert tally.stored == 100_000
    assert best_s < 0.2, f"{100_000 / best_s:.0f} adds a second"


def test_gaps_are_told_in_recorded_seconds():
    nan = np.nan
    values = np.array([nan, 140, nan, nan, 141, 142, nan], np.float32)
    assert gaps(values, 4, start_s=60.0) == [(60.0, 60.25), (60.5, 61.0), (61.5, 61.75)]
    assert gaps(values[4:6]) == []
