"""Intervals over recordings."""

from math import isnan

import numpy as np
import pytest

from cloud.research.bootstrap import Draws


def share(counts):
    return counts[..., 0] / counts[..., 1]


def test_the_interval_of_a_share_is_as_wide_as_theory_says():
    rng = np.random.default_rng(1)
    hits = rng.random(400) < 0.3
    counts = np.stack([hits, np.ones(400)], axis=1).astype(float)
    found = Draws.of(400).pooled(counts, share)
    error = np.sqrt(hits.mean() * (1 - hits.mean()) / 400)
    assert found.value == hits.mean()
    assert found.low == pytest.approx(found.value - 1.96 * error, abs=0.1 * error)
    assert found.high == pytest.approx(found.value + 1.96 * error, abs=0.1 * error)


def test_differences_are_paired():
    """Recordings differ much, methods by exactly 0.1 on each: the difference has no spread."""
    rng = np.random.default_rng(2)
    size = np.full(50, 100.0)
    theirs = np.stack([rng.uniform(0, 80, 50), size], axis=1)
    ours = theirs + np.array([10, 0])
    draws = Draws.of(50)
    assert draws.pooled(ours, share).high - draws.pooled(ours, share).low > 0.1
    found = draws.pooled_difference(ours, theirs, share)
    assert (found.value, found.low, found.high) == pytest.approx((0.1, 0.1, 0.1))


def test_the_same_seed_draws_the_same():
    assert (Draws.of(44).index == Draws.of(44).index).all()
    assert (Draws.of(44).index != Draws.of(44, seed=5).index).any()


def test_the_median_leaves_out_what_is_not_known():
    found = Draws.of(5).median(np.array([np.nan, 1.0, 2.0, 4.0, np.nan]))
    assert found.value == 2.0
    assert 1.0 <= found.low <= found.high <= 4.0
    assert isnan(Draws.of(2).median(np.array([np.nan, np.nan])).value)


def test_nothing_counted_is_not_known():
    assert isnan(Draws.of(3).pooled(np.zeros((3, 2)), share).value)
    assert isnan(Draws.of(0).pooled(np.zeros((0, 2)), share).value)
