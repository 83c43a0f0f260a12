"""The way back of the network against differences, and that it learns what needs memory."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cloud.research.recurrent_training import Plan, Sequence, begin, fit, layer, slope
from models.learned.recurrent import joined, walk

SMALL = Plan(units=4, dropout=0.0, noise=0.0)


@pytest.mark.parametrize("directions", [1, 2])
def test_gradients_are_those_of_differences(directions: int) -> None:
    random = np.random.default_rng(directions)
    plan = replace(SMALL, directions=directions)
    weights: Any = {
        name: one.astype(np.float64) + 0.1 * random.normal(size=one.shape)
        for name, one in begin(5, plan, random).items()
    }
    x = random.normal(size=(7, 3, 5)).astype(np.float32)
    target = (random.random((7, 3)) < 0.5).astype(np.float32)
    weight = np.ones((7, 3), np.float32)
    weight[5:, 1] = np.nan
    gradient = slope(weights, x, target, weight, plan, random)[1]
    for name, values in weights.items():
        at = tuple(int(random.integers(size)) for size in values.shape)
        kept, losses = values[at], []
        for step in (1e-3, -1e-3):
            values[at] = kept + step
            losses.append(slope(weights, x, target, weight, plan, random)[0])
        values[at] = kept
        assert (losses[0] - losses[1]) / 2e-3 == pytest.approx(gradient[name][at], abs=2e-4)


def test_what_lies_beyond_the_end_changes_nothing() -> None:
    random = np.random.default_rng(0)
    weights = begin(3, SMALL, random)
    x = random.normal(size=(9, 2, 3)).astype(np.float32)
    target, weight = np.zeros((9, 2), np.float32), np.ones((9, 2), np.float32)
    weight[6:, 1] = np.nan
    other = x.copy()
    other[6:, 1] = 5
    first, second = (slope(weights, one, target, weight, SMALL, random)[0] for one in (x, other))
    assert first == pytest.approx(second, rel=1e-6)


def test_it_learns_to_remember() -> None:
    random = np.random.default_rng(4)
    sequences = []
    for _ in range(60):
        x = random.normal(size=(12, 2)).astype(np.float32)
        target = np.full(12, x[0, 0] > 0, np.float32)
        sequences.append(Sequence((x,), target, np.ones(12, np.float32)))
    plan = Plan(units=8, directions=1, epochs=40, batch=10, rate=2e-2, dropout=0, noise=0)
    weights = fit(sequences, plan, seed=0)
    found = np.concatenate(
        [(walk(joined([weights]), one.forms[0])[0] > 0) == one.target for one in sequences]
    )
    assert found.mean() > 0.95
    again = fit(sequences, plan, seed=0)
    assert all(np.array_equal(weights[name], again[name]) for name in weights)


def test_nothing_gives_nothing() -> None:
    weights = begin(3, SMALL, np.random.default_rng(0))
    assert walk(joined([weights]), np.empty((0, 3), np.float32)).shape == (1, 0)


@pytest.mark.parametrize("directions", [1, 2])
def test_networks_walked_together_give_what_each_was_fitted_to_give(directions: int) -> None:
    random = np.random.default_rng(directions)
    networks = [begin(3, replace(SMALL, directions=directions), random) for _ in range(2)]
    x = random.normal(size=(9, 3)).astype(np.float32)
    for odds, weights in zip(walk(joined(networks), x), networks, strict=True):
        into = np.tanh(x[:, None] @ weights["in"] + weights["in_bias"])
        there = np.ones((9, 1, 1), np.float32)
        first = layer(weights, "a", into, there)[0]
        total = first + layer(weights, "b", first, there)[0]
        assert np.array_equal(odds, (total @ weights["out"] + weights["out_bias"])[:, 0, 0])
