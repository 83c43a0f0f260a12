"""The experiments of the spool and the main loop, in short; the long ones are marked slow."""

import pytest

from hardware.bench import soak, spool


def test_no_power_cut_costs_more_than_the_last_second() -> None:
    older, newest_s = spool.cut_power(seed=5, cuts=40)
    assert older == 0
    assert newest_s <= 1


@pytest.mark.slow
def test_300_power_cuts() -> None:
    older, newest_s = spool.cut_power(seed=6, cuts=300)
    assert older == 0
    assert newest_s <= 1


def test_two_days_without_a_network_fit() -> None:
    assert 2 * spool.day_bytes(20) < spool.FLASH_BYTES


def check(done: dict[str, int]) -> None:
    assert done["lost"] == done["waiting"] == done["dropped"] == 0
    assert done["wraps"] >= 1
    assert done["largest_id"] <= 65_535


def test_a_link_that_fails_every_minute_loses_nothing() -> None:
    done = soak.soak(seed=1, hours=0.5, first_id=65_000)
    check(done)
    assert done["connections"] >= 29


@pytest.mark.slow
def test_three_days() -> None:
    done = soak.soak(seed=1, hours=72)
    check(done)
    assert done["made"] > 72 * 3600
