"""Offers against a need: who fits, in which order, and why not; the tables of both lives."""

from hypothesis import given, settings
from hypothesis import strategies as st

from models import resources as rules
from models.resources import BED, MINUTES, PROBE, Idle, Lease, Need, Phase, matches

HOUR_MS = 3_600_000
NEED = Need(PROBE, 2, 10 * HOUR_MS, 20 * HOUR_MS)


def idle(
    id_: int, left: int = 2, from_h: float = 10, to_h: float = 20, km: float | None = 5
) -> Idle:
    return Idle(id_, PROBE, left, round(from_h * HOUR_MS), round(to_h * HOUR_MS), km)


def test_the_nearest_that_fits_comes_first_with_the_reason() -> None:
    offers = [idle(1, km=30), idle(2, km=3.44), idle(3, km=None), idle(4, left=1, km=1)]
    found = matches(NEED, offers)
    assert [(one.idle.id, one.fits) for one in found] == [
        (2, True),
        (1, True),
        (3, True),
        (4, False),
    ]
    assert found[0].why == ((rules.NEAREST, {"km": "3.4", "count": 3}),)
    assert found[1].why == ((rules.FITS, {"km": "30", "left": 2}),)
    assert found[2].why == ((rules.FAR_UNKNOWN, {}),)
    assert found[3].why == ((rules.TOO_FEW, {"left": 1, "amount": 2}),)


def test_of_equals_the_smaller_offer_is_used_up_first() -> None:
    assert [one.idle.id for one in matches(NEED, [idle(1, left=9), idle(2, left=2)])] == [2, 1]


def test_everything_that_speaks_against_it_is_said() -> None:
    need = Need(PROBE, 2, 10 * HOUR_MS, 20 * HOUR_MS, within_km=20)
    (match,) = matches(need, [idle(1, 1, 10.5, 19, 25)])
    assert not match.fits
    assert dict(match.why) == {
        rules.TOO_FEW: {"left": 1, "amount": 2},
        rules.TOO_LATE: {"hours": 1},
        rules.TOO_SHORT: {"hours": 1},
        rules.TOO_FAR: {"km": "25", "limit": 20},
    }
    (match,) = matches(need, [idle(1, km=None)])
    assert match.why == ((rules.NO_PLACE, {}),)


def test_something_else_is_no_match() -> None:
    assert matches(Need(BED, 1, 0, 1), [idle(1)]) == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.builds(idle, st.integers(1, 9), st.integers(0, 4), st.floats(8, 12),
                          st.floats(18, 22), st.none() | st.floats(0, 50))))  # fmt: skip
def test_what_fits_is_enough_for_all_of_the_time_and_before_what_does_not(
    offers: list[Idle],
) -> None:
    found = matches(NEED, offers)
    assert sorted(one.idle.id for one in found) == sorted(one.id for one in offers)
    assert [one.fits for one in found] == sorted((one.fits for one in found), reverse=True)
    for one in found:
        enough = one.idle.left >= NEED.amount
        covers = one.idle.from_ms <= NEED.from_ms and one.idle.to_ms >= NEED.to_ms
        assert one.fits == (enough and covers)
        assert one.why


def test_the_tables_hang_together() -> None:
    assert set(rules.BY) == set(rules.EVENTS)
    assert set(rules.LEASE_BY) == set(rules.LEASE_EVENTS)
    assert {Phase.RETURNED, Phase.LOST, Phase.WITHDRAWN} == rules.OVER
    assert {phase for phase, _ in rules.LEASE} == {Lease.OUT}
    assert MINUTES not in rules.COMES_BACK
