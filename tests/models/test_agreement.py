import math

import numpy as np
import pytest

from models.agreement import Agreement, compare, counted, matched
from models.trace import FS_HZ

WHOLE = np.ones(1200 * FS_HZ, bool)


def test_spans_match_when_they_share_more_than_five_seconds():
    assert compare([(100, 130)], [(124.75, 160)], WHOLE) == Agreement(1, 0, 0)
    assert compare([(100, 130)], [(125, 160)], WHOLE) == Agreement(0, 1, 1)
    assert compare([(100, 130)], [(90, 105.25)], WHOLE) == Agreement(1, 0, 0)


@pytest.mark.parametrize(
    ("expert", "method", "expected"),
    [
        ([(100, 200)], [(100, 140), (150, 200)], Agreement(1, 0, 1)),
        ([(100, 140), (150, 200)], [(100, 200)], Agreement(1, 1, 0)),
        ([(100, 150), (160, 220)], [(140, 180), (200, 260)], Agreement(2, 0, 0)),  # a chain
        ([(100, 200), (210, 240)], [(100, 120), (130, 230)], Agreement(2, 0, 0)),
        ([(100, 120), (130, 230)], [(100, 200), (210, 240)], Agreement(2, 0, 0)),
        ([], [(100, 130)], Agreement(0, 0, 1)),
        ([], [], Agreement(0, 0, 0)),
    ],
)
def test_each_event_matches_once(expert, method, expected):
    assert compare(expert, method, WHOLE) == expected


def test_as_many_pairs_as_a_search_finds():
    rng = np.random.default_rng(1)
    for _ in range(200):
        lists = [_spans(rng) for _ in range(2)]
        assert len(matched(*lists)) == _most(*lists)


def _spans(rng: np.random.Generator) -> list[tuple[float, float]]:
    edges = np.sort(rng.choice(120, 10, replace=False)).astype(float)
    return list(zip(edges[::2], edges[1::2], strict=True))


def _most(expert, method) -> int:
    if not expert:
        return 0
    (start, end), rest = expert[0], expert[1:]
    skipped = _most(rest, method)
    taken = [
        1 + _most(rest, method[:at] + method[at + 1 :])
        for at, (a, b) in enumerate(method)
        if min(end, b) - max(start, a) > 5
    ]
    return max([skipped, *taken])


def test_lost_events_are_left_out_of_both_lists():
    valid = WHOLE.copy()
    valid[100 * FS_HZ : 110 * FS_HZ] = False
    assert counted([(100, 130)], valid) == [(100, 130)]  # just a third
    valid[110 * FS_HZ] = False
    assert counted([(100, 130)], valid) == []
    assert compare([(100, 130)], [(100, 130)], valid) == Agreement(0, 0, 0)


def test_the_last_minute_is_lost():
    assert counted([(1120, 1150)], WHOLE) == [(1120, 1150)]
    assert counted([(1125, 1155)], WHOLE) == []
    assert counted([(5, 30)], np.ones(30, bool)) == []


def test_an_overshoot_is_no_error():
    assert compare([], [(100, 130)], WHOLE, overshoots=[(90, 120)]) == Agreement(0, 0, 0)
    assert compare([], [(100, 136)], WHOLE, overshoots=[(90, 120)]) == Agreement(0, 0, 1)
    assert compare([(100, 130)], [(100, 130)], WHOLE, [(100, 130)]) == Agreement(1, 0, 0)


def test_figures_are_pooled_from_counts():
    total = Agreement(6, 2, 0) + Agreement(0, 0, 4)
    assert total.sens == pytest.approx(0.75) and total.ppv == pytest.approx(0.6)
    assert total.f1 == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))
    assert all(math.isnan(value) for value in (Agreement().f1, Agreement().sens, Agreement().ppv))
    assert Agreement(0, 1, 0).f1 == 0
